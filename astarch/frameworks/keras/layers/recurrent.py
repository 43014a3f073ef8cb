"""Recurrent layers and their cells, and the wrappers around them."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import same
from ...describe import REGISTRY, RUN, require
from ..describing import KerasLayer, KerasTensor, call, described_config, is_open, keep, layer, make, ops, plain, refuse, rule_of, shaped
from ..model.checking import InputSpec
from ..model.instances import LayerInstance
from ..nested import flatten
from ..tensor import outward
from .core import Wrapper

_CELL = ("kernel_initializer", "recurrent_initializer", "bias_initializer", "kernel_regularizer", "recurrent_regularizer",
         "bias_regularizer",
         "kernel_constraint", "recurrent_constraint", "bias_constraint")  # fmt: skip


def _steps(outputs: Any, sequences: Any, macs: Any) -> Any:
    """The outputs, with what the loop over the steps takes."""
    return REGISTRY["keras.src.backend.tensorflow.rnn.rnn"](outputs, sequences, macs)


def _start_cell(self: Any, given: dict[str, Any], *names: str) -> None:
    units = given["units"]
    if isinstance(units, int) and units <= 0:
        refuse("ValueError", f"Received an invalid value for argument `units`, expected a positive integer, got {units}.")
    keep(self, given, "units", "activation", "use_bias", "dropout", "recurrent_dropout", "seed", *_CELL, *names)
    self.seed_generator = make("keras.random.SeedGenerator", seed=given["seed"])
    self.state_size = self.output_size = units


class _Cell(KerasLayer):
    """One step of a recurrent layer."""

    described_in = "keras.src.layers.rnn.dropout_rnn_cell"
    gates = 1

    def build(self, input_shape: Any) -> None:
        size, units = input_shape[-1], self.units
        self.kernel = self.add_weight(shape=(size, units * self.gates), name="kernel", initializer=self.kernel_initializer)
        self.recurrent_kernel = self.add_weight(
            shape=(units, units * self.gates), name="recurrent_kernel", initializer=self.recurrent_initializer
        )
        self.bias = None
        if self.use_bias:
            shape = (2, self.gates * units) if self.__dict__.get("reset_after") else (self.gates * units,)
            self.bias = self.add_weight(shape=shape, name="bias", initializer=self.bias_initializer)

    def call(self, inputs: Any, states: Any, training: Any = False) -> Any:
        output = KerasTensor((inputs.shape[0], self.units), self.compute_dtype)
        states = states if isinstance(states, (list, tuple)) else [states]
        return output, [KerasTensor((inputs.shape[0], self.units), self.compute_dtype) for _ in states]

    def get_initial_state(self, batch_size: Any = None) -> Any:
        count = len(self.state_size) if isinstance(self.state_size, (list, tuple)) else 1
        return [ops("zeros", (batch_size, self.units), dtype=self.compute_dtype) for _ in range(count)]


@layer("keras.layers.SimpleRNNCell", "keras.src.layers.rnn.simple_rnn")
class SimpleRNNCell(_Cell):
    """One step of `SimpleRNN`."""

    def __init__(self, units: Any, activation: Any = "tanh", use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
                 recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
                 recurrent_regularizer: Any = None, bias_regularizer: Any = None, kernel_constraint: Any = None,
                 recurrent_constraint: Any = None,
                 bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0, seed: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        _start_cell(self, locals())


@layer("keras.layers.GRUCell", "keras.src.layers.rnn.gru")
class GRUCell(_Cell):
    """One step of `GRU`."""

    takes = ("implementation",)
    gates = 3

    def __init__(self, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
                 kernel_constraint: Any = None,
                 recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
                 reset_after: Any = True, seed: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _start_cell(self, locals(), "recurrent_activation", "reset_after")


@layer("keras.layers.LSTMCell", "keras.src.layers.rnn.lstm")
class LSTMCell(_Cell):
    """One step of `LSTM`."""

    takes = ("implementation",)
    gates = 4

    def __init__(self, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None,
                 kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: Any = 0.0,
                 recurrent_dropout: Any = 0.0, seed: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _start_cell(self, locals(), "recurrent_activation", "unit_forget_bias")
        self.state_size = [units, units]
        self.output_size = units


@layer("keras.layers.StackedRNNCells", "keras.src.layers.rnn.stacked_rnn_cells")
class StackedRNNCells(KerasLayer):
    """Cells one after another in one step."""

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        self.cells = cells

    @property
    def state_size(self) -> Any:
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        return _output_size(self.cells[-1])

    def get_initial_state(self, batch_size: Any = None) -> Any:
        return [call(cell.get_initial_state, batch_size=batch_size) for cell in self.cells]

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            if not cell.__dict__.get("built"):
                cell.build(input_shape)
            input_shape = (input_shape[0], _output_size(cell))

    def call(self, inputs: Any, states: Any, training: Any = False) -> Any:
        found = []
        for cell, state in zip(self.cells, states, strict=False):
            inputs, new = call(cell, inputs, list(state) if isinstance(state, (list, tuple)) else [state])
            found.append(new)
        return inputs, found


def _output_size(cell: Any) -> Any:
    size = _attribute(cell, "output_size")
    if size is not None:
        return size
    size = _attribute(cell, "state_size")
    return size[0] if isinstance(size, (list, tuple)) else size


def _attribute(value: Any, name: str) -> Any:
    return getattr(value, name, None)


@layer("keras.layers.RNN", "keras.src.layers.rnn.rnn")
class RNN(KerasLayer):
    """A cell applied to every step of a sequence."""

    def __init__(self, cell: Any, return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
                 stateful: Any = False,
                 unroll: Any = False, zero_output_for_mask: Any = False, **kwargs: Any) -> None:  # fmt: skip
        if isinstance(cell, (list, tuple)):
            cell = make("keras.layers.StackedRNNCells", cell)
        self.zero_output_for_mask = zero_output_for_mask
        self.cell = cell
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.stateful, self.unroll = go_backwards, stateful, unroll
        self.supports_masking = True
        self.input_spec = None
        self.states = None
        size = _attribute(cell, "state_size")
        if size is None:
            refuse("ValueError", f"The RNN cell should have a `state_size` attribute. Received: cell={cell!r}")
        self.state_size = list(size) if isinstance(size, (list, tuple)) else [size]
        self.single_state = not isinstance(size, (list, tuple))

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        step = (sequences_shape[0], *sequences_shape[2:])
        cell = self.cell
        if getattr(cell, "described_module", False) and not cell.__dict__["built"]:
            cell.build(outward(step))
        if self.stateful and self.states is None:
            if is_open(sequences_shape[0]):
                refuse("ValueError", "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size.")
            self.__dict__["states"] = [
                ops("zeros", (sequences_shape[0], one)) for one in self.state_size if not isinstance(one, (list, tuple))
            ]

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, length = sequences_shape[0], sequences_shape[1]
        states = [[(batch, one) for one in size] if isinstance(size, (list, tuple)) else (batch, size) for size in self.state_size]
        size = _attribute(self.cell, "output_size")
        size = self.state_size[0] if size is None else size
        output = (batch, length, size) if self.return_sequences else (batch, size)
        return (output, *states) if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        mask = flatten(mask)[0] if mask is not None else None
        output = mask if self.return_sequences else None
        return [output, *[None for _ in self.state_size]] if self.return_state else output

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = False) -> Any:
        _check_widths(self, sequences, initial_state)
        outputs = shaped(self, sequences)
        products = sum(math.prod(one.shape) for one in self.cell.weights if len(one.shape) == 2 and "bias" not in one.name)
        return _steps(outputs, sequences, sequences.shape[0] * sequences.shape[1] * products)

    def get_initial_state(self, batch_size: Any) -> Any:
        return [ops("zeros", (batch_size, size), dtype=self.compute_dtype) for size in self.state_size]

    def reset_states(self) -> None:
        pass

    reset_state = reset_states


def _check_widths(self: Any, sequences: Any, initial_state: Any) -> None:
    """What flows must be as wide as the weights; Keras finds out when the cell multiplies, which it never does with symbols."""
    kernel = self.cell.__dict__.get("kernel")
    if sequences.symbolic or kernel is None or not isinstance(self.cell, LayerInstance):
        return
    width = sequences.shape[-1]
    fits = same(width, kernel.shape[0]) is not False
    require(fits, f"the layer was built for {kernel.shape[0]} features at every step, and gets {width}", name="rnn-width")
    for one in flatten(initial_state) if fits else ():
        if isinstance(one, KerasTensor) and not one.symbolic and len(one.shape) == 2:
            is_state = same(one.shape[-1], self.cell.units) is not False
            require(is_state, f"the layer has {self.cell.units} units, and its first state {one.shape[-1]}", name="rnn-hidden-shape")


def _start_rnn(self: Any, given: dict[str, Any], cell: str, *names: str) -> None:
    """A layer around a cell of its own: the cell is made of the arguments both have."""
    shared = ("units", "activation", "use_bias", "dropout", "recurrent_dropout", "seed", *_CELL, *names)
    made = make(f"keras.layers.{cell}Cell", name=f"{_snake(cell)}_cell", dtype=self.__dict__["_dtype_policy"],
                trainable=self.__dict__["_trainable"], **{name: given[name] for name in shared})  # fmt: skip
    RNN.__init__(
        self, made, given["return_sequences"], given["return_state"], given["go_backwards"], given["stateful"], given.get("unroll", False)
    )
    self.input_spec = InputSpec(ndim=3)


def _snake(name: str) -> str:
    return {"SimpleRNN": "simple_rnn"}.get(name, name.lower())


def cell_config(self: Any) -> dict[str, Any]:
    """The configuration of a layer around a cell of its own, which holds most of it."""
    inner = {name: value for name, value in described_config(self.__dict__["cell"]).items() if name not in ("name", "trainable", "dtype")}
    return {name: inner.get(name, value) for name, value in described_config(self).items() if name != "use_cudnn"}


class _OfCell(RNN):
    """A recurrent layer whose arguments are those of its cell."""

    described_in = "keras.src.layers.rnn.rnn"
    takes = ("zero_output_for_mask", "implementation")

    def get_config(self) -> dict[str, Any]:
        return cell_config(self)


for _name in (
    "units",
    "activation",
    "recurrent_activation",
    "use_bias",
    "dropout",
    "recurrent_dropout",
    "unit_forget_bias",
    "reset_after",
    *_CELL,
):
    setattr(_OfCell, _name, property(lambda self, name=_name: getattr(self.__dict__["cell"], name)))


@layer("keras.layers.SimpleRNN", "keras.src.layers.rnn.simple_rnn")
class SimpleRNN(_OfCell):
    """A fully connected recurrent layer."""

    def __init__(self, units: Any, activation: Any = "tanh", use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
                 recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
                 recurrent_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: Any = 0.0,
                 recurrent_dropout: Any = 0.0, return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
                 stateful: Any = False, unroll: Any = False, seed: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _start_rnn(self, locals(), "SimpleRNN")


@layer("keras.layers.GRU", "keras.src.layers.rnn.gru")
class GRU(_OfCell):
    """A gated recurrent layer."""

    def __init__(self, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
                 bias_constraint: Any = None,
                 dropout: Any = 0.0, recurrent_dropout: Any = 0.0, seed: Any = None, return_sequences: Any = False,
                 return_state: Any = False,
                 go_backwards: Any = False, stateful: Any = False, unroll: Any = False, reset_after: Any = True, use_cudnn: Any = "auto",
                 **kwargs: Any) -> None:  # fmt: skip
        _start_rnn(self, locals(), "GRU", "recurrent_activation", "reset_after")
        self.use_cudnn = use_cudnn


@layer("keras.layers.LSTM", "keras.src.layers.rnn.lstm")
class LSTM(_OfCell):
    """A recurrent layer with long memory."""

    def __init__(self, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
                 bias_constraint: Any = None,
                 dropout: Any = 0.0, recurrent_dropout: Any = 0.0, seed: Any = None, return_sequences: Any = False,
                 return_state: Any = False,
                 go_backwards: Any = False, stateful: Any = False, unroll: Any = False, use_cudnn: Any = "auto",
                 **kwargs: Any) -> None:  # fmt: skip
        _start_rnn(self, locals(), "LSTM", "recurrent_activation", "unit_forget_bias")
        self.use_cudnn = use_cudnn


# --- wrappers ---------------------------------------------------------------------------------------------------------


def _again(original: Any, **changes: Any) -> Any:
    """The same layer by way of its configuration, with some of it changed."""
    config = REGISTRY["keras.saving.serialize_keras_object"](original)
    return REGISTRY["keras.saving.deserialize_keras_object"]({**config, "config": {**config["config"], **changes}})


@layer("keras.layers.Bidirectional", "keras.src.layers.rnn.bidirectional")
class Bidirectional(KerasLayer):
    """A recurrent layer in both directions."""

    def __init__(self, layer: Any, merge_mode: Any = "concat", weights: Any = None, backward_layer: Any = None, **kwargs: Any) -> None:
        if getattr(layer, "described_module", False) is not True:
            refuse("ValueError", f"Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: {layer!r}")
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            refuse(
                "ValueError",
                f"Invalid merge mode. Received: {merge_mode}. Merge mode should be one of {{'sum', 'mul', 'ave', 'concat', None}}",
            )
        name = layer.__dict__["name"]
        self.forward_layer = _again(layer, name=f"forward_{name.removeprefix('forward_')}")
        if backward_layer is None:
            backward_layer = _again(layer, name=f"backward_{name.removeprefix('backward_')}", go_backwards=True)
        elif getattr(backward_layer, "described_module", False) is not True:
            refuse("ValueError", f"`backward_layer` need to be a `keras.layers.Layer` instance. Received: {backward_layer!r}")
        self.backward_layer = backward_layer
        _fit_together(self.forward_layer, backward_layer)
        self.merge_mode = merge_mode
        self.stateful, self.return_sequences, self.return_state = layer.stateful, layer.return_sequences, layer.return_state
        self.supports_masking = True
        self.input_spec = layer.__dict__.get("_input_spec")

    def get_config(self) -> dict[str, Any]:
        return {**described_config(self), "layer": plain(self.forward_layer)}

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        for one in (self.forward_layer, self.backward_layer):
            if not one.built:
                one.build(outward(sequences_shape))

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        rule = rule_of(self.forward_layer, "compute_output_shape")
        found = rule(self.forward_layer, sequences_shape) if rule is not None else self.forward_layer.compute_output_shape(sequences_shape)
        output, states = (found[0], tuple(found[1:])) if self.return_state else (found, ())
        if self.merge_mode == "concat":
            output = (*output[:-1], output[-1] * 2)
        both = [output, output] if self.merge_mode is None else [output]
        if self.return_state:
            return (*both, *states, *states)
        return tuple(both) if self.merge_mode is None else output

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = None) -> Any:
        half = len(initial_state) // 2 if initial_state is not None else 0
        first, second = (initial_state[:half], initial_state[half:]) if initial_state is not None else (None, None)
        forward = call(self.forward_layer, sequences, initial_state=first) if first is not None else call(self.forward_layer, sequences)
        backward = (
            call(self.backward_layer, sequences, initial_state=second) if second is not None else call(self.backward_layer, sequences)
        )
        states: tuple[Any, ...] = ()
        if self.return_state:
            states = (*forward[1:], *backward[1:])
            forward, backward = forward[0], backward[0]
        if self.merge_mode == "concat":
            output = ops("concatenate", [forward, backward], axis=-1)
        elif self.merge_mode is None:
            return (forward, backward, *states)
        else:
            output = ops("add", forward, backward)
        return (output, *states) if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        mask = mask[0] if isinstance(mask, list) else mask
        output = (
            ([mask, mask] if self.merge_mode is None else mask)
            if self.return_sequences
            else ([None, None] if self.merge_mode is None else None)
        )
        if self.return_state:
            states = [None for _ in self.forward_layer.state_size]
            return ([*output] if isinstance(output, list) else [output]) + states * 2
        return output


def _fit_together(forward: Any, backward: Any) -> None:
    """Both directions go different ways, and give the same."""
    if forward.go_backwards == backward.go_backwards:
        refuse("ValueError", "Forward layer and backward layer should have different `go_backwards` value. Received: "
               f"forward_layer.go_backwards {forward.go_backwards}, backward_layer.go_backwards={backward.go_backwards}")  # fmt: skip
    for name in ("stateful", "return_sequences", "return_state"):
        one, other = getattr(forward, name), getattr(backward, name)
        if one != other:
            refuse("ValueError", f'Forward layer and backward layer are expected to have the same value for attribute "{name}", got "{one}" '
                   f'for forward layer and "{other}" for backward layer')  # fmt: skip


@layer("keras.layers.TimeDistributed", "keras.src.layers.rnn.time_distributed")
class TimeDistributed(Wrapper):
    """A layer applied to every step."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if getattr(layer, "described_module", False) is not True:
            refuse("ValueError", f"Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: {layer!r}")
        Wrapper.__init__(self, layer)
        self.supports_masking = True

    def _child(self, shape: Any) -> Any:
        if len(shape) < 3:
            refuse("ValueError", "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions")
        return (shape[0], *shape[2:])

    def build(self, input_shape: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - Keras has no default here
        Wrapper.build(self, outward(self._child(input_shape)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        rule = rule_of(self.layer, "compute_output_shape")
        child = self._child(input_shape)
        found = rule(self.layer, child) if rule is not None else self.layer.compute_output_shape(outward(child))
        return (input_shape[0], input_shape[1], *found[1:])

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        nodes, before = RUN.get().nodes, len(RUN.get().nodes)
        step = call(self.layer, KerasTensor((inputs.shape[0], *inputs.shape[2:]), inputs.dtype))
        more = sum(node.macs for node in nodes[before:]) * (inputs.shape[1] - 1)
        return _steps(KerasTensor((inputs.shape[0], inputs.shape[1], *step.shape[1:]), step.dtype), inputs, more)
