"""Which column plays which part, as the user names it."""

from collections.abc import Mapping, Sequence

from trivet.core.errors import BadUse, TrivetError, nearest_names, raise_all
from trivet.core.task import FIELD_TYPES, FieldType

from .raw import Raw, unknown_column


def roles_of(raw: Raw, asked: Mapping[str, str | int | None]) -> dict[str, str]:
    """role -> name of its column, for the roles that are given."""
    errors: list[TrivetError] = []
    roles = {}
    for role, which in asked.items():
        if which is None and role != "target":
            continue
        try:
            roles[role] = named(raw, which)
        except BadUse as error:
            errors.append(error)
    raise_all(errors)
    return roles


def named(raw: Raw, which: str | int | None) -> str:
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


def checked_types(raw: Raw, types: Mapping[str, str], drop: Sequence[str]) -> dict[str, FieldType]:
    """The user's types; refuses all unknown names and types at once."""
    errors: list[TrivetError] = [unknown_column(name, raw) for name in (*types, *drop) if name not in raw.names]
    for name, type in types.items():
        if type not in FIELD_TYPES:
            near = nearest_names(str(type), FIELD_TYPES)
            errors.append(BadUse("unknown-type", wanted=f"a type for column {name!r}", found=repr(type), do=near))
    raise_all(errors)
    known = {name: name for name in FIELD_TYPES}
    return {name: known[type] for name, type in types.items() if type in known}
