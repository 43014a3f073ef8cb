"""Rule: a parameter is never given values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..layers import is_parameter
from ..rule import Rule


class UninitialisedParameter(Rule):
    """A parameter is never given values.

    ## Why
    `torch.empty` holds whatever was in memory: sometimes NaN, sometimes numbers that happen to train.
    """

    code = "MDL644"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.empty(8))

        def forward(self, x):
            return x * self.scale
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.empty(8))
            nn.init.ones_(self.scale)

        def forward(self, x):
            return x * self.scale
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if not cls.closed:
            return
        for one in cls.assigned:
            if (
                one.method.name == "__init__"
                and is_parameter(cls.file, one.value)
                and isinstance(one.value, ast.Call)
                and len(one.value.args) == 1
            ):
                inner = one.value.args[0]
                if (
                    isinstance(inner, ast.Call)
                    and cls.file.resolve(inner.func) in ("torch.empty", "torch.Tensor", "torch.FloatTensor")
                    and inner.args
                    and not isinstance(inner.args[0], (ast.List, ast.ListComp))
                ) and not (_FILLING.search(cls.file.text) or cls.file.program.mentioned(one.name, cls.file.path)):
                    yield self.finding(
                        cls.file,
                        inner,
                        f"`self.{one.name}` is never given values: it holds whatever was in memory",
                        help="nn.init fills it",
                    )


#: What a file that fills its parameters says somewhere: ``nn.init.``, ``_init_weights``, ``reset_parameters``, ``x.normal_(``.
_FILLING = re.compile(r"\binit\b|[a-z]_init|\binit_|(?<!_)_init_(?!_)|\breset_|\.data\b|[a-z]_\(|load_state_dict|from_pretrained")
