"""What Keras remembers and what changes no model: kernels of attention, logging, tracebacks, limits of training, memory, devices."""

from __future__ import annotations

from typing import Any

from ...describe import op
from ..state import state

_REMEMBERED: dict[str, Any] = {
    "flash_attention": None, "interactive_logging": True, "traceback_filtering": True, "max_epochs": None, "max_steps_per_epoch": None,
}  # fmt: skip


def _held() -> dict[str, Any]:
    return state().__dict__.setdefault("settings", dict(_REMEMBERED))


def _switch(name: str) -> None:
    places = [f"keras.{place}" for place in ("config", *(("utils",) if name == "interactive_logging" else ()))]
    op(*(f"{place}.is_{name}_enabled" for place in places))(lambda: _held()[name])
    op(*(f"{place}.enable_{name}" for place in places))(lambda: _held().update({name: True}))
    op(*(f"{place}.disable_{name}" for place in places))(lambda: _held().update({name: False}))


for _name in ("flash_attention", "interactive_logging", "traceback_filtering"):
    _switch(_name)


@op("keras.config.is_nnx_enabled")
def is_nnx_enabled() -> bool:
    """Whether variables are those of another framework: not with TensorFlow."""
    return False


@op("keras.config.max_epochs")
def max_epochs() -> Any:
    """The most epochs of a training."""
    return _held()["max_epochs"]


@op("keras.config.set_max_epochs")
def set_max_epochs(max_epochs: Any) -> None:
    """Set the most epochs of a training."""
    _held()["max_epochs"] = max_epochs


@op("keras.config.max_steps_per_epoch")
def max_steps_per_epoch() -> Any:
    """The most steps of an epoch."""
    return _held()["max_steps_per_epoch"]


@op("keras.config.set_max_steps_per_epoch")
def set_max_steps_per_epoch(max_steps_per_epoch: Any) -> None:
    """Set the most steps of an epoch."""
    _held()["max_steps_per_epoch"] = max_steps_per_epoch


@op("keras.remat", lenient=True)
def remat(f: Any) -> Any:
    """A function whose values are computed again for its gradient: the same function."""
    return f


class _Around:
    """A context that changes nothing of what is read here."""

    described = True

    def __enter__(self) -> _Around:
        return self

    def __exit__(self, *args: Any) -> None:
        return None


@op("keras.device", "keras.RematScope", lenient=True)
def around(*args: Any, **kwargs: Any) -> Any:
    """The device that computes, or what is kept in memory."""
    return _Around()
