"""`tf.random`: draws, whose sizes and types are certain although their values are not."""

from __future__ import annotations

from typing import Any

from ...describe import refuse
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..ops.shaping import sizes
from ..tensor import KerasTensor, open_size
from .kinds import FLOATS, PLACES, REAL, taken
from .operation import tf_op


def _drawn(shape: Any, dtype: Any, allowed: frozenset[str] = FLOATS) -> KerasTensor:
    kind = standardize_dtype(dtype)
    if kind not in allowed:
        refuse("ValueError", f"Value for attr 'dtype' of {kind} is not in the list of allowed values: {', '.join(sorted(allowed))}")
    return KerasTensor(sizes(shape), kind)


def _normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: Any = None, name: Any = None) -> Any:
    return _drawn(shape, dtype)


tf_op("random.normal")(_normal)
tf_op("random.truncated_normal")(_normal)


@tf_op("random.uniform")
def uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", seed: Any = None, name: Any = None) -> Any:
    """Evenly distributed numbers; whole ones need an upper bound."""
    made = _drawn(shape, dtype, FLOATS | PLACES)
    if made.dtype in PLACES and maxval is None:
        refuse("ValueError", f"Must specify maxval for integer dtype {made.dtype}")
    return made


def _stateless_normal(shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", name: Any = None,
                      alg: Any = "auto_select") -> Any:  # fmt: skip
    return _drawn(shape, dtype)


tf_op("random.stateless_normal")(_stateless_normal)
tf_op("random.stateless_truncated_normal")(_stateless_normal)


@tf_op("random.stateless_uniform")
def stateless_uniform(shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", name: Any = None,
                      alg: Any = "auto_select") -> Any:  # fmt: skip
    """Evenly distributed numbers from a seed."""
    made = _drawn(shape, dtype, FLOATS | PLACES | {"uint32", "uint64"})
    if made.dtype in PLACES and maxval is None:
        refuse("ValueError", f"Must specify maxval for integer dtype {made.dtype}")
    return made


@tf_op("random.gamma")
def gamma(shape: Any, alpha: Any, beta: Any = None, dtype: Any = "float32", seed: Any = None, name: Any = None) -> Any:
    """Gamma distributed numbers for every shape parameter."""
    rest = stretched(shape_of(alpha), shape_of(beta) if beta is not None else ())
    return KerasTensor((*sizes(shape), *rest), _drawn((), dtype).dtype)


@tf_op("random.poisson")
def poisson(shape: Any, lam: Any, dtype: Any = "float32", seed: Any = None, name: Any = None) -> Any:
    """Poisson distributed numbers for every rate."""
    return KerasTensor((*sizes(shape), *shape_of(lam)), _drawn((), dtype, FLOATS | PLACES).dtype)


@tf_op("random.categorical")
def categorical(logits: Any, num_samples: Any, dtype: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Classes drawn for every row."""
    x = taken(logits, REAL)
    if len(x.shape) != 2:
        refuse("ValueError", f"logits should be a matrix, got shape {list(x.shape)}")
    count = scalar(num_samples)
    return KerasTensor((x.shape[0], open_size() if count is None else count), standardize_dtype(dtype) if dtype is not None else "int64")


@tf_op("random.set_seed", lenient=True)
def set_seed(seed: Any) -> None:
    """Seeds do not change shapes."""


@tf_op("random.shuffle")
def shuffle(value: Any, seed: Any = None, name: Any = None) -> Any:
    """In another order."""
    return as_tensor(value).like()


@tf_op("nn.dropout")
def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Some elements set to zero."""
    share = scalar(rate)
    if isinstance(share, (int, float)) and not 0 <= share < 1:
        refuse("ValueError", f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    return taken(x, FLOATS).like()
