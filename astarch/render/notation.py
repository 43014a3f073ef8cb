"""How a report writes sizes, shapes, values, counts and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ir.architecture import Architecture
from ..ir.dim import Dim, factored, substitute, symbols
from ..ir.dim_atoms import Quotient
from ..ir.dim_core import atom_size
from ..ir.dim_polynomial import exact_quotient
from ..ir.dim_values import rebuilt
from ..ir.graph import Record, TensorType
from ..ir.tensor import Tensor
from ..ir.unknown import Unknown
from .paint import ROUND, Glyphs, clean

_UNITS = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def title_text(architecture: Architecture) -> str:
    """The class of the model, or what it is called.

    That is the file's name, where a file keeps no class, and the name a Keras model was given whose class says only how it was made.
    """
    form = str(architecture.attributes.get("format", "")).replace(" ", "").lower()
    kind = architecture.name.replace("_", "").lower()
    if form and (kind in form or kind in ("", "statedict", "checkpoint")):
        return architecture.target.replace("\\", "/").rstrip("/").rpartition("/")[2]
    given = architecture.modules[""].arguments.get("name") if "" in architecture.modules else None
    return given if architecture.name in ("Functional", "Sequential", "Model") and isinstance(given, str) and given else architecture.name


def size_text(size: Any) -> str:
    """One size: a number, a formula, ``None`` where every size is taken, as Keras says it, or ``?`` where it is not known."""
    return "?" if isinstance(size, Unknown) else str(size)


def shape_text(shape: Any, glyphs: Glyphs = ROUND) -> str:
    """A shape as ``1×64×56×56``, formulas of more than one word in parentheses.

    >>> height = Dim.symbol("H")
    >>> shape_text((1, 3, height, (height - 1) // 2))
    '1×3×H×((H - 1)//2)'
    >>> shape_text((None, 30, 30, 16))
    'None×30×30×16'
    """
    if shape is None or isinstance(shape, Unknown):
        return "?"
    sizes = [size_text(size) for size in shape]
    plain = [size if size.replace(".", "").replace("_", "").isalnum() or size == "?" or len(sizes) == 1 else f"({size})" for size in sizes]
    return glyphs.times.join(plain) if plain else "scalar"


def value_text(value: Any, glyphs: Glyphs = ROUND) -> str:
    """What a call was given or returned, for a reader.

    >>> value_text({"out": TensorType((1, 21)), "ids": TensorType((1, 7), "int64")})
    '{out: 1×21, ids: 1×7 int64}'
    """
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, TensorType | Tensor):
        dtype = "" if value.dtype == "float32" else f" {value.dtype}"
        return f"{shape_text(value.shape, glyphs)}{dtype}"
    if isinstance(value, Record):
        return f"{_short(value.type)}({_fields(value.fields, '=', glyphs)})"
    if isinstance(value, Mapping):
        return f"{{{_fields(value, ': ', glyphs)}}}"
    if isinstance(value, tuple):
        return f"({', '.join(value_text(item, glyphs) for item in value)})"
    if isinstance(value, list):
        return f"[{', '.join(value_text(item, glyphs) for item in value)}]"
    return plain_text(value, glyphs)


def values_text(values: tuple[Any, ...], glyphs: Glyphs = ROUND) -> str:
    """Several values side by side; a single one stands alone."""
    return ", ".join(value_text(value, glyphs) for value in values)


def _fields(fields: Mapping[Any, Any], sign: str, glyphs: Glyphs) -> str:
    return ", ".join(f"{clean(str(key))}{sign}{value_text(item, glyphs)}" for key, item in fields.items())


def plain_text(value: Any, glyphs: Glyphs = ROUND) -> str:
    """A constructor's argument, short: equal numbers of a tuple once, objects by their class.

    >>> plain_text((3, 3)), plain_text("same"), plain_text(1e-05)
    ('3', "'same'", '1e-05')
    """
    if value is None or isinstance(value, bool | int | float | complex | Dim):
        return str(value)
    if isinstance(value, str):
        return repr(clean(value)) if len(value) <= 40 else repr(clean(value[:39]))[:-1] + glyphs.ellipsis + "'"
    if isinstance(value, tuple | list):
        return _sequence(value, glyphs)
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, Mapping):
        return "{" + glyphs.ellipsis + "}" if value else "{}"
    if isinstance(value, TensorType | Tensor):
        return value_text(value, glyphs)
    return _object(value, glyphs)


def _sequence(values: tuple[Any, ...] | list[Any], glyphs: Glyphs) -> str:
    if isinstance(values, tuple) and values and all(type(item) in (int, Dim) and item == values[0] for item in values):
        return str(values[0])
    items = [plain_text(item, glyphs) for item in values[:6]] + ([glyphs.ellipsis] if len(values) > 6 else [])
    opening, closing = "()" if isinstance(values, tuple) else "[]"
    comma = "," if isinstance(values, tuple) and len(values) == 1 else ""
    return f"{opening}{', '.join(items)}{comma}{closing}"


def _object(value: Any, glyphs: Glyphs) -> str:
    """An object of the program by its name: what it is called, or what its class is called."""
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    return _short(clean(name)) if isinstance(name, str) and name else glyphs.ellipsis


def arguments_text(arguments: Mapping[str, Any], glyphs: Glyphs = ROUND) -> str:
    """A constructor's arguments, short: up to three numbers that lead stand without their names.

    >>> arguments_text({"in_channels": 3, "out_channels": 64, "kernel_size": (7, 7), "stride": 2, "bias": False})
    '3, 64, 7, stride=2, bias=False'
    """
    pieces: list[str] = []
    leading = True
    for name, value in arguments.items():
        leading = leading and len(pieces) < 3 and _is_number(value)
        text = plain_text(value, glyphs)
        pieces.append(text if leading else f"{clean(name)}={text}")
    return ", ".join(pieces)


def _is_number(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return bool(value) and all(_is_number(item) for item in value)
    return isinstance(value, int | float | Dim) and not isinstance(value, bool)


def formula_text(count: Dim) -> str:
    """A formula, factored; fields of a config by their own names where that is clear.

    >>> formula_text(Dim.symbol("config.depth") * (2 * Dim.symbol("config.width") + 1))
    'depth*(2*width + 1)'
    """
    bare = {name: name.rpartition(".")[2] for name in symbols(count)}
    clear = len(set(bare.values())) == len(bare)
    named = substitute(count, {name: Dim.symbol(short) for name, short in bare.items()}) if clear else count
    whole = _with_whole_sizes(named)
    return factored(whole if isinstance(whole, Dim) and len(whole.terms) < len(named.terms) else named)


def _with_whole_sizes(count: Dim) -> Any:
    """The formula in terms of sizes such as ``((H - 1)//2 + 1)``, which a map has, instead of their parts."""
    quotients = [atom for atom in count.atoms() if isinstance(atom, Quotient)]
    return rebuilt(count, {atom: Dim.symbol(f"({atom_size(atom) + 1})", minimum=None) - 1 for atom in quotients}) if quotients else count


def count_text(count: int | Dim) -> str:
    """A count in full: ``25,557,032``, or its formula."""
    return f"{count:,}" if isinstance(count, int) else formula_text(count)


def short_count(count: int | Dim) -> str:
    """A count in three or four digits and a unit.

    >>> short_count(4_089_184_256), short_count(999), short_count(15_000)
    ('4.09G', '999', '15.0k')
    """
    if not isinstance(count, int):
        return _short_multiple(count) or formula_text(count)
    for size, unit in _UNITS:
        if count >= size:
            value = count / size
            return f"{value:.0f}{unit}" if value >= 999.5 else f"{value:.{2 if value < 9.995 else 1 if value < 99.95 else 0}f}{unit}"
    return str(count)


def _short_multiple(count: Dim) -> str:
    """A large multiple of one size in short: ``1.47M*batch``; nothing for any other formula."""
    names = list(symbols(count))
    each = exact_quotient(count, Dim.symbol(names[0])) if len(names) == 1 else None
    return f"{short_count(each)}*{names[0]}" if isinstance(each, int) and each >= 10_000 else ""


def bytes_text(count: int | Dim) -> str:
    """A number of bytes in its unit.

    >>> bytes_text(102_228_128), bytes_text(424)
    ('97.49 MiB', '424 B')
    """
    if not isinstance(count, int):
        return f"{formula_text(count)} B"
    value, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{count} B" if unit == "B" else f"{value:.2f} {unit}"


def _short(name: str) -> str:
    return name.rpartition(".")[2]
