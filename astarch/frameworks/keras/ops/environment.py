"""`keras.backend`, `keras.config`, `keras.utils`, `keras.saving`, `keras.tree`: what programs ask of Keras itself."""

from __future__ import annotations

import json
from typing import Any

from ....ir.unknown import Reason, Unknown
from ...describe import REGISTRY, RUN, constant, kind, layer, op, refuse
from ..describing import data_format_of, plain
from ..model.instances import ObjectInstance
from ..model.layer import new_variable
from ..model.policies import standardize_dtype
from ..model.reviving import from_config
from ..nested import flatten, is_nested, map_leaves, pack
from ..state import Scope, State, snake_case, state, uniquify
from ..tensor import KerasTensor, Variable, open_size
from .objects import plain_object


@op("keras.backend.backend", "keras.config.backend", "keras.src.backend.config.backend")
def backend() -> str:
    """The backend."""
    return "tensorflow"


@op("keras.config.floatx", "keras.backend.floatx")
def floatx() -> str:
    """The default floating type."""
    return state().floatx


@op("keras.config.set_floatx", "keras.backend.set_floatx")
def set_floatx(value: Any) -> None:
    """Set the default floating type."""
    if value not in ("bfloat16", "float16", "float32", "float64"):
        refuse("ValueError", f"Unknown `floatx` value: {value}.")
    state().floatx = str(value)
    state().policy = None


@op("keras.config.epsilon", "keras.backend.epsilon")
def epsilon() -> float:
    """A small number."""
    return state().epsilon


@op("keras.config.set_epsilon", "keras.backend.set_epsilon")
def set_epsilon(value: Any) -> None:
    """Set the small number."""
    state().epsilon = value


@op("keras.config.image_data_format", "keras.backend.image_data_format")
def image_data_format() -> str:
    """Where images have their channels."""
    return state().data_format


@op("keras.config.set_image_data_format", "keras.backend.set_image_data_format")
def set_image_data_format(data_format: Any) -> None:
    """Set where images have their channels."""
    state().data_format = data_format_of(data_format)


@op("keras.backend.standardize_data_format", "keras.config.standardize_data_format", "keras.src.backend.config.standardize_data_format")
def standardize_data_format(data_format: Any) -> str:
    """Where images have their channels, as given or by default."""
    return data_format_of(data_format)


@op("keras.backend.clear_session", "keras.utils.clear_session", lenient=True)
def clear_session(free_memory: Any = True) -> None:
    """Start again with automatic names."""
    held = state()
    fresh = State()
    held.uids, held.scopes, held.context = fresh.uids, fresh.scopes, None


@op("keras.backend.get_uid")
def get_uid(prefix: Any = "") -> int:
    """The next number of a prefix."""
    state().uids[prefix] += 1
    return state().uids[prefix]


@op("keras.utils.naming.auto_name", "keras.src.utils.naming.auto_name")
def auto(prefix: Any) -> str:
    """The next automatic name."""
    return uniquify(snake_case(prefix))


@op("keras.src.utils.naming.uniquify")
def unique_name(name: Any) -> str:
    """The name, with a number when it was used before."""
    return uniquify(name)


@op("keras.src.utils.naming.to_snake_case")
def to_snake_case(name: Any) -> str:
    """Words with underscores."""
    return snake_case(name)


@op("keras.name_scope", "keras.backend.name_scope", "keras.src.backend.common.name_scope.name_scope")
def name_scope(name: Any, caller: Any = None, deduplicate: Any = True, override_parent: Any = None) -> Any:
    """A part of the path of variables."""
    return Scope(name, caller, deduplicate, override_parent)


@op("keras.Variable", lenient=True)
def variable(initializer: Any, shape: Any = None, dtype: Any = None, trainable: Any = True, autocast: Any = True, aggregation: Any = "none",
             synchronization: Any = "auto", name: Any = None, **kwargs: Any) -> Any:  # fmt: skip
    """A weight."""
    if isinstance(initializer, Unknown):
        return initializer
    if (
        isinstance(initializer, str)
        or hasattr(initializer, "py_class")
        or (callable(initializer) and not isinstance(initializer, KerasTensor))
    ):
        if shape is None:
            refuse("ValueError", "When creating a Variable from an initializer, the `shape` argument should be specified.")
        return new_variable(shape, standardize_dtype(dtype), trainable, name, REGISTRY["keras.initializers.get"](initializer))
    value = REGISTRY["keras.ops.convert_to_tensor"](initializer, dtype)
    if isinstance(value, Unknown):
        return value
    element = standardize_dtype(dtype) if dtype is not None else value.dtype
    return new_variable(value.shape, element, trainable, name, None)


