"""The rule by which a user, not the file, decides between classes: a threshold, or what mistakes cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, NoReturn

from trivet.core.errors import BadUse, TrivetError, nearest_names, raise_all
from trivet.runtime.decide import by_cost, by_threshold, threshold_for
from trivet.runtime.part import Array

NOT_CERTIFIED = (
    "  the limits of the file were certified for its own rule, not for this one; what does not depend on the rule "
    "(probabilities, sets, auroc) is as it was"
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule for one file.  classes: as the file spells them.

    Two classes: answer classes[positive] when its probability is at least the threshold.
    More: the class of least expected cost; costs[truth][answer], 0 on the diagonal.
    """

    classes: tuple[str, ...]
    positive: int = 1
    threshold: float | None = None
    costs: tuple[tuple[float, ...], ...] = ()

    def choose(self, probabilities: Array) -> Array:
        """(rows,) index of the answered class, from (rows, classes) probabilities."""
        if self.threshold is not None:
            return by_threshold(probabilities, self.positive, self.threshold)
        import numpy as np

        return by_cost(probabilities, np.asarray(self.costs))

    def __str__(self) -> str:
        if self.threshold is not None:
            yes, no = self.classes[self.positive], self.classes[1 - self.positive]
            return f"answers {yes!r} when p[{yes}] >= {self.threshold:.4g}, else {no!r}"
        told = [
            f"{truth!r} answered {answer!r} costs {cost:g}"
            for truth, row in zip(self.classes, self.costs)
            for answer, cost in zip(self.classes, row)
            if cost != 1 and truth != answer
        ]
        costs = f"{', '.join(told)}, any other mistake 1" if told else "every mistake costs the same"
        return f"answers the class of least expected cost: {costs}"

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        if self.threshold is not None:
            return {"positive": self.classes[self.positive], "threshold": self.threshold, "costs": None}
        return {"positive": None, "threshold": None, "costs": [list(row) for row in self.costs]}


def rule_of(
    classes: Sequence[str], *, threshold: str | None, costs: Sequence[str], positive: str | None
) -> Rule | None:
    """The rule that --threshold, --cost and --positive mean for a file with these classes; None when none was given.

    Refuses, with the code `decision-rule`: two rules at once, a file that answers numbers, a threshold for more than
    two classes, an unknown class, a number out of bounds.
    """
    if threshold is None and not costs:
        return (
            refuse_rule("--threshold or --cost", "--positive alone", "add one of them")
            if positive is not None
            else None
        )
    if threshold is not None and costs:
        refuse_rule(
            "one rule", "--threshold and --cost", "give one of the two; a cost is a threshold of fp / (fp + fn)"
        )
    if len(classes) < 2:
        refuse_rule("a file that answers classes with probabilities", "one that answers numbers", "leave the rule away")
    by_sides = bool(costs) and all(text.partition("=")[0] in ("fp", "fn") for text in costs)
    if positive is not None and costs and not by_sides:
        refuse_rule(
            "--positive with --threshold or --cost fp=... fn=...", "--positive with costs by class", "leave it away"
        )
    if (threshold is not None or by_sides) and len(classes) != 2:
        what = "--threshold" if threshold is not None else "--cost fp=... fn=..."
        do = f"say what mistakes cost, e.g.  --cost '{classes[0]}>{classes[1]}=3'  (true '{classes[0]}', answered so)"
        refuse_rule(f"two classes for {what}", f"{len(classes)}: {', '.join(map(repr, classes[:6]))}", do)
    rule = Rule(classes=tuple(classes), positive=1 if positive is None else class_at(positive, classes))
    if threshold is not None:
        return replace(rule, threshold=a_share(threshold))
    return by_two_costs(rule, costs) if by_sides else by_class_costs(rule, costs)


def by_two_costs(rule: Rule, texts: Sequence[str]) -> Rule:
    """The rule of `fp=1 fn=5`: what a false positive and a false negative cost."""
    found = {text.partition("=")[0]: a_cost(text.partition("=")[2], text) for text in texts}
    if len(texts) != 2 or len(found) != 2 or not sum(found.values()):
        refuse_rule("both costs once, not both 0", " ".join(texts), "write, for example,  --cost fp=1 fn=5")
    return replace(rule, threshold=threshold_for(**found))


def by_class_costs(rule: Rule, texts: Sequence[str]) -> Rule:
    """The rule of `A>B=3 ...`: truth A answered B costs 3; mistakes that are not named cost 1."""
    number = len(rule.classes)
    costs = [[float(truth != answer) for answer in range(number)] for truth in range(number)]
    errors: list[TrivetError] = []
    for text in texts:
        try:
            truth, answer, cost = one_cost(text, rule.classes)
            costs[truth][answer] = cost
        except TrivetError as error:
            errors.append(error)
    raise_all(errors)
    if number > 2:
        return replace(rule, costs=tuple(map(tuple, costs)))
    false_alarm, miss = costs[0][1], costs[1][0]
    if not false_alarm + miss:
        refuse_rule("a mistake that costs something", " ".join(texts), "write, for example,  --cost fp=1 fn=5")
    return replace(rule, threshold=threshold_for(fp=false_alarm, fn=miss))


def one_cost(text: str, classes: Sequence[str]) -> tuple[int, int, float]:
    """(truth, answer, cost) of "A>B=3".  Class names may hold > and = themselves."""
    names, equals, number = text.rpartition("=")
    cuts = [at for at, letter in enumerate(names) if letter == ">"]
    if not equals or not cuts:
        do = f"write fp=1 fn=5 for two classes, or '{classes[0]}>{classes[1]}=3': true '{classes[0]}', answered so"
        refuse_rule("a cost such as fp=1, or 'TRUTH>ANSWER=3'", repr(text), do)
    pairs = [(names[:at].strip(), names[at + 1 :].strip()) for at in cuts]
    truth, answer = next((pair for pair in pairs if set(pair) <= set(classes)), pairs[0])
    if truth == answer:
        refuse_rule("a mistake, from one class to another", repr(text), "right answers cost nothing")
    return class_at(truth, classes), class_at(answer, classes), a_cost(number, text)


def class_at(name: str, classes: Sequence[str]) -> int:
    if name not in classes:
        refuse_rule("a class that the file answers", repr(name), nearest_names(name, classes))
    return classes.index(name)


def a_cost(number: str, text: str) -> float:
    """The number, 0 or above."""
    try:
        cost = float(number)
    except ValueError:
        cost = -1.0
    if not isfinite(cost) or cost < 0:
        refuse_rule("a cost of 0 or above", repr(text), "write, for example, fn=5")
    return cost


def a_share(text: str) -> float:
    """The probability in "0.3" or "30 %"."""
    number = text.strip().removesuffix("%")
    try:
        share = float(number) / (100 if number != text.strip() else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        refuse_rule("a probability from 0 to 1 for --threshold", repr(text), "write, for example,  --threshold 0.3")
    return share


def refuse_rule(wanted: str, found: str, do: str) -> NoReturn:
    raise BadUse("decision-rule", wanted=wanted, found=found, do=do)
