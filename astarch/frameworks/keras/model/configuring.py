"""Functional models written down as configuration and made again from it; configurations that Keras makes of constructors' arguments."""

from __future__ import annotations

import inspect
from typing import Any

from ....interpreter.values import CURRENT, Class
from ....ir.unknown import Reason, Unknown
from ...describe import RUN, refuse
from ..nested import flatten, map_leaves
from ..tensor import KerasTensor, Variable, outward
from .graph import Node, Operation, node_key
from .instances import LayerInstance
from .questions import call_signature
from .reviving import revived, serialized
from .signatures import signature_of

_GRAPH = ["inputs", "outputs", "name"]


class OperationConfig(dict[str, Any]):
    """The configuration of a described operation: its arguments are not told apart as Keras does, so that it keeps the operation.

    Attributes:
        operation: What it is the configuration of.
        calls: The serialized arguments of its calls.
    """

    operation: Operation
    calls: list[Any]


# --- of any class -----------------------------------------------------------------------------------------------------


def automatic(self: Any) -> dict[str, Any]:
    """What ``get_config`` gives when no class defines it: the constructor's arguments, if all of them are plain."""
    if self.given is None:
        return {"name": RUN.get().unknown(Reason.UNSUPPORTED, f"the configuration of {self.py_class.name}")}
    args, kwargs = self.given
    signature = call_signature(self, "__init__")
    rest = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_POSITIONAL), None)
    more = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD), None)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    found = dict(bound.arguments)
    found |= found.pop(more, {}) if more is not None else {}
    if rest is not None and found.pop(rest):
        refuse("NotImplementedError", f"Object {self.py_class.name} was created by passing variadic positional arguments to `__init__()`, "
               "which is not supported by the automatic config generation. Please override `get_config()` and `from_config()`.")  # fmt: skip
    found.pop("name", None)
    lost = next((leaf for leaf in flatten(found) if isinstance(leaf, Unknown)), None)
    if lost is None and not all(leaf is None or type(leaf) in (str, int, float, bool) for leaf in flatten(found)):
        refuse("NotImplementedError", f"Object {self.py_class.name} was created by passing non-serializable argument values in "
               "`__init__()`, and therefore the object must override `get_config()` in order to be serializable. "
               "Please implement `get_config()`.")  # fmt: skip
    named = {"name": self.__dict__["name"]} if more == "kwargs" or "name" in signature.parameters else {}
    return {**named, **found}


# --- of a functional model --------------------------------------------------------------------------------------------


