"""Losses and metrics as `compile` names them, and what a loss says of the shapes it compares."""

from __future__ import annotations

from typing import Any

from ....interpreter.values import Instance
from ....ir.dim import Dim, same
from ....ir.training import Loss
from ....ir.unknown import Unknown
from ...describe import REGISTRY, refuse
from ..nested import flatten
from ..state import state
from ..tensor import outward

#: Short names that `losses.get` and `metrics.get` understand.
_SHORT = {"bce": "binary_crossentropy", "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
          "msle": "mean_squared_logarithmic_error", "kld": "kl_divergence", "logcosh": "log_cosh", "cosine": "cosine_similarity",
          "kullback_leibler_divergence": "kl_divergence", "crossentropy": "crossentropy", "ce": "crossentropy", "acc": "accuracy",
          "accuracy": "accuracy"}  # fmt: skip

#: Losses that compare labels and outputs element by element.
ELEMENTWISE = frozenset({"mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
                         "huber", "log_cosh", "poisson", "hinge", "squared_hinge"})  # fmt: skip


def snake(name: str) -> str:
    """``BinaryCrossentropy`` as ``binary_crossentropy``."""
    if name.isupper() or name in ("KLDivergence", "CTC"):
        return {"KLDivergence": "kl_divergence"}.get(name, name.lower())
    return "".join(f"_{letter.lower()}" if letter.isupper() and place else letter.lower() for place, letter in enumerate(name))


def full_name(name: str) -> str:
    """A name of a loss or metric as its function has it."""
    plain = snake(name)
    return _SHORT.get(plain, plain)


#: Short names as they must be spelled.
_SPELLED = frozenset({"bce", "BCE", "mse", "MSE", "mae", "MAE", "mape", "MAPE", "msle", "MSLE", "kld", "KLD"})


def is_unknown(package: str, name: str) -> bool:
    """Whether a package certainly has nothing that goes by this text."""
    if name in _SPELLED or (package != "keras.optimizers" and full_name(name.lower()) in ("accuracy", "crossentropy")) or _customs():
        return False
    own = (known.rpartition(".")[2] for known in REGISTRY if known.startswith(f"{package}.") and known.count(".") == 2)
    if package == "keras.optimizers":
        return all(known.lower() != name.lower() for known in own)
    return all(name not in (known, snake(known)) for known in own)


def _customs() -> bool:
    """Whether the program has given names to objects of its own."""
    return bool(state().custom_objects)


def identified(given: Any) -> Loss | None:
    """A loss of the framework's own; None for one of the program, or none."""
    if isinstance(given, str):
        if is_unknown("keras.losses", given):
            refuse("ValueError", f"Could not interpret loss identifier: {given}")
        return Loss(full_name(given))
    name = str(getattr(given, "name", "")) if not isinstance(given, Instance) else str(given.py_class.namespace.get("described_as", ""))
    if not name.startswith("keras.losses."):
        return None
    last = full_name(name.rpartition(".")[2])
    if not isinstance(given, Instance):
        return Loss(last)
    args, kwargs = given.__dict__.get("_given", ((), {}))
    logits = kwargs.get("from_logits", args[0] if args else False) if last.endswith("crossentropy") else False
    if isinstance(logits, Unknown) or not isinstance(logits, (bool, int)) or kwargs.get("axis", -1) != -1:
        return None
    return Loss(last, bool(logits))


def check_metrics(given: Any) -> None:
    """Refuse metrics that go by a text that means none."""
    for one in flatten(given):
        if isinstance(one, str) and is_unknown("keras.metrics", one):
            refuse("ValueError", f"Could not interpret metric identifier: {one}")


def metric_names(given: Any) -> tuple[str, ...]:
    """The metrics that go by a name of the framework."""
    found = []
    for one in flatten(given):
        if isinstance(one, str):
            found.append(full_name(one))
        elif isinstance(one, Instance) and str(one.py_class.namespace.get("described_as", "")).startswith("keras.metrics."):
            found.append(snake(str(one.py_class.name)))
    return tuple(found)


def compared(loss: Loss, target: tuple[Any, ...], output: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """Refuse shapes that a loss refuses; both shapes where they are only made to fit.

    Args:
        loss: The loss.
        target: The shape of the labels, the batch included.
        output: That of what the model gives.
    """
    given = target, output
    target, output = _same_rank(target, output)
    received = f"Received: target.shape={outward(target)}, output.shape={outward(output)}"
    if loss.name.startswith("sparse_categorical_crossentropy"):
        if len(target) == len(output) and target[-1] == 1:
            target = target[:-1]
        if len(target) != len(output) - 1:
            refuse("ValueError", f"Argument `output` must have rank (ndim) `target.ndim - 1`. {received}")
        if _differ(target, output[:-1]):
            refuse("ValueError", f"Arguments `target` and `output` must have the same shape up until the last dimension: {received}")
    elif loss.name in ("categorical_crossentropy", "binary_crossentropy", "categorical_focal_crossentropy", "binary_focal_crossentropy"):
        if len(target) != len(output):
            refuse("ValueError", f"Arguments `target` and `output` must have the same rank (ndim). {received}")
        if _differ(target, output):
            refuse("ValueError", f"Arguments `target` and `output` must have the same shape. {received}")
    elif loss.name in ELEMENTWISE:
        return _broadcast(target, output, given)
    return None


def _broadcast(target: tuple[Any, ...], output: tuple[Any, ...], given: Any) -> Any:
    wider = False
    for one, other in zip(reversed(target), reversed(output), strict=False):
        if same(one, other) is False and _is_known(one) and _is_known(other):
            if 1 not in (one, other):
                refuse("ValueError", f"Dimensions must be equal, but are {one} and {other}: labels {outward(target)}, "
                       f"outputs {outward(output)}")  # fmt: skip
            wider = True
    if len(target) != len(output):  # the batch of the one is laid over another axis of the other
        sizes = (target if len(target) > len(output) else output)[len(target) - len(output) or None :]
        wider = wider or bool(sizes)
    return given if wider else None


def _same_rank(target: tuple[Any, ...], output: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Both with the same number of axes where one has a last axis of one more (``squeeze_or_expand_to_same_rank``)."""
    if len(target) == len(output) + 1 and target[-1] == 1:
        return (target, (*output, 1)) if len(output) == 1 else (target[:-1], output)
    if len(output) == len(target) + 1 and output[-1] == 1:
        return ((*target, 1), output) if len(target) == 1 else (target, output[:-1])
    return target, output


def _differ(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return any(same(a, b) is False for a, b in zip(one, other, strict=True) if _is_known(a) and _is_known(b))


def _is_known(size: Any) -> bool:
    return type(size) is int or (isinstance(size, Dim) and "None" not in str(size))
