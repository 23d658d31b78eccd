"""Which column plays which part, as the user names it."""

from collections.abc import Mapping, Sequence

from trivet.core.errors import BadUse, TrivetError, nearest_names, raise_all
from trivet.core.fieldtypes import parsed_type
from trivet.core.registry import homes
from trivet.core.task import Field
from trivet.data.sources.raw import Raw, unknown_column
from trivet.runtime.kinds.readers.spellings import BadSpelling


def roles_of(raw: Raw, asked: Mapping[str, str | int | None]) -> dict[str, str]:
    """role -> name of its column, for the roles that are given."""
    errors: list[TrivetError] = []
    roles = {}
    for role, which in asked.items():
        if which is None and role != "target":
            continue
        try:
            roles[role] = column_name(raw, which)
        except BadUse as error:
            errors.append(error)
    raise_all(errors)
    return roles


def column_name(raw: Raw, which: str | int | None) -> str:
    """The name of a column that is given by name, position or as "last"."""
    if isinstance(which, str) and which in raw.names:
        return which
    position = {"last": -1, "-1": -1}.get(which) if isinstance(which, str) else which
    if isinstance(position, int) and -len(raw.names) <= position < len(raw.names):
        return raw.names[position]
    raise unknown_column(str(which), raw)


def check_roles(roles: Mapping[str, str], drop: Sequence[str]) -> None:
    """Refuses a column that is to play two parts."""
    parts = [*roles.items(), *(("drop", name) for name in dict.fromkeys(drop))]
    seen: dict[str, str] = {}
    for part, name in parts:
        if name in seen:
            raise BadUse(
                "column-used-twice",
                wanted="a column of its own for each part",
                found=f"{name!r} as {seen[name]} and as {part}",
                do="name another column for one of them, or leave it out",
            )
        seen[name] = part


def checked_types(raw: Raw, types: Mapping[str, str], drop: Sequence[str]) -> dict[str, Field]:
    """The user's types as fields, spellings included; refuses all unknown names and types at once."""
    given: dict[str, Field] = {}
    errors: list[TrivetError] = [unknown_column(name, raw) for name in (*types, *drop) if name not in raw.names]
    for name, text in types.items():
        try:
            given[name] = typed_field(name, text)
        except BadSpelling as error:
            wanted, do = f"for column {name!r} {error}", nearest_names(str(text).partition("(")[0], homes("fieldtype"))
            errors.append(BadUse("unknown-type", wanted=wanted, found=repr(text), do=do))
    raise_all(errors)
    return given


def typed_field(name: str, text: str) -> Field:
    """The field of a column that the user gave a type, e.g. "number(decimal=',')"."""
    type, spelling = parsed_type(text)
    return Field(name=name, type=type, spelling=spelling)
