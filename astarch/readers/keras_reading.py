"""Keras as the reader of Python source uses it: its library when a program first asks for it, its models, its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..inputs import InputSpec
from ..interpreter.machine import Machine
from ..interpreter.values import MISSING, Class, Instance, PyModule
from ..ir.architecture import Architecture
from ..ir.dim import Dim

#: The environment variable in which a program names Keras' backend.
_BACKEND = "KERAS_BACKEND"
#: What Keras is usually called, and the calls at the top of a file that change all layers made after them.
_NAMES = frozenset({"os", "keras", "tf", "tensorflow", "mixed_precision", "backend", "K", "config", "set_global_policy"})
_SETTINGS = (_BACKEND, "set_global_policy", "set_dtype_policy", "set_floatx", "set_image_data_format", "set_policy")
_ROOTS = frozenset({"keras", "tensorflow", "tf_keras", "namex"})


class LazyKeras:
    """Stands for the library of Keras until a program names it: programs of torch pay nothing for it."""

    def __init__(self, machine: Machine, run: Callable[[], Any]) -> None:
        self.machine, self.run = machine, run
        self.library: Any = None
        self.guess: Any = None  # what an unbuilt model is called on when nobody says

    def module(self, name: str) -> PyModule | None:
        """The described module of that dotted name; the first one asked for brings the library."""
        if name.partition(".")[0] not in _ROOTS:
            return None
        if self.library is None:
            from ..frameworks.keras.library import KerasLibrary

            self.library = KerasLibrary(self.machine)
            self.run().state["keras library"] = self.library
            self.machine.libraries.insert(0, self.library)  # its tensors are asked of it first
        return self.library.module(name)

    def names(self, module: str) -> list[str]:
        """The names of a described module."""
        return [] if self.library is None else self.library.names(module)

    def stand_in(self, name: str) -> Any:
        """Nothing."""
        return MISSING

    def overrides(self, module: str) -> dict[str, Any]:
        """The names of a module of the program that are described all the same."""
        return {}

    def attribute(self, value: Any, name: str) -> Any:
        """Nothing: the library itself stands before."""
        return MISSING

    def class_of(self, value: Any) -> Class | None:
        """Nothing: the library itself stands before."""
        return None

    def settle(self, module: PyModule) -> None:
        """Run the settings of a program: nothing asks for a value of theirs, so that nothing else would."""
        state = module.state
        if state is None or _NAMES.isdisjoint(state.binders):
            return
        for index, entry in enumerate(state.entries):
            if entry.kind in ("other", "assign"):
                text = "\n".join(state.file.lines[entry.first - 1 : entry.last])
                if any(setting in text for setting in _SETTINGS):
                    state.run(index)
                    if _BACKEND in text:
                        self._name_backend(module)

    def _name_backend(self, module: PyModule) -> None:
        environment = getattr(module.namespace.get("os"), "namespace", {}).get("environ")
        named = environment.get(_BACKEND) if isinstance(environment, dict) else None
        if isinstance(named, str):
            self.run().state["keras backend"] = named

    def is_model(self, value: Any) -> bool:
        """Whether a value is a layer, a model or a `tf.Module`."""
        if self.library is None or not isinstance(value, Instance):
            return False
        from ..frameworks.keras.model.instances import LayerInstance, ModuleInstance

        return isinstance(value, (LayerInstance, ModuleInstance))

    def is_model_class(self, value: Any) -> bool:
        """Whether a class derives from `keras.layers.Layer` or `tf.Module`."""
        if self.library is None or not isinstance(value, Class):
            return False
        from ..frameworks.keras.model.instances import LayerInstance, ModuleInstance

        return issubclass(value.layout, (LayerInstance, ModuleInstance))

    # --- running --------------------------------------------------------------------------------------------------

    def call(self, root: Any, inputs: list[InputSpec], given: dict[str, Any]) -> Any:
        """Call a model with the inputs; without any, a model that is not built is called with symbols."""
        from ..frameworks.keras.model.instances import LayerInstance

        if not isinstance(root, LayerInstance):
            return self._call_plainly(root, inputs, given)
        functional = root.__dict__.get("_graph") is not None or root.__dict__.get("_functional") is not None
        if not inputs:
            if functional:
                from .keras_wired import send_through

                send_through(self.machine, self.run(), root)
            if functional or root.__dict__.get("built") or "_unknown" in root.__dict__:
                return MISSING
            found = self.guess.call(self.machine, root, self.run().state, given)
            return MISSING if found is None else found
        args, kwargs = self._arguments(root, inputs, given, functional)
        self.run().calls.clear()
        self.run().nodes.clear()
        return self.machine.call(root, args, kwargs)

    def _arguments(
        self, root: Any, inputs: list[InputSpec], given: dict[str, Any], functional: bool
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        from ..frameworks.keras.model.layer import call_signature

        values = [_tensor(spec) for spec in inputs]
        names = list(call_signature(root).parameters)
        if functional:
            held = root.__dict__.get("_functional")
            structure = (held or root).__dict__["_inputs_struct"]
            known = [tensor.name for tensor in (held or root).__dict__["_inputs"]]
            for place, (spec, value) in enumerate(zip(inputs, values, strict=False)):
                given[spec.name or (known[place] if place < len(known) else f"input{place}")] = value
            if isinstance(structure, dict):
                keys = list(structure)
                return ({spec.name or keys[place]: value for place, (spec, value) in enumerate(zip(inputs, values, strict=False))},), {}
            if all(spec.name in known for spec in inputs if spec.name) and any(spec.name for spec in inputs):
                order = {name: place for place, name in enumerate(known)}
                values = [value for _, value in sorted(zip(inputs, values, strict=False), key=lambda pair: order.get(pair[0].name, 0))]
            return (values[0] if len(values) == 1 else values,), {}
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        loose: dict[str, Any] = {}
        for place, (spec, value) in enumerate(zip(inputs, values, strict=False)):
            given[spec.name or (names[place] if place < len(names) else f"input{place}")] = value
            if spec.name is None:
                args.append(value)
            elif spec.name in names or not names:
                kwargs[spec.name] = value
            else:
                loose[spec.name] = value
        if loose and not args:
            return (loose,), kwargs  # a model that takes one dict of inputs
        return tuple(args), kwargs

    def _call_plainly(self, root: Any, inputs: list[InputSpec], given: dict[str, Any]) -> Any:
        if not inputs:
            return MISSING
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for place, spec in enumerate(inputs):
            value = given[spec.name or f"input{place}"] = _tensor(spec)
            if spec.name is None:
                args.append(value)
            else:
                kwargs[spec.name] = value
        return self.machine.call(root, tuple(args), kwargs)

    def architecture(self, run: Any, root: Any, target: str, inputs: dict[str, Any], outputs: Any) -> Architecture:
        """Everything known of a Keras model."""
        from .keras_recorder import KerasRecorder
        from .recorder import _argument, stated

        recorder = KerasRecorder(self.machine, run, root, stated, _argument)
        found = recorder.architecture(target, inputs, outputs)
        if found.framework != "keras":
            return found
        from .keras_flow import LayerFlow, holders

        flow = LayerFlow(recorder.names, recorder._value)
        layers = flow.of_run(run, inputs, outputs) if found.calls and inputs else flow.of_functional(root)
        held = holders(root, recorder.names, list(found.parameters))
        return replace(found, attributes={**found.attributes, "layers": layers, "holders": held})


def _tensor(spec: InputSpec) -> Any:
    from ..frameworks.keras.tensor import KerasTensor

    value = getattr(spec, "value", None)
    if value is not None:
        return value[0]
    if spec.items is not None:
        return [_tensor(item) for item in spec.items]
    return KerasTensor([Dim.symbol(size) if isinstance(size, str) else size for size in spec.shape], spec.dtype)
