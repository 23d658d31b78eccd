"""Tasks for tests: what a goal would have settled about made rows."""

from collections.abc import Mapping

from trivet.core.task import Field, Task

NUMBER = Field(name="y", type="number")
CATEGORY = Field(name="y", type="category")


def made_task(
    goal: str,
    classes: tuple[str, ...] = (),
    *,
    answer: Field | None = None,
    inputs: tuple[Field, ...] = (),
    modality: str = "made",
    roles: Mapping[str, str] | None = None,
) -> Task:
    """A task to classify into these classes, or to regress."""
    n = len(classes)
    link, n_scores = ("identity", 1) if not n else ("sigmoid", 1) if n == 2 else ("softmax", n)
    return Task(
        modality=modality, goal=goal, inputs=inputs, answer=answer or (CATEGORY if classes else NUMBER), link=link,
        n_scores=n_scores, details={"classes": list(classes)} if classes else {}, roles=roles or {},
    )  # fmt: skip
