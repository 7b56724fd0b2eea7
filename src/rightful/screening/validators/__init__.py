"""What decides by computing whether a candidate is what its pattern takes it for: check digits.

A declaration of a detector names its validators. They are functions of the matched text and answer
whether it can be one; what they can't read is refused, and they raise nothing. Two families are
made up as they are named: `stdnum:cn.ric` is that module of python-stdnum, and `phone:GB` the
numbering plan of that country as the `phonenumbers` library knows it. All of them look only at the
text, so that a declaration says everything that decides a finding.
"""

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata

from rightful.errors import InvalidInput

Validator = Callable[[str], bool]

#: Goes up with whatever changes an answer of the validators in this folder.
VERSION = 1

_OWN = ("numbers", "phones", "network", "secrets", "dates_and_places")
_STDNUM = re.compile(r"stdnum:([a-z0-9_]+(?:\.[a-z0-9_]+)?)")
_PHONE = re.compile(r"phone:([A-Z]{2})")


def missing(package: str) -> InvalidInput:
    """The error for a package that screening needs and that isn't installed."""
    return InvalidInput(
        f"screening needs {package}; install it with `pip install rightful[screening]`"
    )


class Validators(Mapping[str, Validator]):
    """Validators by name; those of other libraries are made when they are first asked for."""

    def __init__(self) -> None:
        self._own: dict[str, Validator] | None = None
        self._made: dict[str, Validator] = {}

    def __getitem__(self, name: str) -> Validator:
        """
        Raises:
            KeyError: no validator has that name.
            InvalidInput: the package that it needs isn't installed.
        """
        if (found := self._owned().get(name) or self._made.get(name)) is not None:
            return found
        if match := _STDNUM.fullmatch(name):
            made = _of_stdnum(match[1])
        elif match := _PHONE.fullmatch(name):
            from rightful.screening.validators.phones import of_country

            made = of_country(match[1])
        else:
            raise KeyError(name)
        self._made[name] = made
        return made

    def __iter__(self) -> Iterator[str]:
        """The names of this package's own."""
        return iter(self._owned())

    def __len__(self) -> int:
        return len(self._owned())

    def _owned(self) -> dict[str, Validator]:
        if self._own is None:
            modules = (importlib.import_module(f"{__name__}.{name}") for name in _OWN)
            # Whole before another thread can see it.
            self._own = {name: each for m in modules for name, each in m.VALIDATORS.items()}
        return self._own


VALIDATORS: Mapping[str, Validator] = Validators()


def versions() -> dict[str, str]:
    """What the answers depend on besides the text: the libraries, and this folder's code.

    Raises:
        InvalidInput: a package that screening needs isn't installed.
    """
    found = {"validators": str(VERSION)}
    for package in ("python-stdnum", "phonenumbers"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            raise missing(package) from None
    return found


def _of_stdnum(name: str) -> Validator:
    try:
        importlib.import_module("stdnum")
    except ImportError:
        raise missing("python-stdnum") from None
    try:
        judge: Validator = importlib.import_module(f"stdnum.{name}").is_valid
    except (ImportError, AttributeError):
        raise KeyError(f"stdnum:{name}") from None

    def valid(text: str) -> bool:
        # Some modules turn what they can't read into errors other than their own.
        try:
            return judge(text)
        except (ValueError, KeyError, IndexError):
            return False

    return valid
