"""New tensors of a given shape or from given values."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim, same
from ....ir.tensor import KEPT_VALUES, Tensor
from ....ir.unknown import Unknown
from ...describe import REGISTRY, fresh_size, op, refuse
from ...dtypes import promote
from ...scalars import Float64
from ..tensor import TorchTensor, default_dtype, is_size, kind_name
from .choosing import fits
from .device import device_name
from .dtypes import element_type
from .elementwise import deliver
from .promotion import category_of, number_category, number_dtype
from .signatures import factory
from .values import LOST, cast, cast_all, few

STRIDED: Any = REGISTRY["torch.strided"]
PRESERVE: Any = REGISTRY["torch.preserve_format"]
CONTIGUOUS: Any = REGISTRY["torch.contiguous_format"]


def sizes(name: str, args: tuple[Any, ...], keyword: Any = None) -> tuple[Any, ...]:
    """The sizes of a new tensor, given one by one, as one sequence, or as ``size=``.

    A tensor stands for its one value; when that is not known the size is a symbol of its own.
    """
    if keyword is not None and not args:
        args = (keyword,)
        if not isinstance(keyword, (tuple, list)):
            refuse("TypeError", f"{name}(): argument 'size' must be tuple of ints, not {kind_name(keyword)}")
    if not args:
        refuse("TypeError", f'{name}() missing 1 required positional arguments: "size"')
    first = args[0]
    if isinstance(first, (tuple, list)):
        if len(args) > 1:
            refuse("TypeError", f"{name}() takes 1 positional argument but {len(args)} were given")
        args = tuple(first)
    return tuple([size if type(size) is int and size >= 0 else _size(name, size) for size in args])


def _size(name: str, size: Any) -> Any:
    if isinstance(size, TorchTensor) and category_of(size.dtype) < 2 and same(size.size, 1) is not False:
        return size.data[0] if size.data is not None else fresh_size(f"a size of torch.{name}")
    if isinstance(size, bool) or not is_size(size):
        refuse("TypeError", f"{name}(): argument 'size' must be tuple of ints, but found element of type {type(size).__name__}")
    if type(size) is int:
        refuse("RuntimeError", f"Trying to create tensor with negative dimension {size}")
    return size


def made(shape: Any, dtype: str, device: Any = None, requires_grad: bool = False, data: list[Any] | None = None, out: Any = None) -> Any:
    """A new tensor with the arguments that all factories share."""
    if out is not None:
        result = TorchTensor(shape, dtype, data)
        if dtype != out.dtype:
            result = TorchTensor(shape, out.dtype, cast_all(data, out.dtype))
        return deliver(result, out)
    result = TorchTensor(shape, dtype, data, device_name(device))
    if requires_grad:
        if category_of(dtype) < 2:
            refuse("RuntimeError", "Only Tensors of floating point and complex dtype can require gradients")
        result.requires_grad = True
    return result


def filled(shape: tuple[Any, ...], value: Any, dtype: str) -> list[Any] | None:
    """The values of a tensor full of one number, when they are few."""
    if value is None or not few(shape):
        return None
    try:
        element = cast(value, dtype)
    except LOST:
        return None
    count = 1
    for size in shape:
        count *= size
    return [element] * count


def _factory(name: str, value: Any) -> None:
    @factory(f"torch.{name}")
    def function(*args: Any, size: Any = None, out: Any = None, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
                 pin_memory: bool = False, requires_grad: bool = False, names: Any = None, memory_format: Any = None) -> Any:  # fmt: skip
        shape = sizes(name, args, size)
        kind = element_type(dtype) or (default_dtype() if out is None else out.dtype)
        return made(shape, kind, device, requires_grad, filled(shape, value, kind), out)

    @factory(f"torch.{name}_like")
    def like(input: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
             requires_grad: bool = False, memory_format: Any = PRESERVE) -> Any:  # fmt: skip
        kind = element_type(dtype) or input.dtype
        data = filled(input.shape, value, kind)
        return made(input.shape, kind, input.device if device is None else device, requires_grad, data)

    @factory(f"torch.Tensor.new_{name}")
    def new(input: Any, *args: Any, size: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
            layout: Any = STRIDED, pin_memory: bool = False) -> Any:  # fmt: skip
        shape = sizes(f"new_{name}", args, size)
        kind = element_type(dtype) or input.dtype
        return made(shape, kind, input.device if device is None else device, requires_grad, filled(shape, value, kind))

    what = "what happens to be in memory" if value is None else f"{value}s"
    function.__doc__ = f"A tensor of {what}, of the given sizes."
    like.__doc__ = f"A tensor of {what}, of the shape of another."
    new.__doc__ = f"A tensor of {what}, of the type and on the device of another."


for _name, _value in {"zeros": 0, "ones": 1, "empty": None}.items():
    _factory(_name, _value)


def _fill_value(value: Any) -> Any:
    """The number to fill with; None when it is not known."""
    if isinstance(value, TorchTensor):
        if value.shape:
            refuse("TypeError", "argument 'fill_value' must be Number, not Tensor")
        return value.data[0] if value.data is not None else None
    if number_category(value) is None:
        refuse("TypeError", f"argument 'fill_value' must be Number, not {kind_name(value)}")
    return value


def _full(shape: tuple[Any, ...], fill_value: Any, dtype: str, device: Any, requires_grad: bool, out: Any = None) -> Any:
    value = _fill_value(fill_value)
    if value is not None:
        fits(value, dtype)
    return made(shape, dtype, device, requires_grad, filled(shape, value, dtype), out)


@factory("torch.full")
def full(size: Any, fill_value: Any, *, out: Any = None, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
         pin_memory: bool = False, requires_grad: bool = False, names: Any = None) -> Any:  # fmt: skip
    """A tensor full of one number, whose kind tells the element type.

    >>> full((2, 3), True)
    bool[2, 3]
    """
    if not isinstance(size, (tuple, list)):
        refuse("TypeError", f"full(): argument 'size' (position 1) must be tuple of ints, not {kind_name(size)}")
    kind = element_type(dtype) or (out.dtype if out is not None else kind_of(fill_value))
    return _full(sizes("full", (size,)), fill_value, kind, device, requires_grad, out)


def kind_of(value: Any) -> str:
    """The element type a number, or a tensor that stands for one, gives to a new tensor."""
    if isinstance(value, TorchTensor):
        return number_dtype(category_of(value.dtype))
    rank = number_category(value)
    return number_dtype(2 if rank is None else rank)


@factory("torch.full_like")
def full_like(input: Any, fill_value: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
              requires_grad: bool = False, memory_format: Any = PRESERVE) -> Any:  # fmt: skip
    """A tensor full of one number, of the shape and type of another."""
    kind = element_type(dtype) or input.dtype
    return _full(input.shape, fill_value, kind, input.device if device is None else device, requires_grad)


@factory("torch.Tensor.new_full")
def new_full(input: Any, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
             layout: Any = STRIDED, pin_memory: bool = False) -> Any:  # fmt: skip
    """A tensor full of one number, of the type and on the device of another."""
    kind = element_type(dtype) or input.dtype
    return _full(sizes("new_full", (size,)), fill_value, kind, input.device if device is None else device, requires_grad)


@factory("torch.scalar_tensor")
def scalar_tensor(s: Any, *, dtype: Any = None, layout: Any = STRIDED, device: Any = None, pin_memory: bool = False) -> Any:
    """A tensor without axes."""
    return _full((), s, element_type(dtype) or default_dtype(), device, False)


@factory("torch.empty_permuted")
def empty_permuted(size: Any, physical_layout: Any, *, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
                   pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """A tensor of what happens to be in memory, its axes laid out in the given order."""
    return made(sizes("empty_permuted", (size,)), element_type(dtype) or default_dtype(), device, requires_grad)


@factory("torch.empty_strided")
def empty_strided(size: Any, stride: Any, *, dtype: Any = None, layout: Any = STRIDED, device: Any = None, pin_memory: bool = False,
                  requires_grad: bool = False) -> Any:  # fmt: skip
    """A tensor of what happens to be in memory, laid out as given."""
    return made(sizes("empty_strided", (size,)), element_type(dtype) or default_dtype(), device, requires_grad)


@factory("torch.Tensor.new_empty_strided")
def new_empty_strided(input: Any, size: Any, stride: Any, dtype: Any = None, layout: Any = None, device: Any = None,
                      pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """A tensor of what happens to be in memory, laid out as given, of the type of another."""
    kind = element_type(dtype) or input.dtype
    return made(sizes("new_empty_strided", (size,)), kind, input.device if device is None else device, requires_grad)


def _nested(value: Any, flat: list[Any], types: list[str]) -> tuple[Any, ...]:
    """The shape of nested sequences; their leaves are added to ``flat``, the leaves' types to ``types``."""
    if isinstance(value, (list, tuple, range)):
        kinds = set(map(type, value))
        if len(kinds) == 1 and kinds <= _PLAIN:  # a row of plain numbers, by far the commonest
            flat.extend(value)
            types.append(number_dtype(category_of_number(value[0])))
            return (len(value),)
        shapes = [_nested(item, flat, types) for item in value]
        if not shapes:
            return (0,)
        for shape in shapes[1:]:
            if len(shape) != len(shapes[0]):
                refuse("TypeError", "not a sequence")
            if shape != shapes[0]:
                refuse("ValueError", f"expected sequence of length {shapes[0][0]} at dim 1 (got {shape[0]})")
        return (len(shapes), *shapes[0])
    if isinstance(value, Tensor):
        if same(value.size, 1) is False:
            refuse("ValueError", "only one element tensors can be converted to Python scalars")
        flat.append(_LOST if value.data is None else value.data[0])
        types.append(value.dtype)
    elif type(value) is Unknown:
        flat.append(value)
    else:
        rank = number_category(value)
        if rank is None:
            refuse("TypeError" if isinstance(value, str) else "RuntimeError", f"Could not infer dtype of {type(value).__name__}")
        flat.append(value)
        types.append("float64" if type(value) is Float64 else number_dtype(rank))  # type: ignore[arg-type]
    return ()


