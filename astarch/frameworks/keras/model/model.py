"""`keras.Model` and `keras.Sequential`: layers that hold a whole network."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from ....interpreter.machine import Frame, Machine
from ....interpreter.values import CURRENT, Class, PyModule, Raised, linearise
from ....ir.refusal import Refusal
from ....ir.span import NOWHERE
from ....ir.unknown import Reason, Unknown
from ...describe import RUN, refuse
from ..nested import flatten, is_shape, map_leaves
from ..state import state
from ..tensor import KerasTensor, inward, outward
from .calling import specify
from .configuring import is_graph_config, is_graph_like, wired
from .functional import Functional
from .instances import LayerInstance, method
from .layer import Layer, flatten_layers, tracker_of
from .questions import call_signature, is_default
from .reviving import revived, serialized
from .tracking import TrackedList
from .training import Trainer


def is_functional_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a model is constructed from inputs and outputs."""
    return len(args) == 2 or (len(args) == 1 and "outputs" in kwargs) or ("inputs" in kwargs and "outputs" in kwargs)


class Model(Layer):
    """A layer with ``layers``, and the training methods, which are not run."""

    described_as = "keras.Model"
    described_in = "keras.src.models.model"

    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if is_functional_call(args, kwargs) and cls.namespace.get("described_as") == "keras.Model":
            return Layer.__new__(functional_class())
        return Layer.__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if is_functional_call(args, kwargs):
            become_functional(self.py_class)
            Functional.__init__(self, *args, **kwargs)  # pyright: ignore[reportArgumentType] - its class has just become one
        else:
            if args:
                refuse("TypeError", "Layer.__init__() takes 1 positional argument")
            Layer.__init__(self, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        refuse("NotImplementedError", f"Model {self.py_class.name} does not have a `call()` method implemented.")

    @property
    def layers(self) -> list[Any]:
        return flatten_layers(self, False, False)

    def get_layer(self, name: Any = None, index: Any = None) -> Any:
        layers = CURRENT.get().get(self, "layers")
        if index is not None and name is not None:
            refuse("ValueError", "Provide only a layer name or a layer index.")
        if index is not None:
            if len(layers) <= index:
                refuse("ValueError", f"Was asked to retrieve layer at index {index} but model only has {len(layers)} layers.")
            return layers[index]
        if name is None:
            refuse("ValueError", "Provide either a layer name or layer index at `get_layer`.")
        for layer in layers:
            if layer.__dict__["name"] == name:
                return layer
        return refuse("ValueError", f"No such layer: {name}. Existing layers are: {[layer.__dict__['name'] for layer in layers]}.")

    def summary(self, *args: Any, **kwargs: Any) -> None:
        pass

    compile, fit, evaluate, predict = Trainer.compile, Trainer.fit, Trainer.evaluate, Trainer.predict
    train_on_batch, test_on_batch, predict_on_batch = Trainer.train_on_batch, Trainer.test_on_batch, Trainer.predict_on_batch

    def _outside(self, *args: Any, **kwargs: Any) -> Any:
        return RUN.get().unknown(Reason.OUTSIDE, "what the running model gives")

    train_step = test_step = predict_step = _outside

    def save(self, *args: Any, **kwargs: Any) -> None:
        pass

    save_weights = load_weights = export = summary

    def quantize(  # pyright: ignore[reportIncompatibleMethodOverride] - Keras' own
        self, mode: Any = None, config: Any = None, filters: Any = None, type_check: Any = True
    ) -> Any:
        if config is not None or filters is not None:
            self.__dict__["_unknown"] = RUN.get().unknown(Reason.NOT_DESCRIBED, "quantize with a config or filters")
            return
        if mode not in ("int8", "float8", "int4"):
            refuse("ValueError", f"Invalid quantization mode, or one that needs a `config`. Received: mode={mode}")
        for layer in flatten_layers(self):
            if len(flatten_layers(layer)) == 1 and (type_check is False or "described_as" in layer.py_class.namespace):
                if not layer.built:
                    refuse("ValueError", f"Cannot quantize a layer that isn't yet built. Layer '{layer.name}' is not built yet.")
                try:
                    layer.quantize(mode)
                except Raised as raised:
                    if raised.value.py_class.name not in ("NotImplementedError", "AttributeError"):  # of which Keras only warns
                        raise

    def to_json(self, **kwargs: Any) -> Any:
        config = serialized(self)
        lost = next((leaf for leaf in flatten(config) if isinstance(leaf, Unknown)), None)
        try:
            return lost or json.dumps(config)
        except TypeError:
            return RUN.get().unknown(Reason.UNSUPPORTED, "a function of the program as text")

    def build(self, input_shape: Any = None) -> None:
        """Build by running ``call`` on placeholders of these shapes."""
        if self.__dict__["built"] or input_shape is None:
            self.__dict__["built"] = True
            return
        machine = CURRENT.get()
        tensors = _placeholders(input_shape)
        state().tracing += 1
        RUN.get().nested += 1
        try:
            if isinstance(tensors, dict) and "inputs" not in _call_names(self):
                machine.call(method(self, "call"), (), tensors)
            else:
                machine.call(method(self, "call"), (tensors,), {})
        except (Raised, Refusal):
            pass  # Keras warns, and takes the model as built
        finally:
            state().tracing -= 1
            RUN.get().nested -= 1
        self.__dict__["built"] = True

    build.is_default = True  # type: ignore[attr-defined]

    def build_from_config(self, config: Any) -> None:
        """Built as far as it goes: what fails is warned of, and left to the first call."""
        with suppress(Raised, Refusal):
            if config and "input_shape" in config and is_default(self, "build"):
                Model.build(self, config["input_shape"])  # not in its name scope: its call is run and no more
            else:
                Layer.build_from_config(self, config)

    def from_config(cls: Any, config: Any, custom_objects: Any = None) -> Any:  # noqa: N805 # pyright: ignore[reportSelfClsParameterName]
        if is_graph_config(config) and is_graph_like(cls):
            return wired(cls, config, custom_objects)
        return config if isinstance(config, Unknown) else CURRENT.get().call(cls, (), dict(config))

    from_config.is_class_method = True  # type: ignore[attr-defined]


def _call_names(self: Any) -> Any:
    return call_signature(self).parameters


def _placeholders(shapes: Any) -> Any:
    if isinstance(shapes, dict):
        return {name.removesuffix("_shape"): _placeholders(shape) for name, shape in shapes.items()}
    if is_shape(shapes):
        return KerasTensor(inward(shapes))
    return type(shapes)(_placeholders(shape) for shape in shapes)


def functional_class() -> Class:
    """The class `keras.src.models.functional.Functional`."""
    return RUN.get().state["keras library"].described(Functional)


def become_functional(cls: Class) -> None:
    """A class derived from `Model` that is constructed with inputs and outputs derives from `Functional` from then on."""
    functional = functional_class()
    if functional in cls.mro or cls.namespace.get("described_as") == "keras.Model":
        return
    cls.bases = tuple(functional if base.namespace.get("described_as") == "keras.Model" else base for base in cls.bases)
    for base in cls.bases:
        if (
            base is not functional
            and any(c.namespace.get("described_as") == "keras.Model" for c in base.mro)
            and functional not in base.mro
        ):
            become_functional(base)
    _relinearise(cls)


def _relinearise(cls: Class) -> None:
    cls.mro = (cls, *linearise([list(base.mro) for base in cls.bases] + [list(cls.bases)], cls.name))
    cls.forget()
    state().__dict__.pop("signatures", None)
    for below in cls.subclasses:
        _relinearise(below)


def _called_where_made(layer: Any, value: Any) -> Any:
    """What a layer of a list gives: what is wrong with that is said where the layer was made, for nobody wrote the call."""
    machine = CURRENT.get()
    place, before = getattr(layer, "span", NOWHERE), machine.frame
    here = before is not None and before.module.file is not None and before.module.file.path == place.file
    module = before.module if before is not None and here else _module_of(machine, place.file)
    if place.line and module is not None:
        frame = machine.frame = Frame(machine, module, module.namespace)
        frame.at = (place.line, place.column, place.end_line, place.end_column)
        frame.caller = before.caller if before is not None and here else before
    try:
        if _is_input(layer):
            message = "Layers added to a Sequential model should have a single positional argument, the input tensor. InputLayer has none."
            raise machine.error("ValueError", message)
        return machine.call(layer, (value,), {})
    finally:
        machine.frame = before


def _module_of(machine: Machine, path: str) -> PyModule | None:
    return next((module for module in machine.modules.values() if module.file is not None and module.file.path == path), None)


class Sequential(Model):
    """Layers one after another."""

    described_as = "keras.Sequential"
    described_in = "keras.src.models.sequential"

    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return Layer.__new__(cls)

    def __init__(self, layers: Any = None, trainable: Any = True, name: Any = None) -> None:
        Layer.__init__(self, trainable=trainable, name=name)
        self.__dict__["_functional"] = None
        self.__dict__["_layers"] = TrackedList([], tracker_of(self))
        machine = CURRENT.get()
        if layers is not None and machine.truth(layers):
            for layer in machine.iterate(layers):
                self.add(layer, rebuild=False)
            _rebuild(self)

    def add(self, layer: Any, rebuild: Any = True) -> None:
        if isinstance(layer, Unknown):
            self.__dict__["_layers"].append(layer)
            return
        held = self.__dict__["_layers"]
        if not held and isinstance(layer, LayerInstance) and layer.__dict__.get("_input_shape_arg") is not None:
            self.add(_make("keras.layers.InputLayer", shape=layer.__dict__["_input_shape_arg"]))
        if isinstance(layer, KerasTensor) and layer.history is not None and _is_input(layer.history[0]):
            layer = layer.history[0]
        if not isinstance(layer, LayerInstance):
            refuse("ValueError", f"Only instances of `keras.Layer` can be added to a Sequential model. Received: {layer!r}")
        name = layer.__dict__["name"]
        if any(other.__dict__["name"] == name and other is not layer for other in held if isinstance(other, LayerInstance)):
            refuse("ValueError", f"All layers added to a Sequential model should have unique names. Name '{name}' is already the name of "
                   f"a layer in "
                   "this model. Update the `name` argument to pass a unique name.")  # fmt: skip
        if _is_input(layer) and held and _is_input(held[0]):
            refuse("ValueError", f"Sequential model '{self.__dict__['name']}' has already been configured to use an input. You cannot add "
                   f"a different "
                   "Input layer to it.")  # fmt: skip
        held.append(layer)
        if rebuild:
            _rebuild(self)
        else:
            self.__dict__["built"] = False
            self.__dict__["_functional"] = None

    def pop(self, rebuild: Any = True) -> Any:
        layer = self.__dict__["_layers"].pop()
        self.__dict__["built"] = False
        self.__dict__["_functional"] = None
        if rebuild and self.__dict__["_layers"]:
            _rebuild(self)
        return layer

    def _lock_state(self) -> None:
        pass

    def get_config(self) -> dict[str, Any]:
        held = self.__dict__["_layers"]
        config = {**Layer.get_config(self), "layers": [serialized(layer) for layer in held]}
        return {**config, "build_input_shape": held[0].__dict__["_batch_shape"]} if self.__dict__["_functional"] is not None else config

    def from_config(cls: Any, config: Any, custom_objects: Any = None) -> Any:  # noqa: N805 # pyright: ignore[reportSelfClsParameterName]
        if isinstance(config, Unknown):
            return config
        if "name" not in config or "layers" not in config:
            refuse("ValueError", "A Sequential model configuration must be a dictionary containing the 'name' and 'layers' keys.")
        made = CURRENT.get().call(cls, (), {"name": config["name"]})
        for one in config["layers"]:
            CURRENT.get().call(method(made, "add"), (revived(one, custom_objects),), {})
        if made.__dict__["_functional"] is None and config.get("build_input_shape"):
            made.build(config["build_input_shape"])
        return made

    from_config.is_class_method = True  # type: ignore[attr-defined]

    def build(self, input_shape: Any = None) -> None:
        held = self.__dict__["_layers"]
        if not is_shape(input_shape):
            return
        if not held:
            refuse(
                "ValueError", f"Sequential model {self.__dict__['name']} cannot be built because it has no layers. Call `model.add(layer)`."
            )
        shape = inward(input_shape)
        if not _is_input(held[0]):
            dtype = held[0].compute_dtype if isinstance(held[0], LayerInstance) else None
            first = _make("keras.layers.InputLayer", batch_shape=outward(shape), dtype=dtype)
            held = self.__dict__["_layers"] = TrackedList([first, *held], tracker_of(self))
        inputs = value = held[0]._inbound_nodes[0].outputs[0]
        for layer in held[1:]:
            try:
                value = _called_where_made(layer, value)
            except Raised as raised:
                if raised.value.py_class.name == "NotImplementedError":
                    return
                raise
            if isinstance(value, Unknown):
                return
        made = CURRENT.get().call(functional_class(), (), {"inputs": inputs, "outputs": value})
        self.__dict__["_functional"] = tracker_of(self).track(made)

    def call(self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any) -> Any:
        functional = self.__dict__["_functional"]
        machine = CURRENT.get()
        if functional is not None:
            return functional.call(inputs, training=training, mask=mask, checked=False, **kwargs)
        outputs = inputs
        for layer in _own_layers(self):
            names = call_signature(layer).parameters if isinstance(layer, LayerInstance) else ()
            given = {
                name: value
                for name, value in (("mask", mask), ("training", training))
                if name in names and (value is not None or name == "mask")
            }
            outputs = machine.call(layer, (outputs,), given)
            mask = map_leaves(lambda leaf: leaf.mask if isinstance(leaf, KerasTensor) else None, outputs)
        return outputs

    @property
    def layers(self) -> list[Any]:
        return _own_layers(self)

    def compute_output_spec(self, inputs: Any, training: Any = None, mask: Any = None, **kwargs: Any) -> Any:
        functional = self.__dict__["_functional"]
        if functional is not None:
            return functional.compute_output_spec(inputs, training=training, mask=mask)
        for layer in _own_layers(self):
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        functional = self.__dict__["_functional"]
        if functional is not None:
            return functional.compute_output_shape(input_shape)
        for layer in _own_layers(self):
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def _of_functional(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def read(self: Any) -> Any:
            functional = self.__dict__["_functional"]
            if functional is None:
                refuse("AttributeError", f"Sequential model '{self.__dict__['name']}' has no defined {name} yet.")
            return getattr(functional, name)

        return property(read)

    input_shape = _of_functional("input_shape")
    output_shape = _of_functional("output_shape")
    inputs = _of_functional("inputs")
    outputs = _of_functional("outputs")

    @property
    def input_dtype(self) -> Any:
        held = self.__dict__["_layers"]
        return held[0].dtype if held and _is_input(held[0]) else self.__dict__["_dtype_policy"].compute_dtype


def _own_layers(self: Any) -> list[Any]:
    """The layers of a sequential model without the input."""
    held = self.__dict__["_layers"]
    return list(held[1:]) if held and _is_input(held[0]) else list(held)


def _make(name: str, /, *args: Any, **kwargs: Any) -> Any:
    return RUN.get().state["keras library"].make(name, *args, **kwargs)


def _is_input(layer: Any) -> bool:
    return isinstance(layer, LayerInstance) and layer.py_class.find("is_input_layer") is True


def _rebuild(self: Any) -> None:
    attributes = self.__dict__
    attributes["built"] = False
    attributes["_functional"] = None
    held = attributes["_layers"]
    if len(held) > 1 and not any(isinstance(layer, Unknown) for layer in held):
        if _is_input(held[0]):
            self.build(held[0].__dict__["_batch_shape"])
        elif isinstance(held[0], LayerInstance) and held[0].py_class.find("input_shape"):
            try:
                shape = CURRENT.get().get(held[0], "input_shape", None)
            except (Raised, Refusal):
                shape = None
            if shape is not None:
                self.build(shape)


__all__ = ["Functional", "Model", "Sequential", "specify"]
