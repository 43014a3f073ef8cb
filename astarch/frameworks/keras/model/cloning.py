"""`keras.models.clone_model`: new layers from the configurations of the old ones, called as those were."""

from __future__ import annotations

from typing import Any

from ....interpreter.values import CURRENT, Class, Function
from ....ir.unknown import Reason, Unknown
from ...describe import RUN, op, refuse
from ..nested import flatten, map_leaves, pack
from ..tensor import KerasTensor, outward
from .functional import Functional
from .graph import Node, Operation
from .instances import LayerInstance, method
from .model import Sequential
from .reviving import build_again


@op("keras.models.clone_model", lenient=True)
def clone_model(model: Any, input_tensors: Any = None, clone_function: Any = None, call_function: Any = None,
                recursive: Any = False) -> Any:  # fmt: skip
    """A model of the same kind with layers and weights of its own."""
    if isinstance(model, Unknown):
        return model
    return _clone(model, input_tensors, _Cloning(clone_function, call_function, bool(CURRENT.get().truth(recursive)), {}))


class _Cloning:
    """One cloning: layers that stand in several places are cloned once; those of a model written down whole are built at once."""

    def __init__(self, function: Any, call_function: Any, recursive: bool, done: dict[int, Any], built: bool = False) -> None:
        self.function, self.call_function, self.recursive, self.done, self.built = function, call_function, recursive, done, built

    def __call__(self, layer: Any) -> Any:
        if id(layer) not in self.done:
            made = self.done[id(layer)] = self._made(layer)
            if self.built and isinstance(layer, LayerInstance) and _kind(layer) is None:
                build_again(made, CURRENT.get().call(method(layer, "get_build_config"), (), {}))
        return self.done[id(layer)]

    def _made(self, layer: Any) -> Any:
        machine = CURRENT.get()
        if isinstance(layer, Operation):
            return _again(layer) if self.function is None else machine.call(self.function, (layer,), {})
        if self.recursive and _kind(layer) is not None:
            below = _Cloning(self.function, None if _kind(layer) is Sequential else self.call_function, True, self.done)
            return _clone(layer, None, below)
        if self.function is not None:
            return machine.call(self.function, (layer,), {})
        if _kind(layer) is not None and not _has_config(layer):
            return _clone(layer, None, _Cloning(None, None, True, {}, built=True))
        return machine.call(machine.get(layer.py_class, "from_config"), (machine.call(method(layer, "get_config"), (), {}),), {})

    def call(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.call_function is not None:
            return CURRENT.get().call(self.call_function, (layer, *args), kwargs)
        if isinstance(layer, LayerInstance):
            return CURRENT.get().call(layer, args, kwargs)
        made = layer.rule.specified(args, kwargs)
        if not isinstance(made, Unknown):
            Node(layer, args, kwargs, made)
        return made


def _again(operation: Operation) -> Operation:
    made = Operation(operation.rule, operation.class_name, operation.module, operation.name)
    made.span = RUN.get().where()
    return made


def _kind(layer: Any) -> Any:
    """`Sequential` or `Functional`, or None for what is neither."""
    if not isinstance(layer, LayerInstance):
        return None
    names = {cls.namespace.get("described_as") for cls in layer.py_class.mro}
    return next((kind for kind in (Sequential, Functional) if kind.described_as in names), None)


def _has_config(layer: Any) -> bool:
    """Whether the program's own class says what it is made of."""
    return isinstance(layer.py_class.find("get_config"), Function)


def _clone(model: Any, inputs: Any, clone: _Cloning) -> Any:
    kind = _kind(model)
    if kind is Sequential:
        if clone.call_function is not None:
            refuse("ValueError", "`call_function` argument is not supported with Sequential models.")
        return _sequential(model, inputs, clone)
    if kind is Functional:
        return _functional(model, inputs, clone)
    if clone.function is not None or inputs is not None or clone.call_function is not None:
        refuse("ValueError", "Arguments `clone_function` and `input_tensors` are only supported for Sequential models or Functional models. "
               f"Received model of type '{getattr(model, 'py_class', type(model)).__name__}'")  # fmt: skip
    if not isinstance(model, LayerInstance) or not _has_config(model):
        return RUN.get().unknown(Reason.UNSUPPORTED, "a clone of a model that says nothing of its configuration")
    machine = CURRENT.get()
    return machine.call(machine.get(model.py_class, "from_config"), (machine.call(method(model, "get_config"), (), {}),), {})


def _library() -> Any:
    return RUN.get().state["keras library"]


def _sequential(model: Any, inputs: Any, clone: _Cloning) -> Any:
    held = model.__dict__["_layers"]
    starts = bool(held) and held[0].py_class.find("is_input_layer") is True
    layers = [clone(layer) for layer in (held[1:] if starts else held)]
    lost = next((layer for layer in layers if isinstance(layer, Unknown)), None)
    if lost is not None:
        return lost
    first = held[0].__dict__ if starts else {}
    if inputs is not None:
        tensor = inputs[0] if isinstance(inputs, (list, tuple)) else inputs
        layers.insert(0, _library().make("keras.layers.Input", tensor=tensor, name=first.get("name")))
    elif starts:
        given = {"batch_shape": first["_batch_shape"], "dtype": first["_dtype"], "name": first["name"], "optional": first["optional"]}
        layers.insert(0, _library().make("keras.layers.Input", **given))
    return _library().make("keras.Sequential", layers, name=model.__dict__["name"], trainable=model.__dict__["_trainable"])


def _functional(model: Any, inputs: Any, clone: _Cloning) -> Any:
    attributes = model.__dict__
    if "_unknown" in attributes:
        return attributes["_unknown"]
    if inputs is None:
        inputs = map_leaves(_input_like, attributes["_inputs_struct"])
    outputs = attributes["_graph"].run(
        flatten(inputs), attributes["_inputs"], attributes["_outputs"], lambda layer, args, kwargs: clone.call(clone(layer), args, kwargs)
    )
    found = pack(attributes["_outputs_struct"], outputs)
    own = model.py_class
    made = own if _takes_graph(own) else _library().described(Functional)
    return CURRENT.get().call(made, (inputs, found), {"name": attributes["name"]})


def _takes_graph(cls: Class) -> bool:
    """Whether a class is constructed with inputs and outputs, as `Functional` is."""
    start = cls.find("__init__")
    return getattr(getattr(start, "function", None), "__qualname__", "").startswith(("Functional.", "Model."))


def _input_like(tensor: Any) -> Any:
    if not isinstance(tensor, KerasTensor):
        return tensor
    return _library().make("keras.layers.Input", batch_shape=outward(tensor.shape), dtype=tensor.dtype, name=tensor.name)
