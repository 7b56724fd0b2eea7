"""The fields of a mapping in a pack, taken out so that an error says where it is."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rightful.errors import InvalidInput

_T = TypeVar("_T")


@contextmanager
def within(name: str) -> Iterator[None]:
    """Whatever is wrong in here is told with the name of the place before it."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None


class Fields:
    """A mapping whose fields are taken out one by one, and named in errors."""

    def __init__(self, value: Any, known: Iterable[str]) -> None:
        if not isinstance(value, dict):
            raise InvalidInput("must be a mapping of fields")
        listed = ", ".join(known)
        for key in value:
            if key not in known:
                raise InvalidInput(f"{key} is not a field here; known: {listed}")
        self.value = value

    def __contains__(self, key: str) -> bool:
        return self.value.get(key) is not None

    def take(self, key: str, make: Callable[[Any], _T]) -> _T:
        """A field that must be there."""
        if key not in self:
            raise InvalidInput(f"{key} is missing")
        with within(key):
            return make(self.value[key])

    def may(self, key: str, make: Callable[[Any], _T]) -> _T | None:
        """A field that can be left out."""
        return self.take(key, make) if key in self else None
