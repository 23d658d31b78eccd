"""What names a build and a vault: everything that decides what the vault is shown, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.levels import Look
from trivet.core.lock import Lock
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.data.intake import take_in
from trivet.engine.openings import Openings, build_id, content_of, vault_facts
from trivet.engine.vault_keys import vault_keys
from trivet.storage.disk import Storage
from trivet.storage.register import Register
from trivet.testing.trials import made_rows


def table(n_rows=300, seed=5):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n_rows))
    late = np.where(a + b + rng.normal(0, 0.5, n_rows) > 0, "yes", "no").tolist()
    return {"a": a, "b": b, "patient": (np.arange(n_rows) // 5).tolist(), "late": late}


PLAIN = Recipe(data=DataSpec(source="", target="late", drop=("patient",)), limits=(parse_limit("auroc >= 0.8"),))
GROUPED = replace(PLAIN, data=DataSpec(source="", target="late", roles={"group": "patient"}))


@pytest.fixture(scope="module")
def intake():
    return take_in(PLAIN, table())


@pytest.fixture
def register(tmp_path):
    return Register(tmp_path, Storage())


@pytest.mark.parametrize(
    "more",
    [
        {"strict": True},
        {"accept": ("id-column",)},
        {"measure": ("f1",)},
        {"sketch": False},
        {"lock": Lock(units=3.0)},
        {"data": replace(PLAIN.data, source="elsewhere.csv", header=False, encoding="latin-1")},
    ],
)
def test_where_rows_lie_and_what_only_adds_words_is_the_same_build(intake, more):
    assert build_id(replace(PLAIN, **more), intake) == build_id(PLAIN, intake)


@pytest.mark.parametrize(
    "more",
    [
        {"seed": 1},
        {"limits": (parse_limit("auroc >= 0.81"),)},
        {"limits": (replace(PLAIN.limits[0], sure=0.9),)},
        {"aim": "f1"},
        {"steps": ("prepare-table", "fit-linear")},
        {"data": replace(PLAIN.data, goal="classify")},
    ],
)
def test_whatever_decides_what_the_vault_is_shown_is_another_build(intake, more):
    assert build_id(replace(PLAIN, **more), intake) != build_id(PLAIN, intake)


def test_rows_make_a_build_their_order_does_not(intake):
    name = build_id(PLAIN, intake)
    assert len(name) == 64 and set(name) <= set("0123456789abcdef")
    turned = replace(intake, vault=intake.vault.take(np.arange(len(intake.vault))[::-1]))
    assert build_id(PLAIN, turned) == name
    fewer = replace(intake, vault=intake.vault.take(np.arange(len(intake.vault) - 1)))
    assert build_id(PLAIN, fewer) != name
    fit = intake.dataset.fit
    taught = replace(intake, dataset=intake.dataset.with_({"fit": fit.take(np.arange(1, len(fit)))}))
    assert build_id(PLAIN, taught) != name
    assert build_id(PLAIN, replace(intake, task=replace(intake.task, inputs=intake.task.inputs[:1]))) != name


def test_the_content_of_rows_is_their_inputs_answers_and_roles_in_any_order():
    rows = made_rows("binary", "good", 50, seed=1, weighted=True)
    content = content_of(rows)
    assert len(content) == 32
    assert content_of(rows.take(np.random.default_rng(0).permutation(50))) == content
    truth = rows.truth.copy()
    truth[7] = 1 - truth[7]
    assert content_of(replace(rows, truth=truth)) != content
    for name in ("weight", "site"):
        role = rows.roles[name].copy()
        role[7] += 1
        assert content_of(replace(rows, roles={**rows.roles, name: role})) != content
    column = rows.columns["score-yes"].copy()
    column[7] += 1
    assert content_of(replace(rows, columns={**rows.columns, "score-yes": column})) != content
    # Answers of two rows exchanged: the same answers and the same inputs, of other rows.
    one, two = int(np.flatnonzero(rows.truth == 0)[0]), int(np.flatnonzero(rows.truth == 1)[0])
    truth = rows.truth.copy()
    truth[[one, two]] = truth[[two, one]]
    assert content_of(replace(rows, truth=truth)) != content
    doubled = rows.take(np.r_[np.arange(50), 0])
    assert content_of(doubled) != content


def test_names_of_groups_are_those_of_this_column_and_this_answer_alone():
    vault = take_in(GROUPED, table()).vault
    keys = vault_keys(vault, "late", "patient")
    assert len(keys.groups) == len(np.unique(vault.group)) and keys.n_rows == len(vault)
    assert set(keys.groups.tolist()).isdisjoint(vault_keys(vault, "late", "doctor").groups.tolist())
    assert set(keys.groups.tolist()).isdisjoint(vault_keys(vault, "early", "patient").groups.tolist())
    assert keys.rows.tolist() == vault_keys(vault, "early", "doctor").rows.tolist()
    turned = vault_keys(vault.take(np.arange(len(vault))[::-1]), "late", "patient")
    assert turned.rows.tolist() == keys.rows.tolist() and turned.groups.tolist() == keys.groups.tolist()


def test_a_vault_without_groups_has_the_keys_of_its_rows_alone(intake):
    keys = vault_keys(intake.vault, "late", None)
    assert len(keys.groups) == 0 and keys.groups.dtype == np.uint64
    assert len(keys.rows) == keys.n_rows == len(intake.vault)


def test_openings_of_a_build_are_places_in_one_look_each_a_finalist_further(register, intake):
    openings = Openings.of(register, PLAIN, intake)
    assert openings.next == Look(build=1, finalist=0)
    looks = []
    for at, candidate in enumerate(("c1", "c2", "c3", "c4")):
        assert openings.next == Look(build=1, finalist=min(at, 2)) if at < 3 else openings.next
        looks.append(openings.enter(candidate).look)
    assert looks[:3] == [Look(build=1, finalist=at) for at in range(3)]
    assert looks[3] == Look(build=2, finalist=2)  # all three places were taken
    assert openings.next.build == 2
    assert [one["candidate"] for one in register.known(openings.keys).openings] == ["c1", "c2", "c3", "c4"]
    again = Openings.of(register, PLAIN, intake)
    assert again.build == openings.build
    other = Openings.of(register, replace(PLAIN, seed=1), intake)
    assert other.next == Look(build=3) and other.enter("c9").look == Look(build=3)


def test_what_was_entered_tells_its_version_and_its_moment(register, intake):
    openings = Openings.of(register, PLAIN, intake)
    openings.enter("c1")
    (entry,) = register.known(openings.keys).openings
    from trivet import __version__

    assert entry["version"] == __version__
    assert entry["at"].endswith("+00:00") and len(entry["at"]) == len("2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize("recipe", [PLAIN, GROUPED])
def test_the_facts_of_a_vault_are_told_and_nothing_is_opened(register, recipe):
    intake = take_in(recipe, table())
    facts = vault_facts(recipe, register, table())
    told = facts.as_json()
    assert (told["rows"], told["vault_rows"]) == (300, len(intake.vault))
    assert told["share"] == pytest.approx(len(intake.vault) / 300)
    assert told["digest"] == content_of(intake.vault)
    assert (told["builds"], told["vault"], told["openings"], told["next_build"]) == (0, "", [], 1)
    assert told["next_confidence"] == pytest.approx(1 - 0.05 * 6 / np.pi**2 * 0.9)
    assert not register.path.exists()
    openings = Openings.of(register, recipe, intake)
    place = [openings.enter(candidate) for candidate in ("c1", "c2")][-1]
    told = vault_facts(recipe, register, table()).as_json()
    assert (told["builds"], told["next_build"], told["vault"]) == (1, 2, place.vault)
    assert told["next_confidence"] == pytest.approx(1 - 0.05 * 6 / np.pi**2 * 0.9 / 4)
    assert [(one["build"], one["finalist"], one["candidate"]) for one in told["openings"]] == [
        (1, 1, "c1"),
        (1, 2, "c2"),
    ]
    assert {one["id"] for one in told["openings"]} == {openings.build}
    # Whatever the seed: the vault is the same.
    assert vault_facts(replace(recipe, seed=3), register, table()).as_json()["builds"] == 1


def test_a_build_that_begins_finds_a_register_in_which_it_can_enter(register, intake):
    assert not register.path.exists()
    Openings.of(register, PLAIN, intake)
    assert register.path.exists()


def test_a_run_that_has_its_number_keeps_it_for_what_an_earlier_run_has_shown(register, intake):
    assert Openings.of(register, PLAIN, intake).enter("c1").look == Look(build=1)
    again = Openings.of(register, PLAIN, intake)
    assert again.enter("c9").look == Look(build=2)  # the first place was another candidate's: a new look
    assert again.enter("c1").look == Look(build=2, finalist=1)
