"""Bytes of a file as text; never guesses an encoding."""

import codecs
from pathlib import Path

from trivet.core.errors import BadData, BadUse

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def file_bytes(path: Path) -> bytes:
    """All bytes of the file; a refusal of the disk becomes an error with the reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> BadData:
    """The error about a file that is there but cannot be read."""
    return BadData(
        "source-unreadable",
        wanted="a file that can be read",
        found=error.strerror or str(error),
        do="check the permissions and the disk",
        where=str(path),
    )


def text_of_bytes(data: bytes, encoding: str, origin: str) -> str:
    """The text without a byte order mark; refuses bytes that the encoding does not know, and NUL, by place."""
    narrow = codec_name(encoding)
    if not narrow.startswith(("utf-16", "utf-32")):
        check_marks(data, origin)
    try:
        text = data.decode(narrow)
    except UnicodeDecodeError as error:
        raise wrong_bytes(data, error, encoding, origin) from error
    return text.removeprefix("\ufeff")


def codec_name(encoding: str) -> str:
    """Python's own name of the encoding; refuses one that it does not know, or that is not about text."""
    try:
        b"a\0".decode(encoding)
        return codecs.lookup(encoding).name
    except UnicodeDecodeError:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise BadUse(
            "unknown-encoding",
            wanted="an encoding such as utf-8, latin-1, cp1252 or utf-16",
            found=repr(encoding),
            do="give --encoding one of these",
        ) from error


def check_marks(data: bytes, origin: str) -> None:
    """Refuses the byte order mark of a wide encoding and NUL bytes."""
    for mark, name in _WIDE_MARKS.items():
        if data.startswith(mark):
            raise not_this(f"the byte order mark of {name}", f"read it with --encoding {name}", origin)
    at = data.find(b"\0")
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        found = f"a NUL byte at offset {at}, line {line}"
        raise not_this(found, "check that this is a text file; for UTF-16 give --encoding utf-16", origin)


def not_this(found: str, do: str, origin: str) -> BadData:
    return BadData("source-encoding", wanted="text in UTF-8", found=found, do=do, where=origin)


def wrong_bytes(data: bytes, error: UnicodeDecodeError, encoding: str, origin: str) -> BadData:
    """The error about bytes outside the encoding."""
    line = data.count(b"\n", 0, error.start) + 1
    return BadData(
        "source-encoding",
        wanted=f"text in {encoding}",
        found=f"byte 0x{data[error.start]:02x} at offset {error.start}, line {line}",
        do="say which encoding it is, e.g. --encoding latin-1 or --encoding cp1252",
        where=origin,
    )
