"""`compile`, `fit` and their like, up to the first step: whether the data fits the model, and the loss what the model gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....interpreter.budget import BudgetSpent
from ....interpreter.values import CURRENT, Function, Lost, Raised
from ....ir.dim import Undecided
from ....ir.refusal import Refusal
from ....ir.tensor import Tensor
from ....ir.training import Training
from ....ir.unknown import Reason, Unknown
from ...describe import RUN, refuse
from ..nested import flatten, map_leaves
from ..state import state
from ..tensor import BATCH, KerasTensor, outward
from .endings import endings, linear_pairs
from .instances import LayerInstance, MetricInstance, raw
from .judging import check_metrics, compared, identified, is_unknown, metric_names

_PASSES = (Refusal, Undecided, Raised, Lost, BudgetSpent)

#: A program that defines one of these decides itself what a step of training is.
_STEPS = ("train_step", "compute_loss", "_compute_loss", "make_train_function")


def _outside(what: str) -> Any:
    return RUN.get().unknown(Reason.OUTSIDE, what)


class Trainer:
    """The training methods of a model; nothing is trained."""

    def compile(self: Any, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None, metrics: Any = None,
                weighted_metrics: Any = None, run_eagerly: Any = False, steps_per_execution: Any = 1, jit_compile: Any = "auto",
                auto_scale_loss: Any = True) -> None:  # fmt: skip
        if isinstance(optimizer, str) and is_unknown("keras.optimizers", optimizer):
            refuse("ValueError", f"Could not interpret optimizer identifier: {optimizer}")
        for name, given in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if isinstance(given, (str, MetricInstance)):
                refuse("ValueError", f"Expected `{name}` argument to be a list, tuple, or dict. Received instead: {name}={given}")
        attributes = self.__dict__
        attributes.update({"optimizer": optimizer, "loss": loss, "compiled": True, "_metrics_given": metrics, "_trains": None})
        _note(self, None)

    def fit(self: Any, x: Any = None, y: Any = None, batch_size: Any = None, epochs: Any = 1, verbose: Any = "auto", callbacks: Any = None,
            validation_split: Any = 0.0, validation_data: Any = None, shuffle: Any = True, class_weight: Any = None,
            sample_weight: Any = None, initial_epoch: Any = 0, steps_per_epoch: Any = None, validation_steps: Any = None,
            validation_batch_size: Any = None, validation_freq: Any = 1) -> Any:  # fmt: skip
        _compiled(self)
        _fed(self, x, y, sample_weight)
        if isinstance(validation_data, (tuple, list)) and len(validation_data) >= 2:
            _fed(self, validation_data[0], validation_data[1])
        _still_trained(self)
        return _outside("the history of training")

    def evaluate(self: Any, x: Any = None, y: Any = None, batch_size: Any = None, verbose: Any = "auto", sample_weight: Any = None,
                 steps: Any = None, callbacks: Any = None, return_dict: Any = False, **kwargs: Any) -> Any:  # fmt: skip
        _compiled(self)
        _fed(self, x, y, sample_weight)
        return _outside("what the running model gives")

    def predict(self: Any, x: Any, batch_size: Any = None, verbose: Any = "auto", steps: Any = None, callbacks: Any = None) -> Any:
        given = _fed(self, x, None)
        if isinstance(given, Tensor) and isinstance(x, Tensor) and type(x.shape[0]) is int:
            return KerasTensor((x.shape[0], *given.shape[1:]), given.dtype)
        return _outside("what the running model gives")

    def train_on_batch(self: Any, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None,
                       return_dict: Any = False) -> Any:  # fmt: skip
        _compiled(self)
        _fed(self, x, y, sample_weight)
        return _outside("what the running model gives")

    def test_on_batch(self: Any, x: Any, y: Any = None, sample_weight: Any = None, return_dict: Any = False) -> Any:
        _compiled(self)
        _fed(self, x, y, sample_weight)
        return _outside("what the running model gives")

    def predict_on_batch(self: Any, x: Any) -> Any:
        _fed(self, x, None)
        return _outside("what the running model gives")


def _compiled(self: Any) -> None:
    """Training wants a model that was compiled; of one that nobody knows all of, that cannot be told."""
    if not self.__dict__.get("compiled") and "_unknown" not in self.__dict__:
        refuse("ValueError", "You must call `compile()` before using the model.")


def _fed(self: Any, x: Any, y: Any, weight: Any = None) -> Any:
    """What the model gives for a batch of this data, after all that Keras checks before it takes a step; None where that is not known."""
    if not isinstance(self, LayerInstance) or "_unknown" in self.__dict__:
        return None
    try:
        return _checked(self, x, y, weight)
    except _PASSES:
        raise
    except Exception as error:  # a fault of ours is no error of the program
        RUN.get().unknown(Reason.INTERNAL, f"what a model is trained on: {type(error).__name__}: {error}")
        return None


def _checked(self: Any, x: Any, y: Any, weight: Any) -> Any:
    if isinstance(x, list) and x and all(isinstance(leaf, (int, float)) for leaf in flatten(x)):
        refuse("ValueError", f"Unrecognized data type: x={x} (of type {type(x)})")
    leaves = flatten(x)
    if not leaves or not all(isinstance(leaf, Tensor) and leaf.shape for leaf in leaves):
        return None
    _counted(x, y, weight)
    batch = map_leaves(_placeholder, x)
    given = _called(self, batch)
    if given is None or y is None or any(raw_method(self, name) is None for name in _STEPS):
        return given
    targets = flatten(y)
    if all(isinstance(leaf, Tensor) and leaf.shape for leaf in targets):
        _judged(self, y, given)
    return given


def _still_trained(self: Any) -> None:
    """Note a `fit` that goes on with the step of an earlier one, although other weights are to be trained since."""
    found = CURRENT.get().get(self, "trainable_weights", None)
    if not isinstance(found, list) or not found or any(isinstance(one, Unknown) for one in found):
        return
    now, before = frozenset(map(id, found)), self.__dict__.get("_trains")
    if before is None:
        self.__dict__["_trains"] = now
    elif before != now and (place := RUN.get().state.get("trainable set")) is not None:
        RUN.get().state.setdefault("trainings", []).append(Training(RUN.get().where(), (), (), stale=place))


def raw_method(self: Any, name: str) -> Any:
    """A sign that the program does not define a method itself."""
    found = self.py_class.find(name)
    return True if raw(self, name) is not None or not hasattr(found, "code") else None


def _counted(x: Any, y: Any, weight: Any) -> None:
    """All arrays of the data must hold the same number of samples."""
    counts = {
        name: [leaf.shape[0] for leaf in flatten(given) if isinstance(leaf, Tensor) and leaf.shape and type(leaf.shape[0]) is int]
        for name, given in (("x", x), ("y", y), ("sample_weight", weight))
    }
    if len({count for found in counts.values() for count in found}) > 1:
        told = "; ".join(f"'{name}' sizes: {', '.join(map(str, found))}" for name, found in counts.items() if found)
        refuse("ValueError", f"Data cardinality is ambiguous. Make sure all arrays contain the same number of samples. {told}")


def _placeholder(leaf: Any) -> KerasTensor:
    """A batch of an array as the model is traced with."""
    dtype = "float32" if str(leaf.dtype) in ("float64", "float16") else str(leaf.dtype)
    return KerasTensor((BATCH, *leaf.shape[1:]), dtype)


def _apart(work: Callable[[], Any]) -> Any:
    """What is traced, and is no part of what the program computes."""
    run = RUN.get()
    state().tracing += 1
    run.nested += 1
    try:
        return work()
    finally:
        state().tracing -= 1
        run.nested -= 1


def _check_structure(self: Any, y: Any, outputs: list[Any], targets: list[Any]) -> None:
    """There must be labels and a loss for each output, by the names that the outputs have."""
    given = self.__dict__.get("loss")
    names = _output_names(self)
    if isinstance(given, dict) and names and len(names) == len(outputs) and set(names) != set(given):
        refuse("ValueError", f"Expected keys {names} in loss dict, but found loss.keys()={list(given)}")
    if isinstance(given, (list, tuple)) and len(outputs) > 1 and not isinstance(y, dict) and len(given) > len(outputs):
        refuse("KeyError", f"The path: ({len(outputs)},) in the `loss` argument, can't be found in the model's output (`y_pred`)")
    if len(outputs) > 1 and isinstance(y, Tensor) and isinstance(given, (list, tuple, dict)) and None not in flatten(given):
        refuse("ValueError", f"y_true and y_pred have different structures: one array of labels for {len(outputs)} outputs")


def _output_names(self: Any) -> Any:
    inner = self.__dict__.get("_functional") or self
    return inner.__dict__.get("output_names")


def _called(self: Any, batch: Any) -> Any:
    """What the model gives, as Keras works it out before the first step; None where that is not known."""
    run, machine = RUN.get(), CURRENT.get()
    before = len(run.diagnostics)
    given = _apart(lambda: machine.call(self, (batch,), {}))
    if len(run.diagnostics) > before or any(not isinstance(leaf, Tensor) for leaf in flatten(given)):
        return None
    return given


def _judged(self: Any, y: Any, given: Any) -> None:
    """Hold what the model gives against the labels, as the losses do."""
    check_metrics(self.__dict__.get("_metrics_given"))
    outputs, targets = flatten(given), flatten(y)
    _check_structure(self, y, outputs, targets)
    losses = _losses(self, len(outputs))
    own = self.__dict__.get("loss")
    if isinstance(own, Function) and len(outputs) == len(targets) == 1:
        _apart(lambda: CURRENT.get().call(own, (_placeholder(targets[0]), outputs[0]), {}))
    if losses is None or isinstance(y, dict) or isinstance(given, dict) or len(outputs) != len(targets):
        return
    spread = None
    for output, target, loss in zip(outputs, targets, losses, strict=True):
        if loss is not None:
            shape = (BATCH, *target.shape[1:])
            spread = compared(loss, shape, tuple(output.shape)) or spread
    _note(self, spread)


def _losses(self: Any, count: int) -> list[Any] | None:
    """The loss of each output; None when it is not known which is whose."""
    given = self.__dict__.get("loss")
    if isinstance(given, dict):
        names = _output_names(self)
        if not names or set(names) != set(given):
            return None
        given = [given[name] for name in names]
    if isinstance(given, (list, tuple)):
        return [identified(one) for one in given] if len(given) == count else None
    return [identified(given)] * count


def _note(self: Any, spread: Any) -> None:
    """Leave behind how the model is trained, for rules to look at."""
    try:
        ends = endings(self)
        losses = _losses(self, len(ends)) if ends else None
        if not ends or losses is None or any(isinstance(leaf, Unknown) for leaf in flatten(self.__dict__.get("loss"))):
            return
        metrics = metric_names(self.__dict__.get("_metrics_given")) if len(ends) == 1 else ()
        kept = None if spread is None else (outward(spread[0]), outward(spread[1]))
        made = Training(RUN.get().where(), tuple(ends), tuple(losses), metrics, kept, tuple(linear_pairs(self)))
        RUN.get().state.setdefault("trainings", []).append(made)
    except _PASSES:
        return
