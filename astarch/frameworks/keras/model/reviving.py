"""What stands in a configuration made again: the layers that a layer holds."""

from __future__ import annotations

from typing import Any

from ....interpreter.values import CURRENT, Builtin, Class
from ....ir.unknown import Unknown
from ...describe import REGISTRY
from .instances import LayerInstance
from .policies import DTypePolicy, get_policy

#: What a layer makes of configurations by itself.
_BY_ITSELF = ("keras.initializers", "keras.regularizers", "keras.constraints", "keras.dtype")


def revived(value: Any, custom_objects: Any = None) -> Any:
    """A value of a configuration with the layers in it made anew."""
    if type(value) in (list, tuple):
        return type(value)(revived(item, custom_objects) for item in value)
    is_object = isinstance(value, dict) and "class_name" in value
    is_object = is_object and (isinstance(value.get("config"), dict) or value["class_name"] == "function")
    if is_object and not str(value.get("module")).startswith(_BY_ITSELF):
        return REGISTRY["keras.saving.deserialize_keras_object"](value, custom_objects)
    return value


def arguments_of(cls: Class, config: Any) -> Any:
    """What a layer's constructor is given of its configuration: for Keras' own the layers in it made anew."""
    if isinstance(config, Unknown):
        return config
    found = dict(config)
    if isinstance(found.get("dtype"), dict):
        policy = get_policy(found["dtype"])
        found["dtype"] = policy if policy.quantization_mode is not None or not isinstance(policy, DTypePolicy) else policy.name
    return {name: revived(value) for name, value in found.items()} if isinstance(cls.find("__init__"), Builtin) else found


def build_again(layer: Any, shapes: Any) -> None:
    """Build a layer from its configuration with the shapes the old one was built with."""
    if shapes and isinstance(layer, LayerInstance) and not layer.__dict__.get("built", True):
        machine = CURRENT.get()
        machine.call(machine.get(layer, "build_from_config"), (shapes,), {})
        layer.__dict__["built"] = True


def serialized(value: Any) -> Any:
    """A layer as configuration, with all it holds."""
    return REGISTRY["keras.saving.serialize_keras_object"](value)


def from_config(cls: Any, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """A new instance by way of the class's own ``from_config``, built if the old one was; a function is itself."""
    machine = CURRENT.get()
    if not isinstance(cls, Class):
        return cls
    if isinstance(config.get("config"), Unknown):
        return config["config"]
    scope = REGISTRY["keras.saving.CustomObjectScope"](custom_objects)
    with scope:
        made = machine.call(machine.get(cls, "from_config"), (dict(config.get("config", {})),), {})
    build_again(made, config.get("build_config"))
    return made
