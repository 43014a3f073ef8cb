"""`tf.keras.backend`: what makes tensors and variables, asks them and assigns to them."""

from __future__ import annotations

import inspect
import math
from typing import Any

from ....ir.dim import same
from ....ir.unknown import Unknown
from ...describe import REGISTRY, RUN, unknown
from ..ops.elementwise import as_tensor
from ..state import state
from ..tensor import KerasTensor, outward
from .legacy import k_op, tf_rule


def _float(dtype: Any) -> Any:
    return state().floatx if dtype is None else dtype


# --- made from nothing ------------------------------------------------------------------------------------------------


@k_op("arange")
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Any:
    """Numbers in order."""
    if stop is None and isinstance(start, int) and start < 0:
        start = 0
    found = tf_rule("range", start, stop, step)
    return found if dtype == "int32" else tf_rule("cast", found, dtype)


@k_op("constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = None) -> Any:
    """A tensor of given values."""
    return tf_rule("constant", value, _float(dtype), shape)


@k_op("eye")
def eye(size: Any, dtype: Any = None, name: Any = None) -> Any:
    """Ones where row and column agree."""
    return tf_rule("eye", size, dtype=_float(dtype))


@k_op("zeros")
def zeros(shape: Any, dtype: Any = None, name: Any = None) -> Any:
    """Zeros."""
    return tf_rule("zeros", shape, _float(dtype))


@k_op("ones")
def ones(shape: Any, dtype: Any = None, name: Any = None) -> Any:
    """Ones."""
    return tf_rule("ones", shape, _float(dtype))


@k_op("variable", lenient=True)
def variable(value: Any, dtype: Any = None, name: Any = None, constraint: Any = None) -> Any:
    """A variable of TensorFlow's."""
    return REGISTRY["tensorflow.Variable"](value, dtype=_float(dtype), name=name)


def _drawn(name: str, of: str, first: str, defaults: tuple[float, float]) -> None:
    low, high = ("minval", "maxval") if first == "minval" else ("mean", "stddev")

    def apply(shape: Any, low: Any = defaults[0], high: Any = defaults[1], dtype: Any = None, seed: Any = None) -> Any:
        return tf_rule(of, shape, low, high, dtype=_float(dtype))

    renamed = {"low": low, "high": high}
    plain = inspect.signature(apply)
    apply.__signature__ = plain.replace(parameters=[p.replace(name=renamed.get(p.name, p.name)) for p in plain.parameters.values()])  # type: ignore[attr-defined]

    def named(*args: Any, **kwargs: Any) -> Any:
        return apply(*args, **{{low: "low", high: "high"}.get(key, key): value for key, value in kwargs.items()})

    named.__name__, named.__doc__, named.__signature__ = name, f"`tf.{of}`.", apply.__signature__  # type: ignore[attr-defined]
    k_op(name)(named)


for _name, _of, _first, _defaults in (
    ("random_normal", "random.normal", "mean", (0.0, 1.0)), ("random_uniform", "random.uniform", "minval", (0.0, 1.0)),
    ("truncated_normal", "random.truncated_normal", "mean", (0.0, 1.0)),
):  # fmt: skip
    _drawn(_name, _of, _first, _defaults)


@k_op("random_bernoulli")
def random_bernoulli(shape: Any, p: Any = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    """Ones so often."""
    return tf_rule("random.uniform", shape, dtype=_float(dtype))


@k_op("dropout")
def dropout(x: Any, level: Any, noise_shape: Any = None, seed: Any = None) -> Any:
    """Some put to zero."""
    return tf_rule("nn.dropout", x, level, noise_shape)


# --- asked and assigned -----------------------------------------------------------------------------------------------


@k_op("int_shape", lenient=True)
def int_shape(x: Any) -> Any:
    """The sizes, as the graph knows them."""
    return x if isinstance(x, Unknown) else tuple(outward(x.shape))


@k_op("ndim", lenient=True)
def ndim(x: Any) -> Any:
    """How many axes there are."""
    return x if isinstance(x, Unknown) else len(x.shape)


@k_op("dtype", lenient=True)
def dtype(x: Any) -> Any:
    """The element type by its name."""
    return x if isinstance(x, Unknown) else str(x.dtype)


@k_op("count_params")
def count_params(x: Any) -> Any:
    """How many elements there are."""
    return math.prod(x.shape)


@k_op("is_sparse")
def is_sparse(tensor: Any) -> Any:
    """Whether most are not stored."""
    return bool(getattr(tensor, "sparse", False))


@k_op("to_dense")
def to_dense(tensor: Any) -> Any:
    """All of it."""
    return tensor


def _valued(name: str, parameter: str) -> None:
    def apply(*args: Any, **kwargs: Any) -> Any:
        given = next(iter((*args, *kwargs.values())))
        return unknown("what a tensor holds") if isinstance(given, KerasTensor) else given

    only = inspect.Parameter(parameter, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    apply.__name__, apply.__doc__, apply.__signature__ = name, "What a tensor holds.", inspect.Signature([only])  # type: ignore[attr-defined]
    k_op(name)(apply)


for _name in ("eval", "get_value"):
    _valued(_name, "x")


@k_op("set_value", lenient=True)
def set_value(x: Any, value: Any) -> None:
    """A variable holds something else from then on."""


def _assignment(name: str, second: str) -> None:
    def apply(*args: Any, **kwargs: Any) -> Any:
        return args[0] if args else kwargs["x"]

    kinds = [inspect.Parameter(one, inspect.Parameter.POSITIONAL_OR_KEYWORD) for one in ("x", second)]
    apply.__name__, apply.__doc__, apply.__signature__ = name, "The variable.", inspect.Signature(kinds)  # type: ignore[attr-defined]
    k_op(name)(apply)


for _name, _second in (("update", "new_x"), ("update_add", "increment"), ("update_sub", "decrement")):
    _assignment(_name, _second)


@k_op("moving_average_update")
def moving_average_update(x: Any, value: Any, momentum: Any) -> Any:
    """The variable."""
    return x


@k_op("switch", lenient=True)
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One or the other."""
    chosen = [
        one if isinstance(one, (KerasTensor, Unknown)) else RUN.get().call(one) if callable(one) or hasattr(one, "code") else as_tensor(one)
        for one in (then_expression, else_expression)
    ]
    lost = next((one for one in (condition, *chosen) if isinstance(one, Unknown)), None)
    if lost is not None:
        return lost
    first, second = map(as_tensor, chosen)
    if len(first.shape) != len(second.shape) or any(same(a, b) is not True for a, b in zip(first.shape, second.shape, strict=True)):
        return unknown("one of two tensors of different shapes")
    return first.like()


@k_op("map_fn", lenient=True)
def map_fn(fn: Any, elems: Any, name: Any = None, dtype: Any = None) -> Any:
    """A function of every row."""
    return tf_rule("map_fn", fn, elems)
