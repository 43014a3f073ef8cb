"""Rule: a backward that gives another number of gradients than its forward takes inputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule


class FunctionGradientCount(Rule):
    """The `backward` of a `torch.autograd.Function` returns fewer gradients than `forward` takes inputs.

    ## Why
    It gives one for each input, in order, and None for what has none: torch raises `returned an incorrect number of gradients`.

    ## Known problems
    Only gradients that are written out: a tuple, or one product or copy.
    """

    code = "MDL319"
    references = ("https://docs.pytorch.org/docs/stable/notes/extending.html",)
    bad = """
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx, gradient):
            return gradient * ctx.factor
    """
    good = """
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx, gradient):
            return gradient * ctx.factor, None
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for node in file.all(ast.ClassDef) if "Function" in file.text else ():
            if not any(file.resolve(base) in ("torch.autograd.Function", "torch.autograd.function.Function") for base in node.bases):
                continue
            methods = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
            forward, backward = methods.get("forward"), methods.get("backward")
            if forward is None or backward is None or forward.args.vararg or forward.args.kwonlyargs:
                continue
            context = 0 if "setup_context" in methods else 1
            wanted = len(forward.args.posonlyargs) + len(forward.args.args) - len(forward.args.defaults) - context
            for given in file.within(backward, ast.Return):
                if file.function_of(given) is backward and (count := _count(file, backward, given.value)) and count < wanted:
                    message = f"one gradient for each input: `forward` takes {wanted}, and this gives {count}"
                    yield self.finding(file, given, message, notes=[(forward, f"takes {wanted}")])


def _count(file: File, backward: ast.FunctionDef, value: ast.expr | None) -> int:
    """How many gradients are returned; 0 where that is not seen."""
    if isinstance(value, ast.Tuple):
        return 0 if any(isinstance(one, ast.Starred) for one in value.elts) else len(value.elts)
    if isinstance(value, ast.Name):
        given = [one.arg for one in backward.args.args][1:]
        stores = [node for node in file.within(backward, ast.Assign) if any(_is(target, value.id) for target in node.targets)]
        if value.id in given and not stores:
            return 1
        return 1 if stores and all(_is_tensor(node.value) for node in stores) else 0
    return 1 if _is_tensor(value) else 0


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_tensor(node: ast.expr | None) -> bool:
    """Whether an expression is surely one tensor: a product, a quotient, a copy."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mult | ast.Div | ast.MatMult | ast.Sub) and not isinstance(node.left, ast.Tuple)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("clone", "mul", "mm", "matmul", "masked_fill")
    )
