"""``torch.nn.utils.parametrize``: a tensor of a module that is computed whenever it is read.

The module's class is replaced by one of its own in which the tensor is a property, as torch does it.
"""

from __future__ import annotations

from typing import Any

from ...interpreter.values import CURRENT, MISSING, Builtin, Class, Property
from ...ir.dim import same
from ...ir.refusal import Refusal
from ...ir.unknown import Unknown
from ..describe import RUN
from .containers import ModuleList
from .instance import ModuleInstance
from .making import make
from .module import Module
from .native import derivable, native
from .tensor import Parameter, TorchTensor

_MODULE = "torch.nn.utils.parametrize"


def _keep(module: Any, name: str, tensor: Any) -> None:
    """Register a tensor as what it is: a parameter, or a buffer."""
    if isinstance(tensor, Parameter):
        Module.register_parameter(module, name, tensor)
    else:
        Module.register_buffer(module, name, tensor)


def _inverted(parametrization: Any, value: Any) -> Any:
    """What the parametrization's ``right_inverse`` makes of a value; the value itself when there is none."""
    machine = CURRENT.get()
    inverse = machine.get(parametrization, "right_inverse", None)
    if inverse is None:
        return value
    run = RUN.get()
    nested, run.nested = run.nested, 1
    try:
        return machine.call(inverse, (value,), {})
    except Refusal as refusal:
        if refusal.kind != "NotImplementedError":
            raise
        return value
    finally:
        run.nested = nested


def _check(found: Any, shape: Any, dtype: str, what: str) -> None:
    if type(found) is Unknown:
        return
    if not isinstance(found, TorchTensor):
        raise Refusal("ValueError", f"A parametrization must return a tensor. Got {type(found).__name__}.")
    fits = len(found.shape) == len(shape) and all(same(a, b) is not False for a, b in zip(found.shape, shape, strict=True))
    if found.dtype != dtype or not fits:
        message = f"Registering a parametrization may not change the {what} of the tensor, unless `unsafe` flag is enabled."
        raise Refusal("ValueError", message)


