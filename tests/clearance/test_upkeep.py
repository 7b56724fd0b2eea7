"""A clearance that is kept up to date says what one that is computed anew says, whatever happened.

Events come in any order, moments pass between them, and a second process takes part: another
registry and other rooms on the same files.
"""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap64
from sqlalchemy import update
from tests.clearance.conftest import build
from tests.clearance.happenings import (
    GENERAL,
    PERSONAL,
    Event,
    erase,
    expire,
    grant_for_person,
    mark,
    minutes_pass,
)
from tests.clearance.scene import (
    EVENING,
    PEOPLE,
    PURPOSES,
    Clock,
    Office,
    Scene,
    furnish,
    opened,
    small_pack,
)

from rightful import moments
from rightful.clearance import Clearance
from rightful.clearance import upkeep as room
from rightful.clearance.judging import Judged
from rightful.clearance.upkeep import Upkeep
from rightful.policy import Pack, load
from rightful.policy.library import built_in
from rightful.registry.tables import subjects


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished folder, which each example copies."""
    folder = tmp_path_factory.mktemp("furnished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moments, "now", Clock(EVENING - timedelta(days=30)).now)
        made = build(folder)
        furnish(made)
        made.registry.close()
    return folder


@pytest.fixture
def scenes(
    furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Scene]]:
    """Makes scenes that begin in the same way, each in a folder of its own."""
    made: list[Scene] = []
    small = small_pack()

    def scene(packs: list[Pack] | None = None) -> Scene:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copytree(furnished, folder, dirs_exist_ok=True)
        clock = Clock(EVENING)
        monkeypatch.setattr(moments, "now", clock.now)
        house = opened(folder)
        clearances = house.clearances([small] if packs is None else packs)
        made.append(Scene(clock, Office.of(house), Office.of(opened(folder)), clearances))
        return made[-1]

    yield scene
    for each in made:
        each.office.house.registry.close()


@pytest.fixture
def scene(scenes: Callable[..., Scene]) -> Scene:
    return scenes()


#: A story is short as it is, and making it shorter would take minutes.
PHASES = (Phase.explicit, Phase.generate)
SHARED = [HealthCheck.function_scoped_fixture]

#: What happens, where, with which choices, and whether the clearance is asked for after it.
HAPPENING = st.tuples(
    st.sampled_from((*PERSONAL * 3, *GENERAL)), st.booleans(), st.integers(0, 2**32), st.booleans()
)


def play(scene: Scene, story: list[tuple[Event, bool, int, bool]], *kept: Upkeep) -> None:
    """Let things happen; after some of them, every answer is held to the full one."""
    for event, elsewhere, seed, asked in [*story, (purge_nothing, False, 0, True)]:
        event(random.Random(seed), scene, scene.elsewhere if elsewhere else scene.office)
        if asked:
            for each in kept:
                check(scene, each)


def purge_nothing(draw: random.Random, scene: Scene, office: Office) -> None:
    """Nothing happens, and the clearance is asked for."""


def check(scene: Scene, kept: Upkeep) -> Clearance:
    found = kept.clearance()
    full = scene.clearances.compute(kept.purpose, at=found.at)
    assert found.cleared == full.cleared
    assert found.counts == full.counts
    assert found.packs == full.packs
    assert found.revision == full.revision
    assert found.at < found.valid_until <= full.valid_until
    assert full.detail is not None
    assert said(kept.judged()) == said(full.detail.judged)
    return found


def said(judged: Judged) -> list[tuple[int, int, bytes, bytes]]:
    """The decision about each record, and the gates behind it."""
    cases = judged.at(np.arange(len(judged.records)))
    return [
        (record, int(cases.decision[n]), cases.fired[:, n].tobytes(), cases.open[:, n].tobytes())
        for n, record in enumerate(judged.records.tolist())
    ]


# In any order


@given(story=st.lists(HAPPENING, min_size=4, max_size=14))
@settings(max_examples=20, phases=PHASES, suppress_health_check=SHARED)
def test_after_any_events_the_kept_clearance_is_the_computed_one(
    scenes: Callable[..., Scene], story: list[tuple[Event, bool, int, bool]]
) -> None:
    scene = scenes()
    play(scene, story, scene.keep(), scene.keep("model-training"))


@given(story=st.lists(HAPPENING, min_size=8, max_size=30))
@settings(max_examples=40, phases=PHASES, suppress_health_check=SHARED)
@pytest.mark.slow
def test_after_many_events_the_kept_clearance_is_the_computed_one(
    scenes: Callable[..., Scene], story: list[tuple[Event, bool, int, bool]]
) -> None:
    scene = scenes()
    play(scene, story, *(scene.keep(purpose) for purpose in PURPOSES))


@given(story=st.lists(HAPPENING, min_size=6, max_size=12))
@settings(max_examples=4, phases=PHASES, suppress_health_check=SHARED)
def test_under_all_packs_the_kept_clearance_is_the_computed_one(
    scenes: Callable[..., Scene], story: list[tuple[Event, bool, int, bool]]
) -> None:
    scene = scenes(list(load(built_in())))
    play(scene, story, scene.keep())


# Which way is taken


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> list[Upkeep]:
    """Who asked about everything, each time that somebody did."""
    asked: list[Upkeep] = []
    whole = Upkeep._anew

    def spy(self: Upkeep) -> Any:
        asked.append(self)
        return whole(self)

    monkeypatch.setattr(Upkeep, "_anew", spy)
    return asked


@pytest.mark.parametrize("event", PERSONAL, ids=lambda event: event.__name__)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_what_is_about_a_person_is_asked_about_alone(
    scene: Scene, anew: list[Upkeep], event: Event, elsewhere: bool
) -> None:
    kept = scene.keep()
    check(scene, kept)
    if event is minutes_pass:  # but not past midnight
        scene.office.house.consent(PEOPLE["cleo"], valid_to=EVENING + timedelta(minutes=5))
        check(scene, kept)
        scene.clock.moment += timedelta(minutes=6)
        check(scene, kept)
    else:
        office = scene.elsewhere if elsewhere else scene.office
        for seed in range(12):
            if event is not expire or seed % 2:
                event(random.Random(seed), scene, office)
            check(scene, kept)
    assert len(anew) == 1


@pytest.mark.parametrize(
    "event",
    [event for event in GENERAL if event is not erase],
    ids=lambda event: event.__name__,
)
def test_what_is_about_more_than_persons_makes_everything_be_asked_about(
    scene: Scene, anew: list[Upkeep], event: Event
) -> None:
    kept = scene.keep()
    check(scene, kept)
    event(random.Random(3), scene, scene.elsewhere)
    check(scene, kept)
    assert len(anew) == 2


def test_while_nothing_happens_nothing_is_asked_about(
    scene: Scene, anew: list[Upkeep], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = scene.keep()
    first = check(scene, kept)
    monkeypatch.setattr(Upkeep, "_refresh", None)
    again = kept.clearance()
    assert len(anew) == 1
    assert again.cleared == first.cleared
    assert again.at > first.at


def test_more_people_than_are_asked_about_alone_make_everything_be_asked_about(
    scene: Scene, anew: list[Upkeep], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MANY", 2)
    kept = scene.keep()
    check(scene, kept)
    for reference in list(PEOPLE.values())[:2]:
        scene.office.marks.opt_out(reference)
    check(scene, kept)
    assert len(anew) == 1
    for reference in list(PEOPLE.values())[:3]:
        scene.office.marks.object_to(reference)
    check(scene, kept)
    assert len(anew) == 2


def test_a_clock_that_was_put_back_makes_everything_be_asked_about(
    scene: Scene, anew: list[Upkeep]
) -> None:
    scene.office.house.consent(PEOPLE["cleo"], valid_from=EVENING + timedelta(minutes=30))
    kept = scene.keep()
    before = check(scene, kept)
    scene.clock.moment = EVENING + timedelta(minutes=40)
    assert len(check(scene, kept).cleared) > len(before.cleared)
    scene.clock.moment = EVENING + timedelta(minutes=20)
    assert check(scene, kept).cleared == before.cleared
    assert len(anew) == 2


# When


def test_who_withdrew_is_out_once_the_clearance_is_asked_for(scene: Scene) -> None:
    kept = scene.keep()
    for name, number in (("anna", 1), ("cleo", 3)):
        theirs = BitMap64(scene.office.house.store.about(number).column("record").to_pylist())
        scene.office.house.consent(PEOPLE[name])
        assert theirs & kept.clearance().cleared
        scene.elsewhere.house.grants.withdraw(PEOPLE[name])
        assert not theirs & kept.clearance().cleared


def test_a_consent_that_ends_is_out_from_that_moment_on(scene: Scene, anew: list[Upkeep]) -> None:
    end = EVENING + timedelta(minutes=30)
    scene.office.house.consent(PEOPLE["cleo"], valid_to=end)
    kept = scene.keep()
    assert check(scene, kept).valid_until == end
    theirs = BitMap64([4])
    assert theirs <= kept.clearance().cleared
    scene.clock.moment = end - timedelta(milliseconds=1)  # the clock goes on by one when it is read
    found = check(scene, kept)
    assert found.at == end
    assert not theirs & found.cleared
    assert len(anew) == 1


def test_an_end_that_was_moved_is_kept(scene: Scene, anew: list[Upkeep]) -> None:
    kept = scene.keep()
    check(scene, kept)
    number = scene.office.house.consent(PEOPLE["cleo"])
    assert BitMap64([4]) <= check(scene, kept).cleared
    end = EVENING + timedelta(minutes=30)
    scene.elsewhere.house.grants.expire(number, end)
    assert check(scene, kept).valid_until == end
    scene.clock.moment = end
    assert not BitMap64([4]) & check(scene, kept).cleared
    assert len(anew) == 1


def test_a_mark_that_another_clock_put_into_the_future_is_heeded_when_it_comes(
    scene: Scene,
) -> None:
    kept = scene.keep()
    assert BitMap64([1]) <= check(scene, kept).cleared
    soon = EVENING + timedelta(minutes=1)
    registry = scene.elsewhere.house.registry
    with registry.transaction() as connection:
        anna = update(subjects).where(subjects.c.id == 1)
        connection.execute(anna.values(restricted_at=moments.text(soon)))
        registry.bump(connection, subjects=[1])
    found = check(scene, kept)
    assert BitMap64([1]) <= found.cleared
    assert found.valid_until == soon
    scene.clock.moment = soon
    assert not BitMap64([1]) & check(scene, kept).cleared


def test_what_was_stopped_half_way_is_asked_about_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = EVENING + timedelta(minutes=30)
    scene.office.house.consent(PEOPLE["cleo"], valid_to=end)
    kept = scene.keep()
    assert BitMap64([4]) <= check(scene, kept).cleared
    scene.clock.moment = end
    with monkeypatch.context() as patch:

        def stopped(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(Upkeep, "_refresh", stopped)
        with pytest.raises(KeyboardInterrupt):
            kept.clearance()
    assert not BitMap64([4]) & check(scene, kept).cleared


# Room


def test_a_clearance_that_was_given_out_stays_as_it_was(scene: Scene) -> None:
    kept = scene.keep()
    given = kept.clearance()
    before, counts = given.cleared.copy(), given.counts
    scene.office.house.grants.withdraw(PEOPLE["anna"])
    assert kept.clearance().cleared != before
    assert (given.cleared, given.counts) == (before, counts)


@pytest.mark.parametrize("room_made", [1, 3])
def test_many_new_cases_find_room(
    scene: Scene, anew: list[Upkeep], monkeypatch: pytest.MonkeyPatch, room_made: int
) -> None:
    monkeypatch.setattr(room, "_ROOM", room_made)
    kept = scene.keep()
    for seed in range(40):
        grant_for_person(random.Random(seed), scene, scene.office)
        mark(random.Random(seed), scene, scene.office)
        check(scene, kept)
    assert len(anew) == 1


def test_a_situation_of_each_record_of_its_own_can_be_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many situations to be ticked off in a table are numbered in another way."""
    monkeypatch.setattr("rightful.clearance.situations.inquiry._TABLE", 0)
    house = scene.office.house
    house.store.delete(BitMap64(range(7, 16)))  # so that each record has one row
    kept = scene.keep()
    before = check(scene, kept)
    house.grants.withdraw(PEOPLE["anna"])
    assert check(scene, kept).cleared < before.cleared
