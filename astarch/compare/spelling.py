"""The names of operations without what makes no difference to what they do: other names for the same, in place or not, turned about."""

from __future__ import annotations

from collections.abc import Mapping

_SAME = (("div", "truediv true_divide divide"), ("mul", "multiply"), ("sub", "subtract"), ("matmul", "mm bmm"), ("neg", "negative"),
         ("transpose", "swapaxes swapdims"), ("cat", "concat concatenate"), ("abs", "absolute"))  # fmt: skip
_ONE_FOR_ALL: Mapping[str, str] = {other: name for name, others in _SAME for other in others.split()}
#: Operators whose operands stand the other way round.
_SWAPPED = frozenset(["__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rfloordiv__", "__rpow__", "__rmatmul__", "__rmod__"])


def spelled(name: str) -> tuple[str, bool]:
    """The one name of an operation, and whether its operands are swapped.

    >>> spelled("__rtruediv__"), spelled("__iadd__"), spelled("relu_"), spelled("bmm")
    (('div', True), ('add', False), ('relu', False), ('matmul', False))
    """
    swapped = name in _SWAPPED
    if name.startswith("__") and name.endswith("__"):
        name = name.strip("_")
        name = name[1:] if swapped or (name[0] == "i" and name not in ("invert", "index")) else name
    elif name.endswith("_"):
        name = name.rstrip("_")
    return _ONE_FOR_ALL.get(name, name), swapped
