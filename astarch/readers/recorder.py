"""From a finished run to an `Architecture`: what the program left behind, stated as data."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..frameworks.describe import Node as RunNode
from ..frameworks.describe import Run
from ..frameworks.torch.calling import Call as RunCall
from ..frameworks.torch.instance import ModuleInstance, walk
from ..frameworks.torch.tensor import UninitializedParameter
from ..interpreter.cycles import hold, let_go, take_apart
from ..interpreter.engine import use
from ..interpreter.machine import Machine
from ..interpreter.values import MISSING, BoundMethod, Builtin, Class, Function, Instance
from ..ir.architecture import Architecture, Assumption, Buffer, Call, Module, Parameter, Requirement
from ..ir.diagnostic import Diagnostic
from ..ir.dim import Dim, Fact
from ..ir.graph import Graph, Node, Record, TensorType
from ..ir.inference import Equation
from ..ir.tensor import Shape, Tensor
from ..ir.unknown import Numbers, Reason, Unknown
from .dataflow import Dataflow
from .hidden import hidden
from .interface import interface, run_facts
from .rounds import Rounds


class Workings:
    """What a run worked with and recorded. It is taken apart when nobody can ask for the data flow any more."""

    def __init__(self, machine: Machine, run: Run) -> None:
        self.machine, self.run = machine, run
        hold()

    def __del__(self) -> None:
        run = self.run
        for node in (*run.nodes, *run.state.get("construction", ())):
            node.args, node.kwargs, node.result = (), {}, None
        run.nodes, run.calls, run.state = [], [], {}
        take_apart(self.machine)
        let_go()


class Recorder:
    """Turns the root module and the run into an `Architecture`.

    Args:
        workings: What ran, and what it recorded.
        root: The model.
        tree: What it holds, as `tree_of` told it when the model was built; without it, as it is now.
    """

    def __init__(self, workings: Workings, root: Any, tree: Tree | None = None) -> None:
        self.workings, self.machine, self.run, self.root = workings, workings.machine, workings.run, root
        self.tree = tree_of(root) if tree is None else tree
        self.names: dict[int, str] = {}
        self.rounds = Rounds(self.machine)
        self.unknown: list[Unknown] = []

    def architecture(self, target: str, inputs: dict[str, Any], outputs: Any) -> Architecture:
        """Everything known of the model."""
        modules = self._modules()
        parameters, buffers = self._parameters(), self._buffers()
        calls = tuple(self._call(call) for call in self.run.calls if id(call.module) in self.names)
        found = self._unknowns()
        return Architecture(
            target=target,
            framework="torch",
            inputs={name: stated(value) for name, value in inputs.items()},
            modules=modules,
            parameters=parameters,
            buffers=buffers,
            calls=calls,
            graph=Graph.later(lambda: use(self.machine, lambda: self._graph(inputs, outputs))),
            outputs=None if outputs is MISSING else (stated(outputs),),
            unknown=found,
            assumptions=tuple(Assumption(message, span) for message, span in {**self.machine.assumptions, **self.run.assumptions}.items()),
            requirements=tuple(Requirement(fact, span) for fact, span in self.machine.requirements.items()),
            diagnostics=tuple(self._diagnostics()),
            attributes={
                **interface(self.root),
                **run_facts(self.machine, self.run),
                **({"hidden": beside} if (beside := hidden(self.tree)) else {}),
                **({"equations": tuple(self._equations())} if self.run.open else {}),
            },
        )

    def _diagnostics(self) -> Iterator[Diagnostic]:
        """What was found, each with the module in which it was."""
        for finding, module in zip(self.run.diagnostics, self.run.found_in, strict=True):
            name = self.names.get(id(module), "")
            yield replace(finding, module=name) if name else finding

    # --- modules and their tensors --------------------------------------------------------------------------------

    def _modules(self) -> dict[str, Module]:
        found: dict[str, Module] = {}
        for name, module, _ in self.tree:
            if not isinstance(module, ModuleInstance):
                self.unknown.append(module if isinstance(module, Unknown) else Unknown(Reason.FAILED, "the model was not built"))
                continue
            first = self.names.setdefault(id(module), name)
            self.rounds.check_own(name, module)
            cls = module.py_class
            found[name] = Module(name, f"{cls.module}.{cls.qualname}", _arguments(module), module.span, cls.span,
                                 first if first != name else None, times=self.rounds.times(name))  # fmt: skip
        return found

    def _parameters(self) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        first: dict[int, str] = {}
        for path, module, held in self.tree:
            for name, value in held["_parameters"]:
                full = f"{path}.{name}" if path else name
                if isinstance(value, Unknown):
                    self.unknown.append(value)
                    found[full] = Parameter(full, None)
                elif value is not None:
                    tied = first.setdefault(id(value), full)
                    shape = None if isinstance(value, UninitializedParameter) else tuple(value.shape)
                    found[full] = Parameter(full, shape, value.dtype, bool(value.requires_grad), tied if tied != full else None,
                                            module.span, self.rounds.times(full))  # fmt: skip
        return found

    def _buffers(self) -> dict[str, Buffer]:
        found: dict[str, Buffer] = {}
        first: dict[int, str] = {}
        for path, module, held in self.tree:
            for name, value in held["_buffers"]:
                full = f"{path}.{name}" if path else name
                persistent = name not in module.__dict__["_non_persistent_buffers_set"]
                if isinstance(value, Unknown):
                    self.unknown.append(value)
                    found[full] = Buffer(full, None, persistent=persistent)
                elif value is not None:
                    tied = first.setdefault(id(value), full)
                    found[full] = Buffer(full, tuple(value.shape), value.dtype, persistent, tied if tied != full else None, module.span,
                                         self.rounds.times(full))  # fmt: skip
        return found

    def _equations(self) -> Iterator[Equation]:
        """What must be equal although that cannot be told."""
        for left, right, module, span in self.run.open:
            if isinstance(left, (int, Dim)) and isinstance(right, (int, Dim)):
                yield Equation(Fact(left, "==", right), self.names.get(id(module), ""), span)

    # --- calls and data flow --------------------------------------------------------------------------------------

    def _call(self, call: RunCall) -> Call:
        keywords = {name: stated(value) for name, value in call.kwargs.items() if holds_tensor(value)}
        if call.outputs is MISSING:
            outputs: tuple[Any, ...] = (Unknown(Reason.FAILED, "never returned", call.span),)
        else:
            outputs = (stated(call.outputs),)
        macs = sum(node.macs for node in self.run.nodes[call.nodes[0] : call.nodes[1]])
        return Call(self.names[id(call.module)], tuple(stated(arg) for arg in call.args), keywords, outputs, call.span, (), macs, 0,
                    call.depth, call.times)  # fmt: skip

    def _held(self) -> dict[int, str]:
        """The names of what a state dict holds, by identity."""
        found: dict[int, str] = {}
        for path, module, held in self.tree:
            for key in ("_parameters", "_buffers"):
                for name, value in held[key]:
                    if value is not None and name not in module.__dict__["_non_persistent_buffers_set"]:
                        found.setdefault(id(value), f"{path}.{name}" if path else name)
        return found

    def _graph(self, inputs: dict[str, Any], outputs: Any) -> Graph:
        flow = Dataflow(self.run.state.get("construction", []), self.run.nodes, inputs, self._held())
        results = () if outputs is MISSING else (flow.stated(outputs),)
        return Graph(tuple(self._node(i, node, flow) for i, node in enumerate(self.run.nodes)), results, flow.made)

    def _node(self, index: int, node: RunNode, flow: Dataflow) -> Node:
        kind, target = "call_method" if node.op.startswith("torch.Tensor.") else "call_function", node.op
        module = self.names.get(id(node.module), "")
        if node.op == "call_module":
            kind, target, module = "call_module", module, module.rpartition(".")[0]
        return Node(index, kind, target, flow.sources[index], (), stated(node.result), module, node.span, node.macs, flow.attributes[index],
                    times=node.times)  # fmt: skip

    def _unknowns(self) -> tuple[Unknown, ...]:
        found: dict[tuple[Any, ...], Unknown] = {}
        for unknown in (*self.unknown, *self.run.unknowns, *self.machine.unknowns):
            found.setdefault((unknown.reason, unknown.detail, unknown.span), unknown)
        return tuple(found.values())


#: Every module by its path, with its parameters and buffers.
Tree = list[tuple[str, Any, dict[str, list[tuple[str, Any]]]]]


def tree_of(root: Any) -> Tree:
    """What a model holds now: its forward may change it (BigBird exchanges its attention for short inputs)."""
    keys = ("_parameters", "_buffers")
    return [(path, module, {key: _registered(module, key) for key in keys}) for path, module in walk(root, "", set(), False)]


def _registered(module: Any, key: str) -> list[tuple[str, Any]]:
    return list(module.__dict__.get(key, {}).items()) if isinstance(module, ModuleInstance) else []


# --- values as a report states them -----------------------------------------------------------------------------------


def holds_tensor(value: Any) -> bool:
    """Whether a tensor is anywhere inside a value."""
    if isinstance(value, Tensor):
        return True
    if isinstance(value, (tuple, list)):
        return any(holds_tensor(item) for item in value)
    if isinstance(value, dict):
        return any(holds_tensor(item) for item in value.values())
    return False


def stated(value: Any, depth: int = 0) -> Any:
    """A value of the program as data that outlives the run."""
    if isinstance(value, Tensor):
        return TensorType(tuple(value.shape), value.dtype)
    if value is None or isinstance(value, (bool, int, float, str, Dim, Unknown)):
        return value
    if depth > 20:
        return Record("...", {})
    if isinstance(value, Shape):
        return tuple(value)
    if type(value) in (tuple, list):
        return type(value)(stated(item, depth + 1) for item in value)
    if type(value) is Numbers:
        return list(value)
    if isinstance(value, dict):
        fields = {key if isinstance(key, str) else str(key): stated(item, depth + 1) for key, item in value.items()}
        return fields if type(value) is dict else Record(f"{type(value).__module__}.{type(value).__qualname__}", fields)
    if isinstance(value, Instance):
        return _stated_instance(value, depth)
    if isinstance(value, tuple) and (names := getattr(value, "_fields", None)) is not None:
        return Record(getattr(type(value), "described_as", type(value).__name__), {f: stated(getattr(value, f), depth + 1) for f in names})
    return Record(_type_name(value), {})


def _stated_instance(value: Instance, depth: int) -> Any:
    cls = value.py_class
    name = f"{cls.module}.{cls.qualname}"
    if isinstance(value.payload, dict):
        return Record(name, {str(key): stated(item, depth + 1) for key, item in value.payload.items()})
    if isinstance(value.payload, (list, tuple)):
        fields = cls.find("_fields")
        if fields is not MISSING:
            return Record(name, {field: stated(item, depth + 1) for field, item in zip(fields, value.payload)})
        return type(value.payload)(stated(item, depth + 1) for item in value.payload)
    if value.payload is not None and isinstance(value.payload, (int, float, str)):
        return value.payload
    if cls.find("__dataclass_fields__") is not MISSING:
        return Record(name, {key: stated(item, depth + 1) for key, item in value.__dict__.items()})
    return Record(name, {})


def _type_name(value: Any) -> str:
    described = getattr(value, "described_as", None)
    if isinstance(described, str):
        return described
    if isinstance(value, (Function, BoundMethod, Builtin)):
        return "function"
    if isinstance(value, Class):
        return "type"
    return getattr(type(value), "described_as", type(value).__name__)


def _arguments(module: ModuleInstance) -> dict[str, Any]:
    """What the constructor was given, by parameter name as far as names are known."""
    if module.given is None:
        return {}
    args, kwargs = module.given
    if module.py_class.find("is_container") is not MISSING and type(module.py_class.find("__init__")) is Builtin:
        return {}  # a container is given its children: the tree shows them
    start = module.py_class.find("__init__")
    names = _parameter_names(start)
    found = {names[i] if i < len(names) else f"*{i}": _argument(value) for i, value in enumerate(args)}
    found.update({name: _argument(value) for name, value in kwargs.items()})
    return found


def _parameter_names(start: Any) -> Sequence[str]:
    if isinstance(start, Function):
        return start.code.positional[1:]
    if not isinstance(start, Builtin):
        return ()
    function = start.function
    while (wrapped := getattr(function, "__wrapped__", None)) is not None:
        function = wrapped
    return _described_names(function)


@lru_cache(1024)
def _described_names(function: Any) -> tuple[str, ...]:
    return tuple(name for name in inspect.signature(function).parameters if name != "self")


_SIMPLE = frozenset({type(None), bool, int, float, str, Dim})


def _argument(value: Any) -> Any:
    """An argument as data: numbers, texts and small containers of them; anything else by its type."""
    if type(value) in _SIMPLE or isinstance(value, (int, float, str)):
        return value
    if (
        isinstance(value, (tuple, list))
        and len(value) <= 16
        and all(type(item) in _SIMPLE or isinstance(item, (int, float, str)) for item in value)
    ):
        return list(value)
    if isinstance(value, Class):
        return Record(value.qualname, {})
    return stated(value) if isinstance(value, (Tensor, Unknown)) else Record(_short(value), {})


def _short(value: Any) -> str:
    if isinstance(value, Instance):
        return value.py_class.name
    if isinstance(value, Function):
        return value.name
    return _type_name(value)
