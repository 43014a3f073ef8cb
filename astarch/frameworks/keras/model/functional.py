"""Functional models: a graph of layers and operations between inputs and outputs."""

from __future__ import annotations

from typing import Any

from ....interpreter.values import CURRENT
from ....ir.dim import same
from ....ir.refusal import Refusal
from ....ir.unknown import Reason, Unknown
from ...describe import RUN, refuse
from ..nested import flatten, is_shape, map_leaves, pack
from ..state import state
from ..tensor import KerasTensor, inward, outward
from .checking import InputSpec, check_inputs
from .configuring import configured, is_graph_like
from .graph import Graph, Node, Operation, build_map, is_symbolic
from .instances import LayerInstance, defined, method
from .layer import Layer, tracker_of
from .questions import call_signature


class Functional(Layer):
    """A model made of inputs and outputs; its base in the program is `keras.Model`."""

    described_as = "keras.src.models.functional.Functional"
    described_in = "keras.src.models.functional"
    parent = "keras.Model"

    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return Layer.__new__(cls)

    def __init__(self, inputs: Any, outputs: Any, name: Any = None, **kwargs: Any) -> None:
        attributes = self.__dict__
        trainable = kwargs.pop("trainable", None)
        flat_inputs, flat_outputs = flatten(inputs), flatten(outputs)
        lost = next((leaf for leaf in (*flat_inputs, *flat_outputs) if isinstance(leaf, Unknown)), None)
        if lost is not None:
            Layer.__init__(self, name=name)
            attributes.update({"_unknown": lost, "_graph": None, "_inputs_struct": inputs, "_outputs_struct": outputs,
                               "_inputs": flat_inputs,
                               "_outputs": flat_outputs, "_operations": []})  # fmt: skip
            RUN.get().unknown(lost.reason, f"a model built on {lost.detail}")
            return
        for what, leaves in (("inputs", flat_inputs), ("outputs", flat_outputs)):
            if not leaves:
                refuse("ValueError", f"`{what}` argument cannot be empty.")
            for leaf in leaves:
                if not is_symbolic(leaf):
                    refuse(
                        "ValueError", f"All `{what}` values must be KerasTensors. Received: {what}={leaf!r} of type {type(leaf).__name__}"
                    )
        if not all(map(_is_input_tensor, flat_inputs)):
            inputs, outputs = clone_graph(inputs, outputs)
            flat_inputs, flat_outputs = flatten(inputs), flatten(outputs)
        Layer.__init__(self, name=name)
        attributes.update({"_inputs_struct": map_leaves(_same, inputs), "_outputs_struct": map_leaves(_same, outputs)})
        attributes.update({"_inputs": flat_inputs, "_outputs": flat_outputs})
        graph = attributes["_graph"] = Graph(flat_inputs, flat_outputs)
        attributes.update({"_operations": graph.operations, "_nodes": graph.nodes, "_functional": None})
        if trainable is not None:
            self.trainable = trainable
        tracker = tracker_of(self)
        for layer in graph.operations:
            if isinstance(layer, LayerInstance):
                tracker.track(layer)
        attributes["built"] = True
        attributes["_build_shapes_dict"] = {"input_shape": None}
        attributes["_convert_input_args"] = False
        attributes["_allow_non_tensor_positional_args"] = True
        attributes["output_names"] = [tensor.history[0].name for tensor in flat_outputs]
        attributes["_input_spec"] = _specifications(attributes["_inputs_struct"], flat_inputs)

    def _lock_state(self) -> None:
        pass

    def add_loss(self, loss: Any) -> None:
        raise Refusal("NotImplementedError", "")

    def get_config(self) -> Any:
        return configured(self) if is_graph_like(self.py_class) else Layer.get_config(self)

    @property
    def layers(self) -> list[Any]:
        return [layer for layer in self.__dict__["_operations"] if isinstance(layer, LayerInstance)]

    @property
    def operations(self) -> list[Any]:
        return list(self.__dict__["_operations"])

    @property
    def inputs(self) -> Any:
        return self.__dict__["_inputs"]

    @property
    def outputs(self) -> Any:
        return self.__dict__["_outputs"]

    @property
    def input(self) -> Any:
        return self.__dict__["_inputs_struct"]

    @property
    def output(self) -> Any:
        return self.__dict__["_outputs_struct"]

    @property
    def input_names(self) -> Any:
        return [tensor.name for tensor in self.__dict__["_inputs"]]

    @property
    def input_shape(self) -> Any:
        shapes = [outward(tensor.shape) for tensor in self.__dict__["_inputs"]]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        shapes = [outward(tensor.shape) for tensor in self.__dict__["_outputs"]]
        return shapes[0] if len(shapes) == 1 else shapes

    def build(self, input_shape: Any = None) -> None:
        self.__dict__["built"] = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any) -> Any:
        if "_unknown" in self.__dict__:
            return self.__dict__["_unknown"]
        flat = _standardized(self, inputs, kwargs.get("checked", True))
        if mask is not None:
            for tensor, one in zip(flat, flatten(mask), strict=False):
                if one is not None and isinstance(tensor, KerasTensor):
                    tensor.mask = one
        outputs = _run(self, flat, lambda operation, args, named: _call(operation, args, named, training))
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs

    def compute_output_spec(self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any) -> Any:
        if "_unknown" in self.__dict__:
            return self.__dict__["_unknown"]
        attributes = self.__dict__
        flat = flatten(inputs)
        if len(flat) == len(attributes["_inputs"]) and all(
            tuple(mine.shape) == tuple(theirs.shape)
            for mine, theirs in zip(flat, attributes["_inputs"], strict=False)
            if isinstance(mine, KerasTensor)
        ):
            return map_leaves(lambda leaf: KerasTensor(leaf.shape, leaf.dtype, None, True), attributes["_outputs_struct"])
        check_inputs(self, inputs)
        return _run(self, _standardized(self, inputs), _specify)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shapes = (
            [input_shape] if is_shape(input_shape) else list(input_shape.values()) if isinstance(input_shape, dict) else list(input_shape)
        )
        flat = [KerasTensor(inward(shape), ref.dtype, None, True) for shape, ref in zip(shapes, self.__dict__["_inputs"], strict=False)]
        found = _run(self, flat, _specify)
        return map_leaves(lambda leaf: outward(leaf.shape), found)


