"""Rule: a layer given as it is where a tensor is due."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import STATELESS, WEIGHTED, torch_layer
from ..rule import Rule


class LayerNotCalled(Rule):
    """A layer stands where a tensor is due: it was not called.

    ## Why
    `F.relu(self.fc)` gives the layer itself to `relu`, not what it makes of the input: torch raises `TypeError: relu(): argument
    'input' must be Tensor, not Linear`.
    """

    code = "MDL318"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return F.relu(self.fc)
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.left = nn.Linear(8, 8)
            self.right = nn.Linear(8, 8)

        def forward(self, x):
            return self.left(x) + self.right
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.left = nn.Linear(8, 8)
            self.right = nn.Linear(8, 8)

        def forward(self, x):
            return torch.cat([self.left(x), self.right], dim=1)
    """,
    )
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return F.relu(self.fc(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.framework != "torch":
            return
        for node in cls.file.within(cls.node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id == "self" and isinstance(node.ctx, ast.Load)):
                continue
            made = layer_of(cls, node.attr)
            if made is not None and _is_called(cls, made) and _wants_tensor(cls, node):
                yield self.finding(
                    cls.file,
                    node,
                    f"`self.{node.attr}` is a layer and stands where a tensor is due: it is not called",
                    notes=[(made, "the layer")],
                    help=f"did you mean `self.{node.attr}(...)`?",
                )


def _is_called(cls: ClassSource, made: ast.Call) -> bool:
    """Whether it is a layer of torch that takes tensors and gives them."""
    return torch_layer(cls.file, made) in WEIGHTED | STATELESS | {"Sequential"}


#: Functions of torch that take tensors first, those of `torch.nn.functional` aside; and those that take several in a sequence.
_NAMES = """
    abs add bmm clamp div dropout exp flatten log log_softmax matmul max mean min mm mul permute pow relu reshape sigmoid softmax sqrt
    squeeze sub sum tanh transpose unsqueeze where
"""
_FUNCTIONS = {f"torch.{name}" for name in _NAMES.split()}
_JOINING = {"torch.cat", "torch.concat", "torch.concatenate", "torch.stack", "torch.hstack", "torch.vstack"}


def _wants_tensor(cls: ClassSource, node: ast.Attribute) -> bool:
    """Whether what stands around a value computes with it."""
    around = cls.file.parents[node]
    if isinstance(around, ast.BinOp):
        return isinstance(around.op, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.MatMult))
    if isinstance(around, (ast.List, ast.Tuple)):
        call = cls.file.parents[around]
        return isinstance(call, ast.Call) and around in call.args and cls.file.resolve(call.func) in _JOINING
    if not isinstance(around, ast.Call) or node not in around.args:
        return False
    name = cls.file.resolve(around.func)
    if name.startswith("torch.nn.functional.") or name in _FUNCTIONS:
        return True
    called = layer_of(cls, own) if (own := own_call(cls, around)) else None
    return called is not None and _is_called(cls, called)
