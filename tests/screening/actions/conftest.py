"""A key, a corpus, and a short way to say what is done."""

from collections.abc import Callable

import pytest

from rightful.keys import WorkspaceKey
from rightful.screening.actions import Action, Measures, Rule, ScreeningPolicy, StandIns, Treatment

Treat = Callable[..., Treatment]

#: The kinds of these tests, with their groups.
GROUPS = {"email": "contact", "phone": "contact", "card": "financial", "token": "secret"}


@pytest.fixture(scope="session")
def key() -> WorkspaceKey:
    return WorkspaceKey(bytes(range(32)))


@pytest.fixture(scope="session")
def stand_ins(key: WorkspaceKey) -> StandIns:
    return StandIns(key, "letters")


@pytest.fixture(scope="session")
def treat() -> Treat:
    """What is done about each kind; `redact` of everything where nothing is said."""

    def treatment(**actions: str) -> Treatment:
        rules = tuple(Rule(Action(what), frozenset({kind})) for kind, what in actions.items())
        rules = rules or (Rule(Action.REDACT),)
        return ScreeningPolicy(Measures(rules)).treatment(None, GROUPS)

    return treatment
