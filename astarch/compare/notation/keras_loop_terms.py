"""The recurrent layers of Keras in index notation: one step of each, and how it is repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .index_notation import Unproven, Value
from .keras_layer_terms import LAYERS, Layer, activated, back, first, same, turned_kernel
from .vocabulary import Vocabulary

#: What a step makes of a place and of the states before it: what it gives, and the states after it.
Step = Callable[[Value, list[Value]], tuple[Value, list[Value]]]


def _weights(layer: Layer) -> dict[str, Value]:
    found = {name.rpartition("/")[2]: value for name, value in layer.weights.items()}
    if len(found) != len(layer.weights):
        raise Unproven("the weights of a recurrent layer")
    return found


def _lstm(words: Vocabulary, config: Mapping[str, Any], weights: Mapping[str, Value]) -> Step:
    def step(place: Value, states: list[Value]) -> tuple[Value, list[Value]]:
        sums = words.add(words.product(place, weights["kernel"]), words.product(states[0], weights["recurrent_kernel"]))
        sums = words.add(sums, weights["bias"]) if "bias" in weights else sums
        units = config["units"]
        gates = [words.picked(sums, 1, n * units, (n + 1) * units) for n in range(4)]
        inward, forget, outward = (activated(words, config["recurrent_activation"], gates[n]) for n in (0, 1, 3))
        carried = words.add(words.multiply(forget, states[1]), words.multiply(inward, activated(words, config["activation"], gates[2])))
        made = words.multiply(outward, activated(words, config["activation"], carried))
        return made, [made, carried]

    return step


def _gru(words: Vocabulary, config: Mapping[str, Any], weights: Mapping[str, Value]) -> Step:
    if not config.get("reset_after", True):
        raise Unproven("reset_after")

    def step(place: Value, states: list[Value]) -> tuple[Value, list[Value]]:
        given, kept = words.product(place, weights["kernel"]), words.product(states[0], weights["recurrent_kernel"])
        if "bias" in weights:
            given, kept = (words.add(value, words.one(weights["bias"], 0, n)) for n, value in enumerate((given, kept)))
        units = config["units"]
        new, old = ([words.picked(value, 1, n * units, (n + 1) * units) for n in range(3)] for value in (given, kept))
        update, reset = (activated(words, config["recurrent_activation"], words.add(new[n], old[n])) for n in (0, 1))
        candidate = activated(words, config["activation"], words.add(new[2], words.multiply(reset, old[2])))
        rest = words.subtract(words.number(1.0), update)
        made = words.add(words.multiply(update, states[0]), words.multiply(rest, candidate))
        return made, [made]

    return step


def _simple(words: Vocabulary, config: Mapping[str, Any], weights: Mapping[str, Value]) -> Step:
    def step(place: Value, states: list[Value]) -> tuple[Value, list[Value]]:
        sums = words.product(place, weights["kernel"])
        sums = words.add(sums, weights["bias"]) if "bias" in weights else sums
        made = activated(words, config["activation"], words.add(sums, words.product(states[0], weights["recurrent_kernel"])))
        return made, [made]

    return step


_STEPS: Mapping[str, tuple[Callable[[Vocabulary, Mapping[str, Any], Mapping[str, Value]], Step], int]] = {
    "LSTM": (_lstm, 2),
    "GRU": (_gru, 1),
    "SimpleRNN": (_simple, 1),
}


def _gone_through(kind: str, words: Vocabulary, config: Mapping[str, Any], weights: Mapping[str, Value], value: Value) -> Value:
    """A layer of this kind, for a sequence of batch, places, features; the states before the first place are nothing."""
    if config.get("return_state") or config.get("stateful") or config.get("unroll") or len(value.dims) != 3:
        raise Unproven("settings of a recurrent layer")
    make, count = _STEPS[kind]
    places = value.turned((1, 0, 2))
    if config.get("go_backwards"):
        places = words.reversed(places, 0)
    shape = (value.shape[0], config["units"])
    states = [words.leaf(("state", n), shape) for n in range(count)]
    place = words.one(words.leaf(("place",), (1, *places.shape[1:])), 0, 0)
    made, after = make(words, config, weights)(place, states)
    whole, last = words.repeated_step(places, [words.filled(0.0, shape)] * count, after, made)
    return whole.turned((1, 0, 2)) if config.get("return_sequences") else last


def _recurrent(kind: str) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        if len(given) != 1 or layer.call:
            raise Unproven("arguments of a recurrent layer")
        return _gone_through(kind, layer.words, layer.config, _weights(layer), given[0])

    return change


def _bidirectional(layer: Layer, given: Sequence[Value]) -> Value:
    words, results = layer.words, list[Value]()
    if len(given) != 1 or layer.call:
        raise Unproven("arguments of a recurrent layer")
    for name, start in (("layer", "forward_"), ("backward_layer", "backward_")):
        config = layer.config[name]
        kind = config.get("class_name")
        weights = {path.rpartition("/")[2]: value for path, value in layer.weights.items() if path.startswith(start)}
        if kind not in _STEPS or len(weights) != len([path for path in layer.weights if path.startswith(start)]):
            raise Unproven("a Bidirectional")
        found = _gone_through(kind, words, config, weights, given[0])
        if config.get("return_sequences") and config.get("go_backwards"):
            found = words.reversed(found, 1)
        results.append(found)
    if layer.config.get("merge_mode") == "concat":
        return words.joined(results, -1)
    if layer.config.get("merge_mode") == "sum":
        return words.add(results[0], results[1])
    raise Unproven("merge_mode")


def _convolved(rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    """An LSTM whose products are convolutions over so many axes of space."""

    def change(layer: Layer, given: Sequence[Value]) -> Value:
        words, config, weights = layer.words, layer.config, _weights(layer)
        if len(given) != 1 or layer.call or config.get("data_format", "channels_last") != "channels_last":
            raise Unproven("arguments of a recurrent layer")
        if config.get("return_state") or config.get("stateful") or config.get("unroll") or len(given[0].dims) != rank + 3:
            raise Unproven("settings of a recurrent layer")
        places = given[0].turned((1, 0, *range(2, rank + 3)))
        places = words.reversed(places, 0) if config.get("go_backwards") else places
        place = words.one(words.leaf(("place",), (1, *places.shape[1:])), 0, 0)
        filters, ones = config["filters"], (1,) * rank

        def gate(value: Value, name: str, number: int, stride: Sequence[int], wide: Sequence[int], padding: str) -> Value:
            part = words.picked(weights[name], rank + 1, number * filters, (number + 1) * filters)
            kernel, image = turned_kernel(part, False), first(value, True)
            pads = [
                same(*sides) if padding == "same" else (0, 0) for sides in zip(image.shape[2:], kernel.shape[2:], stride, wide, strict=True)
            ]
            return back(words.conv(image, kernel, None, stride=stride, padding=pads, dilation=wide, groups=1), True)

        stride, wide = layer.sides("strides", rank), layer.sides("dilation_rate", rank)
        new = [gate(place, "kernel", number, stride, wide, config.get("padding", "valid")) for number in range(4)]
        if "bias" in weights:
            new = [words.add(value, words.picked(weights["bias"], 0, n * filters, (n + 1) * filters)) for n, value in enumerate(new)]
        states = [words.leaf(("state", n), new[0].shape) for n in range(2)]
        sums = [words.add(value, gate(states[0], "recurrent_kernel", n, ones, ones, "same")) for n, value in enumerate(new)]
        inward, forget, outward = (activated(words, config["recurrent_activation"], sums[n]) for n in (0, 1, 3))
        carried = words.add(words.multiply(forget, states[1]), words.multiply(inward, activated(words, config["activation"], sums[2])))
        made = words.multiply(outward, activated(words, config["activation"], carried))
        whole, last = words.repeated_step(places, [words.filled(0.0, new[0].shape)] * 2, [made, carried], made)
        return whole.turned((1, 0, *range(2, rank + 3))) if config.get("return_sequences") else last

    return change


#: All layers that are taken apart.
ALL: Mapping[str, Callable[[Layer, Sequence[Value]], Value]] = {
    **LAYERS,
    **{kind: _recurrent(kind) for kind in _STEPS},
    "Bidirectional": _bidirectional,
    **{f"ConvLSTM{rank}D": _convolved(rank) for rank in (1, 2, 3)},
}
