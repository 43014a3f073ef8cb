"""Patterns of einops as the views that they are: parted, turned, repeated and joined again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..ir.dim import Dim
from ..ir.dim_polynomial import exact_quotient
from .views import Size, Views

_TOKEN = re.compile(r"\(|\)|\.\.\.|…|\w+")
_ELLIPSIS = ("...", "…")
_MOVING = ("rearrange", "Rearrange", "repeat", "Repeat")


def by_pattern(name: str, given: Mapping[str, Any], value: Any, shapes: tuple[Any, Any], views: Views) -> Any:
    """What a pattern makes of a value; None where it does more than move elements, or the sizes of its axes are not known.

    Args:
        name: Of the function or the layer.
        given: Its arguments or settings: ``pattern`` and ``axes_lengths``.
        value: The number of the value.
        shapes: That of the value, and that of the result.
        views: Where views are numbered.
    """
    before, after = shapes
    pattern, told = given.get("pattern"), given.get("axes_lengths", ("dict",))
    if name not in _MOVING or not isinstance(pattern, str) or pattern.count("->") != 1 or not isinstance(told, tuple):
        return None
    if before is None or after is None:
        return None
    left, _, right = pattern.partition("->")
    outer = _TOKEN.findall(re.sub(r"\([^()]*\)", " group ", left))
    hidden = [f"...{number}" for number in range(len(before) - sum(word not in _ELLIPSIS for word in outer))]
    sides = _grouped(_TOKEN.findall(left), hidden), _grouped(_TOKEN.findall(right), hidden)
    if sides[0] is None or sides[1] is None or len(sides[0]) != len(before) or len(sides[1]) != len(after):
        return None
    lengths = {key: size for key, size in told[1:] if type(size) is int or isinstance(size, Dim)}
    sizes = _sizes(sides[0], before, lengths)
    return None if sizes is None else _moved(value, (sides[0], sides[1]), sizes | lengths, (tuple(before), tuple(after)), views)


def _grouped(words: list[str], hidden: list[str]) -> list[list[str]] | None:
    """The names of each axis; an ellipsis stands for the hidden ones."""
    found: list[list[str]] = []
    inside: list[str] | None = None
    for word in words:
        if word == "(":
            if inside is not None:
                return None
            inside = []
        elif word == ")":
            if inside is None:
                return None
            found.append(inside)
            inside = None
        elif word in _ELLIPSIS:
            if inside is None:
                found += [[name] for name in hidden]
            else:
                inside += hidden
        else:
            names = [] if word == "1" else [word]
            if inside is None:
                found.append(names)
            else:
                inside += names
    return found if inside is None else None


def _sizes(groups: list[list[str]], shape: tuple[Size, ...], lengths: Mapping[str, Size]) -> dict[str, Size] | None:
    """The size of every axis on the left."""
    found: dict[str, Size] = {}
    for names, size in zip(groups, shape, strict=True):
        rest: Size | None = size
        for name in names:
            if name in lengths:
                rest = exact_quotient(rest, lengths[name]) if rest is not None else None
        unknown = [name for name in names if name not in lengths]
        if rest is None or len(unknown) > 1 or (not unknown and rest != 1):
            return None
        found |= {name: lengths.get(name, rest) for name in names}
    return found


def _moved(value: Any, sides: tuple[Any, Any], sizes: Mapping[str, Size], shapes: tuple[Any, Any], views: Views) -> Any:
    before, after = shapes
    left = [name for names in sides[0] for name in names]
    right = [name for names in sides[1] for name in names]
    if (
        len(set(left)) != len(left)
        or len(set(right)) != len(right)
        or not set(left) <= set(right)
        or any(name not in sizes for name in right)
    ):
        return None
    parted = tuple(sizes[name] for name in left)
    order = [left.index(name) for name in right if name in left]
    turned = tuple(parted[place] for place in order)
    index = ("list", *(("slice", None, None, None) if name in left else None for name in right))
    opened = tuple(sizes[name] if name in left else 1 for name in right)
    whole = tuple(sizes[name] for name in right)
    steps = [("permute", {"": value, "dims": ("list", *order)}, parted, turned)]
    steps += [("getitem", {"": value, "index": index}, turned, opened)] if opened != turned else []
    steps += [("expand", {"": value}, opened, whole)] if whole != opened else []
    found = views.reshaped(value, before, parted)
    for name, given, shape, then in steps:
        found = views.moved(name, given, found, shape, then) if found is not None else None
    return views.reshaped(found, whole, after) if found is not None else None
