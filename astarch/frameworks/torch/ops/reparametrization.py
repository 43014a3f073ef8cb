"""``torch.nn.utils``: gradients clipped, parameters joined, weights given as direction and length."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import op, refuse
from ...shapes import product
from ..tensor import Parameter, TorchTensor, tensor


@op("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_norm")
def clip_grad_norm_(parameters: Any, max_norm: Any, norm_type: Any = 2.0, error_if_nonfinite: bool = False, foreach: Any = None) -> Any:
    """Scale gradients down to a norm; gives the norm they had."""
    return tensor(())


@op("torch.nn.utils.clip_grad_value_")
def clip_grad_value_(parameters: Any, clip_value: Any, foreach: Any = None) -> None:
    """Keep gradients between two bounds."""


@op("torch.nn.utils.parameters_to_vector")
def parameters_to_vector(parameters: Any) -> Any:
    """All parameters one after another.

    >>> parameters_to_vector([T(2, 3), T(4)])
    float32[10]
    """
    held = list(parameters)
    if not held:
        refuse("RuntimeError", "torch.cat(): expected a non-empty list of Tensors")
    total: Any = 0
    for parameter in held:
        total = total + product(parameter.shape)
    return TorchTensor((total,), held[0].dtype, None, held[0].device)


@op("torch.nn.utils.vector_to_parameters")
def vector_to_parameters(vec: Any, parameters: Any) -> None:
    """Fill parameters from one vector."""


def _replaced(module: Any, name: str) -> Any:
    """The parameter of that name, taken out of the module."""
    weight = module._parameters.get(name)
    if weight is None:
        refuse("KeyError", name)
    del module._parameters[name]
    return weight


@op("torch.nn.utils.weight_norm")
def weight_norm(module: Any, name: str = "weight", dim: Any = 0) -> Any:
    """A weight given by its direction ``weight_v`` and its length ``weight_g`` along an axis."""
    weight = _replaced(module, name)
    rank = len(weight.shape)
    kept = None if dim is None or dim == -1 else dim % rank
    length = () if kept is None else tuple(size if place == kept else 1 for place, size in enumerate(weight.shape))
    module.register_parameter(f"{name}_g", Parameter(length, weight.dtype))
    module.register_parameter(f"{name}_v", Parameter(weight.shape, weight.dtype))
    setattr(module, name, weight.like())
    return module


@op("torch.nn.utils.remove_weight_norm")
def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    """One parameter again, instead of direction and length."""
    if f"{name}_v" not in module._parameters:
        refuse("ValueError", f"weight_norm of '{name}' not found in the module")
    direction = module._parameters[f"{name}_v"]
    del module._parameters[f"{name}_g"], module._parameters[f"{name}_v"]
    module.__dict__.pop(name, None)
    setattr(module, name, Parameter(direction.shape, direction.dtype))
    return module


@op("torch.nn.utils.spectral_norm")
def spectral_norm(module: Any, name: str = "weight", n_power_iterations: Any = 1, eps: Any = 1e-12, dim: Any = None) -> Any:
    """A weight divided by its largest singular value, which two vectors kept as buffers approximate."""
    weight = _replaced(module, name)
    if dim is None:
        dim = 1 if getattr(module, "transposed", False) else 0
    rows = weight.shape[dim]
    columns = product(size for place, size in enumerate(weight.shape) if place != dim % len(weight.shape))
    if same(rows, 0):
        refuse("ValueError", "spectral_norm needs a weight with elements")
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.like())
    module.register_buffer(f"{name}_u", tensor((rows,), weight.dtype))
    module.register_buffer(f"{name}_v", tensor((columns,), weight.dtype))
    return module


@op("torch.nn.utils.remove_spectral_norm")
def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    """The plain weight again."""
    if f"{name}_orig" not in module._parameters:
        refuse("ValueError", f"spectral_norm of '{name}' not found in the module")
    weight = module._parameters.pop(f"{name}_orig")
    del module._buffers[f"{name}_u"], module._buffers[f"{name}_v"]
    module.__dict__.pop(name, None)
    module.register_parameter(name, weight)
    return module
