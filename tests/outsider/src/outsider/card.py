"""A card for a shelf of models: what the file answers and what it keeps, as JSON."""

import json

from trivet.core.exporters import Exporter
from trivet.runtime.specialist import Specialist


class Card(Exporter):
    """Answer, limits and digest."""

    suffix = ".json"

    def refuses(self, specialist: Specialist) -> str:
        return ""

    def content(self, specialist: Specialist) -> bytes:
        kept = [[one["limit"], one["verdict"]] for one in specialist.verdicts]
        card = {"answers": specialist.task["answer"][0], "digest": specialist.digest, "limits": kept}
        return json.dumps(card, indent=1, sort_keys=True).encode() + b"\n"
