"""One item for several that are built alike and differ in their numbers: what differs is said from the least to the most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from .items import Item

_NUMBERS = re.compile(r"(?<![\w.])(\d+(?:–\d+)?)(?![\w.]|e-)")


def spanned(first: str, second: str) -> str:
    """Two texts as one, their numbers from the least to the most; nothing when more than numbers differ.

    >>> spanned("1×64×56×56", "1×96×56×56"), spanned("64, 32–128", "96, 160"), spanned("same", "other")
    ('1×64–96×56×56', '64–96, 32–160', '')
    """
    if first == second:
        return first
    one, other = _NUMBERS.split(first.replace("×", " × ")), _NUMBERS.split(second.replace("×", " × "))
    if len(one) != len(other) or one[::2] != other[::2]:
        return ""
    pieces = [text if place % 2 == 0 else _range(text, other[place]) for place, text in enumerate(one)]
    return "".join(pieces).replace(" × ", "×")


def _range(first: str, second: str) -> str:
    ends = [int(number) for text in (first, second) for number in text.split("–")]
    return str(ends[0]) if len(set(ends)) == 1 else f"{min(ends)}–{max(ends)}"


def merged(members: Sequence[Item]) -> Item:
    """The first of items that are built alike, saying what holds for all of them; its numbers are those of all together."""
    first = members[0]
    alike = all(
        (one.arguments, one.output, str(one.parameters)) == (first.arguments, first.output, str(first.parameters)) for one in members
    )
    inside = tuple(merged(parts) for parts in zip(*(one.children for one in members), strict=True))
    if alike and not any(child.varied for child in inside):
        return replace(first, children=inside)
    counted = [one.macs for one in members if one.macs is not None]
    return replace(
        first,
        arguments=reduce(spanned, (one.arguments for one in members)) or ("…" if first.arguments else ""),
        output=reduce(spanned, (one.output for one in members)),
        parameters=sum(one.parameters for one in members),
        macs=sum(counted) if counted else None,
        children=inside,
        varied=True,
    )
