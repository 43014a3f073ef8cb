"""`torch.nn.modules.dropout`: dropout as modules."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less
from ...describe import Layer, layer, refuse
from ..making import rule

_MODULE = "torch.nn.modules.dropout"


@layer("torch.nn.modules.dropout._DropoutNd", _MODULE)
class _DropoutNd(Layer):
    """What all kinds of dropout share."""

    def __init__(self, p: Any = 0.5, inplace: bool = False) -> None:
        if less(p, 0) or less(1, p):
            refuse("ValueError", f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace


def _dropout(name: str, function: str, switched: bool) -> None:
    """Describe a dropout by the function it applies."""

    def forward(self: Any, input: Any) -> Any:
        return rule(function)(input, self.p, self.training, self.inplace and switched)

    members = {"__doc__": f"`{function}` as a module.", "__module__": __name__, "forward": forward}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (_DropoutNd,), members))


_dropout("Dropout", "torch.nn.functional.dropout", True)
_dropout("Dropout1d", "torch.nn.functional.dropout1d", True)
_dropout("Dropout2d", "torch.nn.functional.dropout2d", True)
_dropout("Dropout3d", "torch.nn.functional.dropout3d", True)
_dropout("AlphaDropout", "torch.nn.functional.alpha_dropout", False)
_dropout("FeatureAlphaDropout", "torch.nn.functional.feature_alpha_dropout", False)
