"""Rule: weights are chosen by a prefix that none of them has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..rule import Rule


class FrozenPrefixUnknown(Rule):
    """Weights are chosen by a prefix that none of them has.

    ## Why
    `if name.startswith("encodr")` freezes nothing, without an error.
    """

    code = "MDL504"
    severity = "warning"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Linear(2, 2)
            for name, weight in self.named_parameters():
                if name.startswith("encodr"):
                    weight.requires_grad = False
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Linear(2, 2)
            for name, weight in self.named_parameters():
                if name.startswith("encoder"):
                    weight.requires_grad = False
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if not cls.closed or any(each.dynamic for each in cls.lineage):
            return
        known = {one.name for each in cls.lineage for one in each.assigned} | {name for each in cls.lineage for name in each.named}
        for loop in cls.file.within(cls.node, ast.For):
            if not (
                isinstance(loop.iter, ast.Call)
                and dotted_text(loop.iter.func) == "self.named_parameters"
                and isinstance(loop.target, ast.Tuple)
                and isinstance(loop.target.elts[0], ast.Name)
            ):
                continue
            for call in cls.file.within(loop, ast.Call):
                if (
                    dotted_text(call.func) == f"{loop.target.elts[0].id}.startswith"
                    and len(call.args) == 1
                    and isinstance(call.args[0], ast.Constant)
                ):
                    text = str(call.args[0].value)
                    first, dot, _ = text.partition(".")
                    if first and not any(name == first if dot else name.startswith(first) for name in known):
                        close = get_close_matches(first, known, n=1)
                        yield self.finding(
                            cls.file,
                            call.args[0],
                            f"no parameter of `{cls.name}` starts with {text!r}",
                            help=f"did you mean `{close[0]}`?" if close else "",
                        )