# --- registration and serialization -----------------------------------------------------------------------------------


class _Same:
    """A decorator that gives back what it decorates."""

    described = True

    def __init__(self, package: Any = "Custom", name: Any = None) -> None:
        self.package, self.name = package, name

    def __call__(self, decorated: Any) -> Any:
        name = self.name or getattr(decorated, "name", None) or getattr(decorated, "__name__", "")
        state().custom_objects.setdefault(f"{self.package}>{name}", decorated)
        return decorated


@op("keras.saving.register_keras_serializable", "keras.utils.register_keras_serializable", lenient=True)
def register_keras_serializable(package: Any = "Custom", name: Any = None) -> Any:
    """A decorator for classes that are saved by name."""
    return _Same(package, name)


@op("keras.keras_export", "keras.src.api_export.keras_export", lenient=True)
def keras_export(path: Any = None, **kwargs: Any) -> Any:
    """A decorator for public names."""
    return _Same()


@op("keras.saving.serialize_keras_object", "keras.utils.serialize_keras_object", lenient=True)
def serialize_keras_object(obj: Any) -> Any:
    """An object as configuration."""
    if obj is None or isinstance(obj, (str, int, float, bool)):
        return obj
    if hasattr(obj, "py_class"):
        return plain_object(obj)
    return plain(obj)


@op("keras.saving.deserialize_keras_object", "keras.utils.deserialize_keras_object", lenient=True)
def deserialize_keras_object(config: Any, custom_objects: Any = None, safe_mode: Any = True, **kwargs: Any) -> Any:
    """An object from its configuration."""
    if not isinstance(config, dict) or "class_name" not in config:
        return config
    name = config["class_name"]
    held = {**state().custom_objects, **(custom_objects or {})}
    for family in ("initializers", "regularizers", "constraints", "layers"):
        if f"keras.{family}.{name}" in REGISTRY:
            return from_config(RUN.get().state["keras library"].value(f"keras.{family}.{name}"), config)
    if name == "Sequential":
        return from_config(RUN.get().state["keras library"].value("keras.Sequential"), config)
    found = next((value for key, value in held.items() if key == name or key.rpartition(">")[2] == name), None)
    if found is None:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, f"deserializing {name}")
    return from_config(found, config)


@op("keras.models.model_from_json", lenient=True)
def model_from_json(json_string: Any, custom_objects: Any = None) -> Any:
    """A model from its configuration as text."""
    return json_string if isinstance(json_string, Unknown) else deserialize_keras_object(json.loads(json_string), custom_objects)


@op("keras.layers.serialize", lenient=True)
def serialize_layer(layer: Any) -> Any:
    """A layer as configuration."""
    return plain_object(layer)


@op("keras.layers.deserialize", lenient=True)
def deserialize_layer(config: Any, custom_objects: Any = None) -> Any:
    """A layer from its configuration."""
    return deserialize_keras_object(config, custom_objects)


@op("keras.saving.get_registered_object", "keras.utils.get_registered_object", lenient=True)
def get_registered_object(name: Any, custom_objects: Any = None, module_objects: Any = None) -> Any:
    """What was registered under a name."""
    return {**state().custom_objects, **(custom_objects or {})}.get(name)


@kind(
    "keras.saving.CustomObjectScope", "keras.saving.custom_object_scope", "keras.utils.CustomObjectScope", "keras.utils.custom_object_scope"
)
class CustomObjectScope:
    """Names that mean something inside a ``with``."""

    def __init__(self, custom_objects: Any = None) -> None:
        self.objects = dict(custom_objects or {})

    def __enter__(self) -> Any:
        state().custom_objects.update(self.objects)
        return self

    def __exit__(self, *error: Any) -> None:
        pass


@op("keras.saving.get_custom_objects", "keras.utils.get_custom_objects")
def get_custom_objects() -> Any:
    """Everything registered."""
    return state().custom_objects


@op("keras.models.load_model", "keras.saving.load_model", lenient=True)
def load_model(*args: Any, **kwargs: Any) -> Any:
    """A model from a file."""
    return RUN.get().unknown(Reason.OUTSIDE, "a saved model")


