"""Rule: something is done with a parameter before it is assigned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Fix
from ...ir.program import ClassSource
from ..layers import is_parameter
from ..rule import Rule, replace

_HARMLESS = {"requires_grad_", "register_hook", "data", "shape", "grad"}


class ParameterNotLeaf(Rule):
    """What is assigned is computed from a parameter, and so is no parameter itself.

    ## Why
    `nn.Parameter(x) * 0.02` is a plain tensor: it is not registered, not trained and not saved. With `.to(device)` the
    bug shows only on machines where the device is another one.

    ## Fix
    Unsafe: the operation moves into `nn.Parameter(...)`. The parameter joins the state dict.
    """

    code = "MDL113"
    references = ("https://github.com/pytorch/pytorch/issues/17484",)
    bad = (
        """
    class Net(nn.Module):
        def __init__(self, n, d):
            super().__init__()
            self.pos = nn.Parameter(torch.randn(1, n, d)) * 0.02
    """,
        """
    class Net(nn.Module):
        def __init__(self, n, d):
            super().__init__()
            self.pos = nn.Parameter(torch.randn(n, d)).unsqueeze(0)
    """,
    )
    good = (
        """
    class Net(nn.Module):
        def __init__(self, n, d):
            super().__init__()
            self.pos = nn.Parameter(torch.randn(1, n, d) * 0.02)
    """,
        """
    class Net(nn.Module):
        def __init__(self, n, d):
            super().__init__()
            self.pos = nn.Parameter(torch.randn(n, d).unsqueeze(0))
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for one in cls.assigned:
            inner = _inside(cls, one.value)
            if inner is not None and one.value is not None:
                message = f"`self.{one.name}` is computed from a parameter, so it is a plain tensor: not registered, not trained"
                yield self.finding(
                    cls.file, one.value, message, notes=[(inner, "only this is a parameter")], fix=self._moved(cls, one.value, inner)
                )

    def _moved(self, cls: ClassSource, whole: ast.expr, inner: ast.Call) -> Fix | None:
        if len(inner.args) != 1 or inner.keywords:
            return None
        file = cls.file
        text, part, content = file.source(whole), file.source(inner), file.source(inner.args[0])
        if text.count(part) != 1 or "\n" in text:
            return None
        if isinstance(inner.args[0], (ast.BinOp, ast.IfExp, ast.Lambda, ast.Compare)):
            content = f"({content})"
        return replace(
            file, whole, f"{file.source(inner.func)}({text.replace(part, content)})", "move it into the parameter; it joins the state dict"
        )


def _inside(cls: ClassSource, node: ast.expr | None) -> ast.Call | None:
    """The parameter that an expression computes with."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr not in _HARMLESS:
        found = node.func.value
    elif isinstance(node, ast.BinOp):
        found = node.left if is_parameter(cls.file, node.left) else node.right
    elif isinstance(node, ast.Subscript):
        found = node.value
    else:
        return None
    return found if isinstance(found, ast.Call) and is_parameter(cls.file, found) else None
