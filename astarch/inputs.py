"""What the forward is given, as users write it: ``1,3,224,224``, ``tokens=B,T:int64``, ``images=[3,320,320; 3,400,300]``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .errors import InputError
from .ir.dtype import BITS

if TYPE_CHECKING:
    from .ir.dim import Dim

_SYMBOL = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_NAMED = re.compile(r"\s*([^\W\d]\w*)\s*=(.*)", re.DOTALL)

#: The short words of torch and numpy for element types.
ALIASES = {
    "float": "float32", "double": "float64", "half": "float16", "bf16": "bfloat16", "fp16": "float16", "fp32": "float32",
    "int": "int64", "long": "int64", "short": "int16", "byte": "uint8", "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One argument of the forward: a tensor, or a list of tensors.

    Args:
        name: The parameter it is passed as; None for by position.
        shape: Its sizes, numbers or symbols; ``()`` for a scalar.
        dtype: Element type by its canonical name.
        items: The members, when it is a list of tensors rather than a tensor.
        value: What is passed as it is, when it is no tensor at all: ``(True,)``; None for tensors.

    >>> parse_input("tokens=B,T:int64")
    InputSpec(name='tokens', shape=('B', 'T'), dtype='int64', items=None)
    """

    name: str | None
    shape: tuple[int | str | Dim, ...]
    dtype: str = "float32"
    items: tuple[InputSpec, ...] | None = None
    value: tuple[Any] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        name = f"{self.name}=" if self.name else ""
        if self.value is not None:
            return f"{name}{self.value[0]!r}"
        if self.items is not None:
            return f"{name}[{'; '.join(map(str, self.items))}]"
        dtype = "" if self.dtype == "float32" else f":{self.dtype}"
        return f"{name}{','.join(map(str, self.shape)) or 'scalar'}{dtype}"


def parse_settings(texts: Iterable[str]) -> list[dict[str, Any]]:
    """Read every ``--set``: the settings, several when a name has several values.

    >>> parse_settings(["dim=384,768", "heads=6,12", "bias=False"])
    [{'dim': 384, 'heads': 6, 'bias': False}, {'dim': 768, 'heads': 12, 'bias': False}]
    """
    values: dict[str, list[Any]] = {}
    for text in texts:
        name, sign, rest = text.partition("=")
        if not sign or not _SYMBOL.fullmatch(name.strip()) or not rest.strip():
            raise InputError(f"`--set {text}` gives no name a value", "write --set dim=768 or --set dim=384,768")
        values.setdefault(name.strip(), []).extend(_setting(part) for part in _parts(rest))
    most = max((len(found) for found in values.values()), default=0)
    for name, found in values.items():
        if len(found) not in (1, most):
            raise InputError(f"`{name}` has {len(found)} values where others have {most}", "give each name one value, or all as many")
    return [{name: found[place if len(found) > 1 else 0] for name, found in values.items()} for place in range(most)]


def _parts(text: str) -> list[str]:
    """What commas part, those in brackets left alone."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _setting(text: str) -> Any:
    """A value as Python writes it; any other text is itself."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return {"true": True, "false": False, "none": None}.get(text.strip().lower(), text.strip())


def parse_input(text: str) -> InputSpec:
    """Read one ``--input``.

    >>> parse_input("1,3,224,224").shape
    (1, 3, 224, 224)
    >>> len(parse_input("[3,320,320; 3,400,300]").items)
    2
    """
    named = _NAMED.fullmatch(text)
    name, value = (named[1], named[2].strip()) if named else (None, text.strip())
    if value.startswith("["):
        return _parse_list(name, value)
    shape, colon, dtype = value.partition(":")
    if not shape.strip():
        raise InputError(f"the input `{text}` has no sizes", "write sizes as in 1,3,224,224 or tokens=B,T:int64")
    return InputSpec(name, _parse_shape(shape, text), _parse_dtype(dtype) if colon else "float32")


