"""Rule: a module that never runs its base class's ``__init__``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Fix
from ...ir.program import ClassSource, Definition
from ..layers import CONTAINERS, is_parameter, keras_layer, makes_module
from ..rule import Rule, insert_before, replace


class MissingSuperInit(Rule):
    """A module assigns layers without calling `super().__init__()`.

    ## Why
    `nn.Module.__init__` makes the tables in which parameters, buffers and submodules are registered. Without it the first
    assignment of a layer raises `AttributeError: cannot assign module before Module.__init__() call`; a module without layers
    raises when it is called.

    ## Known problems
    A call hidden in a helper outside the class is not seen; every mention of `__init__` inside the class counts as a call.

    ## Fix
    Safe: `super().__init__()` becomes the first statement, when the base class is `nn.Module` itself.
    """

    code = "MDL101"
    framework = "both"
    references = ("https://github.com/pytorch/pytorch/issues/37824",)
    bad = (
        """
    class Head(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(2, 2)
    """,
        """
    class Head(nn.Module):
        def __init__(self):
            super().__init__
            self.fc = nn.Linear(2, 2)
    """,
        """
    class Scale(nn.Module):
        def __init__(self, by):
            self.by = by

        def forward(self, x):
            return x * self.by

    def build():
        return nn.Sequential(nn.Linear(2, 2), Scale(2))
    """,
    )
    good = (
        """
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
    """,
        """
    class Scale(nn.Module):
        def __init__(self, by):
            super().__init__()
            self.by = by

        def forward(self, x):
            return x * self.by

    def build():
        return nn.Sequential(nn.Linear(2, 2), Scale(2))
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        if init is None or cls.node.decorator_list or cls.file.path.rpartition("/")[2].startswith("modular_"):
            return
        uncalled = next((one for one in init.body if isinstance(one, ast.Expr) and _is_uncalled(one.value)), None)
        if uncalled is not None:
            fix = replace(cls.file, uncalled, "super().__init__()", "call it", safe=True)
            message = f"`{cls.name}` names `super().__init__` and does not call it"
            yield self.finding(cls.file, uncalled, message, help="the parentheses are missing", fix=fix)
            return
        if any(
            isinstance(node, ast.Attribute) and node.attr in ("__init__", "__dict__", "__setstate__") for node in cls.file.walk(cls.node)
        ):
            return
        if cls.framework == "keras" and cls.find("__call__") is not None:  # nothing of what the base class makes is used
            return
        base = next((name for name in cls.outside if name.removeprefix("torch.nn.") in CONTAINERS), "")
        if base:  # a container is what its own __init__ makes of it
            message = f"`{cls.name}` is an `{base.replace('torch.', '')}` and never calls `super().__init__()`"
            notes = [(cls.node.bases[0], "its `__init__` must run"), (init.body[-1], "here at the latest")]
            yield self.finding(cls.file, init, message, notes=notes)
            return
        yield from self._unregistered(cls, init) or self._uncallable(cls, init)

    def _unregistered(self, cls: ClassSource, init: Definition) -> list[Diagnostic]:
        """A layer that is assigned: the assignment raises."""
        for one in cls.assigned:
            made = (
                makes_module(cls.file, one.value)
                or keras_layer(cls.file, one.value)
                or ("Parameter" if is_parameter(cls.file, one.value) else "")
            )
            if one.method is init and made:
                base = cls.node.bases[0] if cls.node.bases else cls.node
                message = f"`{cls.name}` assigns `{one.name}` but never calls `super().__init__()`"
                notes = [(one.node, f"this `{made}` cannot be registered"), (init, "here, first of all"), (base, "its `__init__` must run")]
                return [self.finding(cls.file, one.node, message, notes=notes, help=_HELP, fix=_first(cls, init))]
        return []

    def _uncallable(self, cls: ClassSource, init: Definition) -> list[Diagnostic]:
        """A module without layers that is made and called: the call looks for hooks, and there is no table of them."""
        made = cls.file.called.get(f"{cls.file.name}.{cls.qualname}", [])
        if cls.framework != "torch" or not cls.closed or not made or cls.find("forward") is None or cls.find("__call__") is not None:
            return []
        message = f"`{cls.name}` never calls `super().__init__()`: to call it raises AttributeError"
        return [self.finding(cls.file, init, message, notes=[(made[0], "made here")], help=_HELP, fix=_first(cls, init))]


_HELP = "call super().__init__() as the first statement"


def _first(cls: ClassSource, init: Definition) -> Fix | None:
    """The call as the first statement, when the base class takes nothing."""
    if cls.bases not in (["torch.nn.Module"], ["keras.layers.Layer"], ["keras.Model"]):
        return None
    first = next((node for node in init.body if not _is_text(node)), init.body[0])
    return insert_before(cls.file, first, "super().__init__()\n" + " " * first.col_offset, "call `super().__init__()` first", safe=True)


def _is_uncalled(node: ast.expr) -> bool:
    """Whether it is ``super().__init__`` without its parentheses."""
    if not isinstance(node, ast.Attribute) or node.attr != "__init__" or not isinstance(node.value, ast.Call):
        return False
    return isinstance(node.value.func, ast.Name) and node.value.func.id == "super"


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
