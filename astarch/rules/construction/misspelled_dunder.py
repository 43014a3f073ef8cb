"""Rule: a method whose name is almost that of one that Python or torch calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource
from ..rule import Rule

_WRONG = {
    **dict.fromkeys(
        ("_init_", "__int__", "__init", "_init__", "__init_", "init__", "__inti__", "__iniit__", "__ini__", "__initt__"), "__init__"
    ),
    **dict.fromkeys(("foward", "forwrad", "forwad", "forwrd", "fowrard", "foreward", "froward", "_forward_", "__forward__"), "forward"),
}

_WRONG_IN_KERAS = {
    **dict.fromkeys(("bulid", "biuld", "buid", "buld", "builf"), "build"),
    **dict.fromkeys(("cal", "calll", "clal", "calll"), "call"),
}


def _belongs_elsewhere(cls: ClassSource, right: str) -> bool:
    """Whether the framework of a class never calls a method of that name, or one is inherited."""
    return (right == "forward" and (cls.framework == "keras" or cls.find("forward") is not None)) or (
        right in ("build", "call") and (cls.framework != "keras" or cls.find(right) is not None)
    )


class MisspelledDunder(Rule):
    """A method name that is a misspelling of `__init__`, `forward`, `build` or `call`.

    ## Why
    Python never calls it: the layers are not made, or the model raises `NotImplementedError` when it is called.

    ## Known problems
    A method that is called by that name anywhere in the project is left alone.

    ## Fix
    Safe: the method is renamed.
    """

    code = "MDL103"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def _init_(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for name, method in cls.methods.items():
            right = _WRONG.get(name) or _WRONG_IN_KERAS.get(name)
            if right is None or right in cls.methods or (_belongs_elsewhere(cls, right)):
                continue
            if (
                name == "__int__"
                and len(method.args.args) < 2
                and not any(isinstance(node, ast.Attribute) and node.attr == "__init__" for node in cls.file.walk(method))
            ):
                continue
            if any(node.attr == name for node in cls.file.all(ast.Attribute)) or cls.file.program.mentioned(name, cls.file.path):
                continue
            at = cls.file.span(method)
            fix = Fix(f"rename it to `{right}`", (Edit(at, right),), safe=True)
            yield self.finding(cls.file, method, f"`{name}` of `{cls.name}` is never called: `{right}` is meant", fix=fix)
