"""`keras.saving`: objects as configuration, made again from it, and known by name."""

from __future__ import annotations

import json
from typing import Any

from ....interpreter.values import MISSING, Builtin, Class, Function
from ....ir.unknown import Reason, Unknown
from ...describe import REGISTRY, RUN, Op, kind, op, refuse
from ..describing import plain
from ..state import state
from .reviving import from_config

_REGISTERED = "keras.saving.register_keras_serializable"
#: Packages whose classes Keras finds in their modules.
_FOUND = ("keras", "keras_hub", "keras_cv", "keras_nlp")


class FunctionConfig(dict[str, Any]):
    """A function without a name as configuration: Keras writes down its bytes."""

    def __init__(self, function: Any) -> None:
        code = Unknown(Reason.UNSUPPORTED, "a function of the program as text")
        super().__init__(code=code, defaults=code, closure=code)
        self.function = function


class _Registering:
    """A decorator that gives back what it decorates, from then on known by a name."""

    described = True

    def __init__(self, package: Any = None, name: Any = None) -> None:
        self.package, self.name = package, name

    def __call__(self, decorated: Any) -> Any:
        if self.package is not None:
            name = self.name or getattr(decorated, "name", None) or getattr(decorated, "__name__", "")
            state().custom_objects.setdefault(f"{self.package}>{name}", decorated)
        return decorated


@op(_REGISTERED, "keras.utils.register_keras_serializable", lenient=True)
def register_keras_serializable(package: Any = "Custom", name: Any = None) -> Any:
    """A decorator for classes that are saved by name."""
    return _Registering(package, name)


@op("keras.keras_export", "keras.src.api_export.keras_export", lenient=True)
def keras_export(path: Any = None, **kwargs: Any) -> Any:
    """A decorator for public names."""
    return _Registering()


@op("keras.saving.get_registered_name", "keras.utils.get_registered_name", lenient=True)
def get_registered_name(obj: Any) -> Any:
    """The name that a class or function is known by."""
    for name, value in state().custom_objects.items():
        if value is obj and ">" in name:
            return name
    return getattr(obj, "name", None) or getattr(obj, "__name__", None)


@op("keras.saving.get_registered_object", "keras.utils.get_registered_object", lenient=True)
def get_registered_object(name: Any, custom_objects: Any = None, module_objects: Any = None) -> Any:
    """What was registered under a name."""
    return {**(module_objects or {}), **(custom_objects or {}), **state().custom_objects}.get(name)


@kind(
    "keras.saving.CustomObjectScope", "keras.saving.custom_object_scope", "keras.utils.CustomObjectScope", "keras.utils.custom_object_scope"
)
class CustomObjectScope:
    """Names that mean something inside a ``with``."""

    def __init__(self, custom_objects: Any = None) -> None:
        self.objects = dict(custom_objects or {})
        self.before: dict[str, Any] = {}

    def __enter__(self) -> Any:
        self.before = dict(state().custom_objects)
        state().custom_objects.update(self.objects)
        return self

    def __exit__(self, *error: Any) -> None:
        held = state().custom_objects
        held.clear()
        held.update(self.before)


@op("keras.saving.get_custom_objects", "keras.utils.get_custom_objects")
def get_custom_objects() -> Any:
    """Everything registered."""
    return state().custom_objects


# --- written down -----------------------------------------------------------------------------------------------------


@op("keras.saving.serialize_keras_object", "keras.utils.serialize_keras_object", "keras.layers.serialize", lenient=True)
def serialize_keras_object(obj: Any) -> Any:
    """An object as configuration: its class and its arguments; of a layer that is built also with what shapes."""
    if obj is None or isinstance(obj, (str, int, float, bool, Unknown)):
        return obj
    if isinstance(obj, (list, tuple)):
        return type(obj)(map(serialize_keras_object, obj)) if type(obj) in (list, tuple) else [serialize_keras_object(x) for x in obj]
    if isinstance(obj, dict):
        return obj if _is_written(obj) else {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, (Function, Builtin, Op)):
        return _function(obj)
    return _object(obj) if isinstance(getattr(obj, "py_class", None), Class) else plain(obj)


def _is_written(value: dict[Any, Any]) -> bool:
    """Whether a dictionary is a configuration already, which may hold more than can be seen."""
    return type(value) is not dict


def _function(function: Any) -> Any:
    if isinstance(function, Function):
        if function.name == "<lambda>":
            return {"class_name": "__lambda__", "config": FunctionConfig(function)}
        module = getattr(function.module, "name", None)
        name = get_registered_name(function)
        return {"module": module, "class_name": "function", "config": name, "registered_name": name}
    name = getattr(function, "__name__", None) or getattr(function, "name", None)
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}


