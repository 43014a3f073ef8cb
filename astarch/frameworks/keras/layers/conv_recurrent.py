"""Recurrent layers whose steps are images: `ConvLSTM1D`, `ConvLSTM2D`, `ConvLSTM3D`."""

from __future__ import annotations

from typing import Any

from ..describing import KerasLayer, KerasTensor, data_format_of, is_open, keep, layer, make, numbers, padding_of, refuse, shaped
from ..model.checking import InputSpec
from ..windows import channels_of, conv_sizes, placed, spatial_of
from .recurrent import _CELL, RNN, cell_config


class ConvLSTMCell(KerasLayer):
    """One step."""

    described_in = "keras.src.layers.rnn.conv_lstm"

    def __init__(self, rank: Any, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None,
                 dilation_rate: Any = 1, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None,
                 kernel_constraint: Any = None, recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: Any = 0.0,
                 recurrent_dropout: Any = 0.0, seed: Any = None, **kwargs: Any) -> None:  # fmt: skip
        self.seed_generator = make("keras.random.SeedGenerator", seed=seed)
        self.rank, self.filters = rank, filters
        self.kernel_size = numbers(kernel_size, rank, "kernel_size")
        self.strides = numbers(strides, rank, "strides", True)
        self.dilation_rate = numbers(dilation_rate, rank, "dilation_rate")
        self.padding = padding_of(padding)
        self.data_format = data_format_of(data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            refuse("ValueError", f"`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={strides} and "
                   f"dilation_rate={dilation_rate}")  # fmt: skip
        keep(
            self,
            locals(),
            "activation",
            "recurrent_activation",
            "use_bias",
            "unit_forget_bias",
            "dropout",
            "recurrent_dropout",
            "seed",
            *_CELL,
        )
        self.input_spec = InputSpec(ndim=rank + 2)
        self.state_size = -1

    def build(self, inputs_shape: Any, states_shape: Any = None) -> None:
        channels = channels_of(inputs_shape, self.data_format)
        if any(is_open(size) for size in spatial_of(inputs_shape, self.data_format)):
            refuse("ValueError", f"Only the batch size can be `None` in the inputs shape of {self.py_class.name}")
        if is_open(channels):
            refuse("ValueError", "The channel dimension of the inputs (last axis) should be defined. Found None.")
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.filters * 4), initializer=self.kernel_initializer, name="kernel"
        )
        self.recurrent_kernel = self.add_weight(shape=(*self.kernel_size, self.filters, self.filters * 4),
                                                initializer=self.recurrent_initializer,
                                                name="recurrent_kernel")  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.filters * 4,), name="bias", initializer=self.bias_initializer)

    def step(self, shape: Any) -> Any:
        spatial = conv_sizes(spatial_of(shape, self.data_format), self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return placed(shape, spatial, self.filters, self.data_format)

    def call(self, inputs: Any, states: Any, training: Any = False) -> Any:
        shape = ConvLSTMCell.step(self, tuple(inputs.shape))
        return KerasTensor(shape, self.compute_dtype), [KerasTensor(shape, self.compute_dtype) for _ in states]


class ConvLSTM(RNN):
    """A recurrent layer of convolutions."""

    described_in = "keras.src.layers.rnn.conv_lstm"

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        if not self.cell.__dict__["built"]:
            self.cell.build((sequences_shape[0], *sequences_shape[2:]))

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        step = ConvLSTMCell.step(self.cell, (sequences_shape[0], *sequences_shape[2:]))
        output = (step[0], sequences_shape[1], *step[1:]) if self.return_sequences else step
        return (output, step, step) if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        return cell_config(self)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        mask = mask[0] if isinstance(mask, list) else mask
        output = mask if self.return_sequences else None
        return [output, None, None] if self.return_state else output

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = False) -> Any:
        return shaped(self, sequences)


def _conv_lstm(rank: int) -> None:
    def start(self: Any, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None,
                 dilation_rate: Any = 1, activation: Any = "tanh", recurrent_activation: Any = "sigmoid", use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
                 unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
                 bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
                 bias_constraint: Any = None,
                 dropout: Any = 0.0, recurrent_dropout: Any = 0.0, seed: Any = None, return_sequences: Any = False,
                 return_state: Any = False,
                 go_backwards: Any = False, stateful: Any = False, **kwargs: Any) -> None:  # fmt: skip
        given = locals()
        names = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "recurrent_activation",
                 "use_bias",
                 "unit_forget_bias", "dropout", "recurrent_dropout", "seed", *_CELL)  # fmt: skip
        cell = make("keras.src.layers.rnn.conv_lstm.ConvLSTMCell", rank=rank, name="conv_lstm_cell", dtype=self.__dict__["_dtype_policy"],
                    **{name: given[name] for name in names})  # fmt: skip
        RNN.__init__(self, cell, return_sequences, return_state, go_backwards, stateful)
        self.input_spec = InputSpec(ndim=rank + 3)

    name = f"ConvLSTM{rank}D"
    made = type(name, (ConvLSTM,), {"__init__": start, "__doc__": f"A recurrent layer of convolutions of {rank} axes."})
    layer(f"keras.layers.{name}", f"keras.src.layers.rnn.conv_lstm{rank}d")(made)


layer("keras.src.layers.rnn.conv_lstm.ConvLSTMCell", "keras.src.layers.rnn.conv_lstm")(ConvLSTMCell)
for _rank in (1, 2, 3):
    _conv_lstm(_rank)
