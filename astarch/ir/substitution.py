"""Numbers (or other sizes) in place of an Architecture's symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from .diagnostic import Diagnostic
from .dim import Dim, Fact, Ratio, holds, parse, substitute, symbols

_PLACE = re.compile(r"\{([^{}]*)\}")

#: Values that hold no sizes.
_PLAIN = (str, bool, int, float, type(None))


def substituted(architecture: Any, values: Mapping[str, Any]) -> Any:
    """The Architecture with sizes in place of symbols, by their names or the last part of dotted ones; all at once.

    A requirement or equation that then fails becomes a finding. What stands for several modules goes on doing so: a `Dim` that was its
    count is a number then.
    """
    names = _names(architecture)
    chosen = {name: values[key] for name in names for key in (name, name.rpartition(".")[2]) if key in values}
    made = _Substitution(chosen).value(architecture)
    demands = [
        *zip(architecture.requirements, made.requirements),
        *zip(*(one.attributes.get("equations", ()) for one in (architecture, made))),
    ]
    broken = [before for before, now in demands if holds(*now.fact) is False]
    findings = [Diagnostic("MDL001", "program-error", "error", f"raises unless {one.fact}", one.span) for one in broken]
    kept = tuple(one for one in made.requirements if holds(*one.fact) is None)
    assumed = tuple(one for one in made.assumptions if one.message.removesuffix(" is a number") not in chosen)
    return replace(made, requirements=kept, assumptions=assumed, diagnostics=(*made.diagnostics, *findings))


def _names(architecture: Any) -> dict[str, None]:
    """Every symbol of an Architecture."""
    found: dict[str, None] = {}

    def note(value: Any) -> None:
        if isinstance(value, (Dim, Ratio)):
            found.update(dict.fromkeys(symbols(value)))
        elif isinstance(value, Mapping):
            for item in value.values():
                note(item)
        elif isinstance(value, (tuple, list)):
            for item in value:
                note(item)
        elif is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                item = getattr(value, field.name)
                if type(item) not in _PLAIN:
                    note(item)

    note(architecture)
    return found


class _Substitution:
    """One pass over everything an Architecture says."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._places = {name.rpartition(".")[2]: value for name, value in values.items()}

    def value(self, value: Any) -> Any:
        """A value with everything in it substituted; the very same where there is nothing to do."""
        if type(value) in _PLAIN or isinstance(value, type):
            return self.text(value) if type(value) is str and "{" in value else value
        if isinstance(value, (Dim, Ratio)):
            return substitute(value, self._values)
        if isinstance(value, Fact):
            return Fact(self.value(value.left), value.sign, self.value(value.right))
        if isinstance(value, Mapping):
            made = {self.value(key): self.value(item) for key, item in value.items()}
            return MappingProxyType(made) if isinstance(value, MappingProxyType) else made
        if isinstance(value, tuple):
            items = [self.value(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return self._record(value) if is_dataclass(value) else value

    def text(self, text: str) -> str:
        """A name with places to be filled: ``blocks.{depth}.weight``."""
        return _PLACE.sub(self._place, text)

    def _place(self, found: re.Match[str]) -> str:
        try:
            size = substitute(parse(found[1]), self._places)
        except ValueError:
            return found[0]
        return str(size) if isinstance(size, int) else f"{{{size}}}"

    def _record(self, value: Any) -> Any:
        changed: dict[str, Any] = {}
        for field in fields(value):
            old = getattr(value, field.name)
            new = self.value(old)
            if new is not old:
                changed[field.name] = new
        return replace(value, **changed) if changed else value
