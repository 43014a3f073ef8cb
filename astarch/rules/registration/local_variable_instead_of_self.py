"""Rule: a layer made in ``__init__`` and kept nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..layers import has_weights, makes_module
from ..rule import Rule, replace


class LocalVariableInsteadOfSelf(Rule):
    """A layer is assigned to a local name of `__init__` that nothing reads.

    ## Why
    It is gone when `__init__` returns. Mostly `self.` was meant.

    ## Fix
    Unsafe: `self_fc` becomes `self.fc`. It adds keys to the state dict.
    """

    code = "MDL116"
    severity = "warning"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self_fc = nn.Linear(4, 4)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 4)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        if init is None:
            return
        names = [node for node in cls.file.walk(init) if isinstance(node, ast.Name)]
        read = {node.id for node in names if not isinstance(node.ctx, ast.Store)}
        if "locals" in read:
            return
        for node in cls.file.walk(init):
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(target := node.targets[0], ast.Name)
                and target.id not in read | {"_"}
            ) and has_weights(cls.file, node.value):
                fix = (
                    replace(cls.file, target, "self." + target.id[5:], "keep it on self")
                    if target.id.startswith("self_") and len(target.id) > 5
                    else None
                )
                severity = "error" if fix is not None else ""
                made = makes_module(cls.file, node.value) or "layer"
                yield self.finding(
                    cls.file,
                    target,
                    f"this `{made}` is never used: `{target.id}` is a local name",
                    help="assign it to self",
                    fix=fix,
                    severity=severity,
                )
