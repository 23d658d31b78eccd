"""Routes: what the domain curates and what passes offer, made whole at both ends and put in order.

Passes offer lines from a learner to a body.  What a task needs before a learner, a reader and features, and behind a
body, a scale, is added here by the passes that say that they begin or finish routes.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trivet.core.candidate import Sketch
from trivet.core.errors import BadUse, Refused, TrivetError
from trivet.core.passes import Pass, Size
from trivet.core.registry import find_domain, parse_step, usable
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value


@value
class Offer:
    """A route as it was offered.  by: who offers it.  turn: its place among what that one offers, from 0."""

    route: Route
    by: str
    turn: int


def routes_for(task: Task, size: Size) -> tuple[tuple[Route, ...], list[TrivetError]]:
    """(routes for the task in the order in which they are tried, why others are none).

    First what one pass makes alone, before its other offers, before lines of several; the quicker first.
    """
    passes: list[type[Pass]] = list(usable("pass").values())
    offers = offers_for(task, size, passes)
    refuse_twins(offers)
    before = beginnings(task, passes)
    after = [line for kind in passes if (line := kind.finishes(task)) is not None]
    found: list[tuple[tuple[Any, ...], Route]] = []
    refusals: list[TrivetError] = []
    for offer in offers:
        try:
            whole = whole_routes(offer.route, task, before, after)
        except TrivetError as refusal:
            refusals.append(refusal)
            continue
        found += [((not route.is_starter, *rank(offer, size)), route) for route in whole]
    return tuple(route for _, route in sorted(found, key=lambda one: one[0])), refusals


def offers_for(task: Task, size: Size, passes: Sequence[type[Pass]]) -> list[Offer]:
    """What the domain curates and what the passes offer."""
    by = {f"domain {task.modality}": find_domain(task.modality).routes(task, size.rows)}
    by |= {f"pass {kind.pass_name()}": kind.offers(task, size) for kind in passes}
    return [Offer(route=route, by=who, turn=turn) for who, routes in by.items() for turn, route in enumerate(routes)]


def refuse_twins(offers: Sequence[Offer]) -> None:
    """Refuses two routes of one name."""
    seen: dict[str, Offer] = {}
    for offer in offers:
        twin = seen.setdefault(offer.route.name, offer)
        if twin is not offer:
            raise BadUse(
                "name-clash",
                wanted="one route of each name",
                found=f"{offer.route.name}, offered by {twin.by} and by {offer.by}",
                do="uninstall one of the two, or rename its route",
            )


def rank(offer: Offer, size: Size) -> tuple[Any, ...]:
    """Where the route stands among starters."""
    steps = [parse_step(step) for step in offer.route.steps]
    used = sum(len(step.uses()) for step in steps)
    units = sum(step.units(size) for step in steps)
    return offer.turn, len(steps), used, units, offer.route.name


def beginnings(task: Task, passes: Sequence[type[Pass]]) -> list[Route]:
    """Lines that go before routes, each behind those that make what it needs; each makes something new."""
    waiting = [line for kind in passes if (line := kind.begins(task)) is not None]
    sketch, found = Sketch(task=task, kinds={}), list[Route]()
    while (line := next((one for one in waiting if adds_to(sketch, one)), None)) is not None:
        waiting.remove(line)
        found.append(line)
        sketch = sketch_after(line.steps, sketch)
    return found


def whole_routes(route: Route, task: Task, before: Sequence[Route], after: Sequence[Route]) -> tuple[Route, ...]:
    """The route with all beginnings that it bears; and for a search a starter's plain twin, if it can do without some.

    Raises the refusal of a route that no beginning makes possible.
    """
    blank = Sketch(task=task, kinds={})
    if accepts(route.steps, blank):
        return (finished(route, task, after),)
    fits = [n for n in range(len(before) + 1) if accepts([*steps_of(before[:n]), *route.steps], blank)]
    if not fits:
        sketch_after([*steps_of(before), *route.steps], blank)
    fewest, most = min(fits), max(fits)
    whole = begun(route, before[:most], vary_from=fewest)
    if fewest == most or not (route.is_starter and route.vary):
        return (finished(whole, task, after),)
    named = "-".join(line.name for line in before[fewest:most])
    plain = replace(begun(route, before[:fewest]), name=f"{route.name}-without-{named}", is_starter=False)
    return tuple(finished(one, task, after) for one in (whole, plain))


def begun(route: Route, before: Sequence[Route], vary_from: int = 0) -> Route:
    """The route behind these lines; a route that is varied at all is varied in them, too."""
    more = tuple(name for line in before[vary_from:] for name in line.vary) if route.vary else ()
    return replace(route, steps=(*steps_of(before), *route.steps), vary=(*more, *route.vary))


def finished(route: Route, task: Task, after: Sequence[Route]) -> Route:
    """The route with each of these lines behind it that adds something."""
    for line in after:
        if adds_to(sketch_of(route, task), line):
            route = replace(route, steps=(*route.steps, *line.steps))
    return route


def steps_of(lines: Sequence[Route]) -> tuple[str, ...]:
    return tuple(step for line in lines for step in line.steps)


def adds_to(sketch: Sketch, line: Route) -> bool:
    """Whether the line fills an empty slot, and leaves what is there."""
    try:
        later = sketch_after(line.steps, sketch).kinds
    except Refused:
        return False
    return len(later) > len(sketch.kinds) and all(later.get(slot) == kind for slot, kind in sketch.kinds.items())


def accepts(steps: Sequence[str], sketch: Sketch) -> bool:
    """Whether the steps can run there."""
    try:
        sketch_after(steps, sketch)
    except Refused:
        return False
    return True


def sketch_of(route: Route, task: Task) -> Sketch:
    """What the route makes; raises the refusal of the first pass that refuses."""
    return sketch_after(route.steps, Sketch(task=task, kinds={}))


def sketch_after(steps: Sequence[str], sketch: Sketch) -> Sketch:
    """What the steps make of it; raises the refusal of the first pass that refuses."""
    for step in steps:
        sketch = parse_step(step).check(sketch)
    return sketch
