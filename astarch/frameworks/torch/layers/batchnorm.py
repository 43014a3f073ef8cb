"""`torch.nn.modules.batchnorm`: normalization over the batch, by running statistics in evaluation."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ..making import make
from ..ops.normalization import batch_norm
from ..tensor import UninitializedBuffer, UninitializedParameter, default_dtype, dtype_name, param, tensor
from .lazy import Lazy

_MODULE = "torch.nn.modules.batchnorm"


@layer("torch.nn.modules.batchnorm._NormBase", _MODULE)
class _NormBase(Layer):
    """What batch and instance normalization share: scale and shift, running mean and variance."""

    def __init__(self, num_features: Any, eps: Any = 1e-05, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True,
                 device: Any = None, dtype: Any = None, *, bias: bool = True) -> None:  # fmt: skip
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = param(num_features, dtype=dtype, device=device)
        else:
            self.register_parameter("weight", None)
        if affine and bias:
            self.bias = param(num_features, dtype=dtype, device=device)
        else:
            self.register_parameter("bias", None)
        if track_running_stats:
            self.register_buffer("running_mean", tensor((num_features,), dtype_name(dtype) or default_dtype()))
            self.register_buffer("running_var", tensor((num_features,), dtype_name(dtype) or default_dtype()))
            self.register_buffer("num_batches_tracked", tensor((), "int64", [0]))
        else:
            self.register_buffer("running_mean", None)
            self.register_buffer("running_var", None)
            self.register_buffer("num_batches_tracked", None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        pass

    def reset_parameters(self) -> None:
        pass

    def _check_input_dim(self, input: Any) -> None:
        refuse("NotImplementedError", "")


def _demand(input: Any, *ranks: int) -> None:
    """The check of the ranks a normalization takes."""
    if len(input.shape) not in ranks:
        refuse("ValueError", f"expected {' or '.join(f'{rank}D' for rank in ranks)} input (got {len(input.shape)}D input)")


@layer("torch.nn.modules.batchnorm._BatchNorm", _MODULE)
class _BatchNorm(_NormBase):
    """What all batch normalizations share."""

    def __init__(self, num_features: Any, eps: Any = 1e-05, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True,
                 device: Any = None, dtype: Any = None, *, bias: bool = True) -> None:  # fmt: skip
        _NormBase.__init__(self, num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Any) -> Any:
        self._check_input_dim(input)
        training = self.training or (self.running_mean is None and self.running_var is None)
        stored = not self.training or self.track_running_stats
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            self.num_batches_tracked.data = None
        return batch_norm(input, self.running_mean if stored else None, self.running_var if stored else None, self.weight, self.bias,
                          training, 0.0 if self.momentum is None else self.momentum, self.eps)  # fmt: skip


class _LazyNormBase(Lazy, _NormBase):
    """A normalization that takes ``num_features`` from its first input."""

    def __init__(self, eps: Any = 1e-05, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True, device: Any = None,
                 dtype: Any = None, *, bias: bool = True) -> None:  # fmt: skip
        _NormBase.__init__(self, 0, eps, momentum, False, False, device, dtype, bias=False)
        kind = dtype_name(dtype) or default_dtype()
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter((), kind)
            if bias:
                self.bias = UninitializedParameter((), kind)
        if track_running_stats:
            self.running_mean = UninitializedBuffer((), kind)
            self.running_var = UninitializedBuffer((), kind)
            self.num_batches_tracked = tensor((), "int64", [0])

    def initialize_parameters(self, input: Any) -> None:
        if not self.has_uninitialized_params():
            return
        if len(input.shape) < 2:
            refuse("IndexError", "tuple index out of range")
        self.num_features = input.shape[1]
        if self.affine:
            self.weight.materialize((self.num_features,))
            if self.bias is not None:
                self.bias.materialize((self.num_features,))
        if self.track_running_stats:
            self.running_mean.materialize((self.num_features,))
            self.running_var.materialize((self.num_features,))
        self.reset_parameters()


def _batch(name: str, *ranks: int) -> Any:
    """Describe ``BatchNorm2d`` and ``LazyBatchNorm2d``, which differ from their siblings in the ranks they take."""

    def _check_input_dim(self: Any, input: Any) -> None:
        _demand(input, *ranks)

    doc = f"Batch normalization of {' or '.join(f'{rank}D' for rank in ranks)} input."
    plain = type(name, (_BatchNorm,), {"__doc__": doc, "__module__": __name__, "_check_input_dim": _check_input_dim})
    layer(f"torch.nn.{name}", _MODULE)(plain)
    members = {"__doc__": f"`{name}` that takes ``num_features`` from its first input.", "__module__": __name__, "becomes": plain,
               "__init__": _LazyNormBase.__init__, "_check_input_dim": _check_input_dim}  # fmt: skip
    layer(f"torch.nn.Lazy{name}", _MODULE)(type(f"Lazy{name}", (_LazyNormBase, _BatchNorm), members))
    return plain


BatchNorm1d = _batch("BatchNorm1d", 2, 3)
BatchNorm2d = _batch("BatchNorm2d", 4)
BatchNorm3d = _batch("BatchNorm3d", 5)


@layer("torch.nn.SyncBatchNorm", _MODULE)
class SyncBatchNorm(_BatchNorm):
    """Batch normalization over the processes of a group."""

    def __init__(self, num_features: Any, eps: Any = 1e-05, momentum: Any = 0.1, affine: bool = True, track_running_stats: bool = True,
                 process_group: Any = None, device: Any = None, dtype: Any = None, *, bias: bool = True) -> None:  # fmt: skip
        _BatchNorm.__init__(self, num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Any) -> None:
        if len(input.shape) < 2:
            refuse("ValueError", f"expected at least 2D input (got {len(input.shape)}D input)")

    def _check_non_zero_input_channels(self, input: Any) -> None:
        if type(input.shape[1]) is int and input.shape[1] == 0:
            refuse("ValueError", "SyncBatchNorm number of input channels should be non-zero")

    def forward(self, input: Any) -> Any:
        self._check_input_dim(input)
        self._check_non_zero_input_channels(input)
        return _BatchNorm.forward(self, input)

    @classmethod
    def convert_sync_batchnorm(cls, module: Any, process_group: Any = None) -> Any:
        """Every batch normalization inside a module replaced by a synchronized one."""
        result = module
        if hasattr(module, "track_running_stats") and hasattr(module, "num_batches_tracked") and hasattr(module, "running_mean"):
            result = make("torch.nn.SyncBatchNorm", module.num_features, module.eps, module.momentum, module.affine,
                          module.track_running_stats, process_group, bias=module.bias is not None)  # fmt: skip
            if module.affine:
                result.weight, result.bias = module.weight, module.bias
            result.running_mean, result.running_var = module.running_mean, module.running_var
            result.num_batches_tracked = module.num_batches_tracked
        for name, child in list(module.named_children()):
            result.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return result
