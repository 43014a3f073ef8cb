"""``numbers``; a symbolic size is an integer, a symbolic quotient a real number."""

from __future__ import annotations

import numbers
from typing import Any

from ...ir.dim import Dim, Ratio, Real
from ..machine import Machine
from ..natives.abstract import abstract_class
from ..values import Class


def _make(name: str, parent: Class | None) -> Class:
    host = getattr(numbers, name)

    symbolic = (Dim, Ratio, Real) if name in ("Number", "Complex", "Real") else (Dim,)

    def holds(value: Any) -> bool:
        return isinstance(value, (host, *symbolic))

    def below(cls: Any) -> bool:
        return isinstance(cls, Class) and any(a.host is not None and a.host is not object and issubclass(a.host, host) for a in cls.mro)

    return abstract_class(name, () if parent is None else (parent,), "numbers", holds, below, {})


CLASSES: dict[str, Class] = {}
_above: Class | None = None
for _name in ("Number", "Complex", "Real", "Rational", "Integral"):
    _above = CLASSES[_name] = _make(_name, _above)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return dict(CLASSES)