def is_graph_like(cls: Class) -> bool:
    """Whether a class is constructed as `Functional` is."""
    signature = signature_of(cls.find("__init__"))
    names = [p.name for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    kinds = {p.kind for p in signature.parameters.values()}
    return names[1:] == _GRAPH or {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} <= kinds


def configured(model: Any) -> Any:
    """``Functional.get_config``: the layers with their calls, and which tensors are the inputs and outputs."""
    held = model.__dict__
    if "_unknown" in held:
        return held["_unknown"]
    own = held["_nodes"]
    numbers: dict[tuple[int, int], int] = {}
    for operation in held["_operations"]:
        kept = int(_is_functional(operation))  # such a model has, as Keras counts, a node of its own already
        for index in range(len(operation._inbound_nodes)):
            if node_key(operation, index) in own:
                numbers[node_key(operation, index)] = kept
                kept += 1
    layers = [_layer_config(operation, own) for operation in held["_operations"]]

    def place(tensor: Any) -> list[Any]:
        operation, node, index = tensor.history
        return [_name(operation), numbers[node_key(operation, node)], index]

    return {
        "name": held["name"],
        "trainable": held["_trainable"],
        "layers": layers,
        "input_layers": map_leaves(place, held["_inputs_struct"]),
        "output_layers": map_leaves(place, held["_outputs_struct"]),
    }


def _layer_config(operation: Any, own: Any) -> dict[str, Any]:
    nodes = [node for index, node in enumerate(operation._inbound_nodes) if node_key(operation, index) in own and node.inputs]
    calls = [{"args": _written(node.args, own), "kwargs": _written(node.kwargs, own)} for node in nodes]
    if not isinstance(operation, Operation):
        return {**serialized(operation), "name": _name(operation), "inbound_nodes": calls}
    lost = Unknown(Reason.UNSUPPORTED, f"the configuration of {operation.class_name}")
    made = OperationConfig(module=operation.module, class_name=operation.class_name, config=lost, registered_name=operation.class_name,
                           name=operation.name, inbound_nodes=lost)  # fmt: skip
    made.operation, made.calls = operation, calls
    return made


def _written(value: Any, own: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_written(item, own) for item in value) if type(value) in (list, tuple) else [_written(x, own) for x in value]
    if isinstance(value, dict):
        return {key: _written(item, own) for key, item in value.items()}
    if isinstance(value, KerasTensor) and value.history is not None and not isinstance(value, Variable):
        operation, node, index = value.history
        before = sum(node_key(operation, number) not in own for number in range(node))
        shape = outward(value.shape)
        return {"class_name": "__keras_tensor__",
                "config": {"shape": shape, "dtype": value.dtype, "keras_history": [_name(operation), node - before, index]}}  # fmt: skip
    return value if isinstance(value, (KerasTensor, Unknown)) else serialized(value)


def _name(operation: Any) -> str:
    return operation.name if isinstance(operation, Operation) else operation.__dict__["name"]


def _is_functional(layer: Any) -> bool:
    if not isinstance(layer, LayerInstance):
        return False
    return any(cls.namespace.get("described_as") == "keras.src.models.functional.Functional" for cls in layer.py_class.mro)


# --- made again -------------------------------------------------------------------------------------------------------


def is_graph_config(config: Any) -> bool:
    """Whether a configuration is that of a functional model."""
    return isinstance(config, dict) and all(key in config for key in ("name", "layers", "input_layers", "output_layers"))


def wired(cls: Any, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """``functional_from_config``: all layers first, then their calls as soon as what they are given is there."""
    rest = dict(config)
    entries, inputs, outputs = rest.pop("layers"), rest.pop("input_layers"), rest.pop("output_layers")
    name, trainable = rest.pop("name", None), rest.pop("trainable", None)
    made: dict[str, Any] = {}
    waiting: dict[str, list[Any]] = {}
    for entry in entries:
        layer = _revived(entry, custom_objects)
        if isinstance(layer, Unknown):
            return layer
        if not isinstance(layer, (LayerInstance, Operation)):
            refuse("ValueError", f"Unexpected object from deserialization, expected a layer or operation, got a {type(layer).__name__}")
        made[entry["name"]] = layer
        calls = entry.calls if isinstance(entry, OperationConfig) else entry["inbound_nodes"]
        if isinstance(calls, Unknown):
            return calls
        if calls:
            waiting[entry["name"]] = list(calls)
    lost = _connected(entries, made, waiting)
    if lost is not None:
        return lost

    def found(places: Any) -> Any:
        if isinstance(places, list) and len(places) == 3 and isinstance(places[0], str):
            layer, number = made[places[0]], places[1] - int(_is_functional(made[places[0]]))
            return layer._inbound_nodes[number].outputs[places[2]]
        if isinstance(places, dict):
            return {key: found(one) for key, one in places.items()}
        return tuple(map(found, places)) if isinstance(places, tuple) else [found(one) for one in places]

    given = {"inputs": found(inputs), "outputs": found(outputs), "name": name, "trainable": trainable, **rest}
    return CURRENT.get().call(cls, (), given)


def _revived(entry: Any, custom_objects: Any) -> Any:
    if not isinstance(entry, OperationConfig):
        return revived(entry, custom_objects)
    operation = entry.operation
    made = Operation(operation.rule, operation.class_name, operation.module, entry["name"])
    made.span = RUN.get().where()
    return made


def _connected(entries: list[Any], made: dict[str, Any], waiting: dict[str, list[Any]]) -> Unknown | None:
    """Call the layers; those whose inputs are not there yet in a later round."""
    while waiting:
        before = sum(map(len, waiting.values()))
        for entry in entries:
            calls = waiting.get(entry["name"], [])
            while calls:
                try:
                    args, kwargs = (_tensors(calls[0][part], made) for part in ("args", "kwargs"))
                except IndexError:
                    break
                result = _called(made[entry["name"]], tuple(args), kwargs)
                lost = next((leaf for leaf in flatten(result) if isinstance(leaf, Unknown)), None)
                if lost is not None:
                    return lost
                del calls[0]
            if not calls:
                waiting.pop(entry["name"], None)
        if sum(map(len, waiting.values())) == before:
            refuse("ValueError", "Invalid Functional model configuration. The graph of the Functional model either has loops or "
                   f"disconnected nodes. The following nodes failed to be resolved: {list(waiting)}")  # fmt: skip
    return None


def _tensors(value: Any, made: dict[str, Any]) -> Any:
    """Arguments of a call with the tensors in them, once the calls that give these have been made."""
    if isinstance(value, (list, tuple)):
        return [_tensors(item, made) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        name, number, index = value["config"]["keras_history"]
        if name not in made:
            refuse("ValueError", f"Unknown layer: {name}")
        return made[name]._inbound_nodes[number].outputs[index]
    if "class_name" in value and "config" in value:
        return revived(value)
    return {key: _tensors(item, made) for key, item in value.items()}


def _called(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if isinstance(layer, LayerInstance):
        return CURRENT.get().call(layer, args, kwargs)
    result = layer.rule.specified(args, kwargs)
    if not any(isinstance(leaf, Unknown) for leaf in flatten(result)):
        Node(layer, args, kwargs, result)
    return result


__all__ = ["automatic", "configured", "is_graph_config", "is_graph_like", "wired"]
