"""What a file says of itself that proving later builds on: its verdicts, and which build on its vault it was."""

from trivet.runtime.file.container import Contents


def verdicts_in(contents: Contents) -> dict[str, str]:
    """limit as text -> verdict."""
    said = contents.evidence.get("verdicts") or contents.manifest.get("verdicts") or ()
    return {str(one["limit"]): str(one["verdict"]) for one in said}


def build_in(contents: Contents) -> int | None:
    """Which build on its vault the file says it was, counted from 1; None where it does not say."""
    look = contents.evidence.get("look")
    told = look.get("build") if isinstance(look, dict) else None
    return int(told) if isinstance(told, int) and told >= 1 else None
