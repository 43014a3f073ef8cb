"""Rule: a tensor kept as a plain attribute and computed with in the forward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import Assigned, ClassSource, Definition, first_parameter
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


#: Functions and methods that give one tensor for another, on the same device.
_STEPS = frozenset(
    """
    exp sin cos sqrt rsqrt log pow abs neg cat stack outer polar triu tril cumsum flip float double half bool int long unsqueeze squeeze
    transpose permute view reshape flatten contiguous expand repeat t clone detach
""".split()  # noqa: SIM905 - a list of them would be a page
)
#: Methods that compute with their receiver and a tensor they are given.
_WITH_ANOTHER = frozenset({"masked_fill", "masked_fill_", "add", "add_", "mul", "mul_", "sub", "div", "matmul", "bmm", "where"})

#: How many names and steps a value is followed through.
_MOST_STEPS = 12


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
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = torch.arange(8.)

        def forward(self, x):
            return x * self.scales
    """,
        """
    class Position(nn.Module):
        def __init__(self, width, most=512):
            super().__init__()
            table = torch.zeros(most, width)
            steps = torch.arange(0, most).unsqueeze(1).float()
            table[:, 0::2] = torch.sin(steps * torch.arange(0, width, 2))
            self.table = table.unsqueeze(0)

        def forward(self, x):
            return x + self.table[:, : x.size(1)]
    """,
        """
    class Attention(nn.Module):
        def __init__(self, most=512):
            super().__init__()
            self.mask = torch.tril(torch.ones(most, most))

        def forward(self, scores):
            length = scores.shape[-1]
            return scores.masked_fill(self.mask[:length, :length] == 0, float("-inf"))
    """,
    )
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
    return isinstance(one.value, ast.expr) and _is_made(cls, one.value, one.method, _MOST_STEPS)


def _is_made(cls: ClassSource, value: ast.expr, method: Definition, most: int) -> bool:
    """Whether a value is a tensor that was made in this method, on the default device, of more than one number."""
    while isinstance(value, ast.BinOp):
        value = value.left if isinstance(value.left, (ast.Call, ast.BinOp)) else value.right
    if most <= 0:
        return False
    if isinstance(value, ast.Name):
        return _is_local_tensor(cls, value.id, method, most - 1)
    if not isinstance(value, ast.Call) or any(keyword.arg == "device" for keyword in value.keywords):
        return False
    name = cls.file.resolve(value.func)
    last = name.rpartition(".")[2] if name else value.func.attr if isinstance(value.func, ast.Attribute) else ""
    if last in _STEPS and not name and isinstance(value.func, ast.Attribute):
        return _is_made(cls, value.func.value, method, most - 1)
    if last in _STEPS and name == f"torch.{last}" and value.args:
        return _is_made(cls, value.args[0], method, most - 1)
    if (
        last == "tensor"
        and value.args
        and (constant(value.args[0]) is not None or isinstance(value.args[0], (ast.Name, ast.Attribute, ast.Call)))
    ):
        return False
    return name.startswith("torch.") and name.removeprefix("torch.") in _FACTORIES


def _is_local_tensor(cls: ClassSource, name: str, method: Definition, most: int) -> bool:
    """Whether each value that a local name is given is such a tensor."""
    stores = [node for node in cls.file.within(method, ast.Name) if node.id == name and isinstance(node.ctx, ast.Store)]
    values = [parent.value for node in stores if isinstance(parent := cls.file.parents[node], ast.Assign) and node in parent.targets]
    return bool(values) and len(values) == len(stores) and all(_is_made(cls, value, method, most) for value in values)


def _computed_with(cls: ClassSource, name: str) -> ast.AST | None:
    """The operation that the forward does with it, or with a part of it, unless anything else happens to it."""
    found: ast.AST | None = None
    for each in cls.lineage:
        for node in each.reads.get(name, []):
            use: ast.AST = node
            while _is_part(outer := each.file.parents[use], use):
                use = outer
            if isinstance(outer, ast.Attribute) and outer.attr in ("shape", "size", "ndim", "dim", "dtype"):
                continue
            if not isinstance(outer, ast.BinOp) and not _is_computation(each, outer, use):
                return None
            function = each.file.function_of(node)
            if function is not None and function.name == "forward" and each is cls:
                found = outer
    return found


def _is_part(outer: ast.AST, use: ast.AST) -> bool:
    """Whether it is a part of a tensor, or what a comparison with a number, or a negation, makes of it: on the same device."""
    if isinstance(outer, ast.Compare):
        return outer.left is use and len(outer.ops) == 1 and constant(outer.comparators[0]) is not None
    return (isinstance(outer, ast.Subscript) and outer.value is use) or (
        isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Invert)
    )


def _is_computation(cls: ClassSource, call: ast.AST, node: ast.AST) -> bool:
    """Whether it is given to a function of torch, or to a method of a tensor, that computes with it."""
    if not isinstance(call, ast.Call) or node not in call.args:
        return False
    name = cls.file.resolve(call.func)
    if not name and isinstance(call.func, ast.Attribute) and call.func.attr in _WITH_ANOTHER:
        return not (isinstance(call.func.value, ast.Name) and call.func.value.id == "self")
    return name.startswith("torch.nn.functional.") or name in _COMPUTATIONS
