"""Words for people, in the two languages that packs are written in."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]

#: Every text of a pack is given in each of these.
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in English and in Chinese.

    >>> Text("restricted", "已限制").within("zh")
    '已限制'
    """

    en: str
    zh: str

    def within(self, language: Language) -> str:
        """The words in one language."""
        return self.zh if language == "zh" else self.en
