"""`keras.random` and seed generators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...describe import kind, op
from ..model.policies import standardize_dtype
from ..state import Scope, auto_name, current_path, state
from ..tensor import KerasTensor, Variable
from .elementwise import as_tensor
from .shaping import sizes


@kind("keras.random.SeedGenerator", "keras.backend.SeedGenerator")
class SeedGenerator:
    """Holds the state of a random number generator: a variable of two numbers that is not trained."""

    is_seed_generator = True

    def __init__(self, seed: Any = None, name: Any = None, **kwargs: Any) -> None:
        self.name = name or auto_name("SeedGenerator")
        self._initial_seed = seed
        self.seed = seed
        with Scope(self.name):
            path = f"{current_path()}/seed_generator_state"
            self.state = Variable((2,), "uint32", False, "seed_generator_state", path)

    def next(self, ordered: Any = True) -> KerasTensor:
        return KerasTensor((2,), "uint32")

    def get_config(self) -> dict[str, Any]:
        return {"seed": self._initial_seed}


def _random(name: str, first: tuple[Any, ...]) -> None:
    def function(shape: Any, a: Any = None, b: Any = None, dtype: Any = None, seed: Any = None) -> Any:
        return KerasTensor(sizes(shape), standardize_dtype(dtype))

    op(f"keras.random.{name}", lenient=True)(_SIGNATURES.get(name, function))


def _normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


def _uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


def _randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


def _gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


def _beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


def _binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


_SIGNATURES: dict[str, Callable[..., Any]] = {
    "normal": _normal, "truncated_normal": _normal, "uniform": _uniform, "randint": _randint, "gamma": _gamma, "beta": _beta,
    "binomial": _binomial,
}  # fmt: skip
for _name in _SIGNATURES:
    _random(_name, ())


@op("keras.random.categorical")
def categorical(logits: Any, num_samples: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Drawn classes."""
    return KerasTensor((*as_tensor(logits).shape[:-1], num_samples), standardize_dtype(dtype))


@op("keras.random.dropout")
def dropout(inputs: Any, rate: Any, noise_shape: Any = None, seed: Any = None) -> Any:
    """Some elements set to zero."""
    return as_tensor(inputs).like()


@op("keras.random.shuffle")
def shuffle(x: Any, axis: Any = 0, seed: Any = None) -> Any:
    """In another order."""
    return as_tensor(x).like()


@op("keras.random.draw_seed", "keras.src.random.seed_generator.draw_seed", lenient=True)
def draw_seed(seed: Any) -> Any:
    """A seed for one draw."""
    return KerasTensor((2,), "uint32")


@op("keras.utils.set_random_seed", lenient=True)
def set_random_seed(seed: Any) -> None:
    """Seeds do not change shapes."""


@op("keras.src.random.seed_generator.global_seed_generator")
def global_seed_generator() -> Any:
    """The generator for draws without a seed."""
    held = state()
    if held.seed_generator is None:
        held.seed_generator = SeedGenerator()
    return held.seed_generator
