"""What the findings in one file depend on, as it is kept: every text is a number in a list."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

import msgspec

from .job import Checked, Uses

#: The definitions of files that matter, all by their numbers; None where all of a file does.
Used = dict[int, tuple[int, ...] | None]

#: A finding that says a line of another file changes when lines move there.
_SAYS_LINES = re.compile(r"\bline \d")


class Names:
    """Texts by number, and the numbers of texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = list(texts)
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text, which is a new one for a new text."""
        if not self._numbers:
            self._numbers = {known: number for number, known in enumerate(self.texts)}
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return found

    def used(self, uses: Uses) -> Used:
        """Uses in numbers."""
        return {self.number(path): None if names is None else self.numbers(names) for path, names in uses.items()}

    def numbers(self, texts: Iterable[str]) -> tuple[int, ...]:
        """Texts in numbers."""
        return tuple(self.number(text) for text in texts)


class Model(msgspec.Struct, array_like=True, gc=False):
    """What was found in one model that was read, and what that depends on: see `Reading`."""

    uses: Used
    missing: tuple[int, ...]
    quiet: bool
    asked: tuple[tuple[int, int, int, int], ...]


class Entry(msgspec.Struct, array_like=True, gc=False):
    """What the findings in one file depend on: see `Checked`."""

    uses: Used
    missing: tuple[int, ...]
    asked: tuple[tuple[int, int, int, int], ...]
    models: dict[int, Model]

    @classmethod
    def of(cls, one: Checked, names: Names, old: Entry | None) -> Entry:
        """What is noted of a file.

        Args:
            one: The file.
            names: Where texts have their numbers.
            old: What was noted of it before, if models of it were not read again.
        """
        models = {
            names.number(name): Model(
                names.used(reading.uses),
                names.numbers(reading.missing),
                reading.quiet,
                tuple(map(names.numbers, reading.asked)),  # type: ignore[arg-type]
            )
            for name, reading in one.readings.items()
        }
        uses = names.used({**one.uses, **dict.fromkeys(_places(one))})
        if _says_lines(one):
            for model in models.values():
                model.uses = dict.fromkeys(model.uses)
        asked = {names.numbers(answer): None for answer in one.asked}
        missing = names.numbers(one.missing)
        if old is not None:
            models = {**old.models, **models}
            uses = {**old.uses, **uses}
            missing = tuple(dict.fromkeys((*missing, *old.missing)))
            asked |= dict.fromkeys(old.asked)
        return cls(uses, missing, tuple(asked), models)  # type: ignore[arg-type]

    def files(self) -> set[int]:
        """The files that it depends on."""
        return {*self.uses, *(path for model in self.models.values() for path in model.uses)}


def _places(one: Checked) -> list[str]:
    """The other files that findings point to."""
    spans = [span for finding in one.findings for span in (finding.span, *(note.span for note in finding.notes))]
    return [os.path.abspath(span.file) for span in spans if span.file and span.file != one.path]


def _says_lines(one: Checked) -> bool:
    return any(
        _SAYS_LINES.search(text) for finding in one.findings for text in (finding.message, *(note.message for note in finding.notes))
    )
