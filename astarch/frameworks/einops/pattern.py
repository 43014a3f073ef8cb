"""einops patterns: ``b c (h p1) (w p2) -> b (h w) (p1 p2 c)`` as lists of axes and what they say of sizes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...ir.dim import same
from ..describe import refuse, require
from ..shapes import product, text

#: One side of a pattern: each axis is a group of names; ``...`` is the name of an ellipsis.
Side = tuple[tuple[str, ...], ...]

ELLIPSIS = "…"


@lru_cache(maxsize=2000)
def parse_side(side: str) -> Side:
    """The groups of one side of a pattern.

    >>> parse_side("b (h w) 1")
    (('b',), ('h', 'w'), ())
    """
    groups: list[tuple[str, ...]] = []
    inside: list[str] | None = None
    for token in side.replace("...", f" {ELLIPSIS} ").replace("(", " ( ").replace(")", " ) ").split():
        if token == "(":
            if inside is not None:
                refuse("EinopsError", f"brackets inside brackets in {side!r}")
            inside = []
        elif token == ")":
            if inside is None:
                refuse("EinopsError", f"brackets are not balanced in {side!r}")
            # a bare ellipsis stands for several axes, one in brackets for their product
            groups.append(("1", ELLIPSIS) if inside == [ELLIPSIS] else tuple(inside or ()))
            inside = None
        elif inside is not None:
            if token != "1":
                inside.append(token)
        else:
            groups.append((token,) if token != "1" else ())
    if inside is not None:
        refuse("EinopsError", f"brackets are not balanced in {side!r}")
    return tuple(groups)


@lru_cache(maxsize=2000)
def parse(pattern: str) -> tuple[Side, Side]:
    """Both sides of a pattern."""
    left, arrow, right = pattern.partition("->")
    if not arrow:
        refuse("EinopsError", f"the pattern {pattern!r} has no '->'")
    return parse_side(left), parse_side(right)


def solve(pattern: str, left: Side, shape: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The size of every axis of the left side.

    Args:
        given: Sizes said by keyword.

    Returns:
        Sizes by name; the ellipsis as a tuple of sizes under its name.
    """
    sizes: dict[str, Any] = dict(given)
    groups = list(left)
    flat = [name for group in groups for name in group]
    if ELLIPSIS in flat:
        place = next(i for i, group in enumerate(groups) if ELLIPSIS in group)
        count = len(shape) - len(groups) + 1
        if count < 0:
            refuse("EinopsError", f"{pattern!r} needs at least {len(groups) - 1} axes and gets {text(shape)}")
        sizes[ELLIPSIS] = tuple(shape[place : place + count])
        shape = (*shape[:place], product(sizes[ELLIPSIS]), *shape[place + count :])
    if len(shape) != len(groups):
        refuse("EinopsError", f"{pattern!r} needs {len(groups)} axes and gets {text(shape)}")
    for group, size in zip(groups, shape):
        _solve_group(pattern, group, size, sizes)
    return sizes


def _solve_group(pattern: str, group: tuple[str, ...], size: Any, sizes: dict[str, Any]) -> None:
    open_names = [name for name in group if name not in sizes and not name.isdigit()]
    known = product(_size_of(name, sizes) for name in group if name not in open_names)
    if len(open_names) > 1:
        refuse("EinopsError", f"could not infer sizes for {set(open_names)} in {pattern!r}")
    if not open_names:
        require(same(known, size), f"in {pattern!r} the axes {' '.join(group) or '1'} make {known} and the tensor has {size}",
                name="einops-pattern")  # fmt: skip
    else:
        require(same(size % known, 0), f"in {pattern!r} an axis of {size} does not divide by {known}", name="einops-pattern")
        sizes[open_names[0]] = size // known


def _size_of(name: str, sizes: dict[str, Any]) -> Any:
    if name.isdigit():
        return int(name)
    value = sizes[name]
    return product(value) if name == ELLIPSIS else value


def compose(right: Side, sizes: dict[str, Any]) -> tuple[Any, ...]:
    """The shape that the right side describes."""
    result: list[Any] = []
    for group in right:
        if group == (ELLIPSIS,):
            result.extend(sizes[ELLIPSIS])
        else:
            result.append(product(_size_of(name, sizes) for name in group))
    return tuple(result)


def names_of(side: Side) -> set[str]:
    """All names of a side."""
    return {name for group in side for name in group if name != "1"}
