"""The many names of one thing: public ones, those of TensorFlow's Keras, and those of Keras' own files."""

from __future__ import annotations

from functools import lru_cache

from ...describe import REGISTRY

#: Packages of Keras that are read from source where that is on the search path.
_READ = ("keras.applications", "keras.src.applications", "keras.src.utils.file_utils", "keras.src.utils.argument_validation",
         "keras.src.utils.backend_utils",
         "keras.utils.bounding_boxes", "keras.src.layers.preprocessing.image_preprocessing.bounding_boxes")  # fmt: skip

#: Files of Keras whose functions are exported under a public package.
FILES = {
    "keras.ops.numpy": "keras.ops", "keras.src.ops.numpy": "keras.ops", "keras.src.ops.nn": "keras.ops", "keras.src.ops.core": "keras.ops",
    "keras.src.ops.math": "keras.ops",
    "keras.src.ops.linalg": "keras.ops", "keras.src.ops.image": "keras.ops.image", "keras.src.ops.einops": "keras.ops",
    "keras.src.backend.numpy": "keras.ops", "keras.src.backend.nn": "keras.ops", "keras.src.backend.core": "keras.ops",
    "keras.src.backend.tensorflow.numpy": "keras.ops", "keras.src.backend.tensorflow.nn": "keras.ops",
    "keras.src.backend.tensorflow.core": "keras.ops", "keras.src.backend.tensorflow.image": "keras.ops.image",
    "keras.src.backend.tensorflow.math": "keras.ops", "keras.src.backend.tensorflow.linalg": "keras.ops",
    "keras.src.backend.tensorflow": "keras.ops", "keras.src.backend.common.keras_tensor": "keras",
    "keras.src.backend.common.variables": "keras.backend",
    "keras.src.backend.config": "keras.config", "keras.src.backend.common.global_state": "keras.src.backend.common.global_state",
    "keras.src.activations.activations": "keras.activations", "keras.src.random.random": "keras.random",
    "keras.src.random.seed_generator": "keras.random", "keras.src.initializers.random_initializers": "keras.initializers",
    "keras.src.initializers.constant_initializers": "keras.initializers", "keras.src.initializers.initializer": "keras.initializers",
    "keras.src.regularizers.regularizers": "keras.regularizers", "keras.src.constraints.constraints": "keras.constraints",
    "keras.src.dtype_policies.dtype_policy": "keras.dtype_policies", "keras.src.saving.serialization_lib": "keras.saving",
    "keras.src.saving.object_registration": "keras.saving", "keras.src.layers.core.input_layer": "keras.layers",
    "keras.src.api_export": "keras",
    "keras.src.utils.python_utils": "keras.utils", "keras.src.layers.merging.add": "keras.layers", "keras.src.tree.tree_api": "keras.tree",
    "keras.src.layers.input_spec": "keras", "keras.src.ops.operation": "keras", "keras.src.ops.function": "keras",
    "tensorflow.python.keras": "keras", "tensorflow.compat.v2": "tensorflow", "tensorflow.compat.v1": "tensorflow",
}  # fmt: skip
_STARTS = (("tensorflow.keras", "keras"), ("tf_keras", "keras"), ("keras.api", "keras"), ("tensorflow.compat.v2", "tensorflow"),
           ("tensorflow.compat.v1", "tensorflow"), ("keras.src", "keras"))  # fmt: skip
_PUBLIC = (("keras.ops.numpy.", "keras.ops."), ("keras.ops.nn.", "keras.ops."), ("keras.ops.linalg.", "keras.ops."),
           ("keras.ops.core.", "keras.ops."), ("keras.ops.math.", "keras.ops."), ("keras.models.", "keras."), ("keras.layers.", "keras."),
           ("keras.backend.", "keras.ops."), ("keras.utils.", "keras.saving."), ("keras.backend.", "keras.config."),
           ("keras.backend.", "keras."), ("keras.config.", "keras.backend."), ("keras.layers.experimental.preprocessing.", "keras.layers."),
           ("keras.mixed_precision.experimental.", "keras.mixed_precision."), ("keras.", "keras.utils."), ("keras.",
                                                                                                           "keras.layers."))  # fmt: skip


