"""What can never stand where torch takes a tensor, or a number."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from types import GeneratorType
from typing import Any

from ...interpreter.values import CURRENT, MISSING, BoundMethod, Builtin, Class, Function, PyModule
from ...ir.refusal import Refusal
from ...ir.tensor import Shape
from ..describe import BoundOp, Op
from .instance import ModuleInstance

#: No argument parser of torch makes a tensor of one of these, and none has ``__torch_function__`` to answer for itself.
_NEVER = frozenset(
    {str, bytes, dict, set, frozenset, list, tuple, Shape, range, slice, type(None), GeneratorType, zip, map, filter, enumerate, reversed,
     type({}.keys()), type({}.values()), type({}.items()), Function, BoundMethod, Builtin, Class, PyModule, Op, BoundOp,
     *(type(iter(value)) for value in ([], (), {}, "", set(), range(0), {}.values(), {}.items()))}
)  # fmt: skip

#: No number stands where a function takes its input, but for those that take one on either side.
_NUMBERS = frozenset({int, float, bool})
_TWO = frozenset({"other", "exponent", "n", "x"})

#: Products of matrices, which take a number on neither side.
_PRODUCTS = frozenset({"matmul", "__matmul__", "__rmatmul__", "mm", "bmm", "mv", "dot", "vdot", "inner", "outer", "ger", "chain_matmul"})

#: What rules ask of a tensor.
_ASKED = frozenset({"shape", "dtype", "device", "data", "rank", "size", "like", "requires_grad", "node", "__dict__"})


def misfit(value: Any) -> bool:
    """Whether a value is certainly no tensor, nor anything that torch takes for one."""
    return type(value) in _NEVER or (isinstance(value, ModuleInstance) and value.py_class.find("__torch_function__") is MISSING)


def refuse_misfit(name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], error: AttributeError) -> None:
    """A rule that looked for a tensor and found what can never be one was called wrongly by the program.

    What stands in the place of a default (None, mostly) may be what torch takes there: then the fault is ours.

    Raises:
        Refusal: Such a value was given.
    """
    if error.name not in _ASKED:
        return
    signature = inspect.signature(function)
    given = signature.bind(*args, **kwargs).arguments
    if not misfit(error.obj) and not (type(error.obj) in _NUMBERS and _takes_no_number(name, given, signature.parameters, error.obj)):
        return
    for key, value in given.items():
        parameter = signature.parameters[key]
        several = parameter.kind is parameter.VAR_POSITIONAL or isinstance(value, (list, tuple))
        if value is not error.obj and not (several and any(item is error.obj for item in value)):
            continue
        if parameter.default is parameter.empty or error.obj is not parameter.default:
            kind = "torch.Size" if type(error.obj) is Shape else CURRENT.get().class_of(error.obj).name
            raise Refusal("TypeError", f"{name}(): argument '{key}' must be Tensor, not {kind}") from None


def _takes_no_number(name: str, given: dict[str, Any], parameters: Mapping[str, Any], value: Any) -> bool:
    """Whether a function takes no number where it was given one."""
    if name in _PRODUCTS or "query" in parameters:
        return True
    return given.get("input", MISSING) is value and _TWO.isdisjoint(parameters)


#: None of these is a number; what a rule cannot compute with was given for one.
_NO_NUMBERS = frozenset(
    {str, bytes, dict, set, type(None), Function, BoundMethod, Builtin, Class, PyModule, Op, BoundOp, GeneratorType, ModuleInstance}
)


def refuse_no_number(name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], error: TypeError) -> None:
    """A rule that computed with what can never be a number was called wrongly by the program.

    Raises:
        Refusal: Such a value was given, and is not what the parameter holds by default.
    """
    said = set(re.findall(r"'(\w+)'", str(error)))
    signature = inspect.signature(function)
    for key, value in signature.bind(*args, **kwargs).arguments.items():
        parameter = signature.parameters[key]
        several = parameter.kind is parameter.VAR_POSITIONAL or isinstance(value, (list, tuple))
        for item in value if several else (value,):
            if type(item) in _NO_NUMBERS and type(item).__name__ in said and value is not parameter.default:
                raise Refusal("TypeError", f"{name}(): argument '{key}' must be int, not {CURRENT.get().class_of(item).name}") from None
    for key, value in vars(args[0]).items() if args and isinstance(args[0], ModuleInstance) and "str" in said else ():
        if type(value) is str and not value.isidentifier():  # a number in quotes, not a word that the layer knows
            raise Refusal("TypeError", f"{name}(): '{key}' must be int, not str")


def of_an_op(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], error: AttributeError | TypeError) -> None:
    """The same for an op of torch; other libraries make arrays of lists."""
    if not op.name.startswith("torch."):
        return
    if isinstance(error, AttributeError):
        refuse_misfit(op.__name__, op.function, args, kwargs, error)
    else:
        refuse_no_number(op.__name__, op.function, args, kwargs, error)
