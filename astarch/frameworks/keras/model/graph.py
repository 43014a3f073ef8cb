"""The graph of a functional model: operations, their nodes, and the order Keras gives them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from ....ir.span import NOWHERE, Span
from ...describe import RUN, refuse
from ..nested import any_leaf, flatten, map_leaves
from ..state import auto_name
from ..tensor import KerasTensor


def is_symbolic(value: Any) -> bool:
    """Whether a value is a symbolic tensor of a functional model."""
    return isinstance(value, KerasTensor) and value.symbolic


def any_symbolic(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether any argument is, or holds, a symbolic tensor."""
    return any_leaf(is_symbolic, args) or (bool(kwargs) and any_leaf(is_symbolic, kwargs.values()))


class Node:
    """One call of an operation on symbolic tensors."""

    described = True

    def __init__(self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        self.operation = operation
        self.args, self.kwargs = map_leaves(_same, args), map_leaves(_same, kwargs)
        self.outputs = [] if outputs is None else flatten(outputs)
        self.inputs = [leaf for leaf in flatten((self.args, self.kwargs)) if is_symbolic(leaf)]
        self.span: Span = RUN.get().where()
        for output in self.outputs:
            if not isinstance(output, KerasTensor):
                refuse("ValueError", f"All operation outputs must be tensors. Operation {operation!r} returned a non-tensor: {output!r}")
        recorded = all(kt.records for kt in self.inputs)
        if recorded:
            for kt in self.inputs:
                if kt.history is None:
                    kt.history = (None, 0, 0)
        operation._inbound_nodes.append(self)
        for kt in self.inputs:
            source = kt.history[0] if kt.history is not None else None
            if source is not None:
                source._outbound_nodes.append(self)
        if recorded:
            index = len(operation._inbound_nodes) - 1
            for place, output in enumerate(self.outputs):
                output.symbolic = True
                output.history = (operation, index, place)
        self.is_input = not self.inputs

    @property
    def input_tensors(self) -> list[Any]:
        return self.inputs

    @property
    def output_tensors(self) -> list[Any]:
        return self.outputs

    @property
    def parent_nodes(self) -> list[Node]:
        found = []
        for kt in self.inputs:
            source, index, _ = kt.history
            if source is not None:
                found.append(source._inbound_nodes[index])
        return found

    def filled(self, tensors: dict[int, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with symbolic tensors replaced."""

        def swap(leaf: Any) -> Any:
            return tensors.get(id(leaf)) if is_symbolic(leaf) else leaf

        return map_leaves(swap, self.args), map_leaves(swap, self.kwargs)


def _same(leaf: Any) -> Any:
    return leaf


class Operation:
    """A described op called on symbolic tensors: it has a name and nodes, as a layer has."""

    described = True

    def __init__(self, op: Any, class_name: str, module: str, name: str | None = None) -> None:
        self.name = name or auto_name(class_name)
        self.class_name = class_name
        self.module = module
        self.rule = op
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []
        self.span = NOWHERE

    def __repr__(self) -> str:
        return f"<Operation name={self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.rule(*args, **kwargs)

    @property
    def output(self) -> Any:
        outputs = self._inbound_nodes[0].outputs
        return outputs[0] if len(outputs) == 1 else outputs


def node_key(operation: Any, index: int) -> tuple[int, int]:
    """What identifies a node of an operation."""
    return id(operation), index


class Graph:
    """The part of the graph between inputs and outputs, sorted as Keras sorts it.

    Attributes:
        nodes: Keys of the nodes that belong to it.
        nodes_by_depth: Nodes, the deepest being nearest to the inputs.
        operations: Operations in the order of ``model.operations``.
    """

    def __init__(self, inputs: list[Any], outputs: list[Any]) -> None:
        ordered, indices = build_map(inputs, outputs)
        self.nodes = {node_key(node.operation, _index(node)) for node in ordered}
        depths, operation_depths = _depths(ordered)
        for tensor in inputs:
            source = tensor.history[0] if tensor.history else None
            if source is not None and source not in operation_depths:
                node = source._inbound_nodes[tensor.history[1]]
                if node.is_input:
                    operation_depths[source] = 0
                    indices[id(source)] = -1
                    depths[node] = 0
                    self.nodes.add(node_key(source, tensor.history[1]))
        by_depth: dict[int, list[Node]] = defaultdict(list)
        for node, depth in depths.items():
            by_depth[depth].append(node)
        self.nodes_by_depth = {depth: by_depth[depth] for depth in sorted(by_depth, reverse=True)}
        layers: dict[int, list[Any]] = defaultdict(list)
        for operation, depth in operation_depths.items():
            layers[depth].append(operation)
        self.operations: list[Any] = []
        for depth in sorted(layers, reverse=True):
            self.operations.extend(sorted(layers[depth], key=lambda operation: indices[id(operation)]))
        self._check(inputs, outputs)

    def _check(self, inputs: list[Any], outputs: list[Any]) -> None:
        known = {id(tensor) for tensor in inputs}
        for nodes in self.nodes_by_depth.values():
            for node in nodes:
                for tensor in node.inputs:
                    if id(tensor) not in known:
                        refuse(
                            "ValueError",
                            f"Graph disconnected: cannot find parent for tensor {tensor!r} at operation '{node.operation.name}'",
                        )
                known.update(map(id, node.outputs))
        reached = {id(tensor) for tensor in inputs}
        for nodes in self.nodes_by_depth.values():
            for node in nodes:
                if not node.is_input and all(id(tensor) in reached for tensor in node.inputs):
                    reached.update(map(id, node.outputs))
        for place, tensor in enumerate(outputs):
            if id(tensor) not in reached:
                refuse("ValueError", f"Output with path `{place}` is not connected to `inputs`")
        for name, count in Counter(operation.name for operation in self.operations).items():
            if count > 1:
                refuse("ValueError", f'The name "{name}" is used {count} times in the model. All operation names should be unique.')

    def run(
        self, inputs: list[Any], structure: list[Any], outputs: list[Any], apply: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]
    ) -> list[Any]:
        """Send values through: ``apply(operation, args, kwargs)`` for every node."""
        values = {id(tensor): value for tensor, value in zip(structure, inputs, strict=False)}
        for nodes in self.nodes_by_depth.values():
            for node in nodes:
                if node.is_input or any(id(tensor) not in values for tensor in node.inputs):
                    continue
                args, kwargs = node.filled(values)
                result = apply(node.operation, args, kwargs)
                for tensor, value in zip(node.outputs, flatten(result), strict=False):
                    values[id(tensor)] = value
        return [values.get(id(tensor)) for tensor in outputs]


def _index(node: Node) -> int:
    for index, other in enumerate(node.operation._inbound_nodes):
        if other is node:
            return index
    raise ValueError("a node that its operation does not know")


def _depths(ordered: list[Node]) -> tuple[dict[Node, int], dict[Any, int]]:
    inside = set(ordered)
    depths: dict[Node, int] = {}
    operation_depths: dict[Any, int] = {}
    for node in reversed(ordered):
        depth = max(depths.setdefault(node, 0), operation_depths.get(node.operation, 0))
        operation_depths[node.operation] = depth
        depths[node] = depth
        for parent in node.parent_nodes:
            if parent in inside:
                depths[parent] = max(depth + 1, depths.get(parent, 0))
    return depths, operation_depths


def build_map(inputs: list[Any], outputs: list[Any]) -> tuple[list[Node], dict[int, int]]:
    """Nodes in the order of a depth-first walk from the outputs, and the order in which operations were met."""
    finished: set[Node] = set()
    in_progress: set[Node] = set()
    ordered: list[Node] = []
    indices: dict[int, int] = {}
    given = {id(tensor) for tensor in inputs}

    def visit(tensor: Any) -> None:
        operation, index, _ = tensor.history if tensor.history is not None else (None, 0, 0)
        if operation is None:
            return
        node = operation._inbound_nodes[index]
        if node in finished:
            return
        if not node.is_input and id(tensor) in given:
            finished.add(node)
            return
        if node in in_progress:
            refuse("ValueError", f"Tensor {tensor!r} from operation '{operation.name}' is part of a cycle.")
        indices.setdefault(id(operation), len(indices))
        in_progress.add(node)
        for source in node.inputs:
            visit(source)
        finished.add(node)
        in_progress.discard(node)
        ordered.append(node)

    for output in outputs:
        visit(output)
    return ordered, indices
