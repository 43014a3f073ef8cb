"""Rule: a parameter of ``__init__`` that nothing reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule


class UnusedConstructorArgument(Rule):
    """A parameter of `__init__` is never read.

    ## Why
    Whoever sets it believes to change the model, and does not.

    ## Known problems
    Parameters kept for compatibility look the same.
    """

    code = "MDL107"
    severity = "info"
    framework = "both"
    bad = """
    class Block(nn.Module):
        def __init__(self, dim, drop=0.1):
            super().__init__()
            self.fc = nn.Linear(dim, dim)
    """
    good = """
    class Block(nn.Module):
        def __init__(self, dim, drop=0.1):
            super().__init__()
            self.fc = nn.Sequential(nn.Linear(dim, dim), nn.Dropout(drop))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        if init is None or len(init.body) < 2:
            return
        read = {node.id for node in cls.file.walk(init) if isinstance(node, ast.Name)}
        if "locals" in read:
            return
        for arg in (*init.args.args[1:], *init.args.kwonlyargs):
            if arg.arg not in read and not arg.arg.startswith("_"):
                yield self.finding(cls.file, arg, f"`{arg.arg}` of `{cls.name}` has no effect: nothing reads it")
