"""Rule: a submodule under a name that the class itself defines."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..layers import CONTAINERS, has_weights, makes_module, torch_layer
from ..rule import Rule
from ..signatures import MODULE_METHODS


class SubmoduleHiddenByClassAttribute(Rule):
    """A submodule has the name of a method or property of its class.

    ## Why
    Modules are found after everything the class defines: `self.modules` still means the method of `nn.Module`, and the
    submodule can never be reached, or `parameters()` stops working.
    """

    code = "MDL117"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.modules = nn.ModuleList([nn.Linear(2, 2)])
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(2, 2)])
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.framework != "torch":
            return
        for one in cls.assigned:
            if not (has_weights(cls.file, one.value) or torch_layer(cls.file, one.value)):
                continue
            made = makes_module(cls.file, one.value)
            own = next((each.methods[one.name] for each in cls.lineage if one.name in each.methods), None)
            if one.name in MODULE_METHODS and one.name != "forward":
                yield self.finding(
                    cls.file,
                    one.node,
                    f"`self.{one.name}` is a method of nn.Module: this `{made}` can never be reached under that name",
                    help=f"give it another name: self.{one.name}_list" if made in CONTAINERS else "give it another name",
                )
            elif own is not None and any(dotted_text(item) == "property" for item in own.decorator_list):
                yield self.finding(
                    cls.file,
                    one.node,
                    f"`{one.name}` is a property of the class: this `{made}` can never be reached under that name",
                    notes=[(own, "defined here")] if own in cls.methods.values() else [],
                    help="give one of them another name",
                )
