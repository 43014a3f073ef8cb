"""`keras.backend`, `keras.config`, `keras.utils`, `keras.saving`, `keras.tree`: what programs ask of Keras itself."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Reason, Unknown
from ...describe import REGISTRY, RUN, constant, layer, op, refuse
from ..describing import data_format_of
from ..model.instances import ObjectInstance
from ..model.layer import new_variable
from ..model.policies import standardize_dtype
from ..nested import flatten, is_nested, map_leaves, pack
from ..state import Scope, State, snake_case, state, uniquify
from ..tensor import KerasTensor, Variable, open_size
from .elementwise import as_tensor


@op("keras.backend.backend", "keras.config.backend", "keras.src.backend.config.backend")
def backend() -> str:
    """The backend: TensorFlow, unless the program names another before it imports Keras."""
    return str(RUN.get().state.get("keras backend", "tensorflow"))


@op("keras.config.floatx", "keras.backend.floatx")
def floatx() -> str:
    """The default floating type."""
    return state().floatx


@op("keras.config.set_floatx", "keras.backend.set_floatx")
def set_floatx(value: Any) -> None:
    """Set the default floating type."""
    if value not in ("bfloat16", "float16", "float32", "float64"):
        refuse("ValueError", f"Unknown `floatx` value: {value}.")
    state().floatx = str(value)  # a policy that a layer has asked for before stays


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


@op("keras.src.backend.common.global_state.get_global_attribute", lenient=True)
def get_global_attribute(name: Any, default: Any = None, set_to_default: Any = False) -> Any:
    """What the program has kept globally."""
    held = state().__dict__.setdefault("global attributes", {"in_tf_graph_scope": False})
    return held[name] if name in held else RUN.get().unknown(Reason.NOT_DESCRIBED, f"the global attribute {name}")


@op("keras.src.backend.common.global_state.set_global_attribute", lenient=True)
def set_global_attribute(name: Any, value: Any) -> None:
    """Keep something globally."""
    state().__dict__.setdefault("global attributes", {"in_tf_graph_scope": False})[name] = value


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


# --- files ------------------------------------------------------------------------------------------------------------


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
    """Classes as ones at their places; a last axis of one is none."""
    shape = tuple(as_tensor(x).shape)
    shape = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
    return KerasTensor((*shape, num_classes if num_classes is not None else open_size()), "float32")


@op("keras.src.utils.python_utils.default", "keras.utils.default", lenient=True)
def default(method: Any) -> Any:
    """Marks a method as the default one."""
    return method


@op("keras.utils.plot_model", "keras.utils.model_to_dot", "keras.config.set_backend",
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