_LOST: Any = object()
_PLAIN: set[type] = {int, float, bool}


def category_of_number(value: Any) -> int:
    """0 for a truth value, 1 for a whole number, 2 for another."""
    return 0 if type(value) is bool else 1 if type(value) is int else 2


def _holds_fractions(data: Any) -> bool:
    """Whether a floating tensor stands among the leaves."""
    if isinstance(data, (list, tuple)):
        return not _PLAIN.issuperset(map(type, data)) and any(map(_holds_fractions, data))
    return isinstance(data, Tensor) and category_of(data.dtype) >= 2


def from_values(data: Any, dtype: str | None, device: Any = None, requires_grad: bool = False) -> Any:
    """A tensor of nested sequences of numbers, or of another tensor or array."""
    if isinstance(data, Tensor):
        kind = dtype or data.dtype
        where = getattr(data, "device", "cpu") if device is None else device
        return made(data.shape, kind, where, requires_grad, cast_all(data.data, kind))
    flat: list[Any] = []
    types: list[str] = []
    shape = _nested(data, flat, types)
    lost = [value for value in flat if type(value) is Unknown] if Unknown in set(map(type, flat)) else []
    if lost and dtype is None:
        return lost[0]
    if dtype is None:
        dtype = default_dtype() if not types else types[0]
        for other in types[1:]:
            dtype = promote(dtype, other)
    if category_of(dtype) < 2 and _holds_fractions(data):
        refuse("TypeError", "only integer tensors of a single element can be converted to an index")
    known = not lost and (_PLAIN.issuperset(map(type, flat)) or not any(value is _LOST for value in flat))
    if known:
        _check_values(flat, dtype)
    return made(shape, dtype, device, requires_grad, cast_all(flat, dtype) if known and len(flat) <= KEPT_VALUES else None)