@derivable("torch.nn.utils.parametrize.ParametrizationList", module=_MODULE, base="torch.nn.ModuleList")
class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and the tensors it is computed from."""

    def __init__(self, modules: Any, original: Any, unsafe: Any = False) -> None:
        ModuleList.__init__(self, modules)
        self.unsafe = unsafe
        new = original
        for module in reversed(list(self.__dict__["_modules"].values())):
            new = _inverted(module, new)
        self.is_tensor = not isinstance(new, (tuple, list))
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            _keep(self, "original", original)
        else:
            for place, one in enumerate(new):
                _keep(self, f"original{place}", _own(one, original))
        if not unsafe:
            _check(CURRENT.get().call(self, (), {}), original.shape, original.dtype, "shape or dtype")

    def right_inverse(self, value: Any) -> None:
        """Take over a value that is assigned to the tensor."""
        for module in reversed(list(self.__dict__["_modules"].values())):
            value = _inverted(module, value)

    def forward(self) -> Any:
        """The tensor, computed."""
        machine = CURRENT.get()
        modules = list(self.__dict__["_modules"].values())
        names = ["original"] if self.is_tensor else [f"original{place}" for place in range(self.ntensors)]
        value = machine.call(modules[0], tuple(machine.get(self, name) for name in names), {})
        for module in modules[1:]:
            value = machine.call(module, (value,), {})
        return value


def _own(one: Any, original: Any) -> Any:
    """A tensor of its own, a parameter when the parametrized tensor was one."""
    if type(one) is Unknown or not isinstance(original, Parameter):
        return one
    return Parameter(one.shape, one.dtype, original.requires_grad, one.device)


def _lists(module: Any) -> dict[str, Any] | None:
    """The lists of parametrizations of a module, by the name of the tensor; None when it has none."""
    held = module.__dict__.get("_modules", {}).get("parametrizations") if isinstance(module, ModuleInstance) else None
    if not isinstance(held, ModuleInstance) or held.described_as != "torch.nn.ModuleDict":
        return None
    return held.__dict__["_modules"]


@native("torch.nn.utils.parametrize.is_parametrized")
def is_parametrized(module: Any, tensor_name: Any = None) -> bool:
    """Whether a module has a parametrization, or one of that tensor."""
    lists = _lists(module)
    return bool(lists) if tensor_name is None else lists is not None and tensor_name in lists


@native("torch.nn.utils.parametrize.type_before_parametrizations")
def type_before_parametrizations(module: Any) -> Any:
    """The class that the module had at first."""
    return module.py_class.bases[0] if is_parametrized(module) else module.py_class


def _inject_class(module: Any) -> None:
    cls = module.py_class
    module.py_class = Class(f"Parametrized{cls.name}", (cls,), {}, _MODULE, span=cls.span)


def _inject_property(module: Any, name: str) -> None:
    """The tensor becomes a property that runs its parametrizations."""

    def read(self: Any) -> Any:
        lists = _lists(self)
        return CURRENT.get().call(lists[name], (), {}) if lists else MISSING

    def write(self: Any, value: Any) -> None:
        lists = _lists(self)
        if lists:
            ParametrizationList.right_inverse(lists[name], value)

    module.py_class.set(name, Property(Builtin(name, read), Builtin(name, write)))


@native("torch.nn.utils.parametrize.register_parametrization")
def register_parametrization(module: Any, tensor_name: str, parametrization: Any, *, unsafe: Any = False) -> Any:
    """Compute a tensor of a module by another module from now on."""
    if type(module) is Unknown or type(parametrization) is Unknown:
        return module
    machine = CURRENT.get()
    machine.call(machine.get(parametrization, "train"), (module.__dict__.get("training", True),), {})
    attributes = module.__dict__
    if is_parametrized(module, tensor_name):
        held = (_lists(module) or {})[tensor_name]
        if not unsafe:
            before = machine.get(module, tensor_name)
            _check(machine.call(parametrization, (before,), {}), before.shape, before.dtype, "shape or dtype")
        ModuleList.append(held, parametrization)
        held.unsafe = held.unsafe or unsafe
    elif tensor_name in attributes["_buffers"] or tensor_name in attributes["_parameters"]:
        original = machine.get(module, tensor_name)
        made = make("torch.nn.utils.parametrize.ParametrizationList", [parametrization], original, unsafe=unsafe)
        Module.__delattr__(module, tensor_name)
        if not is_parametrized(module):
            _inject_class(module)
            module.parametrizations = make("torch.nn.ModuleDict")
        _inject_property(module, tensor_name)
        attributes["_modules"]["parametrizations"].__dict__["_modules"][tensor_name] = made
    else:
        raise Refusal("ValueError", f"Module does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'")
    return module


@native("torch.nn.utils.parametrize.remove_parametrizations")
def remove_parametrizations(module: Any, tensor_name: str, leave_parametrized: Any = True) -> Any:
    """Make a computed tensor a plain one again."""
    if not is_parametrized(module, tensor_name):
        raise Refusal("ValueError", f"Module does not have a parametrization on {tensor_name}")
    lists = _lists(module) or {}
    held = lists[tensor_name]
    if held.is_tensor:
        original = held.original
    elif leave_parametrized:
        value = CURRENT.get().get(module, tensor_name)
        trained = any(one.requires_grad for one in held.__dict__["_parameters"].values())
        original = Parameter(value.shape, value.dtype) if trained else value
    else:
        raise Refusal("ValueError", "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
                                    "sequence of tensors.")  # fmt: skip
    del module.py_class.namespace[tensor_name]
    module.py_class.forget()
    del lists[tensor_name]
    _keep(module, tensor_name, original)
    if not lists:
        Module.__delattr__(module, "parametrizations")
        module.py_class = module.py_class.bases[0]
    return module


@native("torch.nn.utils.parametrizations.weight_norm")
def weight_norm(module: Any, name: str = "weight", dim: Any = 0) -> Any:
    """A weight given by its direction and its length along an axis."""
    return register_parametrization(module, name, make("torch.nn.utils.parametrizations._WeightNorm", dim), unsafe=True)


def _weight(module: Any, name: str) -> Any:
    weight = CURRENT.get().get(module, name, None)
    if not isinstance(weight, (TorchTensor, Unknown)):
        raise Refusal("ValueError", f"Module has no parameter or buffer with name '{name}'")
    return weight


@native("torch.nn.utils.parametrizations.spectral_norm")
def spectral_norm(module: Any, name: str = "weight", n_power_iterations: Any = 1, eps: Any = 1e-12, dim: Any = None) -> Any:
    """A weight divided by its largest singular value."""
    weight = _weight(module, name)
    if dim is None:
        dim = 1 if any(cls.name in _TRANSPOSED and cls.module == "torch.nn.modules.conv" for cls in module.py_class.mro) else 0
    made = make("torch.nn.utils.parametrizations._SpectralNorm", weight, n_power_iterations, dim, eps)
    return register_parametrization(module, name, made)


_TRANSPOSED = ("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")


@native("torch.nn.utils.parametrizations.orthogonal")
def orthogonal(module: Any, name: str = "weight", orthogonal_map: Any = None, *, use_trivialization: Any = True) -> Any:
    """A matrix that stays orthogonal."""
    weight = _weight(module, name)
    if isinstance(weight, TorchTensor) and len(weight.shape) < 2:
        raise Refusal("ValueError", f"Expected a matrix or batch of matrices. Got a tensor of {len(weight.shape)} dimensions.")
    if orthogonal_map not in (None, "matrix_exp", "cayley", "householder"):
        raise Refusal("ValueError", f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}')
    made = make("torch.nn.utils.parametrizations._Orthogonal", weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)


@native("torch.nn.utils.skip_init", "torch.nn.utils.init.skip_init")
def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """A module whose parameters are not filled."""
    return CURRENT.get().call(module_cls, args, kwargs)


@native("torch.nn.utils.fusion.fuse_conv_bn_eval", "torch.nn.utils.fuse_conv_bn_eval")
def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: Any = False) -> Any:
    """A copy of a convolution that does the work of the normalization behind it."""
    if conv.__dict__["training"] or bn.__dict__["training"]:
        raise Refusal("AssertionError", "Fusion only for eval!")
    return _fused(conv, bn)


@native("torch.nn.utils.fusion.fuse_linear_bn_eval", "torch.nn.utils.fuse_linear_bn_eval")
def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A copy of a linear layer that does the work of the normalization behind it."""
    return fuse_conv_bn_eval(linear, bn)


