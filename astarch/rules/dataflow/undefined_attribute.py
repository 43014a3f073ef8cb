"""Rule: an attribute that is read and never made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File, dotted_text
from ..keras_members import KERAS_MEMBERS
from ..rule import Rule
from ..signatures import MODULE_ATTRIBUTES, MODULE_METHODS


class UndefinedAttribute(Rule):
    """A method reads an attribute of `self` that nothing assigns.

    ## Why
    `AttributeError`, as soon as that line runs. On a branch that is rarely taken it waits for production.

    ## Known problems
    Only classes are judged whose base classes are all known and that make no attributes by computed names.
    """

    code = "MDL301"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1 = nn.LayerNorm(8)

        def forward(self, x):
            return self.norm2(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1 = nn.LayerNorm(8)

        def forward(self, x):
            return self.norm1(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if not cls.closed or not cls.framework or "?" in cls.outside or any(each.dynamic for each in cls.lineage):
            return
        known = {"self"} | (KERAS_MEMBERS if cls.framework == "keras" else MODULE_METHODS | MODULE_ATTRIBUTES)
        for each in cls.lineage:
            known |= {one.name for one in each.assigned} | each.class_names | each.named | _guarded(each)
        elsewhere = set(_given_from_outside(cls.file))
        for heir in _heirs(cls):
            if not heir.closed:  # what it is mixed with may have any attribute
                return
            for each in heir.lineage:
                elsewhere |= {one.name for one in each.assigned} | each.class_names | each.named
        inherited = cls.file.program.inherited_elsewhere(cls.name, cls.file.path)
        if inherited and cls.file.program.mixed_elsewhere(cls.name, cls.file.path):
            return
        for name, places in cls.reads.items():
            if (
                name in known
                or name in elsewhere
                or name.startswith("__")
                or (name.startswith("_") and (cls.framework == "keras" or hasattr_of_module(name)))
            ):
                continue
            program, path = cls.file.program, cls.file.path
            if program.assigned_elsewhere(name, path) or (inherited and program.mentioned(name, path)):
                continue
            place = places[0]
            if any(isinstance(node, ast.Try) for node in cls.file.up(place)):
                continue
            close = get_close_matches(name, {one.name for each in cls.lineage for one in each.assigned}, n=1)
            help = f"did you mean `self.{close[0]}`?" if close else ""
            yield self.finding(cls.file, place, f"`self.{name}` is never assigned: `{cls.name}` has no such attribute", help=help)


def hasattr_of_module(name: str) -> bool:
    """Whether `nn.Module` has a private attribute of that name, or may."""
    return name in (
        "_modules",
        "_parameters",
        "_buffers",
        "_version",
        "_get_name",
        "_apply",
        "_call_impl",
        "_save_to_state_dict",
        "_load_from_state_dict",
        "_forward_hooks",
    ) or name.startswith(
        (
            "_forward",
            "_backward",
            "_state_dict",
            "_load_state",
            "_non_persistent",
            "_is_full",
            "_named",
            "_register",
            "_compiled",
            "_slow",
            "_wrapped",
            "_replicate",
            "_maybe",
        )
    )


def _guarded(cls: ClassSource) -> set[str]:
    """Names that are asked for, or made, by text."""
    return {
        str(arg.value)
        for node in cls.file.within(cls.node, ast.Call)
        for arg in node.args
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    }


@lru_cache(maxsize=4)
def _given_from_outside(file: File) -> frozenset[str]:
    """Names that a file assigns on some other object than ``self``, or on any in a function of no class, or has as texts."""
    stored = {
        node.attr
        for node in file.all(ast.Attribute)
        if isinstance(node.ctx, ast.Store) and (dotted_text(node.value) != "self" or file.class_of(node) is None)
    }
    return frozenset(stored | {node.value for node in file.all(ast.Constant) if isinstance(node.value, str) and node.value.isidentifier()})


def _heirs(cls: ClassSource) -> list[ClassSource]:
    """The classes of this file that inherit from it."""
    return [other for other in cls.file.classes if other is not cls and cls in other.lineage]