@op("keras.utils.get_file", "keras.src.utils.file_utils.get_file", lenient=True)
def get_file(fname: Any = None, origin: Any = None, **kwargs: Any) -> str:
    """Where a downloaded file would be; nothing is downloaded."""
    return str(fname or origin or "")


# --- trees ------------------------------------------------------------------------------------------------------------


@op("keras.tree.flatten", "tensorflow.nest.flatten", lenient=True)
def tree_flatten(structure: Any) -> Any:
    """The leaves in order."""
    return flatten(structure)


@op("keras.tree.map_structure", "tensorflow.nest.map_structure", lenient=True)
def map_structure(func: Any, *structures: Any, **kwargs: Any) -> Any:
    """A function of every leaf."""
    if len(structures) == 1:
        return map_leaves(lambda leaf: RUN.get().call(func, leaf), structures[0])
    flat = [flatten(structure) for structure in structures]
    return pack(structures[0], [RUN.get().call(func, *leaves) for leaves in zip(*flat, strict=False)])


@op("keras.tree.is_nested", "tensorflow.nest.is_nested", lenient=True)
def tree_is_nested(structure: Any) -> bool:
    """Whether a value holds others."""
    return is_nested(structure)


@op("keras.tree.pack_sequence_as", "tensorflow.nest.pack_sequence_as", lenient=True)
def pack_sequence_as(structure: Any, flat_sequence: Any, **kwargs: Any) -> Any:
    """A flat list in the shape of a structure."""
    return pack(structure, list(flat_sequence))


@op("keras.tree.assert_same_structure", lenient=True)
def assert_same_structure(*structures: Any, **kwargs: Any) -> None:
    """Structures are not compared."""


@op("keras.utils.to_categorical")
def to_categorical(x: Any, num_classes: Any = None) -> Any:
    """Classes as ones at their places."""
    shape = getattr(x, "shape", ())
    return KerasTensor((*shape, num_classes if num_classes is not None else open_size()), "float32")


@op("keras.src.utils.python_utils.default", "keras.utils.default", lenient=True)
def default(method: Any) -> Any:
    """Marks a method as the default one."""
    return method


@op("keras.utils.plot_model", "keras.utils.model_to_dot", "keras.config.enable_unsafe_deserialization", "keras.config.set_backend",
    "keras.version", lenient=True)  # fmt: skip
def nothing(*args: Any, **kwargs: Any) -> None:
    """Has no effect on a model."""


@op("keras.src.backend.common.get_keras_mask", "keras.backend.get_keras_mask", "keras.src.backend.get_keras_mask", lenient=True)
def get_keras_mask(x: Any) -> Any:
    """The mask attached to a tensor."""
    return x.mask if isinstance(x, KerasTensor) else None


@op("keras.src.backend.common.set_keras_mask", "keras.backend.set_keras_mask", "keras.src.backend.set_keras_mask", lenient=True)
def set_keras_mask(x: Any, mask: Any) -> None:
    """Attach a mask to a tensor."""
    if isinstance(x, KerasTensor) and mask is not None:
        x.mask = mask


@op("keras.utils.get_source_inputs", "keras.src.utils.get_source_inputs", "keras.src.ops.operation_utils.get_source_inputs")
def get_source_inputs(tensor: Any) -> Any:
    """The inputs of the functional graph that a tensor comes from."""
    if not isinstance(tensor, KerasTensor) or tensor.history is None or tensor.history[0] is None:
        return tensor
    operation, index, _ = tensor.history
    nodes = operation._inbound_nodes
    if not nodes or nodes[index].is_input:
        return nodes[index].outputs if nodes else tensor
    found: list[Any] = []
    for source in nodes[index].inputs:
        for one in get_source_inputs(source):
            if all(one is not other for other in found):
                found.append(one)
    return found


for _name in ("tensorflow", "jax", "torch", "numpy"):
    constant(f"keras.backend.is_{_name}", _name == "tensorflow")
constant("keras.src.backend.SUPPORTS_SPARSE_TENSORS", True)
constant("keras.src.backend.SUPPORTS_RAGGED_TENSORS", True)
constant("keras.src.backend.DATA_FORMAT", "channels_last")

__all__ = ["Variable"]


@layer("namex.export", "namex.export")
class export:
    """``namex.export``, with which Keras' packages decorate what is public."""

    layout = ObjectInstance
    described_in = "namex.export"

    def __init__(self, package: Any = None, path: Any = None) -> None:
        self.__dict__.update({"package": package, "path": path})

    def __call__(self, symbol: Any) -> Any:
        return symbol
