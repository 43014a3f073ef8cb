"""``types``."""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from ...ir.unknown import Reason
from ..builtins.hosts import CLASS_OF_HOST, CONSTRUCTORS, OBJECT, payload_of
from ..machine import Machine
from ..natives.collection_mixins import mixed
from ..natives.describing import extended, machined
from ..natives.hostviews import MAPPING_PROXY
from ..natives.typing_forms import UNION
from ..values import BoundMethod, Builtin, Class, Function, GenericAlias, Instance, PyModule, StaticMethod


def _start(m: Machine, self: Any, mapping: Any = None, /, **named: Any) -> None:
    self.__dict__.update(named if mapping is None else {**dict(mapping), **named})


def _namespace_text(m: Machine, self: Any) -> str:
    name = "namespace" if self.py_class is SIMPLE_NAMESPACE else self.py_class.name
    return f"{name}({', '.join(f'{key}={m.repr_of(value)}' for key, value in self.__dict__.items())})"


def _equal_attributes(m: Machine, self: Any, other: Any) -> Any:
    if not isinstance(other, Instance) or not other.py_class.derives(SIMPLE_NAMESPACE):
        return NotImplemented
    return m.equal(self.__dict__, other.__dict__)


SIMPLE_NAMESPACE = Class("SimpleNamespace", (OBJECT,), mixed(
    "SimpleNamespace", init__=_start, repr__=_namespace_text, eq__=_equal_attributes,
), "types")  # fmt: skip
SIMPLE_NAMESPACE.namespace["__hash__"] = None


def _new_method(m: Machine, cls: Class, function: Any, receiver: Any) -> BoundMethod:
    return BoundMethod(function, receiver)


def _new_module(m: Machine, cls: Class, name: str = "", doc: Any = None, *rest: Any, **named: Any) -> Any:
    module = PyModule(payload_of(name))
    module.namespace.update({"__name__": name, "__doc__": doc})
    return module if cls is CLASS_OF_HOST[PyModule] else extended(m, cls, module)


def _start_module(m: Machine, self: Any, name: str = "", doc: Any = None) -> None:
    if isinstance(self, Instance):
        self.__dict__.update({"__name__": name, "__doc__": doc})


def _new_function(m: Machine, cls: Class, code: Any, *rest: Any, **named: Any) -> Any:
    again = getattr(code, "again", None)
    return m.unknown(Reason.UNSUPPORTED, "types.FunctionType()") if again is None else again()


for _host, _new in ((BoundMethod, _new_method), (PyModule, _new_module), (Function, _new_function)):
    CLASS_OF_HOST[_host].namespace.setdefault("__new__", StaticMethod(Builtin(f"{_host.__name__}.__new__", _new, True)))
CLASS_OF_HOST[PyModule].namespace.setdefault("__init__", Builtin("module.__init__", _start_module, True))

UNION_TYPE = Class("UnionType", (OBJECT,), {
    "__instance_test__": Builtin("__instance_test__", lambda value: isinstance(value, GenericAlias) and value.origin is UNION),
}, "types")  # fmt: skip


def _new_class(m: Machine, name: str, bases: Any = (), kwds: Any = None, exec_body: Any = None) -> Any:
    namespace: dict[str, Any] = {"__module__": m.frame.module.name if m.frame is not None else "types"}
    if exec_body is not None:
        m.call(exec_body, (namespace,), {})
    return m.build_class(name, list(m.iterate(bases)), namespace, dict(kwds or {}), m.where())


def _alias(m: Machine, cls: Any, origin: Any, args: Any) -> GenericAlias:
    return GenericAlias(origin, args)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    CLASS_OF_HOST[GenericAlias].namespace.setdefault("__new__", StaticMethod(Builtin("GenericAlias.__new__", _alias, True)))
    of = CLASS_OF_HOST
    empty = {name: Class(name, (OBJECT,), {}, "types") for name in (
        "CodeType", "FrameType", "TracebackType", "CoroutineType", "AsyncGeneratorType", "CellType", "GetSetDescriptorType",
        "MemberDescriptorType", "WrapperDescriptorType", "MethodWrapperType", "ClassMethodDescriptorType",
    )}  # fmt: skip
    return {
        **empty, "SimpleNamespace": SIMPLE_NAMESPACE, "MappingProxyType": MAPPING_PROXY, "UnionType": UNION_TYPE,
        "FunctionType": of[Function], "LambdaType": of[Function], "MethodType": of[BoundMethod], "ModuleType": of[PyModule],
        "BuiltinFunctionType": of[Builtin], "BuiltinMethodType": of[Builtin], "MethodDescriptorType": of[Builtin],
        "GeneratorType": of[GeneratorType], "GenericAlias": of[GenericAlias], "NoneType": of[type(None)], "EllipsisType": of[type(...)],
        "NotImplementedType": of[type(NotImplemented)], "DynamicClassAttribute": CONSTRUCTORS["property"],
        **machined("types", new_class=_new_class, resolve_bases=lambda m, bases: bases, coroutine=lambda m, func: func),
    }  # fmt: skip