def _check_values(flat: list[Any], dtype: str) -> None:
    category = category_of(dtype)
    if set(map(type, flat)) == {int}:
        flat = [min(flat), max(flat)]  # the others fit if these do
    for value in flat:
        if type(value) is complex and category in (1, 2):
            refuse("TypeError", "must be real number, not complex")
        if category == 1 and type(value) is not Dim:
            if type(value) is int and not -(1 << 63) <= value < 1 << 63 and dtype != "uint64":
                refuse("ValueError", "Overflow when unpacking long long")
            fits(value, dtype)


@op("torch.tensor", lenient=True)
def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
           names: Any = None) -> Any:  # fmt: skip
    """A new tensor of nested sequences of numbers.

    >>> tensor([[1, 2], [3, 4.5]])
    float32[2, 2]
    """
    return _converted(data, dtype, device, requires_grad)


def _converted(data: Any, dtype: Any, device: Any, requires_grad: bool = False) -> Any:
    for value in (data, dtype):
        if type(value) is Unknown:
            return value
    device = None if type(device) is Unknown else device
    return from_values(data, element_type(dtype), device, requires_grad)


@op("torch.as_tensor", lenient=True)
def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Any:
    """A tensor of the values, the same one where nothing has to change."""
    if isinstance(data, TorchTensor) and (dtype is None or element_type(dtype) == data.dtype) and device is None:
        return data
    return _converted(data, dtype, device)


