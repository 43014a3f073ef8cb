"""Which rules are on, and where: what the command line and ``[tool.astarch.check]`` say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch

from .catalog import matching, rules
from .rule import Rule


@dataclass(frozen=True, slots=True)
class Settings:
    """Which rules are on.

    Args:
        select: Selectors of the rules to use: codes, their beginnings, names, ``ALL``; empty for the usual ones.
        ignore: Selectors of rules to leave out.
        extend_select: Selectors of rules to use as well.
        per_file_ignores: Selectors to leave out, by file pattern.
        comments: Whether comments in the source can silence findings.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    comments: bool = True

    def unknown(self) -> list[str]:
        """Selectors that mean no rule."""
        texts = [*self.select, *self.ignore, *self.extend_select, *(text for texts in self.per_file_ignores.values() for text in texts)]
        return [text for text in texts if not matching(text)]

    def active(self) -> tuple[Rule, ...]:
        """The rules that are on; one in preview only when it is named itself."""
        chosen: dict[str, int] = {}
        for text in self.select:
            _weigh(chosen, text)
        if not self.select:
            chosen = {rule.code: 1 for rule in rules() if rule.default}
        for text in self.extend_select:
            _weigh(chosen, text)
        for text in self.ignore:
            for rule in matching(text):
                if _weight(text) >= chosen.get(rule.code, 0):
                    chosen.pop(rule.code, None)
        return tuple(
            rule
            for rule in rules()
            if rule.code in chosen and (rule.status == "stable" or (rule.status == "preview" and chosen[rule.code] == _ITSELF))
        )

    def ignored_in(self, path: str) -> frozenset[str]:
        """Codes that are off in a file."""
        found = [
            text
            for pattern, texts in self.per_file_ignores.items()
            if fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}")
            for text in texts
        ]
        return frozenset(rule.code for text in found for rule in matching(text))


#: The weight of a selector that names one rule.
_ITSELF = 10


def _weight(text: str) -> int:
    """The more exactly a selector names a rule, the stronger it is."""
    return 0 if text.upper() == "ALL" else _ITSELF if len(matching(text)) == 1 else len(text)


def _weigh(chosen: dict[str, int], text: str) -> None:
    for rule in matching(text):
        chosen[rule.code] = max(chosen.get(rule.code, 0), _weight(text))
