"""Keras and TensorFlow as the interpreter meets them: described names as values of the program, layers as its classes."""

from __future__ import annotations

import importlib
import pkgutil
from types import FunctionType
from typing import Any

from ....interpreter.builtins.hosts import METHODS, OBJECT
from ....interpreter.machine import Machine
from ....interpreter.values import MISSING, Builtin, Class, ClassMethod, Instance, Property, PyModule, StaticMethod
from ....ir.unknown import Reason
from ... import describe
from ...describe import REGISTRY, Layer
from .. import layers as _layers
from .. import model as _model
from .. import ops as _ops
from .. import tensorflow as _tensorflow
from ..describing import KerasLayer
from ..model.functional import Functional
from ..model.instances import LayerInstance, MetricInstance, ModuleInstance, ObjectInstance
from ..model.layer import Layer as BaseLayer
from ..model.model import Model, Sequential
from ..model.policies import standardize_dtype
from ..model.tracking import TrackedDict, TrackedList
from ..tensor import DType, KerasTensor, TensorShape, Variable, inward
from .existing import is_missing
from .names import FILES, canonical, is_read, public
from .undescribed import members
from .values import attribute_of, set_attribute_of
from .wrapping import constructor, guarded, shape_adapter


def _import_all(package: Any) -> None:
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(info.name)


for _package in (_model, _ops, _layers, _tensorflow):
    _import_all(_package)

#: Top-level packages whose names are described rather than read.
ROOTS = frozenset({"keras", "tensorflow", "tf_keras", "tensorflow_core", "namex"})
_CORE = (BaseLayer, Model, Functional, Sequential)


