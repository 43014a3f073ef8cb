"""What of torch code may use that only fills tensors: see `astarch.interpreter.compile.filling`.

Only parameters may be filled here: what becomes of them in the construction of a model is no step of its data flow, since the state
dict tells what they hold.
"""

from __future__ import annotations

from typing import Any

from ...interpreter.compile.filling.values import call
from ...interpreter.machine import Machine
from ...interpreter.values import MISSING, BoundMethod, Builtin, Otherwise
from ..describe import REGISTRY, BoundOp, Op, Run
from ..describe import Property as DescribedProperty
from .instance import REGISTERED, ModuleInstance
from .module import Module, described_by, is_plainly
from .tensor import Parameter, TorchTensor

#: In-place operations that need no other tensor and change nothing but the numbers in one.
_CHANGES = frozenset(
    f"torch.Tensor.{name}_"
    for line in ("add clamp clamp_max clamp_min div erfinv mul sub", "bernoulli exponential fill normal random uniform zero")
    for name in line.split()
)
#: What else of ``torch.nn.init`` is asked.
_QUESTIONS = frozenset(f"torch.nn.init.{name}" for name in ("_calculate_correct_fan", "_calculate_fan_in_and_fan_out", "calculate_gain"))
_MODES = frozenset({"torch.no_grad", "torch.enable_grad", "torch.inference_mode"})
_ATTRIBUTES = frozenset({"data", "device", "dtype", "ndim", "requires_grad", "shape"})
_METHODS = frozenset(name.rpartition(".")[2] for name in _CHANGES)
_WALKS = frozenset(
    {Module.children, Module.modules, Module.named_children, Module.named_modules, Module.named_parameters, Module.parameters}
)
_PLAIN = frozenset({int, float, bool, str, type(None)})
#: What a tensor knows of others that share its numbers, or of these beyond themselves.
_KNOWING = frozenset({"_base", "_views", "_true_count", "_numbers"})
_TELLING = _KNOWING | {"attributes"}


class TorchFiller:
    """How the parameters of a torch model are filled.

    Args:
        run: The run in progress.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._blank: set[Any] = set()  # what is known to leave a tensor of that kind as it was
        self.known: dict[Any, Any] = {}
        self._before: list[tuple[TorchTensor, list[Any] | None]] = []

    def begin(self) -> int:
        """An attempt begins: the mark by which it is ended."""
        return len(self._before)

    def end(self, mark: int, undone: bool) -> None:
        """An attempt ends; when it is to be undone, all numbers are again what they were when it began."""
        if undone:
            for tensor, numbers in reversed(self._before[mark:]):
                tensor.data = numbers
        del self._before[mark:]

    def key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The kind of a parameter about which there is nothing more to know, and the plain data it comes with."""
        tensor = args[0] if args else None
        if type(tensor) is not Parameter or tensor.data is not None or not _TELLING.isdisjoint(tensor.__dict__):
            return None
        rest = (*args[1:], *kwargs.values())
        kinds = tuple(map(type, rest))
        if not _PLAIN.issuperset(kinds):
            return None
        return tensor.shape, tensor.dtype, tensor.device, tensor.requires_grad, len(args), tuple(kwargs), kinds, rest

    def only_touched(self, mark: int, args: tuple[Any, ...]) -> bool:
        """Whether only that parameter was filled, and still nobody knows its numbers."""
        tensor = args[0]
        return tensor.data is None and all(touched is tensor and numbers is None for touched, numbers in self._before[mark:])

    def is_mode(self, callee: Any) -> bool:
        """Whether it is ``torch.no_grad`` or the like."""
        return type(callee) is Op and callee.name in _MODES

    def attribute(self, value: Any, name: Any) -> Any:
        """An attribute of a tensor."""
        if not isinstance(value, TorchTensor) or type(name) is not str:
            raise Otherwise
        if name in _METHODS or name in _ATTRIBUTES:
            found = REGISTRY[f"torch.Tensor.{name}"]
            return found.read(value) if isinstance(found, DescribedProperty) else found.bind_to(value)
        if name[:1] == "_" and f"{value.kind}.{name}" not in REGISTRY:  # a mark that the program may have put there
            return value.__dict__.get("attributes", {}).get(name, MISSING)
        raise Otherwise

    def registered(self, value: Any, name: str) -> Any:
        """A parameter, buffer or child of a module."""
        custom = value.py_class.find("__getattr__")
        attributes = value.__dict__
        if not isinstance(value, ModuleInstance) or type(custom) is not Builtin or "_unknown" in attributes:
            raise Otherwise
        for key in REGISTERED:
            registered = attributes.get(key)
            if registered is not None and name in registered:
                return registered[name]
        return MISSING

    def call(self, m: Machine, callee: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Fill a parameter, or go through the parts of a module."""
        kind = type(callee)
        if kind is Op:
            return self._operate(callee, args, kwargs)
        if kind is BoundOp:
            return self._operate(callee.op, (callee.receiver, *args), kwargs)
        if kind is not BoundMethod or type(callee.function) is not Builtin or not isinstance(callee.receiver, ModuleInstance):
            raise Otherwise
        method = described_by(callee.function)
        if method is Module.apply and len(args) == 1 and not kwargs:
            return _apply(m, callee.receiver, args[0])
        if method in _WALKS or (callee.function.name.endswith(".reset_parameters") and not args and not kwargs):
            return m.call(callee, args, kwargs)
        raise Otherwise

    def _operate(self, op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        name = op.name
        if name in _QUESTIONS:
            return self._applied(op, args, kwargs)
        if name not in _CHANGES and not name.startswith("torch.nn.init."):
            raise Otherwise
        tensor = args[0] if args else None
        if type(tensor) is not Parameter or not {int}.issuperset(map(type, tensor.shape)):
            raise Otherwise
        if not _PLAIN.issuperset(map(type, (*args[1:], *kwargs.values()))):
            raise Otherwise
        if not _KNOWING.isdisjoint(tensor.__dict__):
            raise Otherwise
        is_blank = tensor.data is None
        key = (op, tensor.shape, tensor.dtype, args[1:], tuple(kwargs.items()))
        self._before.append((tensor, tensor.data))
        if is_blank and key in self._blank:
            return tensor
        if self._applied(op, args, kwargs) is not tensor:
            raise Otherwise
        if is_blank and tensor.data is None and "float" in tensor.dtype:
            self._blank.add(key)
        return tensor

    def _applied(self, op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What an operation gives, no step being recorded; anything it has to say ends the attempt."""
        run = self._run
        noted = len(run.diagnostics), len(run.unknowns), len(run.open)
        run.nested += 1
        try:
            result = op.function(*args, **kwargs)
        except Exception:
            raise Otherwise from None
        finally:
            run.nested -= 1
            if noted != (len(run.diagnostics), len(run.unknowns), len(run.open)):
                del run.diagnostics[noted[0] :], run.found_in[noted[0] :], run.unknowns[noted[1] :], run.open[noted[2] :]
                raise Otherwise
        return result


def _apply(m: Machine, module: Any, function: Any) -> Any:
    """``module.apply(function)``."""
    if not is_plainly(module, "apply"):
        raise Otherwise
    for child in list(Module.children(module)):  # type: ignore[arg-type]
        _apply(m, child, function)
    call(m, function, (module,), {})
    return module