def _object(value: Any) -> dict[str, Any]:
    cls = value.py_class
    config = value.get_config()
    public = str(cls.namespace.get("described_as") or "")
    if public and not public.startswith("keras.src."):
        made = {"module": public.rpartition(".")[0], "class_name": public.rpartition(".")[2], "config": config, "registered_name": None}
    else:
        made = {"module": cls.module, "class_name": cls.name, "config": config, "registered_name": get_registered_name(cls)}
        if cls.module.partition(".")[0] in _FOUND:
            state().__dict__.setdefault("written classes", {})[(cls.module, cls.name)] = cls
    if "_build_shapes_dict" in value.__dict__ or cls.find("get_build_config") is not None:
        shapes = value.get_build_config() if "_inbound_nodes" in value.__dict__ else None
        if shapes is not None:
            made["build_config"] = shapes
    if any(base.namespace.get("described_as") == "keras.Model" for base in cls.mro):
        compiled = value.__dict__.get("compiled")
        made["compile_config"] = RUN.get().unknown(Reason.UNSUPPORTED, "how a model is trained as configuration") if compiled else {}
    return made


# --- made again -------------------------------------------------------------------------------------------------------


@op("keras.saving.deserialize_keras_object", "keras.utils.deserialize_keras_object", "keras.layers.deserialize", lenient=True)
def deserialize_keras_object(config: Any, custom_objects: Any = None, safe_mode: Any = True, **kwargs: Any) -> Any:
    """An object from its configuration."""
    if isinstance(config, (list, tuple)):
        return [deserialize_keras_object(one, custom_objects, safe_mode) for one in config]
    if not isinstance(config, dict):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: deserialize_keras_object(value, custom_objects, safe_mode) for key, value in config.items()}
    name = config["class_name"]
    if name == "__lambda__":
        if safe_mode and not state().__dict__.get("unsafe"):
            refuse("ValueError", "Requested the deserialization of a Python lambda. This carries a potential risk of arbitrary code "
                   "execution and thus it is disallowed by default. If you trust the source of the artifact, you can override this error "
                   "by passing `safe_mode=False` to the loading function, or calling `keras.config.enable_unsafe_deserialization().")  # fmt: skip
        return getattr(config["config"], "function", RUN.get().unknown(Reason.OUTSIDE, "a function as text"))
    if name.startswith("__"):
        return RUN.get().unknown(Reason.NOT_DESCRIBED, f"deserializing {name}")
    found = _named(config, {**(custom_objects or {}), **state().custom_objects})
    return found if isinstance(found, Unknown) or name == "function" else from_config(found, config, custom_objects)


def _named(config: dict[str, Any], custom: dict[str, Any]) -> Any:
    """The class or function that a configuration is of."""
    is_function = config["class_name"] == "function"
    name = config["config"] if is_function else config["class_name"]
    registered = custom.get(name if is_function else config.get("registered_name", name))
    if registered is not None:
        return registered
    library, module = RUN.get().state["keras library"], config.get("module")
    for place in (module,) if module and not is_function else ("keras.activations", "keras.losses", "keras.metrics", "keras.ops"):
        if place and place.startswith("keras") and isinstance(name, str):
            found = library.value(f"{place}.{name}")
            if found is not MISSING:
                return found
    if module is None:  # the way of Keras 2: by the name alone
        for family in ("layers", "initializers", "regularizers", "constraints"):
            if f"keras.{family}.{name}" in REGISTRY:
                return library.value(f"keras.{family}.{name}")
        if name in ("Sequential", "Model", "Functional"):
            return library.value(f"keras.{name}")
        found = next((value for key, value in custom.items() if key.rpartition(">")[2] == name), None)
        if found is not None:
            return found
    written = state().__dict__.get("written classes", {}).get((module, name))
    if written is not None:
        return written
    if module == "keras.src.models.functional":
        return library.value("keras.Functional")
    if isinstance(module, str) and module.partition(".")[0] in _FOUND:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, f"deserializing {name}")
    return refuse("TypeError", f"Could not locate {'function' if is_function else 'class'} '{name}'. Make sure custom classes and functions "
                  "are decorated with `@keras.saving.register_keras_serializable()`. If they are already decorated, make sure they are all "
                  "imported so that the decorator is run before trying to load them.")  # fmt: skip


@op("keras.models.model_from_json", lenient=True)
def model_from_json(json_string: Any, custom_objects: Any = None) -> Any:
    """A model from its configuration as text."""
    return json_string if isinstance(json_string, Unknown) else deserialize_keras_object(json.loads(json_string), custom_objects)


@op("keras.config.enable_unsafe_deserialization", lenient=True)
def enable_unsafe_deserialization() -> None:
    """Functions of the program may be made again from configurations."""
    state().__dict__["unsafe"] = True


@op("keras.models.load_model", "keras.saving.load_model", lenient=True)
def load_model(*args: Any, **kwargs: Any) -> Any:
    """A model from a file."""
    return RUN.get().unknown(Reason.OUTSIDE, "a saved model")
