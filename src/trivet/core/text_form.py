"""The text form of a step: `name(parameter=value, ...)`, parsed by grammar, never evaluated."""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any, get_type_hints

from .errors import BadRecipe, nearest_names

_CALL = re.compile(r"\s*([a-z][a-z0-9-]*)\s*(?:\(\s*(.*?)\s*\))?\s*", re.DOTALL)
_ARGUMENT = re.compile(
    r"""\s*([a-z][a-z0-9_]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^,"]+?)\s*(?:,|$)""",
    re.VERBOSE,
)


def split_call(text: str) -> tuple[str, dict[str, str]]:
    """(name, {parameter: value as text}) of e.g. `fit-trees(leaves=31, rate=0.1)`."""
    found = _CALL.fullmatch(text)
    if found is None:
        raise bad_step(text, "a step such as 'fit-trees(leaves=31)'")
    arguments: dict[str, str] = {}
    rest, at = found[2] or "", 0
    while at < len(rest):
        one = _ARGUMENT.match(rest, at)
        if one is None or one[1] in arguments:
            raise bad_step(text, "parameters such as (leaves=31, rate=0.1), each once")
        arguments[one[1]], at = one[2], one.end()
    return found[1], arguments


def instance_from(cls: type, arguments: dict[str, str], *, text: str) -> Any:
    """An instance of the dataclass with its parameters read from text, each by the type of its field."""
    hints = get_type_hints(cls)
    known = {f.name: hints[f.name] for f in dataclasses.fields(cls)}
    for name in arguments:
        if name not in known:
            raise bad_step(text, f"a parameter of {cls.__name__}; {nearest_names(name, known)}")
    return cls(**{name: value_from(raw, known[name], name=name, text=text) for name, raw in arguments.items()})


def value_from(raw: str, kind: Any, *, name: str, text: str) -> Any:
    """One value: int, float, bool or str."""
    try:
        if kind is bool:
            return {"true": True, "false": False}[raw.lower()]
        if kind is int:
            return int(raw)
        if kind is float:
            return float(raw)
    except (ValueError, KeyError):
        raise bad_step(text, f"{kind.__name__} for {name}, not {raw!r}") from None
    return raw[1:-1].replace('\\"', '"').replace("\\\\", "\\") if raw.startswith('"') else raw


def text_of(name: str, thing: Any) -> str:
    """The text form; parameters that stand at their default are left out."""
    changed = [
        f"{f.name}={shown(getattr(thing, f.name))}"
        for f in dataclasses.fields(thing)
        if getattr(thing, f.name) != f.default
    ]
    return f"{name}({', '.join(changed)})" if changed else name


def shown(item: Any) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        simple = re.fullmatch(r"[A-Za-z][\w.+-]*", item)
        return item if simple else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(item)


def bad_step(text: str, wanted: str) -> BadRecipe:
    return BadRecipe(
        "bad-step", wanted=wanted, found=repr(text), do="see `trivet passes` and `trivet explain NAME` for parameters"
    )


def kebab(class_name: str) -> str:
    """`FitTrees` -> `fit-trees`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", class_name).lower()


def doc_fields(doc: str, names: Sequence[str]) -> dict[str, str]:
    """The labelled sentences of a docstring, e.g. {"Helps": "AUROC.", "Costs": "..."}; missing ones are left out."""
    either = "|".join(names)
    flat = re.sub(r"\s+", " ", doc)
    return {label: text.strip() for label, text in re.findall(rf"\b({either}): (.*?)(?=(?:\b(?:{either}): )|$)", flat)}
