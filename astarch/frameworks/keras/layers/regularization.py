"""Dropout and noise: shapes stay."""

from __future__ import annotations

from typing import Any

from ..describing import KerasLayer, data_format_of, described_config, layer, make, refuse, regularizer
from ..model.checking import InputSpec


def _rate(rate: Any) -> None:
    if not isinstance(rate, (int, float)):
        return
    if not 0 <= rate <= 1:
        refuse("ValueError", f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={rate}")


@layer("keras.layers.Dropout", "keras.src.layers.regularization.dropout")
class Dropout(KerasLayer):
    """Some elements set to zero while training."""

    def __init__(self, rate: Any, noise_shape: Any = None, seed: Any = None, **kwargs: Any) -> None:
        _rate(rate)
        self.rate, self.seed = rate, seed
        self.noise_shape = tuple(noise_shape) if isinstance(noise_shape, (list, tuple)) else noise_shape
        if not isinstance(rate, (int, float)) or rate > 0:
            self.seed_generator = make("keras.random.SeedGenerator", seed)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any, training: Any = False) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.AlphaDropout", "keras.src.layers.regularization.alpha_dropout")
class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance."""

    def __init__(self, rate: Any, noise_shape: Any = None, seed: Any = None, **kwargs: Any) -> None:
        Dropout.__init__(self, rate, noise_shape, seed)


@layer("keras.layers.GaussianDropout", "keras.src.layers.regularization.gaussian_dropout")
class GaussianDropout(KerasLayer):
    """Multiplied by noise while training."""

    def __init__(self, rate: Any, seed: Any = None, **kwargs: Any) -> None:
        _rate(rate)
        self.rate, self.seed = rate, seed
        if rate > 0:
            self.seed_generator = make("keras.random.SeedGenerator", seed)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any, training: Any = False) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.GaussianNoise", "keras.src.layers.regularization.gaussian_noise")
class GaussianNoise(KerasLayer):
    """Noise added while training."""

    def __init__(self, stddev: Any, seed: Any = None, **kwargs: Any) -> None:
        if not 0 <= stddev <= 1:
            refuse(
                "ValueError",
                f"Invalid value received for argument `stddev`. Expected a float value between 0 and 1. Received: stddev={stddev}",
            )
        self.stddev, self.seed = stddev, seed
        if stddev > 0:
            self.seed_generator = make("keras.random.SeedGenerator", seed)
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any, training: Any = False) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.ActivityRegularization", "keras.src.layers.regularization.activity_regularization")
class ActivityRegularization(KerasLayer):
    """A loss from what passes through."""

    def __init__(self, l1: Any = 0.0, l2: Any = 0.0, **kwargs: Any) -> None:
        self.supports_masking = True
        self.l1, self.l2 = l1, l2
        self.activity_regularizer = make("keras.regularizers.L1L2", l1=l1, l2=l2)
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class BaseSpatialDropout(Dropout):
    """Whole channels set to zero while training."""

    described_in = "keras.src.layers.regularization.spatial_dropout"

    def get_config(self) -> dict[str, Any]:
        return {name: value for name, value in described_config(self).items() if name != "trainable"} | {"dtype": self.dtype}


def _spatial(rank: int) -> None:
    def of_sequences(self: Any, rate: Any, seed: Any = None, name: Any = None, dtype: Any = None) -> None:
        Dropout.__init__(self, rate, None, seed)
        self.input_spec = InputSpec(ndim=3)

    def of_images(self: Any, rate: Any, data_format: Any = None, seed: Any = None, name: Any = None, dtype: Any = None) -> None:
        Dropout.__init__(self, rate, None, seed)
        self.data_format = data_format_of(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    start = of_sequences if rank == 1 else of_images
    start.__name__ = "__init__"
    name = f"SpatialDropout{rank}D"
    made = type(name, (BaseSpatialDropout,), {"__init__": start, "__doc__": f"Channels of {rank} axes set to zero while training."})
    layer(f"keras.layers.{name}", "keras.src.layers.regularization.spatial_dropout")(made)


for _rank in (1, 2, 3):
    _spatial(_rank)

__all__ = ["regularizer"]
