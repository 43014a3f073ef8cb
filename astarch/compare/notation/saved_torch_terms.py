"""What the graph of an exported program or of TorchScript computes, in index notation."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...ir.architecture import Architecture, Buffer
from ...ir.graph import Node, TensorType
from ..kinds import base_name
from ..spelling import spelled
from .aten_operations import OPERATIONS, bound
from .index_notation import Unproven, Value, bounded
from .leaves import Leaf, Leaves
from .lowering import Terms, flat
from .torch_terms import BINARY, IDLE, TorchLowering
from .vocabulary import PLAIN, Vocabulary

#: How many ways of deciding what depends on where a program runs are looked at.
WAYS = 64

#: What says where and how a program runs, and what is made of it.
_SETTINGS = {"dtype", "device", "type", "requires_grad", "is_grad_enabled", "is_autocast_enabled"}
_OF_SETTINGS = {"ne", "eq", "__contains__", "all", "any", "__not__"}
#: What gives what it is given: numbers as tensors, and tensors as numbers.
_SAME = {"NumToTensor", "Int", "ScalarImplicit", "IntImplicit", "item", "alias", "lift_fresh_copy", "lift_fresh"}
_OF_NUMBERS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "floordiv": operator.floordiv, "floor_divide": operator.floordiv,
    "remainder": operator.mod, "mod": operator.mod, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "__not__": operator.not_, "__contains__": operator.contains, "len": len, "neg": operator.neg,
    "truediv": operator.truediv, "div": lambda one, other, how="": one / other if not how else one // other if how == "floor" else int(one / other),
}  # fmt: skip
#: What gives another look at the same elements: what is written to it is written to those too.
_VIEWS = frozenset(
    (
        *("view", "reshape", "transpose", "permute", "t", "select", "slice", "narrow", "expand", "squeeze", "unsqueeze", "flatten"),
        *("unflatten", "split", "chunk", "unbind", "split_with_sizes", "view_as", "contiguous", "detach", "dropout", "to", "If", "alias"),
    )
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What depends on where and how a saved program is run: a device, whether gradients are wanted."""

    head: int


def saved_torch_terms(artifact: Architecture, words: Vocabulary, leaves: Leaves, inputs: Mapping[str, Value]) -> Terms:
    """The steps of an artifact, given what its inputs are: the same results wherever and however it runs, else none."""
    found: Terms | None = None
    border: list[dict[Setting, bool]] = [{}]
    for _ in range(WAYS):
        lowering = _Lowering(artifact, words, leaves, inputs, border.pop())
        terms = lowering.run()
        if found is None:
            found = terms
        elif terms.results != found.results:
            found.results = [None]
            found.open.setdefault(len(artifact.graph) - 1, "it depends on where and how it is run")
            return found
        taken = list(lowering.taken.items())
        fresh = len(lowering.assumed)
        border += [{**dict(taken[:place]), taken[place][0]: not taken[place][1]} for place in range(fresh, len(taken))]
        if not border:
            return found
    assert found is not None
    found.results = [None]
    return found


