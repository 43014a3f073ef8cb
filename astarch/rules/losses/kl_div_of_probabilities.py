"""Rule: probabilities where `kl_div` takes their logarithms."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..assignments import only_value
from ..endings import values_of
from ..layers import torch_layer
from ..rule import Rule, argument, replace

_SOFTMAX = ("torch.softmax", "torch.nn.functional.softmax")


class KlDivOfProbabilities(Rule):
    """The first argument of `kl_div` is a softmax.

    ## Why
    `kl_div` takes logarithms of probabilities first, and probabilities as its target. Of probabilities it computes something that is
    no distance of distributions, and may be negative.

    ## Fix
    Unsafe: `log_softmax`.
    """

    code = "MDL669"
    references = ("https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html",)
    bad = """
    def distill(student, teacher):
        return F.kl_div(F.softmax(student, dim=1), F.softmax(teacher, dim=1), reduction="batchmean")
    """
    good = """
    def distill(student, teacher):
        return F.kl_div(F.log_softmax(student, dim=1), F.softmax(teacher, dim=1), reduction="batchmean")
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if "kl_div" not in file.text and "KLDivLoss" not in file.text:
            return
        for call in (*file.called.get("torch.nn.functional.kl_div", ()), *_named(file)):
            given = argument(call, 0, "input")
            value = only_value(file, given, call) if isinstance(given, ast.Name) else given
            if isinstance(value, ast.Call) and file.resolve(value.func) in _SOFTMAX:
                text = file.source(value.func).replace("softmax", "log_softmax")
                fix = replace(file, value.func, text, "give it logarithms")
                notes = [] if value is given else [(value, "these are probabilities")]
                yield self.finding(file, call, "`kl_div` takes log-probabilities first, and gets probabilities", notes=notes, fix=fix)


def _named(file: File) -> Iterator[ast.Call]:
    """Calls of `KLDivLoss` where it is made, or by a name that means nothing else in the file."""
    for made in file.called.get("torch.nn.KLDivLoss", ()):
        outer = next(file.up(made), None)
        if isinstance(outer, ast.Call) and outer.func is made:
            yield outer
        name = outer.targets[0].id if isinstance(outer, ast.Assign) and isinstance(outer.targets[0], ast.Name) else ""
        if name and all(torch_layer(file, value) == "KLDivLoss" for value in values_of(file, name)):
            yield from (call for call in file.all(ast.Call) if isinstance(call.func, ast.Name) and call.func.id == name)
