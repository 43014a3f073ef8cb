"""A tensor as something else: another type or device, a copy, a Python number, a list; and writing to all of it."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim, same
from ....ir.unknown import Numbers, Unknown
from ...describe import REGISTRY, RUN, fresh_size, op, refuse, require, unknown
from ...shapes import broadcast, text
from ..tensor import TorchTensor, is_size, kind_name
from .aliasing import view_of, write
from .choosing import fits
from .device import Device, device_name
from .dtypes import DType, element_type, is_number_type
from .gradients import is_certain_place, passed_through
from .promotion import category_of, number_category
from .values import cast_all, few, spread_values

#: Rows of a table of whole numbers that are longer are not unpacked into names.
MOST_NUMBERS = 8


def converted(input: Any, dtype: str | None = None, device: str | None = None, copy: bool = False) -> Any:
    """The tensor with another type or on another device; itself when nothing changes."""
    wanted: str = dtype or input.dtype
    if wanted == input.dtype and (device is None or device == input.device) and not copy:
        return input
    result = input.like(dtype=wanted, data=input.data if wanted == input.dtype else cast_all(input.data, wanted))
    if device is not None:
        result.device = device
    return result


@op("torch.Tensor.to", lenient=True)
def to(input: Any, *args: Any, **kwargs: Any) -> Any:
    """The tensor with another type, on another device, or both; or like another tensor.

    >>> to(T(2, 3), torch.float16)
    float16[2, 3]
    """
    kind = device = None
    rest = list(args)
    unknown_device = False
    for value in args[:2]:
        if isinstance(value, TorchTensor):
            kind, device = value.dtype, value.device
        elif isinstance(value, (DType, type)) or is_number_type(value):
            kind = element_type(value)
        elif type(value) is Unknown:
            if len(args) == 1 or not isinstance(args[1], DType):
                return value
            unknown_device = True
        elif isinstance(value, (str, Device)) or type(value) is int:
            device = device_name(value)
        elif value is not None:
            break
        rest.pop(0)
    if len(rest) > 2 or (rest and not isinstance(rest[0], (bool, Unknown))) or set(kwargs) - _TO:
        refuse("TypeError", "to() received an invalid combination of arguments")
    return _to_by_name(input, kind, device, rest, kwargs, unknown_device)


_TO = {"dtype", "device", "non_blocking", "copy", "memory_format", "other", "tensor"}


def _to_by_name(input: Any, kind: Any, device: Any, rest: list[Any], kwargs: dict[str, Any], unknown_device: bool) -> Any:
    for name in ("dtype", "other", "tensor"):
        if type(kwargs.get(name)) is Unknown:
            return kwargs[name]
    if isinstance(other := kwargs.get("other", kwargs.get("tensor")), TorchTensor):
        kind, device = other.dtype, other.device
    kind = element_type(kwargs.get("dtype")) or kind
    if (place := kwargs.get("device")) is not None and type(place) is not Unknown:
        device = device_name(place)
    copy = kwargs.get("copy", rest[1] if len(rest) > 1 else False)
    return converted(input, kind, device, copy is True)


@op("torch.Tensor.type", lenient=True)
def type_(input: Any, dtype: Any = None, non_blocking: bool = False, **kwargs: Any) -> Any:
    """The tensor with another type, or the name of its class.

    >>> type_(T(2))
    'torch.FloatTensor'
    """
    if dtype is None:
        where = "" if input.device == "cpu" else f"{input.device.partition(':')[0]}."
        return f"torch.{where}{_CLASSES[input.dtype]}Tensor" if input.dtype in _CLASSES else unknown("Tensor.type")
    if isinstance(dtype, str):
        named = {f"torch.{name}Tensor": kind for kind, name in _CLASSES.items()}
        named |= {f"torch.cuda.{name}Tensor": kind for kind, name in _CLASSES.items()}
        if dtype not in named:
            refuse("ValueError", f"invalid type: '{dtype}'")
        return converted(input, named[dtype])
    if hasattr(dtype, "names"):  # an old constructor such as torch.FloatTensor
        return type_(input, dtype.names[0])
    return dtype if type(dtype) is Unknown else converted(input, element_type(dtype))


_CLASSES = {"float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16", "int64": "Long", "int32": "Int",
            "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool", "complex64": "ComplexFloat",
            "complex128": "ComplexDouble"}  # fmt: skip


@op("torch.Tensor.type_as")
def type_as(input: Any, other: Any) -> Any:
    """The tensor with the type of another."""
    return converted(input, other.dtype, other.device)


def _cast_method(name: str, dtype: str) -> None:
    @op(f"torch.Tensor.{name}", lenient=True)
    def function(input: Any, memory_format: Any = None) -> Any:
        return input if type(input) is Unknown else converted(input, dtype)

    function.__doc__ = f"The tensor as {dtype}."


for _name, _dtype in {"float": "float32", "double": "float64", "half": "float16", "bfloat16": "bfloat16", "long": "int64", "int": "int32",
                      "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool", "chalf": "complex32", "cfloat": "complex64",
                      "cdouble": "complex128"}.items():  # fmt: skip
    _cast_method(_name, _dtype)


@op("torch.Tensor.cpu")
def cpu(input: Any, memory_format: Any = None) -> Any:
    """The tensor on the CPU."""
    return converted(input, device="cpu")


def _move(name: str) -> None:
    @op(f"torch.Tensor.{name}", lenient=True)
    def function(input: Any, device: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
        if type(device) is Unknown or device is None:
            return converted(input, device=name)
        return converted(input, device=f"{name}:{device}" if type(device) is int else device_name(device))

    function.__doc__ = f"The tensor on a {name} device."


for _name in ("cuda", "xpu", "ipu", "mtia"):
    _move(_name)


def _itself(names: str) -> None:
    @op(*(f"torch.Tensor.{name}" for name in names.split()))
    def function(input: Any) -> Any:
        return input

    function.__doc__ = "The tensor itself; where it is stored changes nothing that is known."


_itself("share_memory_ coalesce")


@op("torch.Tensor.pin_memory")
def pin_memory(input: Any, device: Any = None) -> Any:
    """The tensor in page-locked memory."""
    return input.like(data=input.data)


@op("torch.Tensor.to_dense")
def to_dense(input: Any, dtype: Any = None, *, masked_grad: Any = True) -> Any:
    """The tensor as ordinary memory."""
    return converted(input, element_type(dtype))


@op("torch.Tensor.dequantize", "torch.dequantize")
def dequantize(input: Any) -> Any:
    """The numbers that quantized elements stand for."""
    return converted(input, "float32")


@op("torch.detach", "torch.Tensor.detach", "torch.detach_copy", "torch.Tensor.alias", "torch.alias_copy")
def detach(input: Any) -> Any:
    """The tensor without its history; it shares memory."""
    return view_of(input, input.shape, input.data)


@op("torch.detach_", "torch.Tensor.detach_")
def detach_(input: Any) -> Any:
    """Forget the history of a tensor, in place."""
    input.requires_grad = False
    return input


@op("torch.clone", "torch.Tensor.clone")
def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy with memory of its own."""
    return input.like(data=None if input.data is None else list(input.data))


