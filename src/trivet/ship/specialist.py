"""A specialist in the workshop: the runtime's own, and its claims can be verified, shown and kept."""

from pathlib import Path
from typing import Any

from trivet.core.errors import BadUse
from trivet.core.explainers import Explainer, Explanation
from trivet.core.exporters import Exporter
from trivet.core.limits import Verdict
from trivet.core.registry import find, usable
from trivet.core.units import show_amount
from trivet.engine.question import question_of
from trivet.runtime.file.caps import SMALL, Caps, CapsName
from trivet.runtime.file.sections import Bytes
from trivet.runtime.specialist import Specialist as RuntimeSpecialist
from trivet.storage.disk import Storage

from .cards import alert_words, outcome_in, specialist_card, verdict_sentence
from .report import render
from .verify import Verification, verify


class Specialist(RuntimeSpecialist):
    """A loaded `.trivet` file: predicts with numpy and onnxruntime alone, and can be verified."""

    def verify(self, data: Any = None, *, header: bool = True, encoding: str = "utf-8") -> Verification:
        """Every limit measured again: costs on this machine, and everything on `data` when labelled rows are given."""
        return verify(self.data, self.contents, source=data, header=header, encoding=encoding)

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Writes the file, whole or not at all, and returns its path.

        A file that holds the same bytes already is left as it is; any other is refused unless `force` is True.
        """
        return write_file(path, self.data, force=force)

    def report(self, path: str | Path | None = None, *, force: bool = False) -> Path | str:
        """The report: written to `path`, which is returned; without a path, the page itself as text.

        Needs `pip install "trivet[report]"`.  Another page that is there is refused unless `force` is True.
        """
        page = render(self.manifest, self.evidence, digest=self.digest, size_bytes=self.size_bytes)
        return page if path is None else write_file(path, page.encode("utf-8"), force=force)

    def export(self, form: str, path: str | Path, *, force: bool = False) -> Path:
        """Writes another form of the file, such as "onnx", and returns its path; `trivet export --help` lists them.

        Raises BadUse where the file has no such form.  Another file that is there is refused unless `force` is True.
        """
        exporter: Exporter = find("exporter", form)()
        return write_file(path, exporter.export(self), force=force)

    def explain(self, rows: Any, by: str | None = None) -> Explanation:
        """How much each column moved the score of each row, by the explainer that suits the model best, or by name.

        Raises BadUse for a model that none explains.
        """
        return explainer_for(self, by).explain(self, rows)

    def __repr__(self) -> str:
        outcome = outcome_in(self.evidence)
        broken = " BROKEN" if outcome == Verdict.BROKEN else ""
        verdict = verdict_sentence(self.evidence) + alert_words(self.manifest)
        return f"<Specialist{broken}: {question_of(self.task)}; {verdict}; {show_amount(self.size_bytes, 'B')}>"

    def _repr_html_(self) -> str | None:
        """The card that a notebook shows; None, so that it shows the text, for a manifest that trivet did not write."""
        try:
            return specialist_card(self.manifest, self.evidence, size_bytes=self.size_bytes)
        except (TypeError, ValueError, LookupError, AttributeError):
            return None


def explainer_for(specialist: RuntimeSpecialist, by: str | None = None) -> Explainer:
    """The explainer of this name, else the one that suits the model best; BadUse where it suits not at all."""
    kinds = usable("explainer") if by is None else {by: find("explainer", by)}
    best: Explainer = max((kind() for kind in kinds.values()), key=lambda explainer: explainer.explains(specialist))
    if best.explains(specialist) <= 0:
        kinds_of_body = specialist.contents.parts["body"].kind if "body" in specialist.contents.parts else "no body"
        raise BadUse(
            "cannot-explain",
            wanted=f"a model that {by or 'some explainer'} explains ({', '.join(usable('explainer'))} are installed)",
            found=f"a model whose body is {kinds_of_body}",
            do="build with --steps of fit-linear or fit-glass-box, or see what it looks at with `trivet report`",
        )
    return best


def load(path: str | Path, *, caps: Caps | CapsName = SMALL) -> Specialist:
    """The specialist in a file; raises BadFile for anything but a whole, unaltered file of a known format.

    caps: how much it may claim: "small" (64 MB; for files from anywhere), "large" (4 GB) or a `Caps`.
    """
    return Specialist.load(path, caps=caps)


def write_file(path: str | Path, data: Bytes, *, force: bool) -> Path:
    """The path, at which these bytes are now; what is there already is replaced only by force."""
    path, storage = Path(path), Storage()
    if path.exists() and not force:
        if path.is_file() and path.stat().st_size == len(data) and storage.is_there(path, data):
            return path
        raise BadUse(
            "file-exists",
            wanted=f"to write {str(path)!r}",
            found="a folder of that name" if path.is_dir() else "another file of that name",
            do="choose another name, or say force=True to replace it",
        )
    storage.publish(path, data, private=False, overwrite=force)
    return path
