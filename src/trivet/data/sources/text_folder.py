"""A folder of texts: one sub-folder per label, one .txt file per text."""

from pathlib import Path

from trivet.core.errors import BadData

from .columns import text_column_of
from .raw import Raw, raw_table
from .text_bytes import file_bytes, text_of_bytes


def folder_of_texts(folder: Path, *, encoding: str = "utf-8", limit_rows: int | None = None) -> Raw:
    """The columns `text` and `label`, in the order of labels and file names.

    Refuses a folder without such files.
    """
    files = [file for label in sub_folders(folder) for file in sorted(label.glob("*.txt")) if file.is_file()][
        :limit_rows
    ]
    if not files:
        raise BadData(
            "source-directory",
            wanted="a file, or a folder with one sub-folder of .txt files per label",
            found="a folder without such sub-folders",
            do=f"name a file, or a pattern such as '{folder}/*.csv'",
            where=str(folder),
        )
    texts = text_column_of([text_of_bytes(file_bytes(file), encoding, str(file)) for file in files])
    labels = text_column_of([file.parent.name for file in files])
    return raw_table(["text", "label"], [texts, labels], origin=str(folder))


def sub_folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
