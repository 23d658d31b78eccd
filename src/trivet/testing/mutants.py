"""Wrong files made from right ones, with their digests repaired so that the checks behind the digests are reached.

A file is opened into JSON values in which arrays stand with their bytes, changed at one or more places, and closed
again.  `outcome` opens a mutant as a user would, down to the answers for some rows.
"""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from trivet.runtime.errors import TrivetError
from trivet.runtime.file.caps import SMALL
from trivet.runtime.file.container import decode
from trivet.runtime.file.part_tree import ALIGNMENT, parts_of
from trivet.runtime.file.sections import assemble, take_apart
from trivet.runtime.part import Array, Part
from trivet.runtime.program import Program

from .byte_edits import BYTE_EDITS, flip_bit
from .hostile_values import DTYPES, JSON_VALUES, NUMBERS, PATTERNS, SHAPES
from .node_edits import NODE_EDITS


@dataclass
class RawArray:
    """An array as the file describes it, which need not be true."""

    dtype: Any
    shape: Any
    data: bytes


@dataclass
class Opened:
    """A file taken apart: both JSON sections, arrays in place of their descriptions."""

    manifest: Any
    evidence: Any
    loose: bytes = field(default=b"")  # array bytes that no part describes

    def close(self) -> bytes:
        """The file, with true lengths and digests, whatever stands in it."""
        found: list[bytes] = []
        manifest = loose_json(description(self.manifest, found))
        pieces = [piece + bytes(-len(piece) % ALIGNMENT) for piece in (*found, self.loose)]
        return assemble(manifest, digests_of(found), pieces, loose_json(self.evidence))


Edit = Callable[[Opened, Random, Opened], None]
MOST_PARTS = 30  # after which no more are copied: the bound of memory is for readers, not for the making of mutants


