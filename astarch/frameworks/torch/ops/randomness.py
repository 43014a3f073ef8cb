"""Tensors of random numbers: their shapes and types are known, their values never."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim, less
from ...describe import fresh_size, op, refuse
from ...shapes import broadcast
from ..tensor import TorchTensor, default_dtype, is_size, kind_name
from .aliasing import write
from .creation import PRESERVE, STRIDED, made, sizes
from .dtypes import element_type
from .elementwise import deliver, letter, place_of
from .promotion import category_of, number_category
from .signatures import factory


def _continuous(name: str, dtype: str) -> str:
    if category_of(dtype) < 2:
        refuse("NotImplementedError", f'"{name}" not implemented for {dtype!r}')
    return dtype


def _random_family(name: str) -> None:
    @factory(f"torch.{name}")
    def function(*args: Any, size: Any = None, generator: Any = None, out: Any = None, dtype: Any = None, layout: Any = STRIDED,
                 device: Any = None, pin_memory: bool = False, requires_grad: bool = False, names: Any = None) -> Any:  # fmt: skip
        kind = element_type(dtype) or (default_dtype() if out is None else out.dtype)
        return made(sizes(name, args, size), _continuous(name, kind), device, requires_grad, None, out)

    @factory(f"torch.{name}_like")
    def like(input: Any, *, generator: Any = None, dtype: Any = None, layout: Any = None, device: Any = None, pin_memory: bool = False,
             requires_grad: bool = False, memory_format: Any = PRESERVE) -> Any:  # fmt: skip
        kind = _continuous(name, element_type(dtype) or input.dtype)
        return made(input.shape, kind, input.device if device is None else device, requires_grad)

    what = "evenly between 0 and 1" if name == "rand" else "by the normal distribution"
    function.__doc__ = f"Numbers drawn {what}."
    like.__doc__ = f"Numbers drawn {what}, in the shape of another tensor."


_random_family("rand")
_random_family("randn")


def _whole_range(name: str, low: Any, high: Any, dtype: str) -> None:
    for bound in (low, high):
        if number_category(bound) not in (0, 1) and not isinstance(bound, TorchTensor):
            refuse("TypeError", f"{name}(): bounds must be int, not {kind_name(bound)}")
    if type(low) is int and type(high) is int:
        if low >= high:
            refuse("RuntimeError", f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        limit = {"bool": 1, "uint8": 255, "int8": 127, "int16": 32767, "int32": 2**31 - 1}.get(dtype)
        if limit is not None and high - 1 > limit:
            refuse("RuntimeError", f"to - 1 is out of bounds for {dtype}")
    if category_of(dtype) == 3:
        refuse("NotImplementedError", f"{name} is not implemented for {dtype}")


@factory("torch.randint")
def randint(*args: Any, low: Any = 0, high: Any = None, size: Any = None, generator: Any = None, out: Any = None, dtype: Any = None,
            layout: Any = STRIDED, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """Whole numbers from ``low`` up to but not including ``high``.

    >>> randint(0, 10, (2, 3))
    int64[2, 3]
    """
    rest = list(args)
    if rest and isinstance(rest[-1], (tuple, list)):
        size = rest.pop()
    if len(rest) == 2:
        low, high = rest
    elif len(rest) == 1:
        low, high = (low, rest[0]) if high is None else (rest[0], high)
    if high is None or size is None or len(rest) > 2:
        refuse("TypeError", "randint() received an invalid combination of arguments")
    kind = element_type(dtype) or ("int64" if out is None else out.dtype)
    _whole_range("randint", low, high, kind)
    return made(sizes("randint", (size,)), kind, device, requires_grad, None, out)


@factory("torch.randint_like")
def randint_like(input: Any, low: Any = None, high: Any = None, *, dtype: Any = None, layout: Any = None, device: Any = None,
                 pin_memory: bool = False, requires_grad: bool = False, memory_format: Any = PRESERVE) -> Any:  # fmt: skip
    """Whole numbers below a bound, in the shape and type of another tensor."""
    if high is None:
        low, high = 0, low
    elif low is None:
        low = 0
    kind = element_type(dtype) or input.dtype
    _whole_range("randint_like", low, high, kind)
    return made(input.shape, kind, input.device if device is None else device, requires_grad)


@factory("torch.randperm")
def randperm(n: Any, *, generator: Any = None, out: Any = None, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
             pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The numbers below ``n`` in random order.

    >>> randperm(4)
    int64[4]
    """
    if isinstance(n, TorchTensor):
        n = n.data[0] if n.data is not None else fresh_size("torch.randperm")
    if isinstance(n, bool) or not is_size(n):
        refuse("TypeError", f"randperm(): argument 'n' must be int, not {kind_name(n)}")
    if less(n, 0):
        refuse("RuntimeError", f"Trying to create tensor with negative dimension {n}")
    kind = element_type(dtype) or ("int64" if out is None else out.dtype)
    if category_of(kind) in (0, 3):
        refuse("NotImplementedError", f"randperm is not implemented for {kind}")
    return made((n,), kind, device, requires_grad, [0] if type(n) is int and n == 1 else None, out)


