"""Rows and candidates as bytes for the store, in the container that artifacts use."""

from collections.abc import Mapping
from typing import Any

from trivet.core.candidate import Candidate, Claim
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.core.words import packed_words
from trivet.runtime.file.container import decode, decode_object, encode, encode_object
from trivet.runtime.part import Array


def rows_to_bytes(rows: Rows) -> bytes:
    """The rows, losslessly."""
    arrays: dict[str, Array] = {"truth": rows.truth, "ids": rows.ids}
    arrays |= {f"role-{name}": array for name, array in rows.roles.items()}
    arrays |= {f"beside-{name}": array for name, array in rows.beside.items()}
    for at, field in enumerate(rows.fields):
        arrays[f"column-{at}"] = rows.columns[field.name]
        if field.name in rows.words:
            arrays |= words_to_arrays(f"words-{at}", rows.words[field.name])
    return encode_object("rows", {"fields": [[f.name, f.type, f.spelling] for f in rows.fields]}, arrays)


def rows_from_bytes(data: bytes) -> Rows:
    """The rows that `rows_to_bytes` wrote."""
    meta, arrays = decode_object(data, "rows")
    fields = tuple(Field(name=name, type=kind, spelling=spelling) for name, kind, spelling in meta["fields"])
    return Rows(
        fields=fields,
        columns={field.name: arrays[f"column-{at}"] for at, field in enumerate(fields)},
        words={
            field.name: words_from_arrays(f"words-{at}", arrays)
            for at, field in enumerate(fields)
            if f"words-{at}-ends" in arrays
        },
        truth=arrays["truth"],
        ids=arrays["ids"],
        roles=arrays_under("role-", arrays),
        beside=arrays_under("beside-", arrays),
    )


def arrays_under(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays whose names begin so, without the prefix."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def words_to_arrays(name: str, words: tuple[str, ...]) -> dict[str, Array]:
    packed = packed_words([word.encode("utf-8") for word in words])
    return {f"{name}-{what}": array for what, array in packed.items()}


def words_from_arrays(name: str, arrays: Mapping[str, Array]) -> tuple[str, ...]:
    blob, ends = arrays[f"{name}-blob"].tobytes(), arrays[f"{name}-ends"].tolist()
    return tuple(blob[start:end].decode("utf-8") for start, end in zip([0, *ends], ends))


def candidate_to_bytes(candidate: Candidate) -> bytes:
    """The candidate, losslessly."""
    claims = [vars(claim) for claim in candidate.claims]
    return encode({"task": task_to_json(candidate.task), "claims": claims}, candidate.parts, {}, wide=True)


def candidate_from_bytes(data: bytes) -> Candidate:
    """The candidate that `candidate_to_bytes` wrote."""
    contents = decode(data, wide=True)
    claims = tuple(Claim(**claim) for claim in contents.manifest["claims"])
    return Candidate(task=task_from_json(contents.manifest["task"]), parts=contents.parts, claims=claims)


def task_to_json(task: Task) -> dict[str, Any]:
    """The task as JSON values with stable keys."""
    return {
        "modality": task.modality,
        "goal": task.goal,
        "inputs": [[field.name, field.type] for field in task.inputs],
        "answer": [task.answer.name, task.answer.type],
        "link": task.link,
        "n_scores": task.n_scores,
        "details": dict(task.details),
        "roles": dict(task.roles),
        "spellings": {field.name: field.spelling for field in (*task.inputs, task.answer) if field.spelling}
        | dict(task.role_spellings),
    }


def task_from_json(data: Mapping[str, Any]) -> Task:
    """The task that `task_to_json` wrote."""
    spellings = data.get("spellings", {})

    def field_of(name: str, kind: str) -> Field:
        return Field(name=name, type=kind, spelling=spellings.get(name, ""))

    return Task(
        modality=data.get("modality", ""),
        goal=data["goal"],
        inputs=tuple(field_of(name, kind) for name, kind in data["inputs"]),
        answer=field_of(*data["answer"]),
        link=data.get("link", "identity"),
        n_scores=data.get("n_scores", 1),
        details=data.get("details", {}),
        roles=data.get("roles", {}),
        role_spellings={name: spellings[name] for name in data.get("roles", {}).values() if name in spellings},
    )