def mutants(files: Mapping[str, bytes], count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """`count` mutants of the files, each with the names of what was done to it; the same for the same seed."""
    names = sorted(files)
    opened = {name: open_file(files[name]) for name in names}
    for at in range(count):
        # Seeded one by one, so that any mutant can be made again from its number alone.
        random = Random(f"{seed}/{at}")
        yield mutant(opened, names, random)


def mutant(opened: Mapping[str, Opened], names: Sequence[str], random: Random) -> tuple[str, bytes]:
    """One mutant: one to three changes of the content, or one change of the bytes."""
    name = random.choice(names)
    whole = copy.deepcopy(opened[name])
    if random.random() < 0.2:
        rewrite = random.choice(BYTE_EDITS)
        return f"{name}: {rewrite.__name__}", rewrite(whole.close(), random)
    edits = random.choices(EDITS, k=random.choice((1, 1, 1, 2, 3)))
    for edit in edits:
        edit(whole, random, opened[random.choice(names)])
    return f"{name}: {', '.join(edit.__name__ for edit in edits)}", whole.close()


def outcome(data: bytes, *, executor: Any = "numpy") -> str:
    """What comes of a file: `accepted`, the code of the refusal, or `foreign: ...` for anything else that happened."""
    try:
        answers = answer_rows(decode(data).parts, executor)
    except TrivetError as error:
        return error.code
    except Exception as error:  # noqa: BLE001  (that nothing else escapes is what this function finds out)
        return f"foreign: {type(error).__name__}: {error}"
    return "accepted" if all(np.isfinite(array).all() for array in answers) else "foreign: answers that are not finite"


def answer_rows(parts: Mapping[str, Part], executor: Any = "numpy") -> list[Array]:
    """What a model says about twenty rows of missing, usual and extreme values; nothing if it has no body yet."""
    program = Program(parts, executor=executor)
    batch = program.read({name: (VALUES[type_] * 20)[:20] for name, type_ in program.reader.fields})
    found = dict(zip(program.ports, program.run(batch, *program.ports))) if program.stages else {}
    for name, array in found.items():
        bound = program.ports[name].bound
        if not np.abs(array).max(initial=0) <= bound * (1 + 1e-6) + 1e-6:
            raise ArithmeticError(f"{name} of {np.abs(array).max()} where none exceeds {bound}")
    return list(found.values())


VALUES: dict[str, list[Any]] = {
    "number": [None, 0, 31.5, -1e38, 1e38],
    "boolean": [None, True, False],
    "category": [None, "east", "no such word"],
    "date": [None, "1970-01-01", "2024-02-29", "9999-12-31"],
    "text": [None, "feels better", "  Ünïcode  \u0001 words", "x" * 500],
}


def open_file(data: bytes) -> Opened:
    """The file as values that can be changed at will."""
    sections = take_apart(data, SMALL)
    manifest = json.loads(sections.manifest)
    parts = parts_of(manifest["parts"], sections.digests, sections.arrays, SMALL, wide=False)
    for slot, part in parts.items():
        _fill(manifest["parts"][slot], part)
    return Opened(manifest, json.loads(sections.evidence))


def _fill(tree: Any, part: Part) -> None:
    for name, array in part.arrays.items():
        dtype, shape = tree["arrays"][name]
        tree["arrays"][name] = RawArray(dtype, shape, array.tobytes())
    for inner, child in zip(tree["children"], part.children):
        _fill(inner, child)


def digests_of(arrays: Sequence[bytes]) -> bytes:
    """The table of their digests."""
    return b"".join(hashlib.sha256(data).digest() for data in arrays)


def description(value: Any, found: list[bytes]) -> Any:
    """The value with arrays as [dtype, shape]; their bytes, in the order of the file, go to `found`."""
    if isinstance(value, RawArray):
        found.append(value.data)
        return [value.dtype, value.shape]
    if isinstance(value, dict):
        return {key: description(value[key], found) for key in sorted(value)}
    return [description(item, found) for item in value] if isinstance(value, list) else value


def loose_json(value: Any) -> bytes:
    """JSON like the canonical, but also for values that have none: NaN, lone surrogates."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key or index) of a JSON value."""
    if isinstance(value, dict):
        here: list[tuple[Any, Any]] = [(value, key) for key in value]
    else:
        here = [(value, at) for at in range(len(value))] if isinstance(value, list) else []
    return here + [place for container, key in list(here) for place in places(container[key])]


def all_parts(whole: Opened) -> list[dict[str, Any]]:
    """Every part in the tree that is still one."""
    return [
        value for value in inside(whole.manifest) if isinstance(value, dict) and isinstance(value.get("arrays"), dict)
    ]


def inside(value: Any) -> Iterator[Any]:
    """Every object and list in a JSON value, itself among them; unlike `places` it takes no memory for numbers."""
    if isinstance(value, dict | list):
        yield value
        for item in value.values() if isinstance(value, dict) else value:
            yield from inside(item)


def all_arrays(whole: Opened) -> list[tuple[dict[str, Any], str]]:
    """Every (arrays of a part, name)."""
    parts = all_parts(whole)
    return [(p["arrays"], name) for p in parts for name, a in p["arrays"].items() if isinstance(a, RawArray)]


def change_value(whole: Opened, random: Random, other: Opened) -> None:
    container, key = random.choice(places([whole.manifest, whole.evidence])[2:])
    container[key] = copy.deepcopy(random.choice(JSON_VALUES))


def drop_value(whole: Opened, random: Random, other: Opened) -> None:
    container, key = random.choice(places([whole.manifest, whole.evidence])[2:])
    del container[key]


def add_value(whole: Opened, random: Random, other: Opened) -> None:
    container, key = random.choice(places([whole.manifest, whole.evidence])[2:])
    if isinstance(container, dict):
        container[random.choice(["zzz", "", "kind", "../../etc/passwd", "\ufeffkind", "a\0b", "x" * 300])] = 1
    else:
        container.insert(key, copy.deepcopy(container[key]))


def change_dtype(whole: Opened, random: Random, other: Opened) -> None:
    for arrays, name in _one(all_arrays(whole), random):
        arrays[name].dtype = random.choice(DTYPES)


def change_shape(whole: Opened, random: Random, other: Opened) -> None:
    for arrays, name in _one(all_arrays(whole), random):
        shape = arrays[name].shape
        is_one_axis = isinstance(shape, list) and shape and random.random() < 0.5
        arrays[name].shape = [*shape[:-1], random.choice(NUMBERS)] if is_one_axis else random.choice(SHAPES)


def change_numbers(whole: Opened, random: Random, other: Opened) -> None:
    """Writes extreme bit patterns over items; the file stays well formed, so the kinds have to find them."""
    for arrays, name in _one(all_arrays(whole), random):
        data, size = bytearray(arrays[name].data), random.choice((1, 2, 4))
        for _ in range(random.choice((1, 1, 2, 8))):
            at = random.randrange(max(1, len(data) // size)) * size
            data[at : at + size] = random.choice(PATTERNS[size])[: len(data) - at]
        arrays[name].data = bytes(data)


def flip_array_bit(whole: Opened, random: Random, other: Opened) -> None:
    for arrays, name in _one(all_arrays(whole), random):
        if arrays[name].data:
            arrays[name].data = flip_bit(arrays[name].data, random)


def resize_array(whole: Opened, random: Random, other: Opened) -> None:
    """Makes the first axis longer or shorter, with bytes to match: consistent, but it no longer fits the others."""
    for arrays, name in _one(all_arrays(whole), random):
        array = arrays[name]
        if not (isinstance(array.shape, list) and array.shape and isinstance(array.shape[0], int) and array.shape[0]):
            continue
        row = len(array.data) // max(1, array.shape[0])
        rows = random.choice((0, 1, array.shape[0] - 1, array.shape[0] + 1, array.shape[0] * 2)) % 4096
        array.data = (array.data * (rows // max(1, array.shape[0]) + 1))[: row * rows]
        array.shape = [rows, *array.shape[1:]]


def cut_array_bytes(whole: Opened, random: Random, other: Opened) -> None:
    for arrays, name in _one(all_arrays(whole), random):
        arrays[name].data = arrays[name].data[: random.randrange(len(arrays[name].data) + 1)]


def swap_arrays(whole: Opened, random: Random, other: Opened) -> None:
    (some, name), (others, other_name) = (random.choice(all_arrays(whole) or [({"": 0}, "")]) for _ in range(2))
    some[name], others[other_name] = others[other_name], some[name]


def take_array(whole: Opened, random: Random, other: Opened) -> None:
    """Puts an array of another file, or under another name, into a part."""
    for arrays, name in _one(all_arrays(other), random):
        for part in _one(all_parts(whole), random):
            part["arrays"][random.choice([name, "extra", "../a", "a b", "é", ""])] = copy.deepcopy(arrays[name])


def drop_array(whole: Opened, random: Random, other: Opened) -> None:
    for arrays, name in _one(all_arrays(whole), random):
        del arrays[name]


def rename_kind(whole: Opened, random: Random, other: Opened) -> None:
    for part in _one(all_parts(whole), random):
        part["kind"] = random.choice([p.get("kind") for p in all_parts(other)] + ["onnx-graph", "os.system", ""])


def change_version(whole: Opened, random: Random, other: Opened) -> None:
    for part in _one(all_parts(whole), random):
        part["version"] = random.choice(NUMBERS)


def rewire(whole: Opened, random: Random, other: Opened) -> None:
    """Gives ports other names: of this part, of another, the same, or none that could be a name."""
    names = ["numbers", "texts", "scores", "probabilities", "body", "", "../a", "x" * 300, None]
    for part in _one(all_parts(whole), random):
        ports = {random.choice(names[:-1]): random.choice(names) for _ in range(random.choice((0, 1, 1, 2)))}
        part[random.choice(("reads", "gives"))] = random.choice([ports, ports, ports, [], "numbers"])


def take_part(whole: Opened, random: Random, other: Opened) -> None:
    """Puts a part of another file in the place of one: a wrong slot, a wrong width, a wrong number of classes."""
    for part in _one(all_parts(whole), random):
        for donor in _one(all_parts(other), random):
            changed = copy.deepcopy(donor)
            part.clear()
            part.update(changed)


def nest_part(whole: Opened, random: Random, other: Opened) -> None:
    """Makes copies of a part its own children, one or many, some levels deep."""
    for part in _one(all_parts(whole), random):
        for _ in range(random.choice((1, 2, 6))):
            if isinstance(part.get("children"), list) and len(all_parts(whole)) < MOST_PARTS:
                part["children"] = [*part["children"], copy.deepcopy(part)] * random.choice((1, 1, 3))
                part = part["children"][-1]


def reorder_children(whole: Opened, random: Random, other: Opened) -> None:
    for part in all_parts(whole):
        if isinstance(part.get("children"), list):
            random.shuffle(part["children"])


def change_nodes(whole: Opened, random: Random, other: Opened) -> None:
    """Rewrites one node of a graph; a file without graphs stays as it is."""
    configs = [part["config"] for part in all_parts(whole) if isinstance(part.get("config"), dict)]
    for nodes in _one([one["nodes"] for one in configs if isinstance(one.get("nodes"), list)], random):
        for at in _one([at for at, node in enumerate(nodes) if isinstance(node, list) and node], random):
            random.choice(NODE_EDITS)(nodes, at, random)


def loose_bytes(whole: Opened, random: Random, other: Opened) -> None:
    whole.loose = bytes(random.choice((1, 7, 8, 64)))


def _one(found: Sequence[Any], random: Random) -> list[Any]:
    """One of the found as a list; nothing where nothing was found."""
    return [random.choice(found)] if found else []


EDITS: tuple[Edit, ...] = (
    change_value, change_value, drop_value, add_value, change_dtype, change_shape, change_numbers, change_numbers,
    change_numbers, flip_array_bit, flip_array_bit, resize_array, resize_array, cut_array_bytes, swap_arrays,
    take_array, drop_array, rename_kind, change_version, rewire, take_part, take_part, nest_part,
    reorder_children, loose_bytes, change_nodes, change_nodes, change_nodes, change_nodes, change_nodes, change_nodes,
)  # fmt: skip
