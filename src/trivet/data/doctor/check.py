"""What a check of the data doctor is: it looks at an examination and says what is wrong."""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import ClassVar, Literal

from trivet.core.text_form import kebab

from .exam import Exam
from .finding import Finding

When = Literal["before-split", "domain-known", "after-split"]


class DoctorCheck:
    """Base of every check: `checks/id_columns.py` holds `IdColumns`, called `id-columns`.

    when: "before-split" sees the whole table; "domain-known" as well, and columns that are dropped before are gone;
    "after-split" has the parts of the split, too.  order: checks of one moment run by it, then by name.
    codes: of every finding it can make.  drops: code -> why, for findings whose column no model is to see.
    """

    when: ClassVar[When] = "before-split"
    order: ClassVar[int] = 100
    codes: ClassVar[tuple[str, ...]] = ()
    drops: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def check_name(cls) -> str:
        """The name in the registry."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self.check_name()

    def check(self, exam: Exam) -> Iterator[Finding]:
        """What is wrong.  Changes nothing; the same examination gives the same findings."""
        raise NotImplementedError

    @classmethod
    def page(cls, code: str) -> str:
        """What `trivet explain CODE` prints, in Markdown: `findings/CODE.md` beside the check's module."""
        package = cls.__module__.rpartition(".")[0] or cls.__module__
        return (files(package) / "findings" / f"{code}.md").read_text(encoding="utf-8")
