"""What the changes of some files do to what was found in others."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from ..readers.listing import package_around
from ..readers.survey import mentions_of
from .entries import Entry, Model, Names, Used

_WORD = re.compile(r"\w+")


class Change(NamedTuple):
    """What became of a file.

    Args:
        text: What stands in it now; nothing when it is gone.
        definitions: Those that are not what they were; None where more than these changed.
    """

    text: str
    definitions: frozenset[str] | None


class Following:
    """Tells what changes leave as it was.

    Args:
        changes: The files that changed.
        appeared: Those of them that came or went.
        names: Where texts have their numbers.
    """

    def __init__(self, changes: Mapping[str, Change], appeared: set[str], names: Names) -> None:
        self._texts, self._changes = names.texts, changes
        self._changed = {
            names.number(path): None if change.definitions is None else frozenset(names.numbers(change.definitions))
            for path, change in changes.items()
        }
        self._words = {path: frozenset(_WORD.findall(change.text)) for path, change in changes.items()}
        self._mentioning, self._among = cache(self._all_mentioning), cache(self._all_changed_among)
        self._package = cache(package_around)
        called = {_module(path) for path in appeared}
        folders = {folder for path in appeared for folder in os.path.dirname(path).split(os.sep)}
        self._wanted = frozenset(n for n, text in enumerate(self._texts) if appeared and text.rpartition(".")[2] in called | folders)
        self._hidden = frozenset(
            n for n, text in enumerate(self._texts) if appeared and os.sep in text and _module(text) in called and text not in changes
        )

    def leave(self, path: str, entry: Entry) -> bool:
        """Whether nothing that was found in a file depends on is changed."""
        return (
            os.path.abspath(path) not in self._changes
            and self._leave(entry.uses, entry.missing)
            and all(self._leave(model.uses, model.missing) for model in entry.models.values())
            and all(self._same(*answer) for answer in entry.asked)
        )

    def quiet(self, entry: Entry) -> frozenset[str]:
        """The models of a file in which nothing is to be found, as before."""
        names_mean_the_same = self._leave(entry.uses, entry.missing)
        return frozenset(self._texts[name] for name, model in entry.models.items() if self._stays_quiet(model, names_mean_the_same))

    def _stays_quiet(self, model: Model, names_mean_the_same: bool) -> bool:
        """Whether a model is not changed, nor, if that mattered, who builds it."""
        if not model.quiet or not self._leave(model.uses, model.missing):
            return False
        return not model.asked or (names_mean_the_same and all(self._same(*answer) for answer in model.asked))

    def answers(self, entry: Entry) -> Iterator[tuple[str, str, str, str]]:
        """What other files still are found to mention: the word, for whom, how, and the file that does."""
        for word, how, around, witness in entry.asked:
            if self._texts[how] != "call" and self._same(word, how, around, witness):
                yield self._texts[word], self._texts[around], self._texts[how], self._texts[witness]

    def _leave(self, uses: Used, missing: tuple[int, ...]) -> bool:
        for path in () if uses.keys().isdisjoint(self._changed.keys()) else uses.keys() & self._changed.keys():
            changed, used = self._changed[path], uses[path]
            if changed is None or used is None or not changed.isdisjoint(used):
                return False
        return (not self._hidden or self._hidden.isdisjoint(uses)) and (not self._wanted or self._wanted.isdisjoint(missing))

    def _same(self, word: int, how: int, around: int, witness: int) -> bool:
        """Whether a question has the answer that it had."""
        mentioning = self._mentioning(word, how)
        if any(other not in mentioning for other in self._among(witness)):
            return False
        if not mentioning:
            return True
        path, listed = self._texts[around], self._texts[witness].split("\n")
        if listed[-1] == "" if self._texts[how] == "call" and len(listed) > 1 else self._texts[how] != "call" and listed[0]:
            return True  # there may be more that do: one is enough, or there are too many already
        new = [other for other in mentioning if other != path and other not in listed]
        return not new or not any(other.startswith(self._package(path) + os.sep) for other in new)

    def _all_changed_among(self, witness: int) -> list[str]:
        """The changed files in a list of some."""
        return [other for other in self._texts[witness].split("\n") if other in self._changes]

    def _all_mentioning(self, word: int, how: int) -> list[str]:
        """The changed files that mention a word."""
        text = self._texts[word]
        plain = _WORD.fullmatch(text) is not None
        near = [path for path, change in self._changes.items() if (text in self._words[path] if plain else text in change.text)]
        mentions = mentions_of(text, self._texts[how]) if near else None  # most words are in none of them
        return [path for path in near if mentions is not None and mentions(self._changes[path].text)]


def _module(path: str) -> str:
    """The last part of the dotted name of a file."""
    folder, base = os.path.split(path)
    return os.path.basename(folder) if base == "__init__.py" else os.path.splitext(base)[0]
