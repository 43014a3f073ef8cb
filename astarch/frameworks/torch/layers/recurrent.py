"""`torch.nn.modules.rnn`: recurrent networks and their cells."""

from __future__ import annotations

import inspect
from typing import Any

from ....ir.dim import less, same
from ...describe import Layer, layer, refuse, require
from ...shapes import text
from ..ops.loss import same_shape
from ..ops.packing import PackedSequence, batch_of, packed
from ..ops.recurrent import sequence, step
from ..tensor import param

_MODULE = "torch.nn.modules.rnn"
_OPS = {"LSTM": "lstm", "GRU": "gru", "RNN_TANH": "rnn_tanh", "RNN_RELU": "rnn_relu"}
_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _checked(input_size: Any, hidden_size: Any, num_layers: Any, bias: Any, batch_first: Any, dropout: Any, proj_size: Any) -> None:
    """What the constructor demands of its arguments."""
    if isinstance(dropout, bool) or (isinstance(dropout, (int, float)) and not 0 <= dropout <= 1):
        refuse("ValueError", "dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
    for name, value in (("bias", bias), ("batch_first", batch_first)):
        if not isinstance(value, bool):
            refuse("TypeError", f"{name} should be of type bool, got: {type(value).__name__}")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if isinstance(value, (float, str, tuple, list)) or value is None:
            refuse("TypeError", f"{name} should be of type int, got: {type(value).__name__}")
        if less(value, 1):
            refuse("ValueError", f"{name} must be greater than zero")
    if less(proj_size, 0):
        refuse("ValueError", "proj_size should be a positive integer or zero to disable projections")
    if less(proj_size, hidden_size) is False:
        refuse("ValueError", "proj_size has to be smaller than hidden_size")


@layer("torch.nn.RNNBase", _MODULE)
class RNNBase(Layer):
    """What `RNN`, `LSTM` and `GRU` share: weights of every layer and direction."""

    def __init__(self, mode: str, input_size: Any, hidden_size: Any, num_layers: Any = 1, bias: bool = True, batch_first: bool = False,
                 dropout: Any = 0.0, bidirectional: bool = False, proj_size: Any = 0, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout) if isinstance(dropout, (int, float)) else dropout
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        _checked(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        if mode not in _GATES:
            refuse("ValueError", f"Unrecognized RNN mode: {mode}")
        names: list[str] = []
        groups: list[list[str]] = []
        for number in range(num_layers):
            for suffix in ("", "_reverse") if bidirectional else ("",):
                shapes = RNNBase._layer_shapes(self, number)
                group = [f"{name}_l{number}{suffix}" for name in shapes]
                for name, shape in zip(group, shapes.values(), strict=True):
                    setattr(self, name, param(*shape, dtype=dtype, device=device))
                names.extend(group)
                groups.append(group)
        self._flat_weights_names = names
        self._all_weights = groups
        self._init_flat_weights()
        self.reset_parameters()

    def _layer_shapes(self, number: int) -> dict[str, tuple[Any, ...]]:
        """The shapes of the weights of a layer, in the order of their registration."""
        gates, projected = _GATES[self.mode] * self.hidden_size, not same(self.proj_size, 0)
        output = self.proj_size if projected else self.hidden_size
        features = self.input_size if number == 0 else output * (2 if self.bidirectional else 1)
        shapes: dict[str, tuple[Any, ...]] = {"weight_ih": (gates, features), "weight_hh": (gates, output)}
        if self.bias:
            shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
        if projected:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        return shapes

    def _init_flat_weights(self) -> None:
        self._flat_weights = [getattr(self, name) for name in self._flat_weights_names]

    def flatten_parameters(self) -> None:
        pass

    def reset_parameters(self) -> None:
        pass

    def check_input(self, input: Any, batch_sizes: Any) -> None:
        weight = getattr(self, self._flat_weights_names[0])
        if input.dtype != weight.dtype:
            require(False, f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype})", name="dtype-mismatch")
        expected = 2 if batch_sizes is not None else 3
        if len(input.shape) != expected:
            refuse("RuntimeError", f"input must have {expected} dimensions, got {len(input.shape)}")
        require(same(input.shape[-1], self.input_size), f"{self.mode} takes {self.input_size} features and gets {input.shape[-1]}",
                code="MDL208", name="rnn-width")  # fmt: skip

    def get_expected_hidden_size(self, input: Any, batch_sizes: Any) -> tuple[Any, Any, Any]:
        output = self.hidden_size if same(self.proj_size, 0) else self.proj_size
        return self.num_layers * (2 if self.bidirectional else 1), RNNBase._batch(self, input, batch_sizes), output

    def _batch(self, input: Any, batch_sizes: Any) -> Any:
        if batch_sizes is not None:
            return batch_sizes.data[0]
        return input.shape[0 if self.batch_first else 1]

    def check_hidden_size(self, hx: Any, expected_hidden_size: Any, msg: str = "Expected hidden size {}, got {}") -> None:
        if not same_shape(hx.shape, expected_hidden_size):
            require(False, f"{self.mode}: hidden state is {text(hx.shape)} and should be {text(expected_hidden_size)}",
                    code="MDL212", name="rnn-hidden-shape")  # fmt: skip

    def permute_hidden(self, hx: Any, permutation: Any) -> Any:
        return hx

    def _states(self, input: Any, batch: Any) -> list[tuple[Any, Any, Any]]:
        """The shapes of the hidden states."""
        count = self.num_layers * (2 if self.bidirectional else 1)
        output = self.hidden_size if same(self.proj_size, 0) else self.proj_size
        shapes = [(count, batch, output)]
        return [*shapes, (count, batch, self.hidden_size)] if self.mode == "LSTM" else shapes

    def _ran(self, input: Any, states: tuple[Any, ...]) -> tuple[Any, ...]:
        weights = [getattr(self, name) for name in self._flat_weights_names]
        return sequence(_OPS[self.mode], input, states, weights, self.bias, self.num_layers, self.bidirectional, self.batch_first)

    def _forward_packed(self, input: Any, hx: tuple[Any, ...] | None) -> Any:
        data, count = input.data, batch_of(input)
        RNNBase.check_input(self, data, input.batch_sizes)
        wanted = RNNBase._states(self, data, count)
        states = tuple(data.like(shape) for shape in wanted) if hx is None else hx
        for state, shape in zip(states, wanted, strict=True):
            RNNBase.check_hidden_size(self, state, shape)
        output, *hidden = RNNBase._ran(self, data, states)
        return packed(output, input.batch_sizes, input.sorted_indices, input.unsorted_indices, count), tuple(hidden)

    def _forward_all(self, input: Any, hx: tuple[Any, ...] | None) -> Any:
        """The output and the tuple of last hidden states, of padded or packed sequences."""
        if isinstance(input, PackedSequence):
            return RNNBase._forward_packed(self, input, hx)
        rank = len(input.shape)
        if rank not in (2, 3):
            refuse("ValueError", f"{self.mode}: Expected input to be 2D or 3D, got {rank}D instead")
        if hx is not None and any(len(state.shape) != rank for state in hx):
            refuse("RuntimeError", f"For {rank}-D input, the hidden state should also be {rank}-D")
        place = 0 if self.batch_first else 1
        if rank == 2:
            input = input.like((*input.shape[:place], 1, *input.shape[place:]))
            hx = hx if hx is None else tuple(state.like((state.shape[0], 1, state.shape[1])) for state in hx)
        wanted = RNNBase._states(self, input, input.shape[place])
        states = tuple(input.like(shape) for shape in wanted) if hx is None else hx
        RNNBase.check_input(self, input, None)
        for state, shape in zip(states, wanted, strict=True):
            RNNBase.check_hidden_size(self, state, shape)
        output, *hidden = RNNBase._ran(self, input, states)
        if rank == 2:
            output = output.like((*output.shape[:place], *output.shape[place + 1 :]))
            hidden = [state.like((state.shape[0], state.shape[2])) for state in hidden]
        return output, tuple(hidden)

    @property
    def all_weights(self) -> Any:
        """The weights, layer by layer."""
        return [[getattr(self, name) for name in group] for group in self._all_weights]


def _begin(self: Any, mode: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Build a network of one mode; what it was given is handed on, so that a wrong call shows only here."""
    try:
        inspect.signature(RNNBase.__init__).bind(self, mode, *args, **kwargs)
    except TypeError as mismatch:
        refuse("TypeError", f"RNNBase.__init__() {mismatch}")
    RNNBase.__init__(self, mode, *args, **kwargs)


@layer("torch.nn.RNN", _MODULE)
class RNN(RNNBase):
    """Elman's network: ``h = tanh(W x + U h)``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            refuse("ValueError", "proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            self.nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            self.nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self.nonlinearity not in ("tanh", "relu"):
            refuse("ValueError", f"Unknown nonlinearity '{self.nonlinearity}'. Select from 'tanh' or 'relu'.")
        _begin(self, "RNN_TANH" if self.nonlinearity == "tanh" else "RNN_RELU", args, kwargs)

    def forward(self, input: Any, hx: Any = None) -> Any:
        output, hidden = RNNBase._forward_all(self, input, None if hx is None else (hx,))
        return output, hidden[0]


@layer("torch.nn.LSTM", _MODULE)
class LSTM(RNNBase):
    """Long short-term memory: the output and the pair of last hidden and cell states."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _begin(self, "LSTM", args, kwargs)

    def get_expected_cell_size(self, input: Any, batch_sizes: Any) -> tuple[Any, Any, Any]:
        return self.num_layers * (2 if self.bidirectional else 1), RNNBase._batch(self, input, batch_sizes), self.hidden_size

    def forward(self, input: Any, hx: Any = None) -> Any:
        return RNNBase._forward_all(self, input, None if hx is None else (hx[0], hx[1]))


@layer("torch.nn.GRU", _MODULE)
class GRU(RNNBase):
    """Gated recurrent units."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            refuse("ValueError", "proj_size argument is only supported for LSTM, not RNN or GRU")
        _begin(self, "GRU", args, kwargs)

    def forward(self, input: Any, hx: Any = None) -> Any:
        output, hidden = RNNBase._forward_all(self, input, None if hx is None else (hx,))
        return output, hidden[0]


@layer("torch.nn.RNNCellBase", _MODULE)
class RNNCellBase(Layer):
    """What all cells share: the weights of one step."""

    def __init__(self, input_size: Any, hidden_size: Any, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None) -> None:
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self.weight_ih = param(num_chunks * hidden_size, input_size, dtype=dtype, device=device)
        self.weight_hh = param(num_chunks * hidden_size, hidden_size, dtype=dtype, device=device)
        if bias:
            self.bias_ih = param(num_chunks * hidden_size, dtype=dtype, device=device)
            self.bias_hh = param(num_chunks * hidden_size, dtype=dtype, device=device)
        else:
            self.register_parameter("bias_ih", None)
            self.register_parameter("bias_hh", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def _step(self, name: str, input: Any, states: tuple[Any, ...] | None) -> tuple[Any, ...]:
        """The next states of one step, with or without a batch."""
        rank = len(input.shape)
        if rank not in (1, 2) or any(len(state.shape) not in (1, 2) for state in states or ()):
            refuse("ValueError", f"{name}: Expected input and hidden state to be 1D or 2D, got {rank}D input")
        if rank == 1:
            input = input.like((1, *input.shape))
            states = states if states is None else tuple(state.like((1, *state.shape)) for state in states)
        if states is None:
            zeros = input.like((input.shape[0], self.hidden_size))
            states = (zeros, zeros) if name == "lstm_cell" else (zeros,)
        result = step(name, input, states[0], self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        if len(states) > 1 and not same_shape(states[1].shape, result.shape):
            refuse("RuntimeError", f"lstm_cell: cell state is {text(states[1].shape)} and should be {text(result.shape)}")
        results = (result, *(state.like() for state in states[1:]))
        return tuple(one.like(one.shape[1:]) for one in results) if rank == 1 else results


@layer("torch.nn.RNNCell", _MODULE)
class RNNCell(RNNCellBase):
    """One step of an `RNN`."""

    def __init__(self, input_size: Any, hidden_size: Any, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        RNNCellBase.__init__(self, input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        if self.nonlinearity not in ("tanh", "relu"):
            refuse("RuntimeError", f"Unknown nonlinearity: {self.nonlinearity}")
        return RNNCellBase._step(self, f"rnn_{self.nonlinearity}_cell", input, None if hx is None else (hx,))[0]


@layer("torch.nn.LSTMCell", _MODULE)
class LSTMCell(RNNCellBase):
    """One step of an `LSTM`: the next hidden and cell state."""

    def __init__(self, input_size: Any, hidden_size: Any, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        RNNCellBase.__init__(self, input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return RNNCellBase._step(self, "lstm_cell", input, None if hx is None else (hx[0], hx[1]))


@layer("torch.nn.GRUCell", _MODULE)
class GRUCell(RNNCellBase):
    """One step of a `GRU`."""

    def __init__(self, input_size: Any, hidden_size: Any, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        RNNCellBase.__init__(self, input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return RNNCellBase._step(self, "gru_cell", input, None if hx is None else (hx,))[0]
