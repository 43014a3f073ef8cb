"""What the outputs of a model are made by: the last activation, and the layer that applies it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....interpreter.values import Unknown
from ....ir.dim import Dim
from ....ir.training import Ending, Linear
from ..tensor import KerasTensor
from .instances import LayerInstance

#: Layers that hand on the numbers they are given, whatever their order.
_HANDING_ON = frozenset({"Dropout", "Flatten", "Reshape", "Permute", "RepeatVector", "SpatialDropout1D", "SpatialDropout2D", "Cropping2D",
                         "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Identity", "TimeDistributed"})  # fmt: skip
#: Layers that are an activation, by the function that they apply.
_ACTIVATIONS = {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "PReLU": "prelu"}
#: Layers that do not change how many numbers there are, nor mix them: what is linear before and after one is linear with it.
_LINEAR = frozenset({"Dropout", "Flatten", "Reshape", "Identity", "ActivityRegularization"})
#: Layers with weights and an activation of their own.
_WEIGHING = ("Dense", "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "EinsumDense", "SeparableConv2D")


def endings(model: Any) -> list[Ending | None]:
    """What each output is made by; None for one that is not understood. Nothing when the outputs are not known."""
    outputs = _outputs(model)
    if outputs is not None:
        return [_ending(_source(output), output) for output in outputs]
    held = model.__dict__.get("_layers") if model.py_class.name == "Sequential" else None
    if not held or any(not isinstance(layer, LayerInstance) for layer in held):
        return []
    return [_of_chain(list(held))]


def _outputs(model: Any) -> list[Any] | None:
    inner = model.__dict__.get("_functional") or model
    outputs = inner.__dict__.get("_outputs") if "_graph" in inner.__dict__ else None
    return outputs if outputs and all(isinstance(one, KerasTensor) for one in outputs) else None


def _source(tensor: Any) -> Any:
    """The layer that made a symbolic tensor, and the tensors it was made of."""
    if tensor.history is None or tensor.history[0] is None:
        return None
    operation, index, _ = tensor.history
    return operation, operation._inbound_nodes[index].inputs


def _ending(source: Any, output: Any) -> Ending | None:
    units, dropped = output.shape[-1] if output.shape else 0, None
    while source is not None:
        layer, inputs = source
        if not isinstance(layer, LayerInstance):
            return None
        kind, activation = _kind(layer), _activation(layer)
        before = _source(inputs[0]) if len(inputs) == 1 else None
        if activation not in ("", "linear"):
            return Ending(activation, units, kind, layer.span, _squashed(kind, before[0] if before else None), dropped)
        if kind in _WEIGHING:
            return Ending(activation, units, kind, layer.span, None, dropped) if activation else None
        if kind in ("Sequential", "Functional", "Model"):
            inner = endings(layer)
            return inner[0] if len(inner) == 1 else None
        if (kind not in _HANDING_ON and activation != "linear") or len(inputs) != 1:
            return None
        dropped = layer.span if kind == "Dropout" else dropped
        source = before
    return None


def _squashed(kind: str, before: Any) -> Any:
    """The layer before one that is only an activation, when that gives probabilities already."""
    if kind not in ("Activation", "Softmax") or not isinstance(before, LayerInstance):
        return None
    return before.span if _activation(before) in ("softmax", "sigmoid") else None


def _of_chain(layers: list[Any]) -> Ending | None:
    """The end of layers that follow each other, before it is known what they are given."""
    for place in range(len(layers) - 1, -1, -1):
        layer, kind = layers[place], _kind(layers[place])
        activation = _activation(layer)
        if activation not in ("", "linear") or kind in _WEIGHING:
            weighing = next((one for one in reversed(layers[: place + 1]) if _kind(one) in _WEIGHING), None)
            between = layers[layers.index(weighing) + 1 : place] if weighing is not None else []
            known = weighing is not None and all(_kind(one) in ("Dropout", "Activation", *_ACTIVATIONS) for one in between)
            units = weighing.__dict__.get("units", weighing.__dict__.get("filters")) if known and weighing is not None else None
            return Ending(activation, units, kind, layer.span) if activation and isinstance(units, (int, Dim)) else None
        if kind not in _HANDING_ON and activation != "linear":
            return None
    return None


def _kind(layer: Any) -> str:
    """The class of a layer, when it is one of Keras' own."""
    cls = layer.py_class
    return str(cls.name) if "described_as" in cls.namespace else ""


def _activation(layer: Any) -> str:
    """The activation that a layer applies to what it gives: ``linear`` for none, nothing when that is not known."""
    kind = _kind(layer)
    if kind in _ACTIVATIONS:
        return _ACTIVATIONS[kind]
    if kind != "Activation" and kind not in _WEIGHING:
        return ""
    held = layer.__dict__.get("activation")
    if held is None:
        return "linear"
    if isinstance(held, Unknown) or "_unknown" in layer.__dict__:
        return ""
    name = str(getattr(held, "name", ""))
    return name.rpartition(".")[2] if name.startswith(("keras.activations.", "keras.ops.", "tensorflow.nn.")) else ""


def linear_pairs(model: Any) -> Iterator[Linear]:
    """Dense layers of a model that follow each other with nothing between them that is not linear."""
    chain = model.__dict__.get("_layers") if model.py_class.name == "Sequential" else None
    if chain is not None:
        yield from _pairs_of_chain([layer for layer in chain if isinstance(layer, LayerInstance)])
        return
    for layer in model.__dict__.get("_operations", ()) if "_graph" in model.__dict__ else ():
        if isinstance(layer, LayerInstance) and _kind(layer) == "Dense" and len(layer._inbound_nodes) == 1:
            before: list[Any] = []
            inputs: Any = layer._inbound_nodes[0].inputs
            while len(inputs) == 1 and (source := _source(inputs[0])) is not None and isinstance(source[0], LayerInstance):
                if len(source[0]._outbound_nodes) != 1 or len(source[0]._inbound_nodes) != 1:
                    break
                before.append(source[0])
                inputs = source[1]
            yield from _pairs_of_chain([*reversed(before), layer], last=True)


def _pairs_of_chain(layers: list[Any], last: bool = False) -> Iterator[Linear]:
    """The same of layers one after another; only the pair that the last one ends, if that is wanted."""
    for place in range(len(layers) - 1 if last else 0, len(layers)):
        between = place - 1
        while between >= 0 and (_kind(layers[between]) in _LINEAR or (_kind(layers[between]), _activation(layers[between])) == _NOTHING):
            between -= 1
        first, second = layers[max(between, 0)], layers[place]
        if between >= 0 and _kind(first) == _kind(second) == "Dense" and _activation(first) == "linear" and first.built:
            yield Linear(first.kernel.shape[0], first.units, second.units, first.span, second.span)


#: An activation layer that does nothing.
_NOTHING = ("Activation", "linear")
