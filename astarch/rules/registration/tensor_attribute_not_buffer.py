"""Rule: a tensor kept as a plain attribute and computed with in the forward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import Assigned, ClassSource, first_parameter
from ..rule import Rule, constant, replace

_FACTORIES = {
    "zeros",
    "ones",
    "arange",
    "linspace",
    "logspace",
    "eye",
    "full",
    "rand",
    "randn",
    "tensor",
    "hann_window",
    "hamming_window",
    "tril",
    "triu",
    "meshgrid",
}

#: Functions that compute with tensors on one device.
_COMPUTATIONS = frozenset(f"torch.{name}" for name in ("matmul", "mm", "bmm", "cat", "add", "mul", "sub", "div", "dot"))


class TensorAttributeNotBuffer(Rule):
    """A tensor made in `__init__` is a plain attribute, and the forward computes with it.

    ## Why
    `.to(device)` and `.half()` move parameters and buffers, nothing else: on a GPU the forward fails with `Expected all
    tensors to be on the same device`.

    ## Known problems
    A tensor that the forward moves itself (`.to(x)`, `.type_as(x)`) is left alone, and so are single numbers.

    ## Fix
    Unsafe: `register_buffer(..., persistent=False)`, which leaves the state dict as it is.
    """

    code = "MDL114"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = torch.arange(8.)

        def forward(self, x):
            return x * self.scales
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("scales", torch.arange(8.), persistent=False)

        def forward(self, x):
            return x * self.scales
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.framework != "torch" or cls.dynamic or {"_apply", "to", "cuda"} & {name for each in cls.lineage for name in each.methods}:
            return
        names = [one.name for each in cls.lineage for one in each.assigned]
        for one in cls.assigned:
            if (
                one.method.name != "__init__"
                or names.count(one.name) != 1
                or not _makes_tensor(cls, one)
                or one.node not in one.method.body
            ):
                continue
            use = _computed_with(cls, one.name)
            if use is not None and isinstance(one.value, ast.expr):
                text = f'{first_parameter(one.method)}.register_buffer("{one.name}", {cls.file.source(one.value)}, persistent=False)'
                fix = replace(cls.file, one.node, text, "register it as a buffer that is not saved")
                message = f"`self.{one.name}` is a tensor that .to(device) does not move: it is neither parameter nor buffer"
                yield self.finding(cls.file, one.node, message, notes=[(use, "computed with here")], fix=fix)


def _makes_tensor(cls: ClassSource, one: Assigned) -> bool:
    value = one.value
    while isinstance(value, ast.BinOp):
        value = value.left if isinstance(value.left, (ast.Call, ast.BinOp)) else value.right
    if not isinstance(value, ast.Call):
        return False
    name = cls.file.resolve(value.func)
    if (
        name.rpartition(".")[2] == "tensor"
        and value.args
        and (constant(value.args[0]) is not None or isinstance(value.args[0], (ast.Name, ast.Attribute, ast.Call)))
    ):
        return False
    return (
        name.startswith("torch.")
        and name.removeprefix("torch.") in _FACTORIES
        and not any(keyword.arg == "device" for keyword in value.keywords)
    )


def _computed_with(cls: ClassSource, name: str) -> ast.AST | None:
    """The operation that the forward does with it, unless anything else happens to it."""
    found: ast.AST | None = None
    for each in cls.lineage:
        for node in each.reads.get(name, []):
            parent = each.file.parents[node]
            if not isinstance(parent, ast.BinOp) and not _is_computation(each, parent, node):
                return None
            function = each.file.function_of(node)
            if function is not None and function.name == "forward" and each is cls:
                found = parent
    return found


def _is_computation(cls: ClassSource, call: ast.AST, node: ast.AST) -> bool:
    """Whether it is given to a function of torch that computes with it."""
    if not isinstance(call, ast.Call) or node not in call.args:
        return False
    name = cls.file.resolve(call.func)
    return name.startswith("torch.nn.functional.") or name in _COMPUTATIONS
