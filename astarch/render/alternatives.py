"""What a condition changes: the modules that come and go, and the parameters, never the whole model again."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir.architecture import Architecture, Module
from ..ir.dim import Dim
from .notation import arguments_text, count_text, values_text
from .paint import Glyphs, clean

#: So many modules are named.
_NAMED = 4


def effect_text(base: Architecture, other: Architecture, glyphs: Glyphs) -> str:
    """The effect in a line: ``+ gate Linear(dim, 4*dim); 4*dim**2 + 4*dim parameters more``."""
    parts = [*_modules(base, other, "+", glyphs), *_modules(other, base, "-", glyphs), *_changed(base, other, glyphs)]
    parts.append(_parameters(base.parameter_count, other.parameter_count))
    if base.outputs is not None and other.outputs is not None and str(base.outputs) != str(other.outputs):
        parts.append(f"gives {values_text(other.outputs, glyphs)}")
    return "; ".join(part for part in parts if part)


def _modules(one: Architecture, other: Architecture, sign: str, glyphs: Glyphs) -> Iterator[str]:
    """The modules that only the other has, those below one of them left out."""
    new = [module for name, module in other.modules.items() if name and name not in one.modules]
    outer = [module for module in new if not any(module.name.startswith(f"{above.name}.") for above in new)]
    for module in outer[:_NAMED]:
        yield f"{sign} {_named(module, glyphs)}"
    if len(outer) > _NAMED:
        yield f"{sign} {len(outer) - _NAMED} more modules"


def _changed(base: Architecture, other: Architecture, glyphs: Glyphs) -> Iterator[str]:
    """The modules that are of another class there."""
    pairs = [(module, other.modules[name]) for name, module in base.modules.items() if name in other.modules]
    different = [(old, new) for old, new in pairs if old.type != new.type]
    for old, new in different[:_NAMED]:
        yield f"{clean(old.name) or 'the model'} is {_kind(new, glyphs)} instead of {clean(old.class_name)}"
    if len(different) > _NAMED:
        yield f"{len(different) - _NAMED} more modules of another class"


def _named(module: Module, glyphs: Glyphs) -> str:
    times = "" if isinstance(module.times, int) else f" {glyphs.times}{module.times}"
    return f"{clean(module.name)} {_kind(module, glyphs)}{times}"


def _kind(module: Module, glyphs: Glyphs) -> str:
    arguments = clean(arguments_text(dict(module.arguments), glyphs))
    return f"{clean(module.class_name)}({arguments})" if arguments else clean(module.class_name)


def _parameters(base: int | Dim, other: int | Dim) -> str:
    difference = other - base
    if not isinstance(difference, int):
        fewer = all(coefficient < 0 for coefficient in difference.terms.values())
        return f"{count_text(-difference)} parameters fewer" if fewer else f"{count_text(difference)} parameters more"
    return f"{abs(difference):,} parameters {'more' if difference > 0 else 'fewer'}" if difference else "the same parameters"
