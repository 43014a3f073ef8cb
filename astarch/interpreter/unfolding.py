"""Containers that hold one another: how large they are once written out, which the host finds out only by doing it."""

from __future__ import annotations

import re
from typing import Any

from ..ir.dim import Dim
from ..ir.unknown import Lost, Reason
from .budget import BudgetSpent
from .machine import Machine

#: Host types that hold values.
CONTAINERS = frozenset({list, tuple, dict, set, frozenset})


def written_out(m: Machine, value: Any) -> None:
    """Refuse a value whose items, each counted as often as it is held, are too many to be compared, hashed or spelled."""
    sizes: dict[int, int] = {}
    stack: list[tuple[Any, bool]] = [(value, False)]
    while stack:
        holder, done = stack.pop()
        if id(holder) in sizes and not done:
            continue
        parts = [*holder, *holder.values()] if type(holder) is dict else holder
        inner = [part for part in parts if type(part) in CONTAINERS]
        if not inner and not sizes and not stack:
            return
        if not done:
            sizes[id(holder)] = len(holder)  # counts for itself when it holds itself
            stack.append((holder, True))
            stack.extend((part, False) for part in inner)
            continue
        sizes[id(holder)] = len(holder) + sum(sizes[id(part)] for part in inner)
        if sizes[id(holder)] > m.budget.items:
            raise BudgetSpent(f"a container of more than {m.budget.items:,} elements when written out")


_NUMBER = re.compile(r"%(\(\w+\))?[0-9]*[di]")
_PLACES = re.compile(rb"%(?:\([^)]*\))?[#0\- +]*(\d+|\*)?(?:\.(\d+|\*))?")


def filling(template: str | bytes, arguments: Any) -> int:
    """The widths that ``template % arguments`` asks for, all together; ``*`` takes one from the arguments."""
    raw = template.encode("utf-8", "replace") if isinstance(template, str) else template
    widths = [width for place in _PLACES.findall(raw) for width in place if width]
    given = sum(abs(item) for item in arguments if type(item) is int) if b"*" in widths and type(arguments) is tuple else 0
    return given + sum(int(width[:15]) for width in widths if width != b"*")


class _Shown:
    """A container as ``%`` is to spell it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def templated(template: Any, arguments: Any) -> Any:
    """The left side of ``%``: a size that is a symbol is put in as a place to be filled."""
    parts = arguments if type(arguments) is tuple else arguments.values() if type(arguments) is dict else (arguments,)
    if not any(isinstance(part, Dim) for part in parts):
        return template
    return _NUMBER.sub(lambda found: f"%{found[1] or ''}s", template)


def shown(m: Machine, arguments: Any) -> Any:
    """The right side of ``%``, containers in it spelled within the budget."""
    if type(arguments) is tuple:
        return tuple(_Shown(m.repr_of(item)) if type(item) in CONTAINERS else _size(m, item) for item in arguments)
    if type(arguments) is dict:
        return {key: _Shown(m.repr_of(item)) if type(item) in CONTAINERS else _size(m, item) for key, item in arguments.items()}
    return _Shown(m.repr_of(arguments)) if type(arguments) in CONTAINERS else _size(m, arguments)


def _size(m: Machine, item: Any) -> Any:
    return _Shown(filled_in(m, item)) if isinstance(item, Dim) else item


def filled_in(m: Machine, size: Dim) -> str:
    """A size that is a symbol, in a text: a place to be filled, as in the name of a module.

    Raises:
        Lost: It is an element of a tensor: the program writes it, and finds what is called so.
    """
    if size.is_signed:
        raise Lost(m.unknown(Reason.DATA_DEPENDENT, f"the text of {size}"))
    return f"{{{size}}}"
