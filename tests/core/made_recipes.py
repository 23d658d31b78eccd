"""Recipes for hypothesis: every field, awkward texts included."""

from hypothesis import strategies as st

from trivet.core.limits import Limit
from trivet.core.recipe import AUTO, DataSpec, Recipe
from trivet.core.registry import homes
from trivet.core.roles import ROLES

UNITS = {"auroc": "", "accuracy": "", "coverage": "", "rmse": "", "size": "B", "p99-latency": "ms"}
STEPS = (
    "prepare-table",
    "fit-trees(trees=40, rate=0.1)",
    "round-trees",
    "distil(into=tree)",
    "guard-sets(coverage=0.9)",
)
SPELLED = ("number(decimal=',', thousands='.')", 'number(thousands="\'")', 'date(format="%d.%m.%Y")')

# A TOML file is UTF-8, which has no lone surrogates.
words = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)
amounts = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


@st.composite
def limits(draw: st.DrawFn) -> tuple[Limit, ...]:
    """Some gauges, each with a lower or an upper bound or both; those of one gauge stand together."""
    found = []
    for gauge in draw(st.lists(st.sampled_from(sorted(UNITS)), unique=True, max_size=4)):
        for must in draw(st.sampled_from([(">=",), ("<=",), (">=", "<=")])):
            found.append(Limit(gauge=gauge, must=must, bound=draw(amounts), unit=UNITS[gauge]))
    return tuple(found)


data_specs = st.builds(
    DataSpec,
    source=words,
    target=words,
    header=st.booleans(),
    encoding=st.sampled_from(["utf-8", "latin-1"]),
    goal=st.sampled_from(["auto", "classify", "regress"]),
    roles=st.dictionaries(st.sampled_from(sorted(ROLES)), words, max_size=3),
    drop=st.lists(words, max_size=3).map(tuple),
    types=st.none() | st.dictionaries(words, st.sampled_from([*homes("fieldtype"), *SPELLED]), min_size=1, max_size=3),
)

recipes = st.builds(
    Recipe,
    data=data_specs,
    limits=limits(),
    steps=st.just(AUTO) | st.lists(st.sampled_from(STEPS), min_size=1, max_size=4).map(tuple),
    seconds=st.floats(min_value=1e-3, max_value=9e6) | st.integers(1, 10**6).map(float),
    seed=st.integers(0, 2**63 - 1),
    strict=st.booleans(),
)
