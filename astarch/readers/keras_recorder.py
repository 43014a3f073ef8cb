"""From a finished run of a Keras model to an `Architecture`: layers in the order of ``model.layers``, weights by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..frameworks.describe import Run
from ..frameworks.keras.describing import config_names
from ..frameworks.keras.model.graph import Operation, node_key
from ..frameworks.keras.model.instances import LayerInstance, ModuleInstance
from ..frameworks.keras.model.layer import collect
from ..frameworks.keras.nested import flatten
from ..frameworks.keras.tensor import KerasTensor, Variable, outward
from ..interpreter.machine import Machine
from ..interpreter.values import MISSING, Builtin, Function, Lost, Raised
from ..ir.architecture import Architecture, Assumption, Call, Module, Parameter, Requirement
from ..ir.diagnostic import Diagnostic
from ..ir.dim import Dim
from ..ir.graph import Graph, Node, Record, TensorType
from ..ir.span import Span
from ..ir.unknown import Unknown
from .keras_axes import counted, names_of_open


class KerasRecorder:
    """Turns a Keras model and its run into an `Architecture`.

    Args:
        machine: The machine that ran.
        run: What the descriptions recorded.
        root: The model.
        stated: States a value of the program as data.
        argument_of: States a constructor's argument as data.
    """

    def __init__(self, machine: Machine, run: Run, root: Any, stated: Callable[[Any], Any], argument_of: Callable[[Any], Any]) -> None:
        self.machine, self.run, self.root = machine, run, root
        self.stated, self.argument_of = stated, argument_of
        self.names: dict[int, str] = {}
        self.unknown: list[Unknown] = []
        self.outputs: dict[int, Any] = {}
        self.configs: dict[str, dict[str, Any]] = {}
        self.between: dict[str, tuple[Any, ...]] = {}
        self.wired: dict[str, tuple[str, ...]] = {}
        self.opened = names_of_open([one for one in _functional(root).get("_inputs", ()) if isinstance(one, KerasTensor)])
        for call in run.calls:
            if call.outputs is not MISSING:
                self.outputs.setdefault(id(call.module), call.outputs)

    def architecture(self, target: str, inputs: dict[str, Any], outputs: Any) -> Architecture:
        """Everything known of the model."""
        framework = "keras" if isinstance(self.root, LayerInstance) else "tensorflow"
        modules = dict(self._modules()) if framework == "keras" else self._plain_modules()
        found = _given_outputs(self.root) if outputs is MISSING else outputs
        return Architecture(
            target=target,
            framework=framework,
            inputs={name: self._value(value) for name, value in inputs.items()} or _given_inputs(self.root),
            modules=modules,
            parameters=self._parameters() if framework == "keras" else self._plain_parameters(),
            calls=tuple(self._call(call) for call in self.run.calls if id(call.module) in self.names),
            graph=Graph(tuple(self._node(index, node) for index, node in enumerate(self.run.nodes))),
            outputs=None if found is MISSING else (self._value(found),),
            unknown=self._unknowns(),
            assumptions=tuple(Assumption(text, span) for text, span in {**self.machine.assumptions, **self.run.assumptions}.items()),
            requirements=tuple(Requirement(fact, span) for fact, span in self.machine.requirements.items()),
            diagnostics=tuple(dict.fromkeys(self._diagnostics())),
            attributes={
                **(self._wiring() if self.configs else {}),
                "operations": self.between,
                "wired": self.wired,
                "trainings": tuple(self.run.state.get("trainings", ())),
            },
        )

    def _diagnostics(self) -> Iterator[Diagnostic]:
        """What was found; where the model was called from outside, at the layer in which it was."""
        for finding, layer in zip(self.run.diagnostics, self.run.found_in, strict=True):
            span = finding.span if finding.span.line else getattr(layer or self.root, "span", finding.span)
            yield replace(finding, span=span)

    # --- layers ---------------------------------------------------------------------------------------------------

    def _modules(self) -> Iterator[tuple[str, Module]]:
        self.names[id(self.root)] = ""
        yield "", self._module("", self.root)
        yield from self._below(self.root, "", {})

    def _below(self, model: Any, path: str, taken: dict[str, int]) -> Iterator[tuple[str, Module]]:
        lost = model.__dict__.get("_unknown")
        if lost is not None:
            self.unknown.append(lost)
        for layer in self._layers(model):
            if not isinstance(layer, LayerInstance):
                if isinstance(layer, Unknown):
                    self.unknown.append(layer)
                continue
            own = layer.__dict__.get("name", layer.py_class.name)  # one whose constructor never came to its base has none
            name = f"{path}/{own}" if path else own
            taken[name] = taken.get(name, 0) + 1
            if taken[name] > 1:
                name = f"{name}#{taken[name]}"
            first = self.names.setdefault(id(layer), name)
            yield name, self._module(name, layer, first if first != name else None)
            if _is_model(layer) and layer is not model:
                yield from self._below(layer, name, taken)
        self._operations(model, path)

    def _operations(self, model: Any, path: str) -> None:
        """What is done between the layers of a wired model, each with the layer that stands before it."""
        found: list[tuple[str, str, str, tuple[Any, ...], tuple[str, ...], Span]] = []
        latest, held = "", _functional(model)
        for one in held.get("_operations", ()):
            if isinstance(one, Operation):
                shapes = tuple(outward(output.shape) for output in one._inbound_nodes[0].outputs)
                found.append((latest, one.name, one.class_name, shapes, tuple(_sources(one._inbound_nodes)), one.span))
            else:
                latest = self.names.get(id(one), latest)
                nodes = [node for index, node in enumerate(one._inbound_nodes) if node_key(one, index) in held["_nodes"]]
                if len(nodes) < len(one._inbound_nodes):  # it is called elsewhere too
                    self.wired[latest] = tuple(_sources(nodes))
        if found:
            self.between[path] = tuple(found)

    def _layers(self, model: Any) -> list[Any]:
        if model.py_class.find("layers") is MISSING:
            return self._tracked(model)
        try:
            return list(self.machine.iterate(self.machine.get(model, "layers")))
        except (Raised, Lost):  # a property of the program's own
            return self._tracked(model)

    def _tracked(self, model: Any) -> list[Any]:
        try:
            return [layer for layer in model.__dict__.get("_layers", ()) if layer is not model]
        except Lost as lost:  # nobody knows how many there are
            self.run.unknown(lost.unknown.reason, lost.unknown.detail)
            return []

    def _module(self, name: str, layer: Any, shared: str | None = None) -> Module:
        cls = layer.py_class
        nodes = layer.__dict__.get("_inbound_nodes", ())
        shapes = None if not name else self._shapes(layer, nodes)
        inbound = None if not name else tuple(_sources(nodes))
        if (lost := layer.__dict__.get("_unknown")) is not None:
            self.unknown.append(lost)
        if cls.module.startswith("keras.") and not _is_model(layer):
            self.configs[name] = _settings(layer)
        return Module(name, f"{cls.module}.{cls.qualname}", self._arguments(layer), layer.span, cls.span, shared, shapes, inbound,
                      bool(layer.__dict__.get("_trainable", True)))  # fmt: skip

    def _shapes(self, layer: Any, nodes: Any) -> tuple[Any, ...] | None:
        """The shapes of the outputs: of every node where they differ, of the run where there are no nodes."""
        found: list[tuple[Any, ...]] = []
        for node in nodes:
            shapes = tuple(outward(output.shape) for output in node.outputs)
            if shapes not in found:
                found.append(shapes)
        if found:
            return tuple(shape for shapes in found for shape in shapes)
        value = self.outputs.get(id(layer), MISSING)
        tensors = [] if value is MISSING else [leaf for leaf in flatten(value) if isinstance(leaf, KerasTensor)]
        return tuple(outward(tensor.shape) for tensor in tensors) if tensors else None

    def _arguments(self, layer: Any) -> dict[str, Any]:
        if layer.given is None:
            return {}
        args, kwargs = layer.given
        names = _names_of(layer.py_class.find("__init__"))
        found = {names[i] if i < len(names) else f"*{i}": self.argument_of(value) for i, value in enumerate(args)}
        return {**found, **{name: self.argument_of(value) for name, value in kwargs.items()}}

    def _wiring(self) -> dict[str, Any]:
        """What a saved model would say besides: all settings, what feeds each call of a layer, which layers give the outputs."""
        feeds = {
            self.names[id(layer)]: tuple(tuple(_given_to(node)) for node in layer.__dict__.get("_inbound_nodes", ()))
            for layer in self._layers(self.root)
            if isinstance(layer, LayerInstance) and id(layer) in self.names
        }
        given = _given_outputs(self.root)
        ends = (
            [_history(tensor).partition(":")[0] for tensor in flatten(given) if isinstance(tensor, KerasTensor)]
            if given is not MISSING
            else []
        )
        return {"configs": self.configs, "feeds": feeds, **({"ends": tuple(ends)} if ends else {})}

    # --- weights --------------------------------------------------------------------------------------------------

    def _parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        if "_unknown" in self.root.__dict__:  # a part of them, in an order of its own, would tell of another model
            return found
        counts: dict[str, int] = {}
        try:
            variables = list(collect(self.root, False))
        except Lost as lost:  # of layers nobody knows how many there are
            self.run.unknown(lost.unknown.reason, lost.unknown.detail)
            return found
        for variable in variables:
            counts[variable.path] = counts.get(variable.path, 0) + 1
            name = variable.path if counts[variable.path] == 1 else f"{variable.path}#{counts[variable.path]}"
            found[name] = Parameter(name, tuple(variable.shape), variable.dtype, bool(variable.trainable))
        return found

    def _plain_modules(self) -> dict[str, Module]:
        found: dict[str, Module] = {}
        for name, module in _walk(self.root, "", set()):
            self.names.setdefault(id(module), name)
            cls = module.py_class
            found[name] = Module(name, f"{cls.module}.{cls.qualname}", self._arguments(module), module.span, cls.span)
        return found

    def _plain_parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        seen: set[int] = set()
        for path, module in _walk(self.root, "", set()):
            if isinstance(module, LayerInstance):
                for variable in collect(module, False):
                    name = f"{path}/{variable.path}" if path else variable.path
                    found.setdefault(name, Parameter(name, tuple(variable.shape), variable.dtype, bool(variable.trainable)))
                continue
            for name, value in sorted(module.__dict__.items()):
                for place, variable in _variables(value, f"{path}/{name}" if path else name):
                    if id(variable) not in seen:
                        seen.add(id(variable))
                        found[place] = Parameter(place, tuple(variable.shape), variable.dtype, bool(variable.trainable))
        return found

    # --- the run --------------------------------------------------------------------------------------------------

    def _value(self, value: Any) -> Any:
        if isinstance(value, KerasTensor):
            return TensorType(outward(value.shape), value.dtype)
        if type(value) in (tuple, list) or (isinstance(value, (list, tuple)) and not hasattr(value, "_fields")):
            kind = list if isinstance(value, list) else tuple
            return kind(self._value(item) for item in value)
        if isinstance(value, dict):
            return {str(key): self._value(item) for key, item in value.items()}
        return self.stated(value)

    def _call(self, call: Any) -> Call:
        keywords = {
            name: self._value(value) for name, value in call.kwargs.items() if any(isinstance(leaf, KerasTensor) for leaf in flatten(value))
        }
        outputs = () if call.outputs is MISSING else (self._value(call.outputs),)
        macs: Any = sum(node.macs for node in self.run.nodes[call.nodes[0] : call.nodes[1]])
        inputs = tuple(self._value(argument) for argument in call.args)
        return Call(self.names[id(call.module)], inputs, keywords, outputs, call.span, (), counted(macs, self.opened), 0, call.depth)

    def _node(self, index: int, node: Any) -> Node:
        sources: dict[int, None] = {}
        for leaf in flatten((list(node.args), dict(node.kwargs))):
            if isinstance(leaf, KerasTensor) and leaf.node is not None and leaf.node < index:
                sources[leaf.node] = None
        module = self.names.get(id(node.module), "")
        return Node(
            index,
            "call_function",
            node.op,
            tuple(sources),
            (),
            self._value(node.result),
            module,
            node.span,
            counted(node.macs, self.opened),
        )

    def _unknowns(self) -> tuple[Unknown, ...]:
        found: dict[tuple[Any, ...], Unknown] = {}
        for unknown in (*self.unknown, *self.run.unknowns, *self.machine.unknowns):
            found.setdefault((unknown.reason, unknown.detail, unknown.span), unknown)
        return tuple(found.values())


def _settings(layer: Any) -> dict[str, Any]:
    """What a layer of Keras itself would write of itself into a saved model, as far as that is plain; defaults are in it."""
    names = {"trainable": "_trainable", **{name: name for name in config_names(layer)}}
    held = layer.__dict__
    made = [output.dtype for node in held.get("_inbound_nodes", ()) for output in node.outputs] if "batch_shape" in names else []
    policy = {"dtype": made[0] if made else getattr(held.get("_dtype_policy"), "name", MISSING)}  # that of an input is its tensor's
    cell = held.get("cell")
    below = cell.__dict__ if isinstance(cell, LayerInstance) else {}  # a recurrent layer keeps its settings there
    first = [held, {key.removeprefix("_").removeprefix("forward_"): value for key, value in held.items()}, below]
    found = {name: _plain(next((one[key] for one in first if key in one), MISSING)) for name, key in names.items()}
    return {name: value for name, value in {**found, **policy}.items() if value is not MISSING}


def _plain(value: Any) -> Any:
    """A setting as data; an activation by its name; what is neither is left out."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        items = [_plain(item) for item in value]
        return MISSING if any(item is MISSING for item in items) else items
    if isinstance(value, LayerInstance):
        return {"class_name": value.py_class.qualname, **_settings(value)}
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else MISSING