class _Lowering(TorchLowering):
    def __init__(
        self, artifact: Architecture, words: Vocabulary, leaves: Leaves, inputs: Mapping[str, Value], assumed: Mapping[Setting, bool]
    ) -> None:
        super().__init__(artifact, words, inputs, False)
        self.leaves, self.assumed = leaves, assumed
        self.taken = dict(assumed)
        self.stated_of: Mapping[int, Mapping[str, Any]] = artifact.attributes.get("given", {})
        self.users: dict[int, list[int]] = {}
        for node in artifact.graph:
            for index in node.inputs:
                self.users.setdefault(index, []).append(node.index)

    def run(self) -> Terms:
        """All steps, and what the whole gives."""
        self.follow(self.source.graph)
        returned = self.source.attributes.get("returned")
        self.terms.results = list(flat(self.known(returned)))
        reached = self._reached(returned)
        self.terms.idle = {node.index for node in self.source.graph if node.op.startswith("call_")} - reached
        self.terms.open = {index: reason for index, reason in self.terms.open.items() if index in reached}
        return self.terms

    def _reached(self, stated: Any) -> set[int]:
        """The steps that a value comes from, of arms the one that is taken."""
        found: set[int] = set()
        border = [stated]
        while border:
            item = border.pop()
            if not isinstance(item, tuple) or not item:
                continue
            if item[0] != "node":
                border.extend(item[1:])
            elif item[1] not in found:
                found.add(item[1])
                given = self.stated_of.get(item[1], {})
                if "condition" in given and "one" in given:
                    test = self.known(given["condition"])
                    test = self.taken.get(test, True) if isinstance(test, Setting) else test
                    border += [given["condition"], given["one" if test else "other"]]
                else:
                    border.extend(given.values())
        return found

    def step(self, node: Node) -> Any:
        """What one step gives."""
        if node.op == "placeholder":
            return self.inputs[node.target]
        if node.op == "get_attr":
            kind = node.output
            if not isinstance(kind, TensorType) or not all(type(side) is int for side in kind.shape):
                raise Unproven("the sizes of a tensor")
            return self._held(node.target, kind, self.source.attributes.get("known", {}).get(node.target))
        if node.op == "output":
            return None
        base = base_name(node.target)
        if base == "If":
            return self._chosen(node)
        given = {name: self.stated(value) for name, value in bound(spelled(base)[0], self.stated_of[node.index]).items()
                 if not (name == "dtype" and base in ("zeros", "ones", "full", "arange"))}  # fmt: skip
        if base.endswith("_") and not base.endswith("__"):
            self._alone(node)
        return self._operation(node, base, given)

    def _held(self, name: str, kind: TensorType, values: Any) -> Value:
        """A tensor of the model; one that is not saved by what is in it, as the source has it."""
        item = self.leaves.tensors.get(self.leaves.names.get(name, name))
        if values is not None and (item is None or (isinstance(item, Buffer) and not item.persistent)):
            if item is not None:
                self.leaves.bound.setdefault(item.name, (name, False))
            return self.words.constants(list(values), kind.shape)  # type: ignore[arg-type]
        return self.leaves.value(Leaf(name, kind.shape, kind.dtype), name.rpartition(".")[0])  # type: ignore[arg-type]

    def _operation(self, node: Node, base: str, given: dict[str, Any]) -> Any:
        values = list(given.values())
        if base in _SETTINGS:
            return self._setting(base, values)
        if base in _OF_SETTINGS and any(isinstance(item, Setting) for item in flat(values)):
            return self._setting(base, list(flat(values)))
        if base in ("size", "sym_size"):
            return values[0].shape[given["dim"]] if given.get("dim") is not None else list(values[0].shape)
        if base == "dim":
            return len(values[0].dims)
        if base == "is_nested":
            return False
        if base == "format":
            return str(values[0])
        if base == "len" and isinstance(values[0], (list, tuple)):
            return len(values[0])
        if base in _SAME and len(values) == 1:
            return values[0]
        if base in _OF_NUMBERS and not any(isinstance(item, (Value, Setting)) for item in flat(values)):
            return bounded(_OF_NUMBERS[base](*values))
        return self._of_tensors(node, spelled(base)[0], given)

    def _setting(self, base: str, values: list[Any]) -> Setting:
        """One that depends on these; equal ones are one."""
        own = tuple((type(item).__name__, item.head if isinstance(item, (Value, Setting)) else item) for item in values)
        return Setting(self.words.head(("setting", base, own), ()))

    def _of_tensors(self, node: Node, base: str, given: dict[str, Any]) -> Any:
        values = list(given.values())
        if base in ("lstm", "gru"):
            return self._recurrent(node, base, given)
        if base in IDLE and given.get("training") in (None, False):
            return values[0]
        if base == "to" and isinstance(node.output, TensorType):
            return self._cast(node, values[0])
        change = OPERATIONS.get(base)
        if change is not None:
            return change(self.words, given, node)
        if base in BINARY and len(values) == 2:
            return BINARY[base](self.words, *(self.words.valued(value) for value in values))
        if (base in PLAIN or base in ("silu", "relu6", "mish", "hardswish", "square", "neg", "reciprocal")) and len(values) == 1:
            return self.words.function(base, values[0])
        raise Unproven(base)

    def _cast(self, node: Node, value: Value) -> Value:
        """Where nothing changes."""
        before = [self.source.graph[index].output for index in node.inputs[:1]]
        if before == [node.output]:
            return value
        raise Unproven("another element type")

    def _chosen(self, node: Node) -> Any:
        """The one where a condition holds, else the other; what the condition does not choose need not be known."""
        given = self.stated_of[node.index]
        test = self.stated(given["condition"])
        if isinstance(test, Setting):
            test = self.taken.setdefault(test, True)
        if not isinstance(test, bool):
            raise Unproven("a condition")
        return self.stated(given["one" if test else "other"])

    def _alone(self, node: Node) -> None:
        """That what is changed in place is used by nothing else."""
        index, nodes = node.inputs[0] if node.inputs else -1, self.source.graph
        while index >= 0:
            if self.users[index] != [node.index] and nodes[index].op != "get_attr":
                raise Unproven("what is changed in place is used elsewhere")
            if nodes[index].op == "get_attr":
                raise Unproven("a tensor of the model is changed")
            base = spelled(base_name(nodes[index].target))[0]
            if nodes[index].op == "placeholder" or (base not in _VIEWS and not base_name(nodes[index].target).endswith("_")):
                return
            node, index = nodes[index], nodes[index].inputs[0] if nodes[index].inputs else -1

    def _recurrent(self, node: Node, kind: str, given: dict[str, Any]) -> Any:
        """All layers of a recurrent layer: its weights by the names that the source has for them, its first states nothing."""
        value, states = given["input"], given["hx"] if isinstance(given["hx"], list) else [given["hx"]]
        if given.get("dropout") and given.get("training"):
            raise Unproven("dropout")
        if any(self.words.constant(state) != 0.0 for state in states) or len(value.dims) != 3:
            raise Unproven("an initial state")
        bias, sides, layers = bool(given["has_biases"]), 2 if given["bidirectional"] else 1, given["num_layers"]
        keys = [self._key(item) for item in given["params"]]
        owner = keys[0].rpartition(".")[0]
        names = [[f"_l{place}{end}" for end in ("", "_reverse")[:sides]] for place in range(bounded(layers))]
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[: 4 if bias else 2]
        if keys != [f"{owner}.{word}{end}".lstrip(".") for ends in names for end in ends for word in kinds]:
            raise Unproven("the weights of a recurrent layer")
        turned = value.turned((1, 0, 2)) if given.get("batch_first") else value
        finals: list[Value] = []
        for ends in names:
            hidden = self.tensors_of(keys, f"weight_hh{ends[0]}")
            turned, final = self.words.recurrent(kind, turned, owner, ends, hidden, bias)
            finals.append(final)
        last = self.words.joined(finals, 0)
        return turned.turned((1, 0, 2)) if given.get("batch_first") else turned, last, None

    def _key(self, value: Value) -> str:
        """The name of the source's tensor that a value is, unchanged."""
        form = self.words.form(value.head)
        if form[0] != "parameter" or value != self.words.leaf(form, self.words.sizes(value.head)):
            raise Unproven("the weights of a recurrent layer")
        return form[1]

    def tensors_of(self, keys: list[str], end: str) -> int:
        """The size of the state, from the weight of this ending."""
        key = next(key for key in keys if key.endswith(end))
        return self.leaves.tensors[key].shape[1]