def parse_inputs(texts: Iterable[str]) -> list[InputSpec]:
    """Read several, and see that no name is given twice and that those by position come first."""
    specs = [parse_input(text) for text in texts]
    seen: set[str] = set()
    for spec in specs:
        if spec.name is None and seen:
            raise InputError(f"the input `{spec}` without a name follows one with a name", "give those by position first")
        if spec.name in seen:
            raise InputError(f"the input `{spec.name}` is given twice")
        if spec.name is not None:
            seen.add(spec.name)
    return specs


def as_inputs(value: Any) -> list[InputSpec]:
    """Read what Python callers pass: a text, a shape, an array, a list of these, or a mapping of them by name.

    >>> as_inputs({"x": (1, 3), "mask": "1,7:bool"})
    [InputSpec(name='x', shape=(1, 3), dtype='float32', items=None), InputSpec(name='mask', shape=(1, 7), dtype='bool', items=None)]
    """
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [replace(_as_input(item), name=str(name)) for name, item in value.items()]
    if isinstance(value, str | InputSpec) or hasattr(value, "shape") or _is_shape(value):
        return [_as_input(value)]
    return [_as_input(item) for item in value]


def _as_input(value: Any) -> InputSpec:
    if isinstance(value, InputSpec):
        return value
    if isinstance(value, str):
        return parse_input(value)
    if hasattr(value, "shape"):
        dtype = str(getattr(value, "dtype", "float32"))
        return InputSpec(None, tuple(int(size) for size in value.shape), _parse_dtype(dtype))
    if value is None or isinstance(value, (bool, int, float)):
        return InputSpec(None, (), value=(value,))
    if _is_shape(value):
        return InputSpec(None, tuple(_size(size, value) for size in value))
    if isinstance(value, list | tuple):
        return InputSpec(None, (), items=tuple(_as_input(item) for item in value))
    raise InputError(f"{value!r} is not an input", 'pass a shape as in (1, 3, 224, 224), or a text as in "tokens=B,T:int64"')


def _is_shape(value: Any) -> bool:
    """Whether it is one shape: numbers and symbols only, and at least one number when it is a list (texts are inputs)."""
    if not isinstance(value, list | tuple):
        return False
    whole = all(isinstance(size, int | str) and not isinstance(size, bool) for size in value)
    return whole and (isinstance(value, tuple) or any(isinstance(size, int) for size in value))


def _parse_list(name: str | None, text: str) -> InputSpec:
    if not text.endswith("]"):
        raise InputError(f"the list `{text}` does not end with `]`")
    inner = text[1:-1].strip()
    items = [parse_input(part) for part in inner.split(";")] if inner else []
    if any(item.name for item in items):
        raise InputError(f"the members of the list `{text}` cannot have names")
    return InputSpec(name, (), items=tuple(items))


def _parse_shape(text: str, whole: str) -> tuple[int | str, ...]:
    bare = text.strip().strip("()").strip()
    if bare in ("", "scalar"):
        return ()
    return tuple(_size(part.strip(), whole) for part in bare.rstrip(",").replace("×", ",").split(","))


def _size(part: Any, whole: Any) -> int | str:
    if isinstance(part, int) and not isinstance(part, bool):
        if part >= 0:
            return part
    elif isinstance(part, str):
        if part.isdecimal() and part.isascii() and len(part) < 19:
            return int(part)
        if _SYMBOL.fullmatch(part):
            return part
    raise InputError(f"`{part}` in the input `{whole}` is neither a size nor a name", "write sizes as in 1,3,224,224 or tokens=B,T:int64")


def _parse_dtype(text: str) -> str:
    name = text.strip().removeprefix("torch.").removeprefix("tf.")
    name = ALIASES.get(name, name)
    if name in BITS:
        return name
    close = get_close_matches(name, [*BITS, *ALIASES], n=1)
    raise InputError(f"`{text.strip()}` is not an element type", f"did you mean {close[0]}?" if close else f"one of {', '.join(BITS)}")