@op("torch.asarray", lenient=True)
def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: Any = None, requires_grad: bool = False) -> Any:
    """A tensor of the values, shared or copied."""
    if isinstance(obj, TorchTensor) and (dtype is None or element_type(dtype) == obj.dtype) and device is None and not copy:
        return obj
    return _converted(obj, dtype, device, requires_grad)


@op("torch.from_numpy")
def from_numpy(ndarray: Any, /) -> Any:
    """A tensor that shares the memory of an array.

    >>> from_numpy(T(2, 3, dtype="float64"))
    float64[2, 3]
    """
    if not isinstance(ndarray, Tensor):
        refuse("TypeError", f"expected np.ndarray (got {type(ndarray).__name__})")
    return from_values(ndarray, None)


@factory("torch.Tensor.new_tensor")
def new_tensor(input: Any, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
               pin_memory: bool = False) -> Any:  # fmt: skip
    """A tensor of the values, of the type and on the device of another."""
    kind = element_type(dtype) or input.dtype
    return from_values(data, kind, input.device if device is None else device, requires_grad)


def legacy(dtype: str, device: str, args: tuple[Any, ...]) -> Any:
    """What the old constructors make: ``FloatTensor(2, 3)`` of sizes, ``FloatTensor([2, 3])`` of values."""
    if not args:
        return TorchTensor((0,), dtype, [], device)
    if len(args) == 1 and isinstance(args[0], (list, tuple, range, Tensor)) and type(args[0]).__name__ != "Shape":
        return from_values(args[0], dtype, device)
    return TorchTensor(sizes("new", args), dtype, None, device)


@op("torch.Tensor.new")
def new(input: Any, *args: Any) -> Any:
    """A tensor of the same type: of the sizes, or of the values in one list."""
    return legacy(input.dtype, input.device, args)


def _legacy_constructor(name: str, dtype: str) -> None:
    def function(*args: Any) -> Any:
        return legacy(dtype, "cpu", args)

    function.__doc__ = f"A {dtype} tensor of the sizes, or of the values in one list."
    op(f"torch.{name}", f"torch.cuda.{name}")(function)


#: What comes before ``Tensor`` in the names of the old constructors, and the element type it stands for.
LEGACY = {"Float": "float32", "Double": "float64", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64", "Int": "int32",
          "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool"}  # fmt: skip

for _name, _kind in LEGACY.items():
    _legacy_constructor(f"{_name}Tensor", _kind)
