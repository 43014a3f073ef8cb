"""``str.format``: templates filled in by the machine, so that attributes and widths are the program's and the budget's."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from ..machine import Machine
from ..values import known_text

_STEP = re.compile(r"\.([^.\[]+)|\[([^\]]*)\]")
_FIRST = re.compile(r"[^.\[]*")


class _Template(string.Formatter):
    """The standard formatter, its look-ups and conversions done by the machine."""

    def __init__(self, m: Machine) -> None:
        self.m = m

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        first = _FIRST.match(field_name)
        name = first.group() if first is not None else ""
        value = self.get_value(int(name) if name.isdigit() else name, args, kwargs)
        for attribute, item in _STEP.findall(field_name[len(name) :]):
            value = self.m.get(value, attribute) if attribute else self.m.subscript(value, int(item) if item.isdigit() else item)
        return value, name

    def get_value(self, key: Any, args: Any, kwargs: Any) -> Any:
        if isinstance(key, int):
            if key >= len(args):
                raise IndexError(f"Replacement index {key} out of range for positional args tuple")
            return args[key]
        return kwargs[key] if isinstance(kwargs, Mapping) else self.m.subscript(kwargs, key)

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion is None:
            return value
        if conversion == "s":
            return self.m.text_of(value)
        if conversion in ("r", "a"):
            text = self.m.repr_of(value)
            return ascii(text)[1:-1] if conversion == "a" and not text.isascii() else text
        raise ValueError(f"Unknown conversion specifier {conversion}")

    def format_field(self, value: Any, format_spec: str) -> str:
        return known_text(self.m.formatted(value, format_spec))


def filled(m: Machine, template: str, args: tuple[Any, ...], kwargs: Any) -> str:
    """``template.format(*args, **kwargs)``."""
    m.require_text(len(template))
    text = _Template(m).vformat(template, args, kwargs)
    m.require_text(len(text))
    return text
