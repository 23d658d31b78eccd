"""Roles: the parts that a column can play beside input and answer."""

from typing import Literal

from .value import value


@value
class Role:
    """holds: "names" (hashed, for rows that belong together) or "numbers".  types: that its cells may have.

    says: what it does, for help texts.
    """

    name: str
    holds: Literal["names", "numbers"]
    says: str
    types: tuple[str, ...] = ()


ROLES = {
    role.name: role
    for role in (
        Role(name="weight", holds="numbers", types=("number",), says="how much each row counts"),
        Role(name="group", holds="names", says="rows of one group, e.g. one patient, stay in one part"),
        Role(name="time", holds="numbers", types=("number", "date"), says="later rows certify what earlier taught"),
        Role(name="site", holds="names", says="where a row comes from"),
        Role(name="sensitive", holds="names", says="the group of people that a row is about; never an input"),
    )
}
"""Every role by its name, in the order in which they are shown."""