@op("torch.Tensor.__deepcopy__")
def deep_copy(input: Any, memo: Any) -> Any:
    """A copy as ``copy.deepcopy`` makes it."""
    return clone(input)


def the_value(input: Any, what: str) -> Any:
    """The one value of a tensor, or an unknown; refuses several."""
    if same(input.shape.numel(), 1) is False:
        refuse("RuntimeError", f"a Tensor with {input.shape.numel()} elements cannot be converted to Scalar")
    return unknown(what) if input.data is None else input.data[0]


@op("torch.Tensor.item")
def item(input: Any) -> Any:
    """The one value as a Python number."""
    return the_value(input, "Tensor.item")


@op("torch.Tensor.__int__", "torch.Tensor.__long__")
def as_int(input: Any) -> Any:
    """What ``int(x)`` calls."""
    value = the_value(input, "int() of a tensor")
    return int(value) if isinstance(value, (bool, float)) else value


@op("torch.Tensor.__float__")
def as_float(input: Any) -> Any:
    """What ``float(x)`` calls."""
    value = the_value(input, "float() of a tensor")
    return float(value) if isinstance(value, (bool, int)) else value


@op("torch.Tensor.__complex__")
def as_complex(input: Any) -> Any:
    """What ``complex(x)`` calls."""
    value = the_value(input, "complex() of a tensor")
    return complex(value) if isinstance(value, (bool, int, float)) else value


