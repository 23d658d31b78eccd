"""What a file says it answers, in the words of its goal."""

from collections.abc import Mapping
from typing import Any

from trivet.core.errors import BadUse
from trivet.core.registry import find_goal
from trivet.storage.objects import task_from_json

Json = Mapping[str, Any]
_PLAIN = {"verb": "answers", "guarded": "guard", "width": ""}


def words_of(task: Json) -> Mapping[str, str]:
    """The goal's words about itself, see `Goal.documents`; plain ones for a goal that is not installed here."""
    if "answer" not in task:
        return _PLAIN
    read = task_from_json(task)
    try:
        return find_goal(read.goal).documents(read)
    except BadUse:
        return _PLAIN


def question_of(task: Json) -> str:
    """E.g. "classifies 'diagnosis' (benign, malignant) from 30 columns"."""
    if "answer" not in task:
        return "answers a question that the file does not tell"
    read = task_from_json(task)
    count = len(read.inputs)
    try:
        does = find_goal(read.goal).sentence(read)
    except BadUse:
        does = f"answers {read.answer.name!r} (goal {read.goal}, which is not installed here)"
    return f"{does} from {count} column{'s' if count != 1 else ''}"
