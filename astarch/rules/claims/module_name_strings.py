"""Rule: a list of class names holds one that does not exist."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import get_close_matches

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..rule import Rule, replace


class ModuleNameStrings(Rule):
    """A list of class names holds one that does not exist.

    ## Why
    `_no_split_modules` and its kin name classes by text. A wrong name has no effect: a block is split over devices, or is not quantized.

    ## Fix
    Unsafe: the nearest name.
    """

    code = "MDL503"
    severity = "warning"
    confidence = "likely"
    bad = """
    class DecoderLayer(nn.Module):
        def forward(self, x):
            return x

    class Net(nn.Module):
        _no_split_modules = ["DecoderLayers"]
    """
    good = """
    class DecoderLayer(nn.Module):
        def forward(self, x):
            return x

    class Net(nn.Module):
        _no_split_modules = ["DecoderLayer"]
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        classes = {other.name for other in cls.file.classes}
        for node in cls.node.body:
            if isinstance(node, ast.Assign) and dotted_text(node.targets[0]) in (
                "_no_split_modules",
                "_skip_keys_device_placement_modules",
            ):
                for item in node.value.elts if isinstance(node.value, (ast.List, ast.Tuple)) else []:
                    if isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value not in classes | set(cls.file.names):
                        close = get_close_matches(item.value, classes, n=1, cutoff=0.8)
                        if close and not cls.file.program.mentioned(item.value, cls.file.path):
                            yield self.finding(
                                cls.file,
                                item,
                                f"there is no class `{item.value}`",
                                help=f"did you mean `{close[0]}`?",
                                fix=replace(cls.file, item, f'"{close[0]}"', f"write `{close[0]}`"),
                            )
