"""Reads specialists and answers with them; needs numpy, and ONNX Runtime for speed, and nothing else of trivet."""

from .batch import Answers, Batch
from .errors import BadFile, BadRow, TrivetError
from .part import Part
from .program import Program, body_scores, read_batch
from .specialist import Specialist

__all__ = [
    "Answers", "BadFile", "BadRow", "Batch", "Part", "Program", "Specialist", "TrivetError", "body_scores",
    "read_batch",
]  # fmt: skip
