"""Rule: layers are made in another order than before."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.change import Comparison
from ...ir.diagnostic import Diagnostic
from ..rule import Rule


class LayerOrderChanged(Rule):
    """Layers are made in another order than before.

    ## Why
    The same seed gives them other random weights, and a saved optimizer, which knows parameters by number only, puts its moments on
    the wrong ones.

    ## Known problems
    It looks at what changed, so it speaks only with `--changed-only` (and `--base-ref REV`).
    """

    code = "MDL653"
    severity = "info"
    references = ("https://github.com/PingoLH/CenterNet-HarDNet/issues/10",)
    before = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Linear(8, 8)
            self.two = nn.Linear(8, 8)

        def forward(self, x):
            return self.two(self.one(x))
    """
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.two = nn.Linear(8, 8)
            self.one = nn.Linear(8, 8)

        def forward(self, x):
            return self.two(self.one(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Linear(8, 8)
            self.two = nn.Linear(8, 8)

        def forward(self, x):
            return self.two(F.relu(self.one(x)))
    """

    def check_comparison(self, comparison: Comparison) -> Iterator[Diagnostic]:
        old, new = comparison.old, comparison.new
        if old is None or new is None or any(model.attributes.get("lost") for model in (old, new)):
            return
        before = [name for name in old.parameters if name in new.parameters]
        after = [name for name in new.parameters if name in old.parameters]
        first = next((place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
        if first is None:
            return
        module = new.modules.get(after[first].rpartition(".")[0])
        place = module.defined_at if module is not None and module.defined_at.line else new.modules[""].class_at
        message = f"`{after[first]}` is made where `{before[first]}` was: seeds give other weights, and saved optimizers no longer fit"
        yield Diagnostic(self.code, self.name, self.severity, message, place, module=module.name if module is not None else "")