def _same(leaf: Any) -> Any:
    return leaf


def _is_input_tensor(tensor: Any) -> bool:
    if tensor.history is None or tensor.history[0] is None:
        return True
    return tensor.history[0]._inbound_nodes[tensor.history[1]].is_input


def _specifications(structure: Any, inputs: list[Any]) -> Any:
    def specification(tensor: Any, name: Any = None) -> InputSpec:
        operation = tensor.history[0] if tensor.history else None
        optional = bool(operation.__dict__.get("optional")) if operation is not None else False
        name = name or (operation.name if operation is not None else None)
        made = InputSpec(shape=(None, *outward(tensor.shape)[1:]), allow_last_axis_squeeze=True, name=name, optional=optional)
        made.layer = operation
        return made

    if isinstance(structure, dict):
        if all(isinstance(tensor, KerasTensor) for tensor in structure.values()):
            return [specification(structure[name], name) for name in sorted(structure)]
        return None
    return [specification(tensor) for tensor in inputs]


def _standardized(self: Any, inputs: Any, checked: bool = True) -> list[Any]:
    """The inputs as a flat list in the order of the model's; whether they fit may have been said before."""
    structure, tensors = self.__dict__["_inputs_struct"], self.__dict__["_inputs"]
    if isinstance(inputs, dict) and not isinstance(structure, dict):
        names = [tensor.name for tensor in tensors]
        if all(name in inputs for name in names):
            inputs = [inputs[name] for name in names]
    elif isinstance(inputs, dict):
        inputs = {name: inputs[name] for name in structure if name in inputs}
    flat = flatten(inputs)
    if len(flat) != len(tensors):
        refuse("ValueError", f"Function was called with an invalid input structure: {len(flat)} inputs, expected {len(tensors)}")
    return [_adjusted(tensor, wanted, checked) for tensor, wanted in zip(flat, tensors, strict=False)]