def _fused(layer: Any, bn: Any) -> Any:
    fused = RUN.get().state["clone"](layer)
    weight = fused.weight
    running = bn.running_mean
    fused.weight = Parameter(weight.shape, weight.dtype, weight.requires_grad)
    bias = fused.bias
    fused.bias = Parameter(running.shape, weight.dtype if bias is None else bias.dtype, bias is not None and bias.requires_grad)
    return fused


@native("torch.nn.utils.fusion.fuse_conv_bn_weights", "torch.nn.utils.fuse_conv_bn_weights")
def fuse_conv_bn_weights(conv_w: Any, conv_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: Any, bn_w: Any, bn_b: Any,
                         transpose: Any = False) -> Any:  # fmt: skip
    """Weight and bias of a convolution that does the work of the normalization behind it."""
    bias = Parameter(bn_rm.shape, (conv_w if conv_b is None else conv_b).dtype, conv_b is not None and conv_b.requires_grad)
    return Parameter(conv_w.shape, conv_w.dtype, conv_w.requires_grad), bias


def _pruned(module: Any, name: str) -> Any:
    """A parameter becomes an original and a mask; the tensor itself is their product, set anew before every forward."""
    parameters = module.__dict__["_parameters"]
    if f"{name}_orig" in parameters:
        return module
    original = parameters.pop(name)
    Module.register_parameter(module, f"{name}_orig", original)
    Module.register_buffer(module, f"{name}_mask", original.like())
    module.__dict__[name] = original.like()
    return module


def _prune(name: str) -> None:
    @native(f"torch.nn.utils.prune.{name}")
    def prune(module: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        return _pruned(module, name)

    prune.__doc__ = "Mask elements of a parameter."


for _name in ("identity", "random_unstructured", "l1_unstructured", "random_structured", "ln_structured", "custom_from_mask"):
    _prune(_name)


@native("torch.nn.utils.prune.is_pruned")
def is_pruned(module: Any) -> bool:
    """Whether a parameter of the module, or of one below it, is masked."""
    return any(name.endswith("_mask") for name, _ in Module.named_buffers(module))


@native("torch.nn.utils.prune.remove")
def remove(module: Any, name: str) -> Any:
    """Make a masked parameter a plain one."""
    original = module.__dict__["_parameters"].pop(f"{name}_orig")
    module.__dict__["_buffers"].pop(f"{name}_mask", None)
    module.__dict__.pop(name, None)
    Module.register_parameter(module, name, original)
    return module
