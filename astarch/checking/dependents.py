"""Who may depend on what: so that after a change only few of the notes on files are looked into."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import msgspec

from .entries import Entry, Names

_WORD = re.compile(r"\w+")


class Dependents(msgspec.Struct, array_like=True):
    """For every file and word those of the checked files that may depend on it.

    What no longer depends on something is not taken out: that is seen where its notes are read.

    Args:
        paths: The checked files.
        files: Which of them depend on a file, or are it, by its number.
        words: Which asked for a text in other files, by the first word of it.
        answers: Which had an answer to that in some files, by the number of their list.
    """

    paths: list[str]
    files: dict[int, list[int]]
    words: dict[str, list[int]]
    answers: dict[int, list[int]]

    @classmethod
    def none(cls) -> Dependents:
        """Of no checked files."""
        return cls([], {}, {}, {})

    def add(self, notes: Mapping[str, Entry], names: Names) -> None:
        """Take in what was noted of checked files."""
        places = {path: place for place, path in enumerate(self.paths)}
        for path, entry in notes.items():
            place = places.setdefault(path, len(places))
            if place == len(self.paths):
                self.paths.append(path)
            for number in (*entry.files(), names.number(os.path.abspath(path))):
                _put(self.files, number, place)
            for word, _, _, answer in (*entry.asked, *(one for model in entry.models.values() for one in model.asked)):
                _put(self.words, first_word(names.texts[word]), place)
                _put(self.answers, answer, place)

    def of(self, changed: Mapping[str, str], names: Names) -> set[str]:
        """The checked files that may depend on files that are not what they were, or say now what they said before.

        Args:
            changed: These, by path, each with what stands in it now.
            names: Where texts have their numbers.
        """
        found: set[int] = set()
        said = {"", *(word for text in changed.values() for word in _WORD.findall(text))}
        for path in changed:
            found.update(self.files.get(names.number(path), ()))
        for word in said & self.words.keys():
            found.update(self.words[word])
        for answer, places in self.answers.items():
            if not changed.keys().isdisjoint(names.texts[answer].split("\n")):
                found.update(places)
        return {self.paths[place] for place in found}


def first_word(text: str) -> str:
    """The first word of a text; empty when there is none."""
    found = _WORD.search(text)
    return "" if found is None else found[0]


def _put(known: dict[int, list[int]] | dict[str, list[int]], key: int | str, place: int) -> None:
    places: list[int] = known.setdefault(key, [])  # type: ignore[arg-type]
    if place not in places[-1:]:
        places.append(place)
