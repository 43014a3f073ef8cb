"""Recurrent networks: whole sequences (`lstm`, `gru`, `rnn_tanh`, `rnn_relu`) and single steps."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import multiply, op, refuse, require
from .demands import floating, matching, rank_of

_PLAIN = ("hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first")

#: How many gates the weights of each kind hold.
GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}


def sequence(name: str, input: Any, hidden: Any, flat_weights: Any, has_biases: bool, num_layers: int, bidirectional: bool,
             batch_first: bool) -> tuple[Any, ...]:  # fmt: skip
    """The output and the last hidden states of a stack of recurrent layers over (time, batch, features).

    The hidden states are a tuple: ``(h,)``, or ``(h, c)`` for an LSTM. A packed input has the axes (rows, features).
    """
    floating(name, input)
    matching(name, input, *hidden, *flat_weights)
    directions = 2 if bidirectional else 1
    output = hidden[0].shape[-1]
    shape = (*input.shape[:-1], output * directions)
    rows: Any = 1
    for size in input.shape[:-1]:
        rows = rows * size
    multiply(rows * sum(_products(weight) for weight in flat_weights))
    return (input.like(shape), *(state.like() for state in hidden))


def _products(weight: Any) -> Any:
    return weight.shape[0] * weight.shape[1] if len(weight.shape) == 2 else 0


def _plain(name: str) -> None:
    """Describe ``torch.gru`` and the like: with sequences, or with packed data and batch sizes."""

    @op(f"torch.{name}")
    def recurrent(input: Any, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(_PLAIN, args, strict=False)) | kwargs
        if not isinstance(given.get("hx" if name == "lstm" else "params"), (tuple, list)):
            given = _packed_arguments(args)
        hidden = tuple(given["hx"]) if name == "lstm" else (given["hx"],)
        return sequence(name, input, hidden, given["params"], given["has_biases"], given["num_layers"], given["bidirectional"],
                        given.get("batch_first", False))  # fmt: skip

    recurrent.__doc__ = f"A stack of ``{name}`` layers over sequences: the output and the last hidden states."


def _packed_arguments(args: tuple[Any, ...]) -> dict[str, Any]:
    names = ("batch_sizes", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional")
    if len(args) < len(names):
        refuse("TypeError", "recurrent function received an invalid combination of arguments")
    return dict(zip(names, args, strict=False))


for _name in GATES:
    _plain(_name)


def step(name: str, input: Any, hidden: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    """The next hidden state of a cell."""
    rank_of(name, input, 2)
    rank_of(name, hidden, 2)
    floating(name, input)
    matching(name, input, hidden, w_ih, w_hh, b_ih, b_hh)
    features, width = input.shape[1], hidden.shape[1]
    require(same(features, w_ih.shape[1]), f"{name}: input has inconsistent input_size: got {features} expected {w_ih.shape[1]}",
            code="MDL208", name="rnn-width")  # fmt: skip
    require(same(width, w_hh.shape[1]), f"{name}: hidden has inconsistent hidden_size: got {width}, expected {w_hh.shape[1]}",
            code="MDL212", name="rnn-hidden-shape")  # fmt: skip
    if same(input.shape[0], hidden.shape[0]) is False:
        require(False, f"{name}: input batch size {input.shape[0]} doesn't match hidden batch size {hidden.shape[0]}")
    multiply(input.shape[0] * (_products(w_ih) + _products(w_hh)))
    return hidden.like()


def _cell(name: str) -> None:
    @op(f"torch.{name}_cell")
    def cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
        if name == "lstm":
            result = step("lstm_cell", input, hx[0], w_ih, w_hh, b_ih, b_hh)
            return result, hx[1].like()
        return step(f"{name}_cell", input, hx, w_ih, w_hh, b_ih, b_hh)

    cell.__doc__ = f"One step of ``{name}``."


for _name in GATES:
    _cell(_name)