@op("torch.Tensor.__index__")
def as_index(input: Any) -> Any:
    """The value as a whole number that can stand as an index or a size."""
    if category_of(input.dtype) > 1 or same(input.shape.numel(), 1) is False:
        refuse("TypeError", "only integer tensors of a single element can be converted to an index")
    value = the_value(input, "a tensor as an index")
    return int(value) if isinstance(value, bool) else value


@op("torch.Tensor.__bool__", "torch.Tensor.__nonzero__")
def as_bool(input: Any) -> Any:
    """The truth of a tensor with one element."""
    if same(input.shape.numel(), 1) is False:
        refuse("RuntimeError", "Boolean value of Tensor with more than one value is ambiguous")
    value = the_value(input, "the truth of a tensor")
    return value if type(value) is Unknown or (is_size(value) and type(value) is not int) else bool(value)


@op("torch.Tensor.__contains__")
def contains(input: Any, element: Any) -> Any:
    """Whether a number is among the elements."""
    value = element.data[0] if isinstance(element, TorchTensor) and element.data is not None and len(element.data) == 1 else element
    if input.data is None or not isinstance(value, (bool, int, float)):
        return unknown("in a tensor")
    return value in input.data


@op("torch.Tensor.tolist")
def tolist(input: Any) -> Any:
    """The values as nested lists; of a small tensor, at least their lengths are known.

    >>> tolist(arange(3))
    [0, 1, 2]
    """
    whole = category_of(input.dtype) == 1
    if whole and len(input.shape) == 1 and type(input.shape[0]) is Dim:
        return RUN.get().state["pieces"].numbers(input)
    if not few(input.shape):
        return unknown("Tensor.tolist")
    data = input.data
    if data is None and whole and input.shape and input.shape.numel() and input.shape[-1] <= MOST_NUMBERS:
        return _rows(input)
    if data is None:
        data = [unknown("Tensor.tolist")] * input.shape.numel()
    for size in reversed(input.shape):
        data = [data[start : start + size] for start in range(0, len(data), size)] if size else _empty(input.shape)
        if not size:
            return data
    return data[0]


def _rows(input: Any) -> Any:
    """Whole numbers, few in a row: unpacked they may be sizes, and sizes may follow from what they must be."""
    known = input.__dict__.get("_numbers")
    if known is None:
        known = input._numbers = [element() for _ in range(input.shape.numel())]
    width, lost = input.shape[-1], unknown("Tensor.tolist")
    rows: list[Any] = [Numbers(known[start : start + width], lost) for start in range(0, len(known), width)]
    for size in reversed(input.shape[:-1]):
        rows = [rows[start : start + size] for start in range(0, len(rows), size)]
    return rows[0]


def element() -> Dim:
    """What stands for a whole number in a tensor; it may be negative."""
    return fresh_size("an element of a tensor", least=None)


def _empty(sizes: Any) -> list[Any]:
    """Nested lists of a shape without elements."""
    return [] if not sizes[0] or len(sizes) == 1 else [_empty(sizes[1:]) for _ in range(sizes[0])]


