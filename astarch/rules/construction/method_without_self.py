"""Rule: a method that does not take ``self`` and uses it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule


class MethodWithoutSelf(Rule):
    """A method does not name `self` among its parameters and uses it.

    ## Why
    The instance arrives under the name of the first parameter, so that every other argument is off by one: calling the model raises
    `TypeError` or `NameError`.
    """

    code = "MDL108"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)

        def forward(x):
            return self.fc(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)

        def forward(self, x):
            return self.fc(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for name, method in cls.methods.items():
            arguments = method.args
            names = {one.arg for one in cls.file.within(arguments, ast.arg)}
            if name in _OF_THE_CLASS or "self" in names or arguments.vararg is not None or method.decorator_list:
                continue
            used = [node for node in cls.file.within(method, ast.Name) if node.id == "self"]
            if used and all(isinstance(node.ctx, ast.Load) for node in used) and cls.file.function_of(cls.node) is None:
                notes = [(used[0], "used here")]
                yield self.finding(cls.file, method, f"`{name}` of `{cls.name}` does not take `self`, and uses it", notes=notes)


#: Methods that get the class without a decorator.
_OF_THE_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
