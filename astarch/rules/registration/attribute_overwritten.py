"""Rule: a layer replaced by another before anything used it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..layers import has_weights
from ..rule import Rule


class AttributeOverwritten(Rule):
    """The same attribute is given two layers, one after the other.

    ## Why
    The first is thrown away. Usually one of the two should have another name, or is left over.

    ## Known problems
    A subclass that replaces what its base made is left alone, and so is what happens in branches.
    """

    code = "MDL121"
    severity = "warning"
    framework = "both"
    references = ("https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/markuplm/modeling_markuplm.py",)
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(9, 4)
            self.table = nn.Embedding(9, 4, padding_idx=0)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(9, 4, padding_idx=0)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        seen: dict[str, ast.stmt] = {}
        for one in cls.assigned:
            if one.method is not init or one.node not in one.method.body or not has_weights(cls.file, one.value):
                continue
            before = seen.get(one.name)
            if before is not None and not any(
                before.lineno < node.lineno <= (one.node.end_lineno or 0) for node in cls.reads.get(one.name, [])
            ):
                yield self.finding(
                    cls.file,
                    one.node,
                    f"`self.{one.name}` is assigned twice: the first layer is thrown away",
                    notes=[(before, "this one is never used")],
                )
            seen[one.name] = one.node
