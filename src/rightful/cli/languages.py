"""The languages that answers come in."""

from enum import Enum


class Tongue(Enum):
    """A value of `--language`."""

    en = "en"
    zh = "zh"
