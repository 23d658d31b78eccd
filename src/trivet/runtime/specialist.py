"""A specialist: one file, loaded, checked and ready to answer."""

from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from .batch import Answers
from .errors import BadFile
from .executors import ExecutorName
from .file import container
from .file.caps import SMALL, Caps, CapsName, caps_of
from .file.mapping import file_bytes
from .file.sections import Bytes
from .frames import batch_of
from .kinds import Labels
from .one_row import OneRow
from .part import Array
from .program import Program

# Executors differ by rounding alone: float32 has 7 digits, and a score may add up thousands of terms.
SELF_TEST_TOLERANCE = 1e-4


class Specialist:
    """A `.trivet` file, read or mapped.  Rows may be one dict, dicts, a dict of columns, or a frame.

    caps: how much a file may claim: "small" (64 MB), "large" (4 GB) or a `Caps`; only the caller can choose.
    """

    def __init__(self, data: Bytes, *, caps: Caps | CapsName = SMALL, executor: ExecutorName = "auto") -> None:
        self.data = data
        self._how = {"caps": caps, "executor": executor}
        self.contents = container.decode(data, caps=caps_of(caps))
        self.program = Program(self.contents.parts, executor=executor)
        if self.program.decoder is None:
            slots, do = ", ".join(sorted(self.contents.parts)), "use a file that trivet wrote"
            raise BadFile("part-slot", wanted="a decoder, which says what is answered", found=slots, do=do)
        self._decoder = self.program.decoder

    @classmethod
    def load(cls, path: str | Path, *, caps: Caps | CapsName = SMALL, executor: ExecutorName = "auto") -> Self:
        """The specialist in a file; raises BadFile for anything but a whole, unaltered file of a known format.

        A file beyond 16 MB is mapped, not read: put another in its place by a rename, never write into it meanwhile.
        """
        return cls(file_bytes(path, caps_of(caps)), caps=caps, executor=executor)

    @classmethod
    def from_bytes(cls, data: bytes, *, caps: Caps | CapsName = SMALL, executor: ExecutorName = "auto") -> Self:
        """The specialist whose file holds these bytes."""
        return cls(data, caps=caps, executor=executor)

    def __reduce__(self) -> tuple[Any, ...]:
        """Bytes in, bytes out: copies and other processes check the file again, and open sessions of their own."""
        return loaded_again, (type(self), bytes(self.data), self._how)

    def predict(self, rows: Any) -> list[Any]:
        """One answer per row: the class as text, number or boolean, whatever the target was; or the value as float.

        None where the file withholds an answer that is too unsure; `answers(rows)["sets"]` says what it may be.
        """
        if type(rows) is dict and self._one_row is not None:
            answered = self._one_row.answer(rows)
            if answered is not None:
                return answered
        answers = self.program.run(batch_of(self.program, rows), self.program.answer)[0]
        return self._decoder.decode(answers)

    def predict_proba(self, rows: Any) -> Array:
        """(rows, classes) float32 probabilities in the order of `classes`; a ValueError for regression."""
        return self.program.run(batch_of(self.program, rows), "probabilities")[0]

    def answers(self, rows: Any) -> Answers:
        """Everything that is said about the rows, as arrays."""
        return self.program.answers(batch_of(self.program, rows))

    def __repr__(self) -> str:
        what = f"answers {self.task['answer'][0]!r} from {len(self.task['inputs'])} columns"
        return f"<{type(self).__name__}: {what}, {self.size_bytes} bytes>"

    @cached_property
    def _one_row(self) -> OneRow | None:
        """The quick way for single rows, where there is one; made on first use, as the executor."""
        return OneRow(self.program) if self.program.reader.reads_one else None

    @property
    def manifest(self) -> dict[str, Any]:
        """What the file says about itself."""
        return self.contents.manifest

    @property
    def evidence(self) -> dict[str, Any]:
        """What was measured on a machine, and when."""
        return self.contents.evidence

    @property
    def task(self) -> dict[str, Any]:
        """The question that it answers."""
        return dict(self.manifest.get("task", {}))

    @property
    def classes(self) -> tuple[Any, ...]:
        """The classes as `predict` answers them; empty for regression."""
        return self._decoder.values if isinstance(self._decoder, Labels) else ()

    @property
    def class_texts(self) -> tuple[str, ...]:
        """The classes as the file spells them, in the order of `classes`: what goes into a table of text."""
        return self._decoder.texts if isinstance(self._decoder, Labels) else ()

    @property
    def limits(self) -> list[dict[str, Any]]:
        """What it was asked to keep."""
        return list(self.manifest.get("limits", []))

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """Each limit, with the reading that it was judged by and whether it holds."""
        return list(self.evidence.get("verdicts", []))

    @property
    def outcome(self) -> str:
        """CERTIFIED, UNPROVEN or BROKEN; "" for a file that says nothing of that."""
        return str(self.evidence.get("outcome", ""))

    @property
    def readings(self) -> list[dict[str, Any]]:
        """Everything that was measured, first what repeats exactly, then what depends on the machine."""
        return [*self.manifest.get("readings", []), *self.evidence.get("readings", [])]

    @property
    def digest(self) -> str:
        """The name of the file."""
        return self.contents.digest

    @property
    def body_digest(self) -> str:
        """The name of the model, whatever was measured."""
        return self.contents.body_digest

    @property
    def size_bytes(self) -> int:
        """Bytes of the file."""
        return len(self.data)

    def check_self(self) -> int:
        """How many rows of the file's own test were answered as stated, by both executors; 0 when it has no test.

        Raises BadFile when an answer differs: the file, or this machine, does not compute what was certified.
        """
        test = self.manifest.get("selftest") or {}
        rows, stated = test.get("rows", []), test.get("answers", {})
        for name in ("numpy", "onnx") if rows else ():
            program = Program(self.contents.parts, executor=name)
            answers = program.answers(program.read_rows(rows))
            for port, numbers in stated.items():
                want, found = np.asarray(numbers, np.float64), answers.get(port)
                if found is None or found.shape != want.shape or not np.allclose(
                    found, want, rtol=SELF_TEST_TOLERANCE, atol=SELF_TEST_TOLERANCE
                ):  # fmt: skip
                    raise self_test_failed(name, want, found)
        return len(rows)


def loaded_again(kind: type[Specialist], data: bytes, how: dict[str, Any]) -> Specialist:
    """The specialist of these bytes, loaded as the first one was; for pickle, joblib and copy."""
    return kind.from_bytes(data, **how)


def self_test_failed(executor: str, want: Array, found: Array | None) -> BadFile:
    return BadFile(
        "selftest-failed",
        wanted=f"the stated answers {np.asarray(want).ravel()[:4].tolist()} from executor {executor}",
        found=f"{None if found is None else found.ravel()[:4].tolist()}",
        do="do not use it here; report the machine and the versions of numpy and onnxruntime",
    )
