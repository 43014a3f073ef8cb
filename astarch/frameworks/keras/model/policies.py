"""Element types of layers: dtype policies."""

from __future__ import annotations

import re
from typing import Any

from ....ir.unknown import Unknown
from ...describe import kind, op, refuse
from ..state import state
from ..tensor import KerasTensor

_NAMES = {
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bfloat16", "float16", "float32", "float64",
    "complex64", "complex128", "string", "float8_e4m3fn", "float8_e5m2",
}  # fmt: skip
_PYTHON = {"bool": "bool", "int": "int64", "float": "float32", "str": "string"}


def standardize_dtype(dtype: Any) -> str:
    """The canonical name of an element type as a program may give it."""
    if dtype is None:
        return state().floatx
    if isinstance(dtype, str):
        name = str(dtype)
    elif isinstance(dtype, KerasTensor):
        name = dtype.dtype
    else:
        name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    name = _PYTHON.get(name, name)
    if name not in _NAMES:
        name = name.rpartition(".")[2]
    if name not in _NAMES:
        refuse("ValueError", f"Invalid dtype: {dtype}")
    return name


@kind("keras.DTypePolicy", "keras.dtype_policies.DTypePolicy", "keras.mixed_precision.DTypePolicy", "keras.mixed_precision.Policy",
      "keras.FloatDTypePolicy", "keras.dtype_policies.FloatDTypePolicy", "keras.src.dtype_policies.dtype_policy.DTypePolicy")  # fmt: skip
class DTypePolicy:
    """In which element type a layer keeps its weights, and in which it computes."""

    def __init__(self, name: Any = None) -> None:
        if name is None:
            name = global_policy().name
        if not isinstance(name, str):
            refuse("TypeError", f"'name' must be a string, such as 'mixed_float16'. Received: name={name}")
        self.name = str(name)
        self.quantization_mode: str | None = None
        source = self.name
        if "_from_" in source:
            mode, _, source = source.partition("_from_")
            self.quantization_mode = mode.partition("/")[0]
        self.compute_dtype, self.variable_dtype = _parse(source)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @staticmethod
    def from_config(config: Any) -> DTypePolicy:
        return DTypePolicy(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


@kind("keras.dtype_policies.DTypePolicyMap", "keras.DTypePolicyMap")
class DTypePolicyMap:
    """Policies by the path of the layer."""

    def __init__(self, default_policy: Any = None, policy_map: Any = None) -> None:
        self.default_policy = get_policy(default_policy)
        self.policies: dict[str, Any] = dict(policy_map or {})

    def __setitem__(self, key: str, policy: Any) -> None:
        self.policies[key] = get_policy(policy)

    def __getitem__(self, key: str) -> Any:
        if key in self.policies:
            return get_policy(self.policies[key])
        return next((get_policy(p) for k, p in self.policies.items() if re.fullmatch(k, key)), self.default_policy)

    def __len__(self) -> int:
        return len(self.policies)

    @property
    def name(self) -> str:
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self.default_policy.variable_dtype

    quantization_mode = None


def _parse(name: str) -> tuple[str, str]:
    if name == "mixed_float16":
        return "float16", "float32"
    if name == "mixed_bfloat16":
        return "bfloat16", "float32"
    dtype = standardize_dtype(name)
    return dtype, dtype


def global_policy() -> DTypePolicy:
    """The policy of layers that are given none."""
    held = state()
    if held.policy is None:
        held.policy = DTypePolicy(held.floatx)
    return held.policy


def get_policy(identifier: Any) -> Any:
    """A policy from what a layer was given as ``dtype``."""
    if identifier is None or isinstance(identifier, Unknown):
        return global_policy()
    if isinstance(identifier, (DTypePolicy, DTypePolicyMap)):
        return identifier
    if isinstance(identifier, dict):
        config = identifier.get("config", identifier)
        return DTypePolicy(**{key: value for key, value in config.items() if key == "name"})
    if isinstance(identifier, str) and ("_from_" in identifier or identifier.startswith("mixed_")):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except ValueError:
        return refuse("ValueError", f"Cannot interpret `dtype` argument. Received: {identifier}")


@op("keras.config.set_dtype_policy", "keras.mixed_precision.set_dtype_policy", "keras.mixed_precision.set_global_policy",
    "tensorflow.keras.mixed_precision.set_global_policy")  # fmt: skip
def set_dtype_policy(policy: Any) -> None:
    """The policy of layers that are given none, from now on."""
    state().policy = policy if isinstance(policy, DTypePolicy) else DTypePolicy(policy)


@op("keras.config.dtype_policy", "keras.mixed_precision.dtype_policy", "keras.mixed_precision.global_policy")
def dtype_policy() -> Any:
    """The policy of layers that are given none."""
    return global_policy()


@op("keras.dtype_policies.get")
def get(identifier: Any) -> Any:
    """A policy by its name, or itself."""
    return get_policy(identifier)


@op("keras.dtype_policies.serialize")
def serialize(dtype_policy: Any) -> Any:
    """A policy as configuration."""
    return {"module": "keras", "class_name": "DTypePolicy", "config": dtype_policy.get_config(), "registered_name": None}


@op("keras.dtype_policies.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """A policy from its configuration."""
    return get_policy(config)


@op("keras.backend.standardize_dtype", "keras.src.backend.common.standardize_dtype", "keras.src.backend.common.variables.standardize_dtype",
    "keras.utils.standardize_dtype")  # fmt: skip
def standardize(dtype: Any) -> str:
    """The canonical name of an element type."""
    return standardize_dtype(dtype)