@op("torch.Tensor.numpy", "torch.Tensor.__array__")
def numpy(input: Any, dtype: Any = None, *, force: Any = False) -> Any:
    """The tensor as an array."""
    if force is not True and is_certain_place() and passed_through(input)[0]:
        refuse("RuntimeError", "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    array = REGISTRY.get("numpy.ndarray")
    if not isinstance(array, type) or input.dtype == "bfloat16":
        return unknown("Tensor.numpy")
    return array(input.shape, element_type(dtype) or input.dtype, None if input.data is None else list(input.data))


def _fill(input: Any, value: Any) -> list[Any] | None:
    if type(value) is Unknown:
        return None
    if isinstance(value, TorchTensor):
        if value.shape:
            refuse("RuntimeError", f"fill_ only supports 0-dimension value tensor but got tensor with {len(value.shape)} dimensions.")
        value = None if value.data is None else value.data[0]
    elif number_category(value) is None:
        refuse("TypeError", f"fill_(): argument 'value' must be Number, not {kind_name(value)}")
    else:
        fits(value, input.dtype)
    if value is None or not few(input.shape):
        return None
    element = cast_all([value], input.dtype)
    return None if element is None else element * input.shape.numel()


@op("torch.fill")
def fill(input: Any, value: Any) -> Any:
    """A tensor of the same shape, full of one number."""
    return input.like(data=_fill(input, value))


@op("torch.Tensor.fill_", "torch.fill_", lenient=True)
def fill_(input: Any, value: Any) -> Any:
    """Fill with one number, in place."""
    if type(input) is Unknown:
        return input
    return write(input, _fill(input, value))


@op("torch.Tensor.zero_", "torch.zero_")
def zero_(input: Any) -> Any:
    """Fill with zeros, in place."""
    return write(input, _fill(input, 0))


@op("torch.Tensor.copy_", lenient=True)
def copy_(input: Any, src: Any, non_blocking: Any = False) -> Any:
    """Take over the values of another tensor, which broadcasts."""
    if not isinstance(src, TorchTensor):
        if type(src) is not Unknown and number_category(src) is None:
            refuse("TypeError", f"copy_(): argument 'other' must be Tensor, not {kind_name(src)}")
        return write(input, None if type(src) is Unknown else _fill(input, src))
    if src.shape != input.shape:
        shape = broadcast(input.shape, src.shape)
        facts = [same(a, b) for a, b in zip(shape, input.shape, strict=len(shape) == len(input.shape))]
        fits_in = len(shape) == len(input.shape) and False not in facts
        require(fits_in, f"copy_ of {text(src.shape)} into {text(input.shape)}", name="broadcast-mismatch")
    data = cast_all(src.data, input.dtype) if src.data is not None and few(input.shape) else None
    return write(input, None if data is None else spread_values(data, src.shape, input.shape))


@op("torch.Tensor.apply_", "torch.Tensor.map_")
def apply_(input: Any, *args: Any) -> Any:
    """Call a function on every element, in place."""
    return write(input, None)


def _resized(input: Any, sizes: Any) -> Any:
    """The tensor with other sizes; what it holds then is no longer known."""
    write(input, None)
    input.shape = type(input.shape)(sizes)
    input._strides = None
    return input


@op("torch.Tensor.resize_")
def resize_(input: Any, *sizes: Any, memory_format: Any = None) -> Any:
    """Change the sizes, in place."""
    return _resized(input, sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes)


@op("torch.Tensor.resize_as_", "torch.resize_as_")
def resize_as_(input: Any, the_template: Any, *, memory_format: Any = None) -> Any:
    """Change the sizes to those of another tensor, in place."""
    return _resized(input, the_template.shape)


@op("torch.Tensor.set_")
def set_(input: Any, source: Any = None, storage_offset: Any = 0, size: Any = None, stride: Any = None) -> Any:
    """Take over the memory of another tensor."""
    if isinstance(source, TorchTensor) and size is None:
        return _resized(input, source.shape)
    return _resized(input, (0,) if source is None else size)


@op("torch.Tensor.sum_to_size")
def sum_to_size(input: Any, *size: Any) -> Any:
    """The tensor summed until it has a shape that would broadcast to its own."""
    wanted = tuple(size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size)
    require(tuple(broadcast(input.shape, wanted)) == tuple(input.shape), f"size {text(wanted)} is not expandable to {text(input.shape)}")
    return input.like(wanted)


@op("torch.Tensor.as_subclass")
def as_subclass(input: Any, cls: Any) -> Any:
    """The tensor as an object of a derived class."""
    return input
