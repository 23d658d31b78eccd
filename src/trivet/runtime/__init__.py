"""Reads specialists and answers with them; needs numpy, and ONNX Runtime for speed, and nothing else of trivet."""

from .batch import Answers, Batch
from .errors import BadFile, BadRow, TrivetError
from .part import Part
from .program import Program, body_scores, read_batch

__all__ = ["Answers", "BadFile", "BadRow", "Batch", "Part", "Program", "TrivetError", "body_scores", "read_batch"]
