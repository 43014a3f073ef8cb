"""Names of frameworks: which packages are theirs, and by which name the same thing is known."""

from __future__ import annotations

#: Packages that are never looked into for a name: they are described, or say nothing of models.
FOREIGN = frozenset(
    {
        "torch",
        "tensorflow",
        "numpy",
        "typing",
        "math",
        "os",
        "sys",
        "abc",
        "collections",
        "functools",
        "itertools",
        "dataclasses",
        "enum",
        "jax",
    }
)


def public(name: str) -> str:
    """The frameworks' own other names for the same thing."""
    for old, new in (
        ("tensorflow.compat.v2.", "tensorflow."),
        ("tensorflow.keras.", "keras."),
        ("tensorflow.python.keras.", "keras."),
        ("tf_keras.", "keras."),
    ):
        if name.startswith(old):
            name = new + name[len(old) :]
    if name.startswith("torch.nn.modules.") and name.count(".") > 2:
        return "torch.nn." + name.rpartition(".")[2]
    if name.startswith("torch.nn.parameter."):
        return "torch.nn." + name.rpartition(".")[2]
    if name.startswith("keras.src."):
        last = name.rpartition(".")[2]
        return f"keras.{name.split('.')[2]}.{last}" if last[:1].isupper() else name
    return {
        "keras.engine.base_layer.Layer": "keras.layers.Layer",
        "keras.models.Model": "keras.Model",
        "keras.layers.base.Layer": "keras.layers.Layer",
    }.get(name, name)
