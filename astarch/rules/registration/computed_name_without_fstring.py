"""Rule: a name with braces that nothing fills in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..rule import Rule, insert_before

_PLACES = {"add_module": 0, "register_module": 0, "register_buffer": 0, "register_parameter": 0, "setattr": 1}


class ComputedNameWithoutFstring(Rule):
    """A module or buffer is registered under a text with braces that is no f-string.

    ## Why
    The name is literally `bn_{count}`: in a loop every layer replaces the one before, and only the last is part of the model.

    ## Fix
    Unsafe: an `f` before the text, when the braces name something known. It changes names in the state dict.
    """

    code = "MDL119"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            for count in range(3):
                self.add_module("bn_{count}", nn.BatchNorm1d(4))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            for count in range(3):
                self.add_module(f"bn_{count}", nn.BatchNorm1d(4))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.node, ast.Call):
            place = _PLACES.get(dotted_text(call.func).rpartition(".")[2])
            if place is None or len(call.args) <= place:
                continue
            name = call.args[place]
            match = (
                re.search(r"\{([A-Za-z_]\w*)(?:[^{}]*)\}", name.value)
                if isinstance(name, ast.Constant) and isinstance(name.value, str)
                else None
            )
            if match and not isinstance(cls.file.parents[name], ast.Attribute):
                function = cls.file.function_of(call)
                known = function is not None and any(
                    isinstance(node, (ast.Name, ast.arg)) and getattr(node, "id", getattr(node, "arg", "")) == match.group(1)
                    for node in ast.walk(function)
                )
                fix = insert_before(cls.file, name, "f", "make it an f-string") if known else None
                yield self.finding(cls.file, name, f"the name is literally {name.value!r}: nothing fills in the braces", fix=fix)  # type: ignore[attr-defined]
