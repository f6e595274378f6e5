"""Phrases that no agent should read out, found also across punctuation, spaces, line ends and variants.

A library brings its own list, forbidden.toml. Pure but for the table it is read from.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from deskunit.scripts.reading import SYNONYMS, Table

_VARIABLE = re.compile(r"\{[^{}]*\}")
_GAP = "\0"  # stands for a variable: no phrase reaches over it
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´", "'"))
_WORD = re.compile(r"[a-z0-9\0]+(?:'[a-z0-9]+)*")
_SAME = str.maketrans({"妳": "你"})


@dataclass(frozen=True)
class Phrase:
    text: str
    folded: str


@dataclass(frozen=True)
class Phrases:
    """The phrases by language, each as it stands in the file."""

    by_language: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def found_in(self, language: str, sentence: str) -> list[str]:
        """The forbidden phrases that `sentence` holds."""
        folded = fold(language, sentence)
        return [phrase.text for phrase in self._folded.get(language, ()) if phrase.folded in folded]

    @cached_property
    def _folded(self) -> dict[str, tuple[Phrase, ...]]:
        return {
            language: tuple(Phrase(one, fold(language, one)) for one in phrases)
            for language, phrases in self.by_language.items()
        }


def fold(language: str, sentence: str) -> str:
    """What is compared: English as words between spaces, Chinese as characters with nothing between."""
    plain = unicodedata.normalize("NFKC", _VARIABLE.sub(_GAP, sentence)).translate(_APOSTROPHES)
    plain = plain.casefold()
    if language == "en":
        return f" {' '.join(_WORD.findall(_apart(plain)))} "
    return "".join(one for one in plain if one.isalnum() or one == _GAP).translate(_SAME)


def _apart(sentence: str) -> str:
    """Short forms as two words, so that "don't" is found in "do not" and the other way round."""
    for short, long in (("can't", "can not"), ("cannot", "can not"), ("won't", "will not")):
        sentence = re.sub(rf"\b{short}\b", long, sentence)
    return re.sub(r"n't\b", " not", sentence)


def read_phrases(table: Table | None) -> Phrases:
    """forbidden.toml: a table a language, in it lists with names of their own."""
    if table is None:
        return Phrases()
    phrases = {}
    for name in table.names():
        inner = table.table(name)
        if inner is not None:
            language = SYNONYMS.get(name, name)
            lists = [inner.choices(key, ()) for key in inner.names()]
            phrases[language] = tuple(one for found in lists for one in found if one.strip())
    return Phrases(phrases)
