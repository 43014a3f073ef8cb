"""Rule: one layer repeated by multiplying a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import has_weights
from ..rule import Rule, replace


class SharedModuleByListMult(Rule):
    """A list with a layer is multiplied: it holds the same layer several times.

    ## Why
    All copies share one set of weights. The model has a fraction of the parameters it seems to have.

    ## Known problems
    Layers without weights can be repeated so.

    ## Fix
    Unsafe: a comprehension, which makes a layer each time. Parameters and checkpoints change.
    """

    code = "MDL631"
    framework = "both"
    references = ("https://github.com/linkedin/Liger-Kernel/pull/269",)
    bad = """
    def tower():
        return nn.ModuleList([nn.Linear(8, 8)] * 4)
    """
    good = """
    def tower():
        return nn.ModuleList([nn.Linear(8, 8) for _ in range(4)])
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for node in file.all(ast.BinOp):
            if not isinstance(node.op, ast.Mult):
                continue
            items, times = (node.left, node.right) if isinstance(node.left, (ast.List, ast.Tuple)) else (node.right, node.left)
            if isinstance(items, (ast.List, ast.Tuple)) and len(items.elts) == 1 and has_weights(file, items.elts[0]):
                fix = replace(file, node, f"[{file.source(items.elts[0])} for _ in range({file.source(times)})]", "make a layer each time")
                yield self.finding(
                    file,
                    node,
                    "the list holds one layer several times: all share the same weights",
                    notes=[(items.elts[0], "made once")],
                    fix=fix,
                )