def _is_model(layer: Any) -> bool:
    return any(cls.namespace.get("described_as") == "keras.Model" for cls in layer.py_class.mro)


def _sources(nodes: Any) -> list[str]:
    """Names of the layers and operations that a layer is fed by."""
    found: dict[str, None] = {}
    for node in nodes:
        for tensor in node.inputs:
            source = tensor.history[0] if tensor.history is not None else None
            if source is not None:
                found[source.name if isinstance(source, Operation) else source.__dict__["name"]] = None
    return list(found)


def _given_to(node: Any) -> Iterator[str]:
    """All that a call was given: what feeds it, by keyword where it is, and values that are no tensors."""
    for key, value in (("", node.args), *node.kwargs.items()):
        for leaf in flatten(value):
            if leaf is not None:
                text = _history(leaf) if isinstance(leaf, KerasTensor) else str(leaf)
                yield f"{key}={text}" if key else text


def _history(tensor: Any) -> str:
    """Where a symbolic tensor comes from: the layer, and the number of its call and result when those are not the first."""
    source, node, place = tensor.history if tensor.history is not None else (None, 0, 0)
    name = "?" if source is None else source.name if isinstance(source, Operation) else source.__dict__["name"]
    return f"{name}:{node}:{place}" if node or place else name


def _given_inputs(root: Any) -> dict[str, Any]:
    tensors = _functional(root).get("_inputs", ())
    return {tensor.name: TensorType(outward(tensor.shape), tensor.dtype) for tensor in tensors if isinstance(tensor, KerasTensor)}