@factory("torch.normal")
def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Any = None, out: Any = None, dtype: Any = None,
           layout: Any = STRIDED, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """Numbers drawn by normal distributions of these means and deviations.

    >>> normal(T(2, 1), T(3))
    float32[2, 3]
    """
    tensors = [value for value in (mean, std) if isinstance(value, TorchTensor)]
    if size is not None:
        if tensors:
            refuse("TypeError", "normal() takes a size only with numbers")
        kind = element_type(dtype) or (default_dtype() if out is None else out.dtype)
        return made(sizes("normal", (size,)), _continuous("normal", kind), device, requires_grad, None, out)
    if not tensors:
        refuse("TypeError", "normal() needs a tensor or a size")
    if isinstance(std, TorchTensor) and category_of(std.dtype) == 3:
        refuse("RuntimeError", "normal expects standard deviation to be non-complex")
    result = place_of(tensors).like(broadcast(*(tensor.shape for tensor in tensors)), _continuous("normal", tensors[0].dtype))
    return deliver(result, out)


@op("torch.bernoulli", "torch.Tensor.bernoulli")
def bernoulli(input: Any, p: Any = None, *, generator: Any = None, out: Any = None) -> Any:
    """Zeros and ones, drawn with the probabilities in the tensor, or with ``p``."""
    if category_of(input.dtype) == 3 or (p is None and category_of(input.dtype) != 2):
        refuse("NotImplementedError", f"bernoulli is not implemented for {input.dtype}")
    if p is not None and not 0 <= p <= 1:
        refuse("RuntimeError", f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    return deliver(input.like(), out)


@op("torch.multinomial", "torch.Tensor.multinomial")
def multinomial(input: Any, num_samples: Any, replacement: bool = False, *, generator: Any = None, out: Any = None) -> Any:
    """Places drawn with the weights along the last axis.

    >>> multinomial(T(4, 10), 2)
    int64[4, 2]
    """
    if len(input.shape) not in (1, 2):
        refuse("RuntimeError", "prob_dist must be 1 or 2 dim")
    if category_of(input.dtype) != 2:
        refuse("RuntimeError", f"multinomial only supports floating-point dtypes for input, got: {input.dtype}")
    if type(num_samples) is int and num_samples <= 0:
        refuse("RuntimeError", "cannot sample n_sample <= 0 samples")
    if not replacement and less(input.shape[-1], num_samples):
        refuse("RuntimeError", "cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    return deliver(input.like((*input.shape[:-1], num_samples), "int64"), out)


@op("torch.poisson")
def poisson(input: Any, generator: Any = None) -> Any:
    """Numbers drawn by Poisson distributions of these rates."""
    if category_of(input.dtype) != 2:
        refuse("NotImplementedError", f"poisson is not implemented for {input.dtype}")
    return input.like()


@op("torch.binomial")
def binomial(count: Any, prob: Any, generator: Any = None) -> Any:
    """Numbers drawn by binomial distributions."""
    if letter(count.dtype) not in "hf" or count.dtype != prob.dtype:
        refuse("RuntimeError", f"binomial only supports floating-point dtypes for count, got: {count.dtype}")
    return count.like(broadcast(count.shape, prob.shape))


def _drawn(input: Any, name: str, letters: str) -> Any:
    if letter(input.dtype) not in letters:
        refuse("NotImplementedError", f'"{name}" not implemented for {input.dtype!r}')
    return write(input, None)


@op("torch.Tensor.normal_")
def normal_(input: Any, mean: Any = 0, std: Any = 1, *, generator: Any = None) -> Any:
    """Numbers drawn by the normal distribution, in place."""
    return _drawn(input, "normal_", "hfc")


@op("torch.Tensor.uniform_")
def uniform_(input: Any, from_: Any = 0, to: Any = 1, *, generator: Any = None, **bounds: Any) -> Any:
    """Numbers drawn evenly, in place (``from`` is a keyword of the language, so it comes by name)."""
    low = bounds.get("from", from_)
    if type(low) is not Dim and type(to) is not Dim and low > to:
        refuse("RuntimeError", f"uniform_ expects to return a [from, to) range, but found from={low} > to={to}")
    return _drawn(input, "uniform_", "hfc")


@op("torch.Tensor.random_")
def random_(input: Any, from_: Any = 0, to: Any = None, *, generator: Any = None) -> Any:
    """Whole numbers, in place."""
    return _drawn(input, "random_", "bihf")


@op("torch.Tensor.bernoulli_")
def bernoulli_(input: Any, p: Any = 0.5, *, generator: Any = None) -> Any:
    """Zeros and ones, in place."""
    return _drawn(input, "bernoulli_", "bihf")


@op("torch.Tensor.exponential_")
def exponential_(input: Any, lambd: Any = 1, *, generator: Any = None) -> Any:
    """Numbers drawn by the exponential distribution, in place."""
    return _drawn(input, "exponential_", "hf")


@op("torch.Tensor.geometric_")
def geometric_(input: Any, p: Any, *, generator: Any = None) -> Any:
    """Numbers drawn by the geometric distribution, in place."""
    return _drawn(input, "geometric_", "ihf")


@op("torch.Tensor.log_normal_")
def log_normal_(input: Any, mean: Any = 1, std: Any = 2, *, generator: Any = None) -> Any:
    """Numbers whose logarithm is drawn by the normal distribution, in place."""
    return _drawn(input, "log_normal_", "hf")


@op("torch.Tensor.cauchy_")
def cauchy_(input: Any, median: Any = 0, sigma: Any = 1, *, generator: Any = None) -> Any:
    """Numbers drawn by the Cauchy distribution, in place."""
    return _drawn(input, "cauchy_", "hf")