def public(name: str) -> str:
    """The name with the spellings of TensorFlow's Keras put right.

    >>> public("tensorflow.keras.layers"), public("keras.src.layers")
    ('keras.layers', 'keras.src.layers')
    """
    for start, plain in _STARTS[:-1]:
        if name == start or name.startswith(f"{start}."):
            return plain + name[len(start) :]
    return name


@lru_cache(maxsize=20_000)
def canonical(name: str) -> str:
    """The name under which a thing is described, or the name itself in its shortest spelling."""
    if name in REGISTRY or name in ("keras", "tensorflow"):
        return name
    for start, public in _STARTS:
        if name == start:
            return public
        if name.startswith(f"{start}.") and start != "keras.src":
            return canonical(public + name[len(start) :])
    if name.startswith("keras.src."):
        found = _internal(name)
        if found is not None:
            return found
        if is_read(name):
            return name
        return _shortest(f"keras{name[9:]}", name)
    return _shortest(name, name)


def _shortest(name: str, otherwise: str) -> str:
    if name in REGISTRY:
        return name
    if name in _CORE_NAMES:
        return _CORE_NAMES[name]
    for start, public in _PUBLIC:
        if name.startswith(start) and (found := public + name[len(start) :]) in REGISTRY and "." not in name[len(start) :]:
            return found
    return name


def _internal(name: str) -> str | None:
    """A name of one of Keras' own files, by the public package that exports it."""
    if name in _CORE_NAMES:
        return _CORE_NAMES[name]
    parent = name.rpartition(".")[0]
    while parent:
        public = FILES.get(parent)
        if public is not None:
            found = _shortest(f"{public}.{name[len(parent) + 1 :]}", name)
            return found if found in REGISTRY or found in _CORE_NAMES.values() else None
        parent = parent.rpartition(".")[0]
    return None


_CORE_NAMES = {
    "keras.layers.Layer": "keras.layers.Layer", "keras.Layer": "keras.layers.Layer", "keras.Model": "keras.Model",
    "keras.models.Model": "keras.Model",
    "keras.Sequential": "keras.Sequential", "keras.models.Sequential": "keras.Sequential",
    "keras.models.Functional": "keras.src.models.functional.Functional",
    "keras.src.layers.layer.Layer": "keras.layers.Layer", "keras.src.layers.Layer": "keras.layers.Layer",
    "keras.src.models.model.Model": "keras.Model",
    "keras.src.models.Model": "keras.Model", "keras.src.models.Sequential": "keras.Sequential",
    "keras.src.models.sequential.Sequential": "keras.Sequential",
    "keras.src.models.Functional": "keras.src.models.functional.Functional",
    "keras.models.functional.Functional": "keras.src.models.functional.Functional",
    "keras.src.models.functional.Functional": "keras.src.models.functional.Functional", "keras.layers.layer.Layer": "keras.layers.Layer",
    "keras.src.backend.KerasTensor": "keras.KerasTensor", "keras.backend.KerasTensor": "keras.KerasTensor",
    "keras.KerasTensor": "keras.KerasTensor",
    "keras.src.backend.common.keras_tensor.KerasTensor": "keras.KerasTensor", "keras.models.model.Model": "keras.Model",
    "keras.models.sequential.Sequential": "keras.Sequential", "keras.engine.base_layer.Layer": "keras.layers.Layer",
    "keras.src.engine.base_layer.Layer": "keras.layers.Layer", "keras.backend.Variable": "keras.Variable",
}  # fmt: skip


@lru_cache(maxsize=4096)
def is_read(name: str) -> bool:
    """Whether a module of Keras is read from source rather than described."""
    return any(name == start or name.startswith(f"{start}.") for start in _READ)
