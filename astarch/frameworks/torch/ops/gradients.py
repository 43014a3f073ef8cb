"""Which tensors need a gradient: followed back through the steps that made them, as far as that is certain.

A step passes on what its operands need, unless it was made where gradients are off, gives whole numbers, or only copies values. What
was written to in place, comes out of a function with a gradient of its own, or is made where nobody can look, may need one or not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from ....ir.tensor import Tensor
from ....ir.unknown import Unknown
from ...describe import RUN, Node, refuse
from ...dtypes import category
from ..tensor import Parameter, TorchTensor

_T, _M, _F = "torch.", "torch.Tensor.", "torch.nn.functional."


def _spelled(start: str, names: str) -> set[str]:
    return {start + name for name in names.split()}


#: Steps whose results need no gradient whatever they are made of: copies of values, new tensors that are only shaped like others.
_CUT = frozenset({
    *_spelled(_T, "detach tensor from_numpy bernoulli zeros_like ones_like empty_like full_like rand_like randn_like randint_like"),
    *_spelled(_M, "detach data numpy new_zeros new_ones new_empty new_full new_tensor"),
})  # fmt: skip

#: Steps that keep their operands, or what they gave, until a gradient has gone through them.
_KEEPS = frozenset({
    *_spelled(_T, "matmul mm bmm sigmoid tanh exp softmax log_softmax relu pow sqrt log Tensor.__matmul__ Tensor.__pow__"),
    *_spelled(_F, "linear relu sigmoid tanh softmax log_softmax mse_loss cross_entropy nll_loss conv1d conv2d binary_cross_entropy"),
    *_spelled(_F, "binary_cross_entropy_with_logits embedding layer_norm batch_norm gelu leaky_relu l1_loss smooth_l1_loss"),
})  # fmt: skip
#: Steps that certainly pass a gradient on.
_PASSES = _KEEPS | frozenset({
    *_spelled(_T, "add sub mul mean sum cat stack flatten reshape squeeze unsqueeze transpose permute div"),
    *_spelled(_M, "view reshape squeeze unsqueeze transpose permute mean sum flatten contiguous __getitem__ __add__ __radd__ __sub__"),
    *_spelled(_M, "__rsub__ __mul__ __rmul__ __truediv__ __neg__"),
})  # fmt: skip

#: Layers that do.
_KEEPING_LAYERS = frozenset(_spelled("torch.nn.", "Linear Conv1d Conv2d LSTM GRU RNN LayerNorm BatchNorm1d BatchNorm2d"))


class GradMode:
    """Whether steps are noted for the gradient, from a place on: True, False, or None where that is not known."""

    described = True

    def __init__(self, on: Any) -> None:
        self.on = on if isinstance(on, bool) else None
        self.before: Any = None

    def __enter__(self) -> GradMode:
        self.before = mode()
        switch(self.on)
        return self

    def __exit__(self, *exception: Any) -> bool:
        switch(self.before)
        return False

    def __call__(self, function: Any) -> Any:
        RUN.get().state["grad mode of functions"] = True  # what is decorated is run as it is
        return function


def mode() -> bool | None:
    """Whether steps are noted for the gradient here."""
    switches = RUN.get().state.get("grad mode")
    return switches[-1][1] if switches else True


def switch(on: bool | None) -> None:
    """From the next step on gradients are on, off, or nobody knows."""
    run = RUN.get()
    run.state.setdefault("grad mode", []).append((len(run.nodes), on))


def _mode_of(index: int) -> bool | None:
    switches: list[tuple[int, bool | None]] = RUN.get().state.get("grad mode", [])
    place = bisect_right(switches, index, key=lambda one: one[0])
    return switches[place - 1][1] if place else True


class _Looked:
    """What was looked through of the steps: which tensors were written to, and which steps gave those in nested results."""

    def __init__(self) -> None:
        self.count = 0
        self.written: dict[int, Any] = {}
        self.nested: dict[int, tuple[int, Any]] = {}

    def on(self, nodes: list[Node]) -> _Looked:
        for index in range(self.count, len(nodes)):
            node = nodes[index]
            if _writes(node.op) and node.args:
                root = _root(node.args[0])
                self.written[id(root)] = root
            if "out" in node.kwargs:
                self.written[id(node.kwargs["out"])] = node.kwargs["out"]
            if node.op == "call_module" and isinstance(node.result, tuple):
                for part in node.result:
                    for item in part if isinstance(part, tuple) else ():
                        self.nested[id(item)] = (index, item)
        self.count = len(nodes)
        return self


def _writes(op: str) -> bool:
    last = op.rpartition(".")[2]
    if last.startswith("__"):
        return last == "__setitem__" or (last[2] == "i" and last not in ("__invert__", "__index__", "__int__", "__iter__"))
    return last.endswith("_") and last not in ("requires_grad_", "detach_")


def _root(tensor: Any) -> Any:
    base = tensor.__dict__.get("_base") if isinstance(tensor, TorchTensor) else None
    return tensor if base is None else base


def _looked() -> _Looked:
    run = RUN.get()
    return run.state.setdefault("grad looked", _Looked()).on(run.nodes)


def _step(tensor: Any) -> int | None:
    """The step that made a tensor, or None."""
    nested = _looked().nested.get(id(tensor))
    if nested is not None:
        return nested[0]
    if tensor.node is None or tensor.node >= len(RUN.get().nodes):
        return None
    result = RUN.get().nodes[tensor.node].result
    made = result is tensor or (isinstance(result, tuple | list) and any(item is tensor for item in result))
    return tensor.node if made else None


def _operands(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple | list):
        for item in value:
            yield from _operands(item)
    elif isinstance(value, dict):
        yield from _operands(list(value.values()))
    elif isinstance(value, Tensor | Unknown):
        yield value


def _weights(module: Any) -> Iterator[Any]:
    """The parameters of a module and of those in it."""
    held = getattr(module, "__dict__", {})
    yield from (one for one in held.get("_parameters", {}).values() if one is not None)
    for inner in held.get("_modules", {}).values():
        yield from _weights(inner)


def needs_gradient(tensor: Any) -> bool | None:
    """Whether a tensor needs a gradient; None where that is not certain."""
    found, waiting, seen = False, [tensor], set[int]()
    uncertain = False
    while waiting and not found:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        answer, further = _of_one(value)
        found = answer is True
        uncertain = uncertain or answer is None
        waiting += further
    return True if found else None if uncertain else False


def _of_one(value: Any) -> tuple[bool | None, list[Any]]:
    """Whether a tensor needs a gradient of its own, and through what else it may."""
    if not isinstance(value, TorchTensor):
        return (False, []) if isinstance(value, Tensor) else (None, [])
    if value.requires_grad:
        return True, []
    root = _root(value)
    if id(root) in _looked().written or "_own_gradient" in value.__dict__:
        return None, []
    index = _step(value)
    if index is None:
        return (False if isinstance(value, Parameter) else None), []
    node, on = RUN.get().nodes[index], _mode_of(index)
    if on is False or node.op in _CUT or category(value.dtype) < 2:
        return False, []
    if on is None:
        return None, []
    operands = [*_operands(node.args), *_operands(node.kwargs)]
    if node.op == "call_module":
        operands += _weights(node.module)
    return False, operands


def passed_through(tensor: Any) -> tuple[bool, list[int]]:
    """Whether a tensor certainly needs a gradient, and the steps that a gradient of it certainly goes through."""
    steps: list[int] = []
    found, waiting, seen = False, [tensor], set[int]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen or not isinstance(value, TorchTensor):
            continue
        seen.add(id(value))
        if value.requires_grad:
            found = True
            continue
        index = _step(value)
        if index is None or "_own_gradient" in value.__dict__ or _mode_of(index) is not True or category(value.dtype) < 2:
            continue
        node = RUN.get().nodes[index]
        if node.op not in _PASSES and not (node.op == "call_module" and _kind(node).startswith("torch.nn.")):
            continue
        steps.append(index)
        waiting += [*_operands(node.args), *_operands(node.kwargs)]
        if node.op == "call_module":
            waiting += _weights(node.module)
    return found, steps


def _kind(node: Node) -> str:
    return getattr(node.module, "described_as", "") if isinstance(getattr(node.module, "described_as", ""), str) else ""


def keeps_operands(index: int) -> bool:
    """Whether a step keeps what it worked on until a gradient has gone through it."""
    node = RUN.get().nodes[index]
    if node.op == "call_module":
        return _kind(node) in _KEEPING_LAYERS
    return node.op in _KEEPS and any(needs_gradient(one) for one in _operands(node.args))


def is_certain_place() -> bool:
    """Whether it is known here whether gradients are on: in a program that is run as a whole and decorates no function to say so."""
    state = RUN.get().state
    return bool(state.get("script")) and not state.get("grad mode of functions")


def go_back(tensor: Any, kept: bool) -> None:
    """Compute gradients from a tensor on; what the steps kept for it is gone afterwards unless it is to be kept."""
    run = RUN.get()
    if needs_gradient(tensor) is False:
        refuse("RuntimeError", "element 0 of tensors does not require grad and does not have a grad_fn")
    for leaf in _leaves(tensor):
        if leaf.__dict__.get("gradient") is None:
            leaf.gradient = leaf.like()
    if not is_certain_place():
        return
    gone: set[int] = run.state.setdefault("grad gone", set())
    found, steps = passed_through(tensor)
    if found and any(step in gone and keeps_operands(step) for step in steps):
        refuse("RuntimeError", "Trying to backward through the graph a second time: what its steps kept is gone after the first")
    if not kept:
        gone.update(steps)


def _leaves(tensor: Any) -> Iterator[Any]:
    """The tensors that a gradient of this one may reach; that there may be others is noted (`is_open`)."""
    run = RUN.get()
    waiting, seen = [tensor], set[int]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if not isinstance(value, TorchTensor) or "_own_gradient" in value.__dict__ or id(_root(value)) in _looked().written:
            run.state["grad open"] = run.state.get("grad open") or not isinstance(value, Tensor) or isinstance(value, TorchTensor)
        if not isinstance(value, TorchTensor) or category(value.dtype) < 2:
            continue
        if value.requires_grad:
            yield value
            continue
        index = _step(value)
        if index is None:
            run.state["grad open"] = run.state.get("grad open") or not isinstance(value, Parameter)
            continue
        node = run.nodes[index]
        if _mode_of(index) is None:
            run.state["grad open"] = True
        if _mode_of(index) is not False and node.op not in _CUT:
            waiting += [*_operands(node.args), *_operands(node.kwargs), *(_weights(node.module) if node.op == "call_module" else ())]


def is_open() -> bool:
    """Whether a gradient that was computed may have gone where nobody saw."""
    return bool(RUN.get().state.get("grad open"))


#: Steps that make a tensor of nothing that needs a gradient.
_MAKING = frozenset(_spelled(_T, "tensor zeros ones rand randn empty full"))


def is_made_of_leaves(tensor: Any) -> bool:
    """Whether a tensor certainly was computed from others that need a gradient, and is none of them."""
    return isinstance(tensor, TorchTensor) and not tensor.requires_grad and is_certain_place() and passed_through(tensor)[0]


def write_to(tensor: Any) -> None:
    """A tensor is changed in place by an operator: one that the program trains by hand must not be, while gradients are on."""
    if not tensor.requires_grad or not is_certain_place() or mode() is not True:
        return
    index = tensor.node
    if isinstance(tensor, Parameter) or (index is not None and RUN.get().nodes[index].op in _MAKING):
        refuse("RuntimeError", "a leaf Variable that requires grad is being used in an in-place operation.")
