"""``torch.autograd.Function``, and functions of functions: ``torch.vmap``, ``torch.func``."""

from __future__ import annotations

from typing import Any

from ...interpreter.values import CURRENT, MISSING, Builtin
from ...ir.dim import same
from ...ir.refusal import Refusal
from ...ir.unknown import Unknown
from ..describe import require
from .instance import ModuleInstance
from .making import make
from .module import Module
from .native import derivable, native
from .tensor import TorchTensor


@derivable("torch.autograd.function.FunctionCtx", module="torch.autograd.function")
class FunctionCtx:
    """What a forward leaves for its backward."""

    def save_for_backward(self, *tensors: Any) -> None:
        self.__dict__["to_save"] = tensors

    save_for_forward = save_for_backward

    def mark_dirty(self, *args: Any) -> None:
        pass

    def mark_non_differentiable(self, *args: Any) -> None:
        pass

    mark_shared_storage = mark_non_differentiable

    def set_materialize_grads(self, value: Any) -> None:
        pass

    @property
    def saved_tensors(self) -> Any:
        return self.__dict__.get("to_save", ())

    saved_variables = saved_tensors


@derivable("torch.autograd.Function", "torch.autograd.function.Function", module="torch.autograd.function")
class Function(FunctionCtx):
    """An operation with a backward of its own; only its forward is of interest here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    @classmethod
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        machine = CURRENT.get()
        context = make("torch.autograd.function.FunctionCtx")
        context.__dict__["needs_input_grad"] = tuple(bool(getattr(arg, "requires_grad", False)) for arg in args)
        if type(cls.find("setup_context")) is not MISSING and _is_own(cls, "setup_context"):
            output = machine.call(machine.get(cls, "forward"), args, kwargs)
            machine.call(machine.get(cls, "setup_context"), (context, args, output), {})
            return _with_own_gradient(output)
        return _with_own_gradient(machine.call(machine.get(cls, "forward"), (context, *args), kwargs))

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        raise Refusal("NotImplementedError", "You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> Any:
        raise Refusal("NotImplementedError", "setup_context is not implemented.")


def _with_own_gradient(output: Any) -> Any:
    for one in output if isinstance(output, tuple | list) else (output,):
        if isinstance(one, TorchTensor):
            one.__dict__["_own_gradient"] = True
    return output


def _is_own(cls: Any, name: str) -> bool:
    """Whether the program defines it, rather than `Function` itself."""
    owner = next((one for one in cls.mro if name in one.namespace), None)
    return owner is not None and owner.module != "torch.autograd.function"


@derivable("torch.autograd.function.InplaceFunction", module="torch.autograd.function")
class InplaceFunction(Function):
    """A `Function` that may change its input."""

    def __init__(self, inplace: Any = False) -> None:
        self.__dict__["inplace"] = inplace


@native("torch.autograd.Variable", "torch.autograd.variable.Variable")
def variable(data: Any = None, requires_grad: Any = False, volatile: Any = False) -> Any:
    """The tensor itself."""
    if requires_grad is True and isinstance(data, TorchTensor):
        data.requires_grad = True
    return data


@native("torch.autograd.grad")
def grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
    """Gradients, shaped as the inputs."""
    held = list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]
    return tuple(one.like() if isinstance(one, TorchTensor) else one for one in held)


# --- vmap ---------------------------------------------------------------------------------------------------------------


class _Mapped:
    """What is known of the axis that is mapped over: its size, once a tensor has told it."""

    def __init__(self) -> None:
        self.size: Any = None

    def without(self, value: Any, dims: Any) -> Any:
        """An argument as one call of the function sees it."""
        if isinstance(value, TorchTensor):
            return value if dims is None else self._row(value, dims)
        if isinstance(value, (tuple, list)) and not isinstance(dims, int):
            parts = dims if isinstance(dims, (tuple, list)) else (dims,) * len(value)
            return type(value)(self.without(one, part) for one, part in zip(value, parts, strict=True))
        if isinstance(value, (tuple, list)):
            return type(value)(self.without(one, dims) for one in value)
        if isinstance(value, dict):
            return {key: self.without(one, dims[key] if isinstance(dims, dict) else dims) for key, one in value.items()}
        if dims is not None and not isinstance(value, Unknown):
            raise Refusal("ValueError", f"vmap: Got in_dim={dims} for an input that is not a Tensor: {type(value).__name__}")
        return value

    def _row(self, value: TorchTensor, dim: int) -> TorchTensor:
        rank = len(value.shape)
        if not -rank <= dim < rank:
            raise Refusal("ValueError", f"vmap: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {rank}")
        dim %= rank
        if self.size is None:
            self.size = value.shape[dim]
        message = f"vmap: Expected all tensors to have the same size in the mapped dimension, got {self.size} and {value.shape[dim]}"
        require(same(self.size, value.shape[dim]), message, name="vmap-mismatch")
        return value.like((*value.shape[:dim], *value.shape[dim + 1 :]))

    def within(self, value: Any, dims: Any) -> Any:
        """A result with the axis put back."""
        if isinstance(value, (tuple, list)):
            parts = dims if isinstance(dims, (tuple, list)) else (dims,) * len(value)
            return type(value)(self.within(one, part) for one, part in zip(value, parts, strict=True))
        if isinstance(value, dict):
            return {key: self.within(one, dims[key] if isinstance(dims, dict) else dims) for key, one in value.items()}
        if not isinstance(value, TorchTensor):
            if type(value) is Unknown:
                return value
            raise Refusal("ValueError", f"vmap: the function must only return Tensors, got type {type(value).__name__}")
        if dims is None:
            return value
        place = dims % (len(value.shape) + 1)
        return value.like((*value.shape[:place], self.size, *value.shape[place:]))


@native("torch.vmap", "torch.func.vmap", "torch._vmap_internals.vmap")
def vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0, randomness: Any = "error", *, chunk_size: Any = None) -> Any:
    """A function of one sample, mapped over an axis of its arguments."""

    def mapped(*args: Any, **kwargs: Any) -> Any:
        axis = _Mapped()
        dims = in_dims if isinstance(in_dims, (tuple, list)) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise Refusal("ValueError", f"vmap: in_dims is not compatible with the structure of the {len(args)} inputs")
        rows = tuple(axis.without(arg, dim) for arg, dim in zip(args, dims, strict=True))
        if axis.size is None and not any(type(arg) is Unknown for arg in args):
            raise Refusal("ValueError", "vmap: at least one input must be mapped over")
        result = CURRENT.get().call(func, rows, kwargs)  # keywords are not mapped
        return axis.within(result, out_dims) if axis.size is not None else result

    return Builtin("vmap", mapped)


# --- modules as functions ----------------------------------------------------------------------------------------------


@native("torch.func.functional_call", "torch.nn.utils.stateless.functional_call")
def functional_call(module: Any, parameter_and_buffer_dicts: Any, args: Any = None, kwargs: Any = None, *, tie_weights: Any = True,
                    strict: Any = False) -> Any:  # fmt: skip
    """Call a module with other parameters and buffers in place of its own."""
    machine = CURRENT.get()
    given = parameter_and_buffer_dicts if isinstance(parameter_and_buffer_dicts, (tuple, list)) else [parameter_and_buffer_dicts]
    replaced: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for path, tensor in [pair for one in given if isinstance(one, dict) for pair in one.items()]:
            owner, _, name = path.rpartition(".")
            attributes = Module.get_submodule(module, owner).__dict__
            for key in ("_parameters", "_buffers"):
                if name in attributes[key]:
                    replaced.append((attributes[key], name, attributes[key][name]))
                    attributes[key][name] = tensor
        arguments = () if args is None else args if isinstance(args, tuple) else (args,)
        return machine.call(module, arguments, kwargs or {})
    finally:
        for held, name, tensor in reversed(replaced):
            held[name] = tensor


@native("torch.func.stack_module_state")
def stack_module_state(models: Any) -> Any:
    """Parameters and buffers of equal modules, stacked."""
    held: list[Any] = [model for model in models if isinstance(model, ModuleInstance)]
    if not held:
        raise Refusal("RuntimeError", "stack_module_state: Expected at least one model, got 0.")
    count = len(held)

    def stacked(pairs: Any) -> dict[str, Any]:
        return {name: value.like((count, *value.shape)) if isinstance(value, TorchTensor) else value for name, value in pairs}

    return stacked(Module.named_parameters(held[0])), stacked(Module.named_buffers(held[0]))
