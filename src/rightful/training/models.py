"""Names that point at the runs whose weights are in force, or restricted while they must forget."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import Connection, insert, select, update

from rightful import moments
from rightful.errors import InvalidInput, NotFound, Refused
from rightful.ledger import Ledger
from rightful.registry import Registry
from rightful.registry.tables import models

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Model:
    """A name and the run that it points at."""

    name: str
    run: int
    status: Literal["in_force", "restricted"]
    changed_at: str


def check_name(name: str) -> None:
    """Raise `InvalidInput` where a model can't be called so."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            "a model's name is letters, digits, dot, hyphen and underscore, 100 at most, "
            "such as digits-2026"
        )


class Models:
    """The models of one workspace."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger

    def get(self, name: str) -> Model:
        """The model of this name. Raises `NotFound`, naming those there are."""
        found = {model.name: model for model in self.all()}
        if name not in found:
            there = ", ".join(found) or "none yet; `rightful pretrain` makes one"
            raise NotFound(f"no model is called {name!r}; there are: {there}")
        return found[name]

    def usable(self, name: str) -> Model:
        """The model of this name, if it may be used. Raises `Refused` while it is restricted."""
        model = self.get(name)
        if model.status == "restricted":
            raise Refused(
                f"the model {name} is restricted: it must forget somebody first and may only be "
                "stored until then; `rightful forget` does it"
            )
        return model

    def all(self) -> list[Model]:
        """Every model, by name."""
        return [
            Model(
                row.name,
                row.run,
                cast(Literal["in_force", "restricted"], row.status),
                row.changed_at,
            )
            for row in self._registry.rows(select(models).order_by(models.c.name))
        ]

    def move(self, connection: Connection, name: str, run: int) -> None:
        """Point a name at a run and put it in force, in the caller's transaction."""
        values = {"run": run, "status": "in_force", "changed_at": moments.text(moments.now())}
        done = connection.execute(update(models).where(models.c.name == name).values(**values))
        if not done.rowcount:
            connection.execute(insert(models).values(name=name, **values))
        self._ledger.append(connection, "model_moved", {"model": name, "run": run})

    def restrict(self, connection: Connection, names: Iterable[str]) -> None:
        """Allow nothing but storing these models, in the caller's transaction."""
        for name in sorted(names):
            done = connection.execute(
                update(models)
                .where(models.c.name == name, models.c.status == "in_force")
                .values(status="restricted", changed_at=moments.text(moments.now()))
            )
            if done.rowcount:
                self._ledger.append(connection, "model_restricted", {"model": name})