def _adjusted(tensor: Any, wanted: Any, checked: bool) -> Any:
    if not isinstance(tensor, KerasTensor):
        return tensor
    rank, expected = len(tensor.shape), len(wanted.shape)
    made = tensor
    if tensor.dtype != wanted.dtype and not tensor.symbolic:
        made = KerasTensor(tensor.shape, wanted.dtype)
        made.mask, made.node = tensor.mask, tensor.node
    if rank == expected:
        differing = [same(size, other) is False for size, other in zip(tensor.shape, wanted.shape, strict=True)]
        if differing and 1 in (tensor.shape[-1], wanted.shape[-1]):
            differing[-1] = False  # a last axis of one is not compared: the first layer says whether it fits
        if checked and any(differing):
            # that was said when the inputs were checked; all that follows from it is not worth saying
            sizes = [other if no else size for size, other, no in zip(tensor.shape, wanted.shape, differing, strict=True)]
            return made.like(sizes)
        return made
    if rank == expected + 1 and tensor.shape[-1] == 1:
        return made.like(made.shape[:-1])
    if rank == expected - 1 and wanted.shape[-1] == 1:
        return made.like((*made.shape, 1))
    return refuse("ValueError", f"Invalid input shape for input {tensor!r} with name '{wanted.name}'. Expected shape "
                  f"{outward(wanted.shape)}, but input "
                  f"has incompatible shape {outward(tensor.shape)}")  # fmt: skip


def _run(self: Any, flat: list[Any], apply: Any) -> Any:
    attributes = self.__dict__
    outputs = attributes["_graph"].run(flat, attributes["_inputs"], attributes["_outputs"], apply)
    return pack(attributes["_outputs_struct"], outputs)


def _call(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], training: Any) -> Any:
    if isinstance(operation, LayerInstance):
        if training is not None and "training" in call_signature(operation).parameters and "training" not in kwargs:
            kwargs = {**kwargs, "training": training}
        return CURRENT.get().call(operation, args, kwargs)
    return operation(*args, **kwargs)


def _specify(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if isinstance(operation, LayerInstance):
        return CURRENT.get().call(method(operation, "compute_output_spec"), args, kwargs)
    return operation.rule.specified(args, kwargs)


def clone_graph(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Copies of the nodes between tensors that are no inputs and outputs: a model of a part of another."""
    flat_inputs, flat_outputs = flatten(inputs), flatten(outputs)
    ordered, _ = build_map(flat_inputs, flat_outputs)
    tensors: dict[int, Any] = {}
    operations: dict[int, Any] = {}
    new_inputs = []
    for tensor in flat_inputs:
        if _is_input_tensor(tensor):
            new = tensor
        else:
            library = RUN.get().state["keras library"]
            new = library.make(
                "keras.layers.Input", batch_shape=outward(tensor.shape), dtype=tensor.dtype, name=f"{tensor.name or 'keras_tensor'}CLONE"
            )
            new.shape = tensor.shape
            operations[id(tensor.history[0])] = new.history[0]
        tensors[id(tensor)] = new
        new_inputs.append(new)
    new_outputs = []
    for tensor in flat_outputs:
        copy = _copied(tensor)
        copy.history = tensor.history
        tensors[id(tensor)] = copy
        new_outputs.append(copy)

    def swap(leaf: Any) -> Any:
        if not is_symbolic(leaf):
            return leaf
        if id(leaf) not in tensors:
            tensors[id(leaf)] = _copied(leaf)
        return tensors[id(leaf)]

    for node in ordered:
        operation = operations.get(id(node.operation), node.operation)
        copies = [swap(tensor) for tensor in node.outputs]
        plain = isinstance(operation, LayerInstance) and operation.py_class.find("is_input_layer") is True
        Node(operation, () if plain else map_leaves(swap, node.args), {} if plain else map_leaves(swap, node.kwargs), copies)
    return pack(inputs, new_inputs), pack(outputs, new_outputs)


def _copied(tensor: Any) -> KerasTensor:
    return KerasTensor(tensor.shape, tensor.dtype, None, True, f"{tensor.name}_clone")


__all__ = ["Functional", "Operation", "Reason", "clone_graph", "defined", "state"]
