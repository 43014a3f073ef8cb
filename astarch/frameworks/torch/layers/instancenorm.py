"""`torch.nn.modules.instancenorm`: normalization of every example on its own."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import layer, refuse, require
from ..ops.normalization import instance_norm
from .batchnorm import _demand, _LazyNormBase, _NormBase

_MODULE = "torch.nn.modules.instancenorm"


@layer("torch.nn.modules.instancenorm._InstanceNorm", _MODULE)
class _InstanceNorm(_NormBase):
    """What all instance normalizations share."""

    _unbatched = 0

    def __init__(self, num_features: Any, eps: Any = 1e-05, momentum: Any = 0.1, affine: bool = False, track_running_stats: bool = False,
                 device: Any = None, dtype: Any = None, *, bias: bool = True) -> None:  # fmt: skip
        _NormBase.__init__(self, num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _check_input_dim(self, input: Any) -> None:
        _demand(input, self._unbatched, self._unbatched + 1)

    def _get_no_batch_dim(self) -> int:
        return self._unbatched

    def _handle_no_batch_input(self, input: Any) -> Any:
        result = self._apply_instance_norm(input.like((1, *input.shape)))
        return result.like(result.shape[1:])

    def _apply_instance_norm(self, input: Any) -> Any:
        return instance_norm(input, self.running_mean, self.running_var, self.weight, self.bias,
                             self.training or not self.track_running_stats, 0.0 if self.momentum is None else self.momentum,
                             self.eps)  # fmt: skip

    def forward(self, input: Any) -> Any:
        self._check_input_dim(input)
        rank, unbatched = len(input.shape), self._get_no_batch_dim()
        channels = input.shape[rank - unbatched]
        if self.affine and same(channels, self.num_features) is not True:
            if same(channels, self.num_features) is False and self.weight is None:
                refuse("ValueError", f"expected {self.num_features} channels but got {channels}")
            require(same(channels, self.num_features), f"instance_norm has {self.num_features} features and gets {channels} channels",
                    name="channel-mismatch")  # fmt: skip
        if rank == unbatched:
            return self._handle_no_batch_input(input)
        return self._apply_instance_norm(input)


def _instance(name: str, unbatched: int) -> Any:
    """Describe ``InstanceNorm2d`` and ``LazyInstanceNorm2d``, which differ from their siblings in the ranks they take."""
    doc = f"Instance normalization of {unbatched}D or {unbatched + 1}D input."
    plain = type(name, (_InstanceNorm,), {"__doc__": doc, "__module__": __name__, "_unbatched": unbatched})
    layer(f"torch.nn.{name}", _MODULE)(plain)
    members = {"__doc__": f"`{name}` that takes ``num_features`` from its first input.", "__module__": __name__, "becomes": plain,
               "__init__": _LazyNormBase.__init__, "_unbatched": unbatched}  # fmt: skip
    layer(f"torch.nn.Lazy{name}", _MODULE)(type(f"Lazy{name}", (_LazyNormBase, _InstanceNorm), members))
    return plain


InstanceNorm1d = _instance("InstanceNorm1d", 2)
InstanceNorm2d = _instance("InstanceNorm2d", 3)
InstanceNorm3d = _instance("InstanceNorm3d", 4)
