"""The way of one row, given as a dict: the same session as for many rows, without what only many rows need.

Reading writes into an array that the session reads, the session writes into an array that the answer is taken from, and
it computes nothing but the port that is answered.  It is the session that was certified: the numbers are the same bits.
"""

from collections.abc import Mapping
from typing import Any

from .executors import Lane
from .program import Program


class OneRow:
    """Answers single rows of a program that reads no text.  Threads may share it: each call has a lane of its own."""

    def __init__(self, program: Program) -> None:
        if program.decoder is None or not program.reader.reads_one:
            raise ValueError("single rows of this program go the way of many")
        self._executor, self._port = program.executor, program.answer
        self._read, self._decode = program.reader.read_one, program.decoder.decode
        self._free: list[Lane] = []

    def answer(self, row: Mapping[str, Any]) -> list[Any] | None:
        """The answer in a list; None for a row that has to go the way of many rows, which reads or refuses it."""
        try:
            lane = self._free.pop()
        except IndexError:  # every lane is on the way with a row of another thread
            lane = self._executor.lane(self._port)
        try:
            if not self._read(lane.numbers, row):
                return None
            lane.run()
            return self._decode(lane.found)
        finally:
            self._free.append(lane)