class KerasLibrary:
    """Serves one run; classes are made anew for each, since a program may change them."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.modules: dict[str, PyModule] = {}
        self.classes: dict[Any, Class] = {}
        self.wrapped: dict[str, Any] = {}
        self._prefixes = _prefixes()
        self._core_classes()

    # --- Library protocol -----------------------------------------------------------------------------------------

    def module(self, name: str) -> PyModule | None:
        """The described module of that dotted name; None when it is read from source, or not known."""
        root = name.partition(".")[0]
        if root not in ROOTS:
            return None
        found = self.modules.get(name)
        if found is None:
            plain = public(name)
            if plain != name and plain in ("keras", "tensorflow") and name not in self._prefixes:
                return self.machine.import_module(plain)
            if is_read(plain) and self.machine.project is not None and self.machine.project.find(plain) is not None:
                return self.machine.import_module(plain) if plain != name else None
            places = [
                place
                for place in dict.fromkeys((name, plain, canonical(plain)))
                if place in self._prefixes or place in ("keras", "tensorflow")
            ]
            if not places and plain not in FILES and not plain.startswith("keras.src"):
                return None
            found = PyModule(name, lambda part, limit=0: self._name(name, places or [plain], part))
            found.namespace["__name__"] = name
            self.modules[name] = found
        return found

    def names(self, module: str) -> list[str]:
        """The names of a described module."""
        start = f"{canonical(module)}."
        return sorted({name[len(start) :] for name in REGISTRY if name.startswith(start) and "." not in name[len(start) :]})

    def stand_in(self, name: str) -> Any:
        """What stands for a name of a package whose source is not at hand: nothing."""
        return MISSING

    def overrides(self, module: str) -> dict[str, Any]:
        """The names of a module of the program that are described all the same: none."""
        return {}

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of a tensor, or of another described value."""
        return attribute_of(self, value, name)

    def set_attribute(self, value: Any, name: str, new: Any) -> bool:
        """Set an attribute of a tensor; False when the value is not of this library."""
        return set_attribute_of(self, value, name, new)

    def class_of(self, value: Any) -> Class | None:
        """The class of a tensor or of a described value."""
        host = type(value)
        if host is KerasTensor:
            return self.wrapped["keras.KerasTensor" if value.symbolic else "tensorflow.Tensor"]
        if host is Variable:
            return self.wrapped["keras.Variable"]
        if host is DType or host is TensorShape:
            return self.kind_class(host)
        if getattr(host, "described_as", "").partition(".")[0] in ROOTS:
            return self.kind_class(host)
        return None

    # --- names ----------------------------------------------------------------------------------------------------

    def _name(self, module: str, places: list[str], part: str) -> Any:
        for place in places:
            found = self.value(canonical(f"{place}.{part}"))
            if found is not MISSING:
                self.modules[module].namespace[part] = found
                return found
        for place in (*places, module):  # a file of Keras can stand for a package of which it is no part
            name = f"{place}.{part}"
            if name in self._prefixes or canonical(name) in self._prefixes or name in FILES:
                return self.module(name)
            if is_read(name) and self.machine.project is not None and self.machine.project.find(name) is not None:
                return self.machine.import_module(name)
        if part == "__version__":
            return "3.15.1" if places[0].startswith("keras") else "2.21.0"
        if part == "__internal__":  # what TensorFlow and older Keras keep for themselves
            return self.machine.unknown(Reason.NOT_DESCRIBED, f"{places[0]}.{part}")
        if part.startswith("__") or all(is_missing(public(place), part) for place in (*places, module)):
            return MISSING
        return self.machine.unknown(Reason.NOT_DESCRIBED, f"{places[0]}.{part}")

    def value(self, name: str) -> Any:
        """A described name as a value of the program, or `MISSING`."""
        if name in self.wrapped:
            return self.wrapped[name]
        found = REGISTRY.get(name, MISSING)
        if isinstance(found, type):
            found = self.described(found) if _is_class(found) else self.kind_class(found)
        elif isinstance(found, describe.Op) and name.startswith("keras.src."):
            pass
        if found is not MISSING:
            self.wrapped[name] = found
        return found

    def make(self, name: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A new instance of a described class, or the result of a described function."""
        return self.machine.call(self.value(name) if isinstance(name, str) else name, args, kwargs)

    # --- classes --------------------------------------------------------------------------------------------------

    def described(self, host: type) -> Class:
        """The class of the program that a described class becomes."""
        cls = self.classes.get(host)
        if cls is None:
            bases = [self.described(base) for base in host.__bases__ if _is_class(base) and base not in (KerasLayer, Layer)]
            if issubclass(host, KerasLayer) and not any(issubclass(base, KerasLayer) and base is not KerasLayer for base in host.__bases__):
                bases = [self._marker(), *bases]
            parent = getattr(host, "parent", None) if "parent" in vars(host) else None
            if parent is not None:
                bases = [self.value(parent)]
            cls = Class(host.__name__, tuple(bases) or (OBJECT,), self._namespace(host), getattr(host, "described_in", "keras"))
            layout = getattr(host, "layout", ObjectInstance)
            cls.layout = LayerInstance if issubclass(host, KerasLayer) else layout
            self.classes[host] = cls
        return cls

    def _marker(self) -> Class:
        """The class between `Layer` and every described layer: their common methods."""
        cls = self.classes.get(KerasLayer)
        if cls is None:
            base = self.described(BaseLayer)
            namespace = {
                name: Builtin(name, guarded(KerasLayer, value))
                for name, value in vars(KerasLayer).items()
                if isinstance(value, FunctionType)
            }
            base.namespace.setdefault("_described_call", namespace["call"])
            cls = self.classes[KerasLayer] = base
            self._common = namespace
        return cls

    def _namespace(self, host: type) -> dict[str, Any]:
        namespace: dict[str, Any] = {}
        is_layer = issubclass(host, KerasLayer)
        if is_layer and not any(issubclass(base, KerasLayer) and base is not KerasLayer for base in host.__bases__):
            self._marker()
            namespace.update(self._common)
        for name, value in vars(host).items():
            if isinstance(value, FunctionType):
                namespace[name] = self._method(host, name, value, is_layer)
            elif isinstance(value, property):
                getter = Builtin(f"{host.__name__}.{name}", value.fget)  # type: ignore[arg-type]
                namespace[name] = Property(getter, Builtin(name, value.fset) if value.fset is not None else None)
            elif isinstance(value, staticmethod):
                inner = value.__func__
                namespace[name] = StaticMethod(Builtin(f"{host.__name__}.{name}", inner))
            elif isinstance(value, classmethod):
                namespace[name] = ClassMethod(Builtin(f"{host.__name__}.{name}", value.__func__))
            elif not name.startswith("__") and name not in ("described_in", "layout", "parent"):
                namespace[name] = value
        for name, value in members(host).items():
            namespace.setdefault(name, value)
        return namespace

    def _method(self, host: type, name: str, function: FunctionType, is_layer: bool) -> Any:
        label = f"{host.__name__}.{name}"
        if name == "__new__":
            return StaticMethod(Builtin(label, function))
        if getattr(function, "is_class_method", False):
            return ClassMethod(Builtin(label, function))
        if name in ("build", "compute_output_shape"):
            return Builtin(label, shape_adapter(host, function))
        if is_layer and name == "__init__":
            return Builtin(label, constructor(host, function))
        return Builtin(label, guarded(host, function) if is_layer else function)

    def kind_class(self, host: type) -> Class:
        """A described host class: itself, callable and usable with ``isinstance``."""
        cls = self.classes.get(host)
        if cls is None:
            name = getattr(host, "described_as", host.__name__)
            namespace: dict[str, Any] = {"__new__": StaticMethod(Builtin(name, lambda cls, *args, **kwargs: host(*args, **kwargs)))}
            for key, value in vars(host).items():
                if isinstance(value, staticmethod):
                    namespace[key] = StaticMethod(Builtin(key, value.__func__))
                elif not key.startswith("_") and not callable(value) and not isinstance(value, (property, classmethod)):
                    namespace[key] = value
            cls = self.classes[host] = Class(name.rpartition(".")[2], (OBJECT,), namespace, name.rpartition(".")[0], host=host)
        return cls

    def _core_classes(self) -> None:
        for host in _CORE:
            cls = self.described(host)
            self.wrapped[host.described_as] = cls
            self.wrapped[f"{host.described_in}.{host.__name__}"] = cls
        self.wrapped["keras.Functional"] = self.described(Functional)
        tensor = Class(
            "KerasTensor",
            (OBJECT,),
            {"__new__": StaticMethod(Builtin("KerasTensor", _new_tensor))},
            "keras.src.backend.common.keras_tensor",
        )
        plain = Class("Tensor", (OBJECT,), {}, "tensorflow.python.framework.tensor")
        make = REGISTRY["keras.Variable"]
        new = Builtin("Variable", lambda cls, *args, **kwargs: make(*args, **kwargs))
        variable = Class("Variable", (OBJECT,), {"__new__": StaticMethod(new)}, "keras.src.backend.tensorflow.core", host=Variable)
        self.wrapped.update({"keras.KerasTensor": tensor, "tensorflow.Tensor": plain, "keras.Variable": variable})

    def layer_class(self) -> Class:
        """The class `keras.layers.Layer`."""
        return self.classes[BaseLayer]


def _new_tensor(cls: Any, shape: Any, dtype: Any = "float32", sparse: Any = False, ragged: Any = False, record_history: Any = True,
                name: Any = None, **kwargs: Any) -> KerasTensor:  # fmt: skip
    made = KerasTensor(inward(shape), standardize_dtype(dtype), None, True, name or "")
    made.records = bool(record_history)
    return made


def _is_class(host: type) -> bool:
    """Whether instances of a described class are instances of the program rather than host objects."""
    return issubclass(host, (Layer, BaseLayer)) or "layout" in {key for base in host.__mro__ for key in vars(base)}


def _prefixes() -> frozenset[str]:
    """Every module that a described name stands in."""
    found: set[str] = set()
    for name in REGISTRY:
        if name.partition(".")[0] in ROOTS:
            full = canonical(name)
            found.update(full[:i] for i, character in enumerate(full) if character == ".")
    return frozenset(found)


__all__ = ["METHODS", "Instance", "KerasLibrary", "MetricInstance", "ModuleInstance", "TrackedDict", "TrackedList"]
