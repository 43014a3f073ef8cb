"""TensorFlow's graphs: nodes in any order, functions put in place of their calls, from what is asked for backwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..ir.dtype import is_floating
from ..ir.graph import TensorType
from .opening import refuse
from .tensorflow_results import result_types
from .tensorflow_values import attribute_value, dtype_name, sizes, tensor_type
from .wire import Message
from .wiring import NODES, Output, Wiring

#: How deep functions call one another.
DEPTH = 60

_CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
#: What hands its first input on.
_PASSING = {"Identity", "ReadVariableOp", "PreventGradient", "Snapshot", "EnsureShape"}
_VARIABLES = {"VarHandleOp", "VariableV2", "Variable"}
_BODIES = ("body", "cond", "then_branch", "else_branch", "branches")

#: Operations that reach outside of the graph; a model that has them says so.
OUTWARD = {"ReadFile", "WriteFile", "MatchingFiles", "EagerPyFunc", "PyFunc", "PyFuncStateless", "LoadLibrary", "LookupTableImport",
           "InitializeTableFromTextFileV2", "Save", "SaveV2", "RestoreV2", "PrintV2"}  # fmt: skip


#: What a graph leaves out because it is the operation's default.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Conv2D": {"data_format": "NHWC", "dilations": [1, 1, 1, 1], "explicit_paddings": []},
    "Conv3D": {"data_format": "NDHWC", "dilations": [1, 1, 1, 1, 1]},
    "Conv2DBackpropInput": {"data_format": "NHWC", "dilations": [1, 1, 1, 1], "explicit_paddings": []},
    "DepthwiseConv2dNative": {"data_format": "NHWC", "dilations": [1, 1, 1, 1], "explicit_paddings": []},
    "MaxPool": {"data_format": "NHWC", "explicit_paddings": []},
    "AvgPool": {"data_format": "NHWC"},
    "BiasAdd": {"data_format": "NHWC"},
    "FusedBatchNormV3": {"data_format": "NHWC", "epsilon": 0.0001, "is_training": True, "exponential_avg_factor": 1.0},
    "FusedBatchNorm": {"data_format": "NHWC", "epsilon": 0.0001, "is_training": True},
    "MatMul": {"transpose_a": False, "transpose_b": False},
    "BatchMatMulV2": {"adj_x": False, "adj_y": False},
    "LeakyRelu": {"alpha": 0.2},
    "Mean": {"keep_dims": False},
    "Sum": {"keep_dims": False},
}


class Step:
    """One NodeDef, read once."""

    __slots__ = ("attributes", "inputs", "name", "op")

    def __init__(self, node: Message) -> None:
        self.name, self.op = node.text(1), node.text(2)
        self.inputs = [name for name in node.texts(3) if not name.startswith("^")]
        self.attributes = node.table(5)


def steps_of(path: Path, nodes: list[Message]) -> list[Step]:
    """The nodes of a graph or function, each read once."""
    if len(nodes) > NODES:
        refuse(path, f"has more than {NODES:,} operations", "it is made to exhaust its reader")
    return [Step(node) for node in nodes]


class TensorFlowGraph:
    """Puts the nodes that outputs need into a wiring.

    Args:
        path: The file, for complaints.
        functions: The function library by name.
        variables: For a call by function name, the names of the variables it captures, in order.
    """

    def __init__(self, path: Path, functions: Iterable[Message] = (), variables: Mapping[str, list[str]] | None = None) -> None:
        self.path = path
        self.wiring = Wiring(path)
        self.functions = {function.message(1).text(1): function for function in functions}
        self.captured = variables or {}
        self.types: dict[str, TensorType] = {}
        self.used: dict[str, TensorType] = {}
        self.outward: set[str] = set()
        self.steps: dict[str, list[Step]] = {}
        self.waiting: list[tuple[str, TensorType]] = []
        self.scope, self.outer, self.weight = "", "", False

    def put(self, steps: list[Step], wanted: Iterable[str], given: Mapping[str, list[int]], depth: int = 0) -> dict[str, list[int]]:
        """Everything that the wanted values need; the nodes that make each value, by the name of its step."""
        if depth > DEPTH:
            refuse(self.path, f"has functions that call one another more than {DEPTH} deep", "it is made to exhaust its reader")
        made: dict[str, list[int]] = dict(given)
        by_name = {step.name: step for step in steps}
        weights = {owner(step.inputs[0]) for step in steps if step.op in _PASSING and step.inputs}
        if len(by_name) != len(steps):
            refuse(self.path, "has two nodes of one name", "it is damaged")
        for step in _ordered(by_name, [owner(name) for name in wanted], given):
            inside = _scope(step.name, by_name)
            self.scope = inside if not self.outer or inside.startswith(self.outer) else f"{self.outer}/{inside}".rstrip("/")
            self.weight = step.name in weights
            made[step.name] = self._step(step, made, depth)
        return made

    def _step(self, step: Step, made: Mapping[str, list[int]], depth: int) -> list[int]:
        if step.op in OUTWARD:
            self.outward.add(step.op)
        if step.op in _VARIABLES:
            self.waiting.append((step.name, _stated(step, "shape", "dtype")))
            return [-len(self.waiting)]
        if step.op in _CALLS:
            outer, self.outer = self.outer, "/".join(filter(None, (self.outer, self.scope)))  # names start anew inside of a function
            found = self._call(step, [pick(made, name) for name in step.inputs], depth)
            self.outer = outer
            return found
        sources = [self._real(pick(made, name)) for name in step.inputs]
        if step.op in _PASSING and sources:
            return [sources[0]] if sources[0] is not None else []
        if step.op == "IdentityN":
            return [source for source in sources if source is not None]
        scope, weight = self.scope, self.weight
        bodies = self._bodies(step, sources, depth)
        self.scope, self.weight = scope, weight
        return [self._add(step, [source for source in (*sources, *bodies) if source is not None])]

    def _real(self, index: int | None) -> int | None:
        """The node of a value; a variable gets its node when it is first used, under the name it has there."""
        return index if index is None or index >= 0 else self.variable(*self.waiting[-1 - index])

    def variable(self, name: str, kind: TensorType) -> int:
        """The node of a variable."""
        if name not in self.wiring.makers:
            self.used[name] = self.types.get(name, kind)
            self.wiring.add("get_attr", name, makes=[name], output=self.used[name])
        return self.wiring.makers[name]

    def _add(self, step: Step, sources: list[int]) -> int:
        attributes = {
            **DEFAULTS.get(step.op, {}),
            **{
                name: attribute_value(value)
                for name, value in sorted(step.attributes.items())
                if not name.startswith("_") and name not in _BODIES
            },
        }
        output = output_type(step)
        scope = self.scope
        if step.op == "Const" and "value" in step.attributes:
            kind = tensor_type(step.attributes["value"].message(8))
            if isinstance(attributes["value"], TensorType) or (self.weight and is_floating(kind.dtype) and kind.shape):
                self.used[step.name] = kind
                return self.wiring.add("get_attr", step.name, makes=[step.name], output=kind, module=scope)
            output = kind
        word = "placeholder" if step.op.startswith("Placeholder") and not sources else "call_function"
        arguments = [(str(place), name) for place, name in enumerate(step.inputs)]
        target = step.name if word == "placeholder" else step.op
        return self.wiring.add(
            word, target, sources, output=output, attributes=attributes, arguments=arguments, module=scope, name=step.name
        )

    def _call(self, step: Step, sources: list[int | None], depth: int) -> list[int]:
        name = step.attributes["f"].message(10).text(1) if "f" in step.attributes else ""
        return self.function(name, sources, depth + 1)

    def function(self, name: str, sources: list[int | None], depth: int) -> list[int]:
        """The body of a function, given the makers of its arguments; the makers of its results."""
        function = self.functions.get(name)
        if function is None:
            refuse(self.path, f"calls the function `{name[:80]}`, which it does not have", "it is not complete")
        signature = function.message(1)
        names = [argument.text(1) for argument in signature.messages(2)]
        captured = self.captured.get(name, [])
        given: dict[str, list[int]] = {}
        for place, argument in enumerate(names):
            source = sources[place] if place < len(sources) else None
            own = len(names) - len(captured)
            if captured and place >= own:
                source = self.variable(captured[place - own], TensorType(()))
            source = self._real(source)
            given[argument] = [source] if source is not None else []
        if name not in self.steps:
            self.steps[name] = steps_of(self.path, function.messages(3))
        results = {entry.text(1): entry.text(2) for entry in function.messages(4)}
        order = [results[output.text(1)] for output in signature.messages(3) if output.text(1) in results]
        made = self.put(self.steps[name], order, given, depth)
        return [index for result in order if (index := pick(made, result)) is not None]

    def _bodies(self, step: Step, sources: list[int | None], depth: int) -> list[int]:
        """The functions of a While, If or Case before it."""
        found: list[int] = []
        for name in _BODIES:
            value = step.attributes.get(name)
            if value is None:
                continue
            inner = [value.message(10)] if value.has(10) else value.message(1).messages(9)
            for function in inner:
                if function.text(1) in self.functions:
                    given = sources if name in ("body", "cond") else sources[1:]
                    found += self.function(function.text(1), given, depth + 1)
        return found


def _scope(name: str, names: Mapping[str, Any]) -> str:
    """The scope a step stands in, without those that are only the name of another step."""
    scope = name.rpartition("/")[0]
    while scope in names:
        scope = scope.rpartition("/")[0]
    return scope


def owner(name: str) -> str:
    """The step that makes a value: ``conv1/Conv2D:output:0`` is of ``conv1/Conv2D``."""
    return name.lstrip("^").partition(":")[0]


def pick(made: Mapping[str, list[int]], name: str) -> int | None:
    """The node that makes a value of several."""
    found = made.get(owner(name), [])
    place = name.rpartition(":")[2]
    if not found:
        return None
    number = int(place) if place.isdecimal() and len(place) < 6 else 0
    if len(found) == 1 and number and found[0] >= 0:
        return Output.of(found[0], number)
    return found[number] if number < len(found) else found[0]


def fed_ends(steps: list[Step]) -> list[str]:
    """The steps that depend on what is fed into a graph, and that nothing else uses: names of files are not what is fed."""
    by_name = {step.name: step for step in steps}
    fed: dict[str, bool] = {}
    for step in _ordered(by_name, list(by_name), {}):
        words = step.attributes.get("dtype")
        own = step.op.startswith("Placeholder") and (words is None or dtype_name(words.number(6)) != "string")
        fed[step.name] = own or any(fed.get(owner(name), False) for name in step.inputs)
    used = {owner(name) for step in steps for name in step.inputs}
    return [step.name for step in steps if fed[step.name] and step.name not in used]


def _ordered(steps: Mapping[str, Step], wanted: list[str], given: Mapping[str, Any]) -> list[Step]:
    """The steps that the wanted ones need, each after those it uses; what goes around in a loop of TF1 is cut where it closes."""
    done: dict[str, bool] = {}
    order: list[Step] = []
    closing = _closing(steps)
    stack = [(name, False) for name in reversed(wanted)]
    while stack:
        name, ready = stack.pop()
        if ready:
            order.append(steps[name])
        elif name not in done and name not in given and name in steps:
            done[name] = True
            stack.append((name, True))
            before = [owner(source) for source in steps[name].inputs]
            if steps[name].op == "Merge":  # what comes around again comes after it, and before what leaves the loop
                before = [source for source in before if source not in steps or steps[source].op != "NextIteration"]
            stack.extend((source, False) for source in reversed([*before, *closing.get(name, ())]))
    return order


def _closing(steps: Mapping[str, Step]) -> dict[str, list[str]]:
    """By each step that leaves a loop of TF1: those that close it."""
    switches = [(step.name, *map(owner, step.inputs[:2])) for step in steps.values() if step.op == "Switch" and len(step.inputs) > 1]
    around: dict[str, list[str]] = {}
    for _, merge, condition in switches:
        inputs = [owner(source) for source in steps[merge].inputs] if merge in steps and steps[merge].op == "Merge" else []
        around.setdefault(condition, []).extend(name for name in inputs if name in steps and steps[name].op == "NextIteration")
    conditions = {name: condition for name, _, condition in switches}
    leaving = [(step.name, owner(step.inputs[0])) for step in steps.values() if step.op == "Exit" and step.inputs]
    return {name: around.get(conditions[switch], []) for name, switch in leaving if switch in conditions}


def _stated(step: Step, shape: str, dtype: str) -> TensorType:
    sides = sizes(step.attributes[shape].message(7)) if shape in step.attributes else ()
    return TensorType(sides or (), dtype_name(step.attributes[dtype].number(6)) if dtype in step.attributes else "float32")


def output_type(step: Step) -> Any:
    """The type of what a step gives, where the graph keeps it."""

    def named(name: str) -> str | None:
        value = step.attributes.get(name)
        return dtype_name(value.number(6)) if value is not None and value.has(6) else None

    dtypes = result_types(step.op, named)
    stated = step.attributes.get("_output_shapes")
    if stated is None:
        sides = sizes(step.attributes["shape"].message(7)) if step.op == "Placeholder" and "shape" in step.attributes else None
        return None if sides is None or dtypes[0] is None else TensorType(sides, dtypes[0])
    shapes = [sizes(shape) for shape in stated.message(1).messages(7)]
    kinds = [dtypes[min(place, len(dtypes) - 1)] for place in range(len(shapes))]
    types = [None if sides is None or kind is None else TensorType(sides, kind) for sides, kind in zip(shapes, kinds, strict=True)]
    return types[0] if len(types) == 1 else tuple(types)
