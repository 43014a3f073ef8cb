"""Rule: what a layer computes is thrown away."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import own_call
from ..layers import ACTIVATIONS, RECURRENT, WEIGHTED, torch_layer
from ..rule import Rule


class DeadLayerOutput(Rule):
    """The result of a layer is never used.

    ## Why
    The layer runs and has no effect: its weights get no gradient. Mostly a name is mistyped, or an addition is missing.

    ## Known problems
    Only torch's own layers are judged: a class of the project may have effects beside its result.
    """

    code = "MDL303"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Linear(8, 8)
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            h = self.mix(x)
            return self.fc(x)
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Linear(8, 8)
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            y = self.mix(x)
            y = self.fc(x)
            return y
    """,
    )
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Linear(8, 8)
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.mix(x)
            return self.fc(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        forward = cls.forward
        if forward is None or cls.framework != "torch":
            return
        loads = {node.id for node in cls.file.walk(forward) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
        if "locals" in loads:
            return
        scoped = {name for node in cls.file.walk(forward) if isinstance(node, (ast.Nonlocal, ast.Global)) for name in node.names}
        for block in _blocks(cls.file.walk(forward)):
            for here, after in zip(block, [*block[1:], None], strict=False):
                name, value = _stored(here)
                layer = self._layer(cls, value)
                if not layer or name in scoped:
                    continue
                if (
                    name is None
                    and here is forward.body[-1]
                    and not any(isinstance(n, ast.Return) and n.value for n in cls.file.walk(forward))
                ):
                    continue  # its return is missing, which is said elsewhere
                if name is None:
                    yield self.finding(cls.file, here, f"the result of `{layer}` is thrown away: the call has no effect")
                elif name not in loads and not name.startswith("_"):
                    yield self.finding(
                        cls.file, here, f"`{name}`, the result of `{layer}`, is never used: the call has no effect", help=_HELP
                    )
                elif after is not None and _stored(after)[0] == name and not _reads(after, name):
                    notes = [(after, "overwritten here, unread")]
                    yield self.finding(
                        cls.file, here, f"`{name}`, the result of `{layer}`, is overwritten before anything uses it", notes=notes
                    )

    def _layer(self, cls: ClassSource, value: ast.expr | None) -> str:
        while isinstance(value, ast.Call) and len(value.args) > 0 and _is_activation(cls, value):
            value = value.args[0]
        name = own_call(cls, value)
        made = {torch_layer(each.file, one.value) for each, one in cls.kept.get(name, ())}
        return f"self.{name}" if made and made <= WEIGHTED - RECURRENT else ""


_HELP = "hand it on, or leave the layer out"


def _is_activation(cls: ClassSource, call: ast.Call) -> bool:
    """Whether a call only bends what it is given: it has no effect of its own."""
    if cls.file.resolve(call.func) in _BENDING:
        return True
    made = {torch_layer(each.file, one.value) for each, one in cls.kept.get(own_call(cls, call), ())}
    return bool(made) and made <= ACTIVATIONS


#: Functions without an effect of their own.
_BENDING = frozenset(f"torch.nn.functional.{name}" for name in ("relu", "gelu", "silu", "elu", "leaky_relu", "softplus", "mish", "tanh")) | {
    "torch.relu", "torch.tanh", "torch.sigmoid"}  # fmt: skip


def _blocks(nodes: list[ast.AST]) -> Iterator[list[ast.stmt]]:
    for node in nodes:
        if not isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            continue
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _stored(node: ast.stmt) -> tuple[str | None, ast.expr | None]:
    """The name and the value of ``name = value``, or of a value that stands alone."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    return (None, node.value) if isinstance(node, ast.Expr) else ("", None)


def _reads(node: ast.stmt, name: str) -> bool:
    return any(isinstance(found, ast.Name) and found.id == name and isinstance(found.ctx, ast.Load) for found in ast.walk(node))
