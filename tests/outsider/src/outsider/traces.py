"""Which recordings the model looks at."""

from typing import Any

from trivet.core.sections import FileFacts, Json, Section, escaped


class Traces(Section):
    """The columns of recordings with their lengths, kept in the file when it is packed."""

    title, order, at_build = "Recordings", 55, True

    def make(self, file: FileFacts) -> dict[str, Any] | None:
        task = file.manifest.get("task", {})
        names = [name for name, type_ in task.get("inputs", ()) if type_ == "sequence"]
        return {"recordings": [[name, task["spellings"][name]] for name in names]} if names else None

    def show(self, made: Json) -> str:
        rows = "".join(f"<li>{escaped(name)}: {escaped(spelling)}</li>" for name, spelling in made["recordings"])
        return f"<ul>{rows}</ul>"
