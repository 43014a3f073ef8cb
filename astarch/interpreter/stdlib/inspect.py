"""``inspect``: signatures and questions of kind; frames are not known."""

from __future__ import annotations

import inspect
from typing import Any

from ...ir.unknown import Reason
from ..builtins.hosts import CLASS_OF_HOST
from ..machine import Machine
from ..natives.describing import guarded, machined, native, outside
from ..natives.partials import Cached
from ..natives.signatures import Parameter, signature_of
from ..natives.typing_forms import evaluated
from ..values import MISSING, BoundMethod, Builtin, Class, Function, Instance, Property, PyModule

OPAQUE = True
_KIND_NAMES = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
_KINDS = {name: getattr(inspect.Parameter, name) for name in _KIND_NAMES}


def _parameter(m: Machine, name: str, kind: Any, **options: Any) -> Parameter:
    return Parameter(name, kind, **options)


def _signature(m: Machine, parameters: Any = (), *, return_annotation: Any = inspect.Signature.empty, **rest: Any) -> Any:
    return inspect.Signature(list(m.iterate(parameters if parameters is not None else ())), return_annotation=return_annotation)


PARAMETER = native(
    "Parameter", Parameter, "inspect", attributes="name kind default annotation", stores="replace", make=_parameter,
    extra={"empty": inspect.Parameter.empty, **_KINDS}, operations="str",
)  # fmt: skip
CLASS_OF_HOST[inspect.Parameter] = PARAMETER
SIGNATURE = native(
    "Signature", inspect.Signature, "inspect", attributes="return_annotation", stores="bind bind_partial replace", make=_signature,
    extra={"empty": inspect.Signature.empty, "parameters": Property(Builtin("parameters", lambda self: dict(self.parameters)))},
    operations="str",
)  # fmt: skip
BOUND = native("BoundArguments", inspect.BoundArguments, "inspect", attributes="arguments args kwargs signature", methods="apply_defaults")
native("_ParameterKind", type(inspect.Parameter.POSITIONAL_ONLY), "inspect", attributes="name value description",
       bases=(CLASS_OF_HOST[int],))  # fmt: skip
native("FullArgSpec", inspect.FullArgSpec, "inspect", attributes="args varargs varkw defaults kwonlyargs kwonlydefaults annotations",
       bases=(CLASS_OF_HOST[tuple],))  # fmt: skip


def _full_spec(m: Machine, func: Any) -> Any:
    signature = signature_of(m, func.function if isinstance(func, BoundMethod) else func)
    if not isinstance(signature, inspect.Signature):
        return signature
    by_kind: dict[Any, list[Any]] = {kind: [] for kind in _KINDS.values()}
    for parameter in signature.parameters.values():
        by_kind[parameter.kind].append(parameter)
    positional = by_kind[_KINDS["POSITIONAL_ONLY"]] + by_kind[_KINDS["POSITIONAL_OR_KEYWORD"]]
    keywords = by_kind[_KINDS["KEYWORD_ONLY"]]
    rest, options = (next((p.name for p in by_kind[_KINDS[kind]]), None) for kind in ("VAR_POSITIONAL", "VAR_KEYWORD"))
    empty = inspect.Parameter.empty
    return inspect.FullArgSpec(
        [p.name for p in positional], rest, options, tuple(p.default for p in positional if p.default is not empty) or None,
        [p.name for p in keywords], {p.name: p.default for p in keywords if p.default is not empty} or None,
        {p.name: p.annotation for p in signature.parameters.values() if p.annotation is not empty},
    )  # fmt: skip


def _is_function(m: Machine, obj: Any) -> bool:
    return isinstance(obj, Function) or m.class_of(obj).name == "function"


def _is_builtin(m: Machine, obj: Any) -> bool:
    return isinstance(obj.function if isinstance(obj, BoundMethod) else obj, Builtin)


def _is_generator(m: Machine, obj: Any) -> Any:
    function = obj.function if isinstance(obj, BoundMethod) else obj
    if not isinstance(function, Function):
        return False
    if function.code.run is None:
        function.code.compile(function)
    return function.code.is_generator


def _is_coroutine(m: Machine, obj: Any) -> bool:
    function = obj.function if isinstance(obj, BoundMethod) else obj
    return isinstance(function, Function) and function.code.is_async


def _members(m: Machine, obj: Any, predicate: Any = None) -> Any:
    names = m.call(m.builtins["dir"], (obj,), {})
    found = []
    for name in m.iterate(names):
        value = m.get(obj, name, MISSING)
        if value is not MISSING and (predicate is None or m.truth(m.call(predicate, (value,), {}))):
            found.append((name, value))
    return found


