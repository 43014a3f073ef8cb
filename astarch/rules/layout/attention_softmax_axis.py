"""Rule: the softmax of an attention over another axis than the one that is summed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..assignments import last_value
from ..rule import Rule, argument, constant


class AttentionSoftmaxAxis(Rule):
    """The weights of an attention sum to one for each key, not for each query.

    ## Why
    `weights @ values` sums over the last axis of the weights, the keys. A softmax over any other axis, mostly that of the queries,
    makes weights that do not sum to one there; nothing fails, and the model learns badly.

    ## Known problems
    Only weights that go straight from the softmax into the product are judged: slot attention, which divides by a sum afterwards, is not.
    """

    code = "MDL608"
    severity = "warning"
    confidence = "likely"
    bad = (
        """
    class Attention(nn.Module):
        def forward(self, q, k, v):
            scores = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
            weights = scores.softmax(dim=-2)
            return weights @ v
    """,
        """
    class Attention(nn.Module):
        def forward(self, q, k, v, mask=None):
            attn = torch.bmm(q, k.transpose(1, 2))
            if mask is not None:
                attn = attn.masked_fill(mask, float("-inf"))
            attn = F.dropout(F.softmax(attn, dim=1), 0.1, self.training)
            return torch.bmm(attn, v)
    """,
    )
    good = """
    class Attention(nn.Module):
        def forward(self, q, k, v):
            scores = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
            weights = scores.softmax(dim=-1)
            return weights @ v
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if "softmax" not in file.text and "Softmax" not in file.text:
            return
        seen: set[ast.AST] = set()
        for function in file.all(ast.FunctionDef):
            for product in _products(file, file.walk(function)):
                softmax = _softmax_of(file, function, product.left, product.node)
                if softmax is None or softmax.node in seen:
                    continue
                made = _product_in(file, function, softmax.scores, softmax.node)
                if made is None or not _is_of_queries(file, softmax.dim, made):
                    continue
                seen.add(softmax.node)
                message = f"this softmax goes over axis {softmax.dim}, and the product that follows sums over the last one, the keys"
                yield self.finding(
                    file,
                    softmax.node,
                    message,
                    notes=[(made.node, "the scores"), (product.node, "sums over the keys")],
                    help="did you mean `dim=-1`?",
                )


class _Product(NamedTuple):
    node: ast.expr
    left: ast.expr
    is_of_three: bool  # axes: `bmm` takes no other


class _Softmax(NamedTuple):
    node: ast.Call
    scores: ast.expr
    dim: int


#: How many names and steps a value is followed through.
_MOST_STEPS = 8
#: Methods that change neither the axes of their receiver nor what its parts sum to.
_KEEPING = frozenset({"to", "float", "half", "bfloat16", "type", "type_as", "contiguous", "clone", "detach"})


def _products(file: File, nodes: list[ast.AST]) -> Iterator[_Product]:
    """The products of matrices, with what stands on their left."""
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            yield _Product(node, node.left, False)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = file.resolve(node.func)
            if name in ("torch.bmm", "torch.matmul") and len(node.args) == 2:
                yield _Product(node, node.args[0], name == "torch.bmm")
            elif not name and node.func.attr in ("bmm", "matmul") and len(node.args) == 1:
                yield _Product(node, node.func.value, node.func.attr == "bmm")


def _softmax_of(file: File, function: ast.FunctionDef, value: ast.expr | None, use: ast.expr) -> _Softmax | None:
    """The softmax that made a value, dropouts and conversions aside."""
    for _ in range(_MOST_STEPS):
        if isinstance(value, ast.Name):
            value = last_value(file, function, value, use)
            use = value or use
        if not isinstance(value, ast.Call):
            return None
        if (found := _as_softmax(file, value)) is not None:
            return found
        value = _before_dropout(file, value)
    return None


def _as_softmax(file: File, call: ast.Call) -> _Softmax | None:
    name = file.resolve(call.func)
    if name in ("torch.softmax", "torch.nn.functional.softmax") and call.args:
        scores, dim = call.args[0], argument(call, 1, "dim")
    elif not name and isinstance(call.func, ast.Attribute) and call.func.attr == "softmax":
        scores, dim = call.func.value, argument(call, 0, "dim")
    elif isinstance(call.func, ast.Call) and file.resolve(call.func.func) == "torch.nn.Softmax" and call.args:
        scores, dim = call.args[0], argument(call.func, 0, "dim")
    else:
        return None
    number = constant(dim)
    return _Softmax(call, scores, number) if type(number) is int else None


def _before_dropout(file: File, call: ast.Call) -> ast.expr | None:
    """What a dropout or a conversion is given."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPING and not file.resolve(call.func):
        return call.func.value
    is_own = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "self"
    if file.resolve(call.func) in ("torch.dropout", "torch.nn.functional.dropout") or (is_own and "drop" in call.func.attr.lower()):  # type: ignore[union-attr]
        return call.args[0] if call.args else None
    return None


def _product_in(file: File, function: ast.FunctionDef, value: ast.expr, use: ast.expr) -> _Product | None:
    """The product of matrices among what a value is computed from: in it, or in what a name in it was given before."""
    assigned = file.within(function, ast.Assign)
    waiting: list[tuple[ast.expr, int]] = [(value, use.lineno)]
    seen: set[ast.Assign] = set()
    while waiting:
        value, line = waiting.pop()
        nodes = file.walk(value)
        for product in _products(file, nodes):
            return product
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        for one in assigned:
            if one.lineno < line and one not in seen and any(isinstance(to, ast.Name) and to.id in names for to in one.targets):
                seen.add(one)
                waiting.append((one.value, one.lineno))
    return None


def _is_of_queries(file: File, dim: int, scores: _Product) -> bool:
    """Whether an axis of the scores is certainly not their last."""
    if dim in (-2, 0):
        return True
    turned = (".transpose(1, 2)", ".transpose(2, 3)", ".permute(0, 2, 1)", ".permute(0, 1, 3, 2)")
    return dim == 1 and (scores.is_of_three or any(text in file.source(scores.node) for text in turned))
