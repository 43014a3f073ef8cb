"""`torch.nn.modules.distance`: distances as modules."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer
from ..ops.distance import cosine_similarity, pairwise_distance

_MODULE = "torch.nn.modules.distance"


@layer("torch.nn.PairwiseDistance", _MODULE)
class PairwiseDistance(Layer):
    """The norm of the difference along the last axis."""

    def __init__(self, p: Any = 2.0, eps: Any = 1e-06, keepdim: bool = False) -> None:
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Any, x2: Any) -> Any:
        return pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


@layer("torch.nn.CosineSimilarity", _MODULE)
class CosineSimilarity(Layer):
    """The cosine of the angle between vectors along an axis."""

    def __init__(self, dim: Any = 1, eps: Any = 1e-08) -> None:
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Any, x2: Any) -> Any:
        return cosine_similarity(x1, x2, self.dim, self.eps)
