"""Changes of the nodes of a graph: another operator, operand or attribute, in JSON that stays well formed."""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from trivet.runtime.ops import OPERATORS

from .hostile_values import NUMBERS

NAMES = [*sorted({name for operator in OPERATORS.values() for name in operator.attributes}), "zzz"]
LENGTHS: list[Any] = [
    "rows",
    "rows*2",
    "2*rows",
    "rows*rows",
    "length",
    "2*2*rows",
    "rows*1",
    "*",
    1,
    2,
    3,
    4,
    6,
    65_535,
]


def change_operator(nodes: list[Any], at: int, random: Random) -> None:
    nodes[at][0] = random.choice([*OPERATORS, "loop", "Identity", "os.system"])


def change_operand(nodes: list[Any], at: int, random: Random) -> None:
    if len(nodes[at]) < 2:
        return
    others = [item for node in nodes if isinstance(node, list) for item in node[1:] if isinstance(item, str)]
    nodes[at][random.randrange(1, len(nodes[at]))] = random.choice(
        [
            at,
            at + 1,
            max(0, at - 1),
            random.randrange(len(nodes)),
            *others[:3],
            [0.0],
            [1e30],
            [-1],
            [True],
            [[]],
            -1,
            "",
        ]
    )


def change_attribute(nodes: list[Any], at: int, random: Random) -> None:
    """A neighbour or a stranger in place of one number of an attribute."""
    attributes = nodes[at][-1]
    if not isinstance(attributes, dict) or not attributes:
        nodes[at].append({random.choice(NAMES): random.choice(NUMBERS)})
        return
    name = random.choice(sorted(attributes))
    found = attributes[name]
    if isinstance(found, list) and found and random.random() < 0.8:
        found[random.randrange(len(found))] = random.choice([*LENGTHS, *NUMBERS])
    elif type(found) is int:
        attributes[name] = found + random.choice((-1, 1, 7, 4096))
    elif isinstance(found, float):
        attributes[name] = random.choice((-found, found * 1e20, 0.0, 1e-30, float(round(found) + 1)))
    else:
        attributes[name] = random.choice([not found, *NUMBERS, "tanh", []])


def drop_node(nodes: list[Any], at: int, random: Random) -> None:
    del nodes[at]


def double_node(nodes: list[Any], at: int, random: Random) -> None:
    """The same node again, once or a thousand times."""
    nodes[at:at] = [copy.deepcopy(nodes[at]) for _ in range(random.choice((1, 1, 1, 1000)))]


def swap_nodes(nodes: list[Any], at: int, random: Random) -> None:
    other = random.randrange(len(nodes))
    nodes[at], nodes[other] = nodes[other], nodes[at]


NodeEdit = Callable[[list[Any], int, Random], None]
NODE_EDITS: tuple[NodeEdit, ...] = (
    change_operator, change_operand, change_operand, change_attribute, change_attribute, change_attribute, drop_node,
    double_node, swap_nodes,
)  # fmt: skip
