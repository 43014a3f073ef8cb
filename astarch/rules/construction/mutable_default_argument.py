"""Rule: a module as the default of a parameter."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..layers import makes_module
from ..rule import Rule


class MutableDefaultArgument(Rule):
    """A module instance is the default of a parameter.

    ## Why
    The default is made once, when the class is defined: every instance shares it, with its weights, its mode and its device.

    ## Known problems
    A module without state, such as `nn.ReLU()`, can be shared without harm.
    """

    code = "MDL106"
    severity = "info"
    bad = """
    class Block(nn.Module):
        def __init__(self, act=nn.PReLU()):
            super().__init__()
            self.act = act
    """
    good = """
    class Block(nn.Module):
        def __init__(self, act=None):
            super().__init__()
            self.act = act or nn.PReLU()
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for method in cls.methods.values():
            for default in (*method.args.defaults, *method.args.kw_defaults):
                made = makes_module(cls.file, default)
                if made and default is not None:
                    yield self.finding(
                        cls.file,
                        default,
                        f"every `{cls.name}` shares this one `{made}`",
                        help="let the default be None, and make it inside",
                    )
