"""torch as the interpreter meets it: described names as values of the program, layers as its classes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

from ...interpreter.budget import BudgetSpent
from ...interpreter.builtins.hosts import OBJECT
from ...interpreter.machine import Machine
from ...interpreter.values import MISSING, Builtin, Class, ClassMethod, Instance, Lost, Property, PyModule, Raised, StaticMethod
from ...ir.dim import Undecided
from ...ir.refusal import Refusal
from ...ir.tensor import Tensor
from ...ir.unknown import Reason, Unknown
from .. import describe
from .. import einops as _einops
from .. import numpy as _numpy
from .. import torchvision as _torchvision
from .. import transformers as _transformers
from ..describe import REGISTRY, RUN, Layer, Op, reason_of
from ..numpy.array import scalar_attribute
from . import layers as _layers
from . import ops as _ops
from . import templates
from .containers import CONTAINERS
from .instance import ModuleInstance
from .misfits import refuse_misfit, refuse_no_number
from .module import Module
from .names import exists
from .native import Native
from .ops.creation import LEGACY, legacy
from .tensor import Buffer, Parameter, TorchTensor, UninitializedBuffer, UninitializedParameter, default_dtype


def _import_all(package: Any) -> None:
    for info in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{info.name}")


if not REGISTRY.expected:  # see `astarch.readers.catalogue`
    for _package in (_ops, _layers, _einops, _numpy, _torchvision, _transformers):
        _import_all(_package)
    for _name in ("autograd", "distributions", "loading", "parametrize", "progress", "pytrees", "tracing", "training"):
        importlib.import_module(f"{__package__}.{_name}")

#: Top-level packages whose names are described rather than read.
ROOTS = frozenset(name.partition(".")[0] for name in REGISTRY) - {"keras", "tensorflow", "namex"}  # a library of their own serves these
#: Packages of which only some names are described; their modules are read.
_READ = frozenset({"torchvision", "tqdm", "transformers"})

#: Packages of which some names are described for where their source is not at hand.
_STANDING_IN = frozenset({"torchvision", "tqdm"})

#: What every imported module or package has, and only the installed one knows.
_OF_EVERY_MODULE = frozenset({"__path__", "__file__", "__spec__", "__doc__"})
_PREFIXES = frozenset(name[:i] for name in REGISTRY for i, character in enumerate(name) if character == ".")

_TENSORS: dict[type, str] = {
    TorchTensor: "torch.Tensor", Parameter: "torch.nn.Parameter", Buffer: "torch.nn.Buffer",
    UninitializedParameter: "torch.nn.UninitializedParameter", UninitializedBuffer: "torch.nn.UninitializedBuffer",
}  # fmt: skip
_ALIASES = {
    "torch.nn.parameter": "torch.nn", "torch.nn.modules": "torch.nn", "torch.nn.modules.module": "torch.nn", "torch._tensor": "torch",
    "torch.nn.modules.container": "torch.nn", "torch.nn.modules.utils": "torch.nn.modules.utils",
}  # fmt: skip


class _Methods(dict[str, Any]):
    """The methods of a tensor as attributes of its class, each found when it is asked for."""

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or (isinstance(REGISTRY.get(f"torch.Tensor.{name}"), Op) and not str(name).startswith("__"))

    def __missing__(self, name: str) -> Any:
        return REGISTRY[f"torch.Tensor.{name}"]


class TorchLibrary:
    """Serves one run; classes are made anew for each, since a program may change them."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.modules: dict[str, PyModule] = {}
        self.classes: dict[Any, Class] = {}
        self.wrapped: dict[str, Any] = {}
        self._fitting: dict[Class, bool] = {}  # of classes, whether their layers can be made as others of the kind were
        self._tensor_classes()
        self._module_classes()

    # --- Library protocol -----------------------------------------------------------------------------------------

    def module(self, name: str) -> PyModule | None:
        """The described module of that dotted name."""
        if name.partition(".")[0] not in ROOTS or name.partition(".")[0] in _READ:
            return None
        if name not in _PREFIXES and name not in _ALIASES and (name.partition(".")[0] != "torch" or exists(name) is False):
            return None
        module = self.modules.get(name)
        if module is None:
            module = PyModule(name, lambda part, limit=0: self._name(name, part))
            self.modules[name] = module
        return module

    def names(self, module: str) -> list[str]:
        """The described names of a module."""
        return list(_names_below(module))

    def overrides(self, module: str) -> dict[str, Any]:
        """The names of a module that is read which are described all the same."""
        if module.partition(".")[0] not in _READ:
            return {}
        return {part: self.value(f"{module}.{part}") for part in _names_below(module) if f"{module}.{part}" in REGISTRY}

    def stand_in(self, name: str) -> Any:
        """What stands for a name of a package whose source is not at hand, and `MISSING` when nothing does."""
        if name.partition(".")[0] not in _STANDING_IN:
            return MISSING
        if name in REGISTRY:
            return self.value(name)
        if not _names_below(name):
            return MISSING

        def part(below: str, limit: int = 0) -> Any:
            found = MISSING if below.startswith("__") else self.stand_in(f"{name}.{below}")
            return self.machine.unknown(Reason.EXTERNAL, f"{name}.{below}") if found is MISSING else found

        return PyModule(name, part)

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of a tensor, or of another described value."""
        if not isinstance(value, Tensor):
            return scalar_attribute(value, name, MISSING)
        kind = value.kind
        found = REGISTRY.get(f"{kind}.{name}")
        if found is None:
            extra = value.__dict__.get("attributes")
            if extra is not None and name in extra:
                return extra[name]
            if name == "__class__":
                return self.class_of(value)
            if name.startswith("_") or exists(f"{kind}.{name}") is False or not kind.startswith(("torch.", "numpy.")):
                return MISSING  # of the tensors of another library that library has told all
            return self.machine.unknown(Reason.NOT_DESCRIBED, f"{kind}.{name}")
        if isinstance(found, describe.Property):
            return self._asked(value, f"{kind}.{name}", found.read(value))
        return found.bind_to(value)

    def _asked(self, value: Any, name: str, result: Any) -> Any:
        """What an attribute gives; another tensor made of this one (``x.mT``) is a step of the data flow."""
        run = RUN.get()
        if isinstance(result, Tensor) and result is not value and not run.nested and not name.endswith(".grad"):
            describe.leave_node(run, name, (value,), {}, result, 0)
        return result

    def set_attribute(self, value: Any, name: str, new: Any) -> bool:
        """Set an attribute of a tensor; False when the value is not of this library."""
        if not isinstance(value, Tensor):
            return False
        kind = value.kind
        found = REGISTRY.get(f"{kind}.{name}")
        if isinstance(found, describe.Property) and found.write is not None:
            found.write(value, new)
        else:
            value.__dict__.setdefault("attributes", {})[name] = new
        return True

    def class_of(self, value: Any) -> Class | None:
        """The class of a tensor or of a described value."""
        cls = self.classes.get(type(value))
        if cls is not None:
            return cls
        return self.kind_class(type(value)) if hasattr(type(value), "described_as") else None

    def classes_of_module(self) -> Class:
        """The class `torch.nn.Module`."""
        return self.classes[Module]

    # --- names ----------------------------------------------------------------------------------------------------

    def _name(self, module: str, part: str) -> Any:
        full = f"{module}.{part}"
        if part.startswith("channels_last"):
            RUN.get().state["other memory formats"] = True  # from here on it is not certain how tensors lie
        found = self.value(full)
        if found is MISSING and module in _ALIASES:
            found = self.value(f"{_ALIASES[module]}.{part}")
        if found is not MISSING:
            self.modules[module].namespace[part] = found
            return found
        below = self.module(full) if (full in _PREFIXES or full in _ALIASES) and exists(full) is not False else None
        if below is not None:
            return below
        if part in _OF_EVERY_MODULE:
            return self.machine.unknown(Reason.OUTSIDE, full)
        if part.startswith("__") or exists(full) is False:
            return MISSING
        return self.machine.unknown(Reason.NOT_DESCRIBED, full)

    def value(self, name: str) -> Any:
        """A described name as a value of the program, or `MISSING`."""
        if name in self.wrapped:
            return self.wrapped[name]
        found = REGISTRY.get(name, MISSING)
        if isinstance(found, type):
            found = self.layer_class(found) if issubclass(found, Layer) else self.kind_class(found)
        elif isinstance(found, Native):
            found = found.build(self)
        if found is not MISSING:
            self.wrapped[name] = found
        return found

    # --- classes --------------------------------------------------------------------------------------------------

    def layer_class(self, host: type) -> Class:
        """The class of the program that a described layer becomes."""
        cls = self.classes.get(host)
        if cls is None:
            parents = [self.layer_class(base) for base in host.__bases__ if issubclass(base, Layer) and base is not Layer]
            bases = tuple(parents) or (self.classes[Module],)
            name = getattr(host, "described_in", "torch.nn.modules")
            cls = Class(host.__name__, bases, self._namespace(host), name)
            self.classes[host] = cls
        return cls

    def _namespace(self, host: type) -> dict[str, Any]:
        namespace: dict[str, Any] = {}
        for name, value in vars(host).items():
            if isinstance(value, FunctionType):
                namespace[name] = self._method(host, name, value)
            elif isinstance(value, property):
                setter = Builtin(name, value.fset) if value.fset is not None else None
                namespace[name] = Property(Builtin(name, value.fget), setter)  # type: ignore[arg-type]
            elif isinstance(value, staticmethod):
                namespace[name] = StaticMethod(Builtin(name, value.__func__))
            elif isinstance(value, classmethod):
                namespace[name] = ClassMethod(Builtin(name, value.__func__))
            elif name == "becomes":
                namespace[name] = self.layer_class(value)
            elif not name.startswith("__") and name != "described_in":
                namespace[name] = value
        return namespace

    def _method(self, host: type, name: str, function: FunctionType) -> Builtin:
        if name == "__init__":
            return Builtin(f"{host.__name__}.__init__", _constructor(host, function, self._fitting))
        if name == "forward":
            return Builtin(f"{host.__name__}.forward", _guarded(host, function, True))
        return Builtin(f"{host.__name__}.{name}", _guarded(host, function, False))

    def kind_class(self, host: type) -> Any:
        """A described host class: itself, callable and usable with ``isinstance``."""
        cls = self.classes.get(host)
        if cls is None:
            name = getattr(host, "described_as", host.__name__)
            namespace: dict[str, Any] = {
                "__new__": StaticMethod(Builtin(name, lambda cls, *args, **kwargs: host(*args, **kwargs), False, False))
            }
            for key, value in vars(host).items():
                if not key.startswith("_") and not callable(value) and not isinstance(value, (property, staticmethod, classmethod)):
                    namespace[key] = value
                elif isinstance(value, staticmethod):
                    namespace[key] = StaticMethod(Builtin(key, value.__func__))
            cls = Class(name.rpartition(".")[2], (OBJECT,), namespace, name.rpartition(".")[0], host=host)
            self.classes[host] = cls
        return cls

    def _tensor_classes(self) -> None:
        made: dict[type, Class] = {}
        for host, name in _TENSORS.items():
            base = next((made[parent] for parent in host.__mro__[1:] if parent in made), OBJECT)
            namespace = self._tensor_namespace(name)
            namespace["__new__"] = StaticMethod(Builtin(name, _TENSOR_MAKERS[host]))
            module = {"torch.Tensor": "torch", "torch.nn.Parameter": "torch.nn.parameter"}.get(name, "torch.nn.parameter")
            made[host] = Class(name.rpartition(".")[2], (base,), namespace, module, host=host)
            self.wrapped[name] = made[host]
        self.classes.update(made)
        for name, dtype in LEGACY.items():
            self.wrapped[f"torch.{name}Tensor"] = _typed_class(name, dtype, made[TorchTensor])

    def _tensor_namespace(self, name: str) -> dict[str, Any]:
        """Methods that are reached through the class: ``torch.Tensor.add_``."""
        if name != "torch.Tensor":
            return {}
        return _Methods()

    def _module_classes(self) -> None:
        namespace = {name: Builtin(f"Module.{name}", value) for name, value in vars(Module).items() if isinstance(value, FunctionType)}
        namespace |= {"dump_patches": False, "training": True, "_version": 1, "call_super_init": False, "described_as": "torch.nn.Module"}
        module = Class("Module", (OBJECT,), namespace, "torch.nn.modules.module")
        module.layout = ModuleInstance
        self.classes[Module] = module
        self.wrapped["torch.nn.Module"] = module
        for host in CONTAINERS:
            methods = {
                name: Builtin(f"{host.__name__}.{name}", value) for name, value in vars(host).items() if isinstance(value, FunctionType)
            }
            cls = Class(
                host.__name__, (module,), {**methods, "described_as": host.described_as, "is_container": True}, "torch.nn.modules.container"
            )
            self.wrapped[f"torch.nn.{host.__name__}"] = cls
            self.classes[host] = cls

    # --- what descriptions ask for --------------------------------------------------------------------------------

    def make(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        """A new instance of a described class, for a description that holds children."""
        return self.machine.call(self.value(name) if isinstance(name, str) else name, args, kwargs)


def _new_parameter(cls: Any, data: Any = None, requires_grad: Any = True) -> Any:
    if data is None:
        return Parameter((0,))
    if isinstance(data, Unknown):
        return data
    if not isinstance(data, TorchTensor):
        raise Refusal("TypeError", "Parameter data must be a tensor")
    made = Parameter(data.shape, data.dtype, bool(requires_grad), data.device)
    made.data = data.data
    return made


def _new_buffer(cls: Any, data: Any = None, *, persistent: Any = True) -> Any:
    if isinstance(data, Unknown):
        return data
    made = Buffer(
        data.shape if data is not None else (0,), data.dtype if data is not None else "float32", data.data if data is not None else None
    )
    made.persistent = bool(persistent)
    return made


def _new_tensor(cls: Any, *args: Any, **kwargs: Any) -> Any:
    lost = next((arg for arg in args if type(arg) is Unknown), None)
    return lost if lost is not None else legacy(default_dtype(), "cpu", args)


@cache
def _names_below(module: str) -> tuple[str, ...]:
    start = f"{module}."
    return tuple(sorted({name[len(start) :].partition(".")[0] for name in REGISTRY if name.startswith(start)}))


def _typed_class(name: str, dtype: str, parent: Class) -> Class:
    """``torch.LongTensor``: makes tensors of its type, and is the class of all tensors of that type."""

    def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
        lost = next((arg for arg in args if type(arg) is Unknown), None)
        if lost is not None:
            return lost
        made, run = legacy(dtype, "cpu", args), RUN.get()
        if not run.nested:
            describe.leave_node(run, f"torch.{name}Tensor", args, {}, made, 0)
        return made

    def test(value: Any) -> bool:
        return isinstance(value, TorchTensor) and value.dtype == dtype

    namespace = {"__new__": StaticMethod(Builtin(f"torch.{name}Tensor", make)), "__instance_test__": Builtin("__instance_test__", test)}
    return Class(f"{name}Tensor", (parent,), namespace, "torch", host=TorchTensor)


_TENSOR_MAKERS: dict[type, Callable[..., Any]] = {
    TorchTensor: _new_tensor, Parameter: _new_parameter, Buffer: _new_buffer,
    UninitializedParameter: lambda cls, requires_grad=True, device=None, dtype=None: UninitializedParameter(()),
    UninitializedBuffer: lambda cls, requires_grad=False, device=None, dtype=None, persistent=True: UninitializedBuffer(()),
}  # fmt: skip


def _constructor(host: type, function: Callable[..., Any], fitting: dict[Class, bool]) -> Callable[..., Any]:
    """The ``__init__`` of a layer: the module's own first; what is not known among the arguments makes its parts unknown."""
    lazy = hasattr(host, "becomes")

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        Module.__init__(self)
        lost = next((value for value in (*args, *kwargs.values()) if type(value) is Unknown), None)
        if lost is not None:
            self.__dict__["_unknown"] = lost
            RUN.get().unknown(lost.reason, f"{host.__name__} built with {lost.detail}")
            return
        key = templates.key_of(function, args, kwargs) if templates.is_plain(self, fitting) else None
        if key is not None and templates.restore(key, self.__dict__):
            return
        run = RUN.get()
        noted = templates.noted(run)
        run.nested += 1
        try:
            function(self, *args, **kwargs)
            if key is not None and not lazy and templates.noted(run) == noted:
                templates.keep(key, self.__dict__)
        except (Refusal, Undecided, Raised, Lost, BudgetSpent):
            raise
        except Exception as error:
            self.__dict__["_unknown"] = _fault(host, function, (self, *args), kwargs, error)
        finally:
            run.nested -= 1
        if lazy:
            self.__dict__["_lazy"] = True

    start.__wrapped__ = function  # type: ignore[attr-defined] - the signature people see is the layer's own
    return start


