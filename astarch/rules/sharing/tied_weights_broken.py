"""Rule: weights are tied, and one of the two is made anew afterwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..layers import makes_module
from ..rule import Rule


class TiedWeightsBroken(Rule):
    """Weights are tied, and one of the two layers is made anew afterwards.

    ## Why
    A tie is between two tensors, not two names: the new layer has weights of its own, and the model more parameters than it is said
    to have.
    """

    code = "MDL633"
    severity = "warning"
    references = ("https://github.com/huggingface/transformers/issues/35141",)
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 8)
            self.head = nn.Linear(8, 100)
            self.head.weight = self.embed.weight
            self.embed = nn.Embedding(100, 8, padding_idx=0)

        def forward(self, x):
            return self.head(self.embed(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 8, padding_idx=0)
            self.head = nn.Linear(8, 100)
            self.head.weight = self.embed.weight

        def forward(self, x):
            return self.head(self.embed(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for method in cls.methods.values():
            for place, tie in enumerate(method.body):
                sides = _tied(tie)
                for later in method.body[place + 1 :] if sides else ():
                    target = dotted_text(later.targets[0]) if isinstance(later, ast.Assign) and len(later.targets) == 1 else ""
                    if not isinstance(later, ast.Assign) or target not in sides or not makes_module(cls.file, later.value):
                        continue
                    if any(_tied(again) == sides for again in method.body[method.body.index(later) :]):
                        continue
                    yield self.finding(
                        cls.file,
                        later,
                        f"this `{target}` has weights of its own: what it was tied to keeps those of the layer before",
                        notes=[(tie, "tied here")],
                        help="tie them after both are made",
                    )


def _tied(node: ast.stmt) -> frozenset[str]:
    """The two layers whose weights a statement ties: ``self.head.weight = self.embed.weight``."""
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return frozenset()
    left, right = dotted_text(node.targets[0]), dotted_text(node.value)
    owners = {text.removesuffix(".weight") for text in (left, right) if text.startswith("self.") and text.endswith(".weight")}
    return frozenset(owners) if len(owners) == 2 else frozenset()
