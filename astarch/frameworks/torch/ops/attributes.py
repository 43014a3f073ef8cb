"""What can be asked of a `torch.Tensor`: its attributes and the methods that only look."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ....ir.unknown import Unknown
from ...describe import REGISTRY, RUN, assume, attribute, kind, refuse, unknown
from ...dtypes import BITS, real_of
from ...shapes import axis
from ..tensor import Parameter, TorchTensor, kind_name
from .aliasing import picked, steps, view_of
from .demands import tensors
from .device import Device
from .dtypes import DTYPES
from .elementwise import letter
from .gradients import go_back
from .promotion import category_of
from .signatures import op
from .strides import lies, strides_of

_DEVICES: dict[str, Device] = {}

#: Ops whose results lie in row-major order whatever they were given.
_PACKED = frozenset(f"torch.{name}" for name in [
    "zeros", "ones", "empty", "full", "rand", "randn", "randint", "randperm", "arange", "linspace", "logspace", "eye", "tensor",
    "cat", "stack", "Tensor.contiguous", "nn.functional.linear", "bmm", "mm"])  # fmt: skip


@attribute("torch.Tensor.shape")
def shape(input: Any) -> Any:
    """The sizes, in order."""
    return input.shape


@attribute("torch.Tensor.dtype")
def dtype(input: Any) -> Any:
    """The element type."""
    return DTYPES[input.dtype]


@attribute("torch.Tensor.device")
def device(input: Any) -> Any:
    """Where it lives."""
    found = _DEVICES.get(input.device)
    if found is None:
        found = _DEVICES[input.device] = Device(input.device)
    return found


@attribute("torch.Tensor.ndim")
def ndim(input: Any) -> int:
    """The number of axes."""
    return len(input.shape)


def _turned(input: Any, order: tuple[int, ...]) -> Any:
    """A view with its axes in another order."""
    sizes = tuple(input.shape[place] for place in order)
    strides = steps(input.shape)
    known = strides_of(input)
    made = view_of(input, sizes, picked(input, sizes, tuple(strides[place] for place in order)))
    return lies(made, tuple(known[place] for place in order) if known is not None else None)


@attribute("torch.Tensor.T")
def transposed(input: Any) -> Any:
    """The tensor with its axes in reverse order."""
    return _turned(input, tuple(reversed(range(len(input.shape)))))


def _matrices(input: Any, name: str) -> Any:
    rank = len(input.shape)
    if rank == 0:
        return input
    if rank < 2:
        refuse("RuntimeError", f"tensor.{name} is only supported on matrices or batches of matrices. Got {rank}-D tensor.")
    return _turned(input, (*range(rank - 2), rank - 1, rank - 2))


@attribute("torch.Tensor.mT")
def matrix_transposed(input: Any) -> Any:
    """The tensor with its last two axes swapped."""
    return _matrices(input, "mT")


@attribute("torch.Tensor.mH")
def matrix_adjoint(input: Any) -> Any:
    """The conjugate of ``mT``."""
    return _matrices(input, "mH")


@attribute("torch.Tensor.H")
def adjoint(input: Any) -> Any:
    """The conjugate transpose of a matrix."""
    rank = len(input.shape)
    if rank not in (0, 2):
        refuse("RuntimeError", f"tensor.H is only supported on matrices (2-D tensors). Got {rank}-D tensor.")
    return input if rank == 0 else _turned(input, (1, 0))


@attribute("torch.Tensor.data")
def data(input: Any) -> Any:
    """The tensor without its history: in a model that is only built and run, the tensor itself."""
    return view_of(input, input.shape, input.data) if RUN.get().state.get("script") else input


def _set_data(input: Any, value: Any) -> None:
    if isinstance(value, Unknown):
        assume("data that a tensor is given has its sizes")
        input.data = None
        return
    if not isinstance(value, TorchTensor):
        refuse("TypeError", f"Variable data has to be a tensor, but got {type(value).__name__}")
    input.shape, input.dtype, input.data, input.device = value.shape, value.dtype, value.data, value.device


REGISTRY["torch.Tensor.data"].write = _set_data


@attribute("torch.Tensor.real")
def real(input: Any) -> Any:
    """The real part; a real tensor is its own."""
    return input if category_of(input.dtype) < 3 else view_of(input, input.shape, None, real_of(input.dtype))


@attribute("torch.Tensor.imag")
def imag(input: Any) -> Any:
    """The imaginary part of a complex tensor."""
    if letter(input.dtype) != "c":
        refuse("RuntimeError", "imag is not implemented for tensors with non-complex dtypes.")
    return view_of(input, input.shape, None, real_of(input.dtype))


@attribute("torch.Tensor.grad")
def grad(input: Any) -> Any:
    """The gradient: None before there is one."""
    return input.__dict__.get("gradient")


def _set_grad(input: Any, value: Any) -> None:
    input.gradient = value


REGISTRY["torch.Tensor.grad"].write = _set_grad


@attribute("torch.Tensor.grad_fn")
def grad_fn(input: Any) -> Any:
    """What made it, for the gradient; None for what needs none."""
    return None if is_leaf(input) else unknown("Tensor.grad_fn")


@attribute("torch.Tensor.requires_grad")
def requires_grad(input: Any) -> bool:
    """Whether a gradient is wanted."""
    return input.requires_grad


def _set_requires_grad(input: Any, value: Any) -> None:
    if value and category_of(input.dtype) < 2:
        refuse("RuntimeError", "only Tensors of floating point dtype can require gradients")
    input.requires_grad = value


REGISTRY["torch.Tensor.requires_grad"].write = _set_requires_grad


@attribute("torch.Tensor.is_leaf")
def is_leaf(input: Any) -> bool:
    """Whether no op with a gradient made it."""
    return not input.requires_grad or input.node is None or isinstance(input, Parameter)


def _on(kind: str) -> None:
    @attribute(f"torch.Tensor.is_{kind}")
    def function(input: Any) -> bool:
        return input.device.partition(":")[0] == kind

    function.__doc__ = f"Whether it lives on {kind}."


for _kind in ["cpu", "cuda", "meta", "mps", "xpu", "xla", "ipu", "vulkan", "maia", "mtia"]:
    _on(_kind)


def _always(name: str, value: Any) -> None:
    @attribute(f"torch.Tensor.{name}")
    def function(input: Any) -> Any:
        return value

    function.__doc__ = f"{value} for every tensor described here."


for _name in ["is_sparse", "is_sparse_csr", "is_quantized", "is_nested", "is_mkldnn", "retains_grad", "volatile"]:
    _always(_name, False)
_always("layout", REGISTRY["torch.strided"])
_always("name", None)
_always("output_nr", 0)


@attribute("torch.Tensor.names")
def names(input: Any) -> tuple[None, ...]:
    """The names of the axes: none."""
    return (None,) * len(input.shape)


@attribute("torch.Tensor.itemsize")
def itemsize(input: Any) -> int:
    """Bytes of one element."""
    return BITS[input.dtype] // 8


@attribute("torch.Tensor.nbytes")
def nbytes(input: Any) -> Any:
    """Bytes of all elements."""
    return input.shape.numel() * (BITS[input.dtype] // 8)


@op("torch.Tensor.element_size")
def element_size(input: Any) -> int:
    """Bytes of one element."""
    return BITS[input.dtype] // 8


@op("torch.Tensor.size")
def size(input: Any, dim: Any = None) -> Any:
    """All sizes, or the size of one axis.

    >>> size(T(2, 3), -1)
    3
    """
    if type(dim) is int:
        sizes = input.shape
        rank = len(sizes)
        if not rank:
            refuse("IndexError", f"Dimension specified as {dim} but tensor has no dimensions")
        return sizes[axis(dim, rank)]
    if dim is None:
        return input.shape
    return refuse("TypeError", f"size(): argument 'dim' must be int, not {kind_name(dim)}")


@op("torch.Tensor.dim", "torch.Tensor.ndimension")
def dim(input: Any) -> int:
    """The number of axes."""
    return len(input.shape)


@op("torch.numel", "torch.Tensor.numel", "torch.Tensor.nelement")
def numel(input: Any) -> Any:
    """The number of elements.

    >>> numel(T(2, 3))
    6
    """
    return input.shape.numel()


@op("torch.Tensor.__len__")
def length(input: Any) -> Any:
    """The size of the first axis."""
    if not input.shape:
        refuse("TypeError", "len() of a 0-d tensor")
    return input.shape[0]


def is_packed(input: Any) -> bool:
    """Whether the elements are known to lie in row-major order."""
    if "_base" in input.__dict__:
        return False
    if input.node is None:
        return True
    nodes = RUN.get().nodes
    return input.node < len(nodes) and nodes[input.node].op in _PACKED


@op("torch.Tensor.stride")
def stride(input: Any, dim: Any = None) -> Any:
    """How far apart neighbours along the axes are, where that is known.

    >>> stride(T(2, 3, 4))
    (12, 4, 1)
    """
    place = None if dim is None else axis(dim, len(input.shape))
    found = strides_of(input)
    if found is None and not is_packed(input):
        return unknown("Tensor.stride of a view")
    if found is None or found == steps(input.shape):
        found = _strides(input.shape)
    return found if place is None else found[place]


def _strides(sizes: Any) -> tuple[Any, ...]:
    found = []
    step = 1
    for size in reversed(sizes):
        found.append(step)
        step = step * (1 if type(size) is int and size == 0 else size)
    return tuple(reversed(found))


@op("torch.Tensor.is_contiguous")
def is_contiguous(input: Any, memory_format: Any = REGISTRY["torch.contiguous_format"]) -> Any:
    """Whether the elements lie in row-major order, where that is known."""
    if is_packed(input) and memory_format.name == "contiguous_format":
        return True
    return unknown("Tensor.is_contiguous")


@op("torch.Tensor.contiguous")
def contiguous(input: Any, memory_format: Any = REGISTRY["torch.contiguous_format"]) -> Any:
    """The tensor in row-major order: itself when it is already."""
    if is_packed(input):
        return input
    return input.like(data=input.data)


@op("torch.Tensor.get_device", "torch.get_device")
def get_device(input: Any) -> Any:
    """The number of its device, -1 on the CPU."""
    found = device(input)
    if found.type == "cpu":
        return -1
    return 0 if found.index is None else found.index


@op("torch.Tensor.dim_order")
def dim_order(input: Any, *, ambiguity_check: Any = False) -> Any:
    """The axes from the outermost in memory to the innermost."""
    return tuple(range(len(input.shape))) if is_packed(input) else unknown("Tensor.dim_order")


@op("torch.Tensor.storage_offset")
def storage_offset(input: Any) -> Any:
    """Where in its memory it starts."""
    return 0 if is_packed(input) else unknown("Tensor.storage_offset")


def _in_memory(name: str) -> None:
    @op(f"torch.Tensor.{name}")
    def function(input: Any) -> Any:
        return unknown(f"Tensor.{name}")

    function.__doc__ = "Something about its memory, which is never known."


for _name in ["data_ptr", "const_data_ptr", "untyped_storage", "storage", "storage_type"]:
    _in_memory(_name)


def _answer(name: str, also: bool) -> None:
    names = (f"torch.Tensor.{name}", f"torch.{name}") if also else (f"torch.Tensor.{name}",)

    @op(*names)
    def function(input: Any) -> bool:
        tensors(name, input=input)
        return False

    function.__doc__ = "False for every tensor described here."


for _name in ["is_conj", "is_neg", "is_inference", "is_distributed"]:
    _answer(_name, True)
for _name in ["is_shared", "is_pinned", "is_coalesced", "has_names"]:
    _answer(_name, False)


@op("torch.is_storage")
def is_storage(obj: Any, /) -> bool:
    """Whether it is a piece of memory."""
    return False


@kind("torch.utils.hooks.RemovableHandle")
class RemovableHandle:
    """What registering a hook gives: it can take the hook away again."""

    def __init__(self, hooks_dict: Any = None, *, extra_dict: Any = None) -> None:
        self.id = 0

    def remove(self) -> None:
        """Take the hook away."""

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: Any) -> None:
        pass


@op("torch.Tensor.register_hook", "torch.Tensor.register_post_accumulate_grad_hook")
def register_hook(input: Any, hook: Any) -> Any:
    """Have a function called with the gradient; nothing here computes gradients."""
    return RemovableHandle()


@op("torch.Tensor.requires_grad_")
def requires_grad_(input: Any, requires_grad: Any = True) -> Any:
    """Want a gradient, or not; gives back the tensor."""
    _set_requires_grad(input, requires_grad)
    return input


@op("torch.Tensor.retain_grad")
def retain_grad(input: Any) -> None:
    """Keep the gradient of a tensor that is not a leaf."""


@op("torch.Tensor.backward")
def backward(input: Any, gradient: Any = None, retain_graph: Any = None, create_graph: bool = False, inputs: Any = None) -> None:
    """Compute gradients; only a scalar has one without further arguments."""
    if gradient is None and same(input.shape.numel(), 1) is False:
        refuse("RuntimeError", "grad can be implicitly created only for scalar outputs")
    if not isinstance(inputs, (list, tuple)):
        go_back(input, retain_graph not in (None, False) or create_graph is not False)


@op("torch.Tensor.record_stream")
def record_stream(input: Any, stream: Any) -> None:
    """Tell the allocator of a stream."""