def _guarded(host: type, function: Callable[..., Any], is_forward: bool) -> Callable[..., Any]:
    """A method of a layer; a fault of the description becomes an `Unknown`, never an error of the program."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if is_forward:
            if isinstance(self, Instance) and "_unknown" in self.__dict__:
                return self.__dict__["_unknown"]
            for value in (*args, *kwargs.values()):
                if type(value) is Unknown:
                    return value
        run = RUN.get()
        run.nested += 1
        try:
            return function(self, *args, **kwargs)
        except (Refusal, Undecided, Raised, Lost, BudgetSpent):
            raise
        except Exception as error:
            return _fault(host, function, (self, *args), kwargs, error)
        finally:
            run.nested -= 1

    method.__wrapped__ = function  # type: ignore[attr-defined]
    return method


def _fault(host: type, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], error: Exception) -> Any:
    if isinstance(error, TypeError):
        try:
            inspect.signature(function).bind(*args, **kwargs)
        except TypeError as mismatch:
            raise Refusal("TypeError", f"{host.__name__}.{function.__name__}() {mismatch}") from None
        refuse_no_number(f"{host.__name__}.{function.__name__}", function, args, kwargs, error)
    if isinstance(error, AttributeError):
        refuse_misfit(f"{host.__name__}.{function.__name__}", function, args, kwargs, error)
    if RUN.get().state.get("raise faults"):
        raise error
    return RUN.get().unknown(*reason_of(error, f"{host.__name__}.{function.__name__}"))
