"""Rule: a parameter that is changed in place while gradients are recorded."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, dotted_text
from ..layers import WEIGHTED, is_parameter, torch_layer
from ..rule import Rule, constant

#: Methods that end in an underscore and change no number.
_HARMLESS = frozenset({"requires_grad_", "share_memory_", "retain_grad_", "rename_", "swap_"})


class ParameterChangedInPlace(Rule):
    """A parameter is changed in place outside of `torch.no_grad()`.

    ## Why
    `RuntimeError: a leaf Variable that requires grad is being used in an in-place operation`, as soon as gradients are recorded. A model
    that was only tried under `torch.no_grad()` fails when its training begins.

    ## Known problems
    In the forward it is a warning: a model that is never trained may do so. Constructors that are only ever called under
    `torch.no_grad()` are not known as such.
    """

    code = "MDL123"
    bad = (
        """
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(8))
            self.weight.uniform_(-1, 1)

        def forward(self, x):
            return x * self.weight
    """,
        """
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)
            self.fc.bias[0] = 1.0

        def forward(self, x):
            return self.fc(x)
    """,
    )
    good = (
        """
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(8))
            nn.init.uniform_(self.weight, -1, 1)

        def forward(self, x):
            return x * self.weight
    """,
        """
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)
            with torch.no_grad():
                self.fc.bias[0] = 1.0

        def forward(self, x):
            return self.fc(x)
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.framework != "torch":
            return
        parameters = set(_parameters(cls))
        methods = [cls.methods[name] for name in ("__init__", "forward") if name in cls.methods]
        for method in methods if parameters else ():
            for node in cls.file.walk(method):
                name = _changed(node)
                if name in parameters and not _is_without_gradients(cls, node, method):
                    severity = "error" if method.name == "__init__" else "warning"
                    message = f"`self.{name}` wants a gradient and is changed in place"
                    yield self.finding(cls.file, node, message, help="do it under `torch.no_grad()`", severity=severity)


def _parameters(cls: ClassSource) -> Iterator[str]:
    """The attributes that are certainly parameters with gradients: its own, and those of its own layers."""
    written = [one.name for each in cls.lineage for one in each.assigned if not isinstance(one.node, ast.AugAssign)]
    for one in cls.assigned:
        if isinstance(one.node, ast.AugAssign) or written.count(one.name) != 1 or one.method.name != "__init__":
            continue
        if is_parameter(cls.file, one.value):
            assert isinstance(one.value, ast.Call)
            wants = next((constant(keyword.value) for keyword in one.value.keywords if keyword.arg == "requires_grad"), True)
            if wants is True and len(one.value.args) == 1:
                yield one.name
        elif torch_layer(cls.file, one.value) in WEIGHTED:
            yield from (f"{one.name}.weight", f"{one.name}.bias")


def _changed(node: ast.AST) -> str:
    """What of ``self`` a statement or a call changes in place."""
    target: ast.AST | None = None
    if isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        target = node.targets[0]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name.endswith("_") and not name.endswith("__") and name not in _HARMLESS:
            target = node.func.value
    while isinstance(target, ast.Subscript):
        target = target.value
    text = dotted_text(target) if isinstance(target, ast.Attribute) else ""
    return text.removeprefix("self.") if text.startswith("self.") else ""


def _is_without_gradients(cls: ClassSource, node: ast.AST, method: Definition) -> bool:
    """Whether gradients are off there, or may be, or what it does first asks for none: any such word in the class counts."""
    if any("grad" in cls.file.source(decorator) or "inference" in cls.file.source(decorator) for decorator in method.decorator_list):
        return True
    for outer in cls.file.up(node):
        if isinstance(outer, (ast.With, ast.Try, ast.If, ast.Lambda)):
            return True
        if outer is method:
            break
    return "requires_grad" in cls.file.source(cls.node) or "set_grad_enabled" in cls.file.text