def _given_outputs(root: Any) -> Any:
    """The outputs of a wired model; of one that is built on what is not known, none."""
    held = _functional(root)
    return MISSING if "_unknown" in held else held.get("_outputs_struct", MISSING)


def _functional(root: Any) -> dict[str, Any]:
    held = root.__dict__
    inner = held.get("_functional")
    return inner.__dict__ if inner is not None else held


def _names_of(start: Any) -> list[str]:
    if isinstance(start, Function):
        return list(start.code.positional[1:])
    if isinstance(start, Builtin):
        import inspect

        return [name for name in inspect.signature(inspect.unwrap(start.function)).parameters if name != "self"]
    return []


def _walk(module: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """A `tf.Module` and those below, in the order of their attributes' names."""
    if id(module) in seen:
        return
    seen.add(id(module))
    yield path, module
    if isinstance(module, LayerInstance):
        return
    for name, value in sorted(module.__dict__.items()):
        for place, below in _modules_in(value, f"{path}/{name}" if path else name):
            yield from _walk(below, place, seen)


def _modules_in(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (ModuleInstance, LayerInstance)):
        yield place, value
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _modules_in(item, f"{place}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _modules_in(item, f"{place}/{key}")


def _variables(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Variable):
        yield place, value
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _variables(item, f"{place}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _variables(item, f"{place}/{key}")


__all__ = ["Dim", "KerasRecorder", "Record"]