def _static(m: Machine, obj: Any, attr: str, default: Any = MISSING) -> Any:
    own = getattr(obj, "__dict__", {}) if isinstance(obj, Instance) else {}
    cls = obj if isinstance(obj, Class) else m.class_of(obj)
    found = own.get(attr, cls.find(attr))
    if found is MISSING and default is MISSING:
        raise AttributeError(attr)
    return default if found is MISSING else found


def _unwrap(m: Machine, func: Any, *, stop: Any = None) -> Any:
    for _ in range(1000):
        inner = m.get(func, "__wrapped__", MISSING)
        if inner is MISSING or (stop is not None and m.truth(m.call(stop, (func,), {}))):
            return func
        func = inner
    raise ValueError("wrapper loop when unwrapping")


def _doc(m: Machine, obj: Any) -> Any:
    text = m.get(obj, "__doc__", None)
    return inspect.cleandoc(text) if isinstance(text, str) else text


def _module_of(m: Machine, obj: Any, *rest: Any) -> Any:
    return obj if isinstance(obj, PyModule) else m.modules.get(m.get(obj, "__module__", ""))


def _bind(m: Machine, func: Any, /, *args: Any, **kwargs: Any) -> Any:
    bound = signature_of(m, func).bind(*args, **kwargs)
    bound.apply_defaults()
    return dict(bound.arguments)


def _annotations(m: Machine, obj: Any, **options: Any) -> Any:
    found = obj.namespace.get("__annotations__", {}) if isinstance(obj, Class) else m.get(obj, "__annotations__", {})
    return {name: evaluated(annotation) for name, annotation in found.items()} if isinstance(found, dict) else found


def _source(m: Machine, obj: Any) -> Any:
    """The text of a module, or of a definition at the top level of one."""
    obj = obj.function if isinstance(obj, BoundMethod) else obj
    module = obj if isinstance(obj, PyModule) else m.modules.get(obj.module) if isinstance(obj, Class) else getattr(obj, "module", None)
    if not isinstance(module, PyModule):
        raise TypeError("a module, class, method, function, traceback, frame, or code object was expected")
    if module.file is None:
        raise OSError("source code not available")
    if isinstance(obj, PyModule):
        return "\n".join(module.file.lines)
    entries = [entry for entry in module.file.entries if entry.kind in ("class", "def") and obj.qualname in entry.binds]
    if len(entries) != 1:
        return m.unknown(Reason.OUTSIDE, f"inspect.getsource({obj.qualname})")
    return "\n".join(module.file.lines[entries[0].first - 1 : entries[0].last]) + "\n"


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names = guarded(
        "inspect", signature=lambda m, obj, **options: signature_of(m, obj), getfullargspec=_full_spec, isfunction=_is_function,
        isgeneratorfunction=_is_generator, iscoroutinefunction=_is_coroutine, isasyncgenfunction=lambda m, obj: False,
        isclass=lambda m, obj: isinstance(obj, (Class, type)), ismodule=lambda m, obj: isinstance(obj, PyModule),
        ismethod=lambda m, obj: isinstance(obj, BoundMethod) and not isinstance(obj.function, Builtin), isbuiltin=_is_builtin,
        isroutine=lambda m, obj: isinstance(obj, (Function, Builtin, BoundMethod, Cached)) or _is_function(m, obj),
        isgenerator=lambda m, obj: m.class_of(obj).name == "generator", isawaitable=lambda m, obj: False,
        iscoroutine=lambda m, obj: False, isframe=lambda m, obj: False, iscode=lambda m, obj: m.class_of(obj).name == "code",
        isabstract=lambda m, obj: isinstance(obj, Class) and bool(obj.namespace.get("__abstractmethods__")),
        isdatadescriptor=lambda m, obj: isinstance(obj, Property), getmro=lambda m, cls: cls.mro, getdoc=_doc,
        cleandoc=lambda m, doc: inspect.cleandoc(doc), getmodule=_module_of, unwrap=_unwrap, get_annotations=_annotations,
        getsource=_source,
    )  # fmt: skip
    names |= machined("inspect", getmembers=_members, getattr_static=_static, getcallargs=_bind)
    names |= outside("inspect", "getsourcelines getsourcefile getfile getabsfile getcomments stack currentframe trace")
    return names | {"Signature": SIGNATURE, "Parameter": PARAMETER, "BoundArguments": BOUND, "_empty": inspect.Parameter.empty, **_KINDS}
