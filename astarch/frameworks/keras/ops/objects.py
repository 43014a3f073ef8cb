"""Initializers, regularizers and constraints: objects that a layer is configured with."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ....ir.unknown import Unknown
from ...describe import REGISTRY, RUN, layer, op, refuse
from ..describing import plain
from ..model.instances import ObjectInstance
from ..model.policies import standardize_dtype
from ..state import snake_case, state
from ..tensor import KerasTensor

_Self = ObjectInstance if TYPE_CHECKING else object  # what ``self`` is when the program runs


class Object(_Self):
    """What the described objects have in common."""

    layout = ObjectInstance
    described_in = "keras"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def get_config(self) -> dict[str, Any]:
        names = _parameters(self)
        return {name: plain(self.__dict__.get(name, self.__dict__.get(f"_{name}"))) for name in names}

    def from_config(cls: Any, config: Any) -> Any:  # noqa: N805 # pyright: ignore[reportSelfClsParameterName] - of the program's class
        return RUN.get().call(cls, **dict(config))

    from_config.is_class_method = True  # type: ignore[attr-defined]


def _parameters(self: Any) -> list[str]:
    for cls in self.py_class.mro:
        start = cls.namespace.get("__init__")
        function = getattr(start, "function", None)
        if function is not None and callable(function):
            return [p.name for p in inspect.signature(function).parameters.values() if p.name != "self" and p.kind in (0, 1, 3)]
    return []


def _class(name: str, module: str, base: type, **parameters: Any) -> type:
    """A class whose constructor keeps its arguments."""
    signature = inspect.Signature(
        [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
        + [inspect.Parameter(key, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=value) for key, value in parameters.items()]
    )

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError as error:
            refuse("TypeError", f"{name}.__init__() {error}")
        bound.apply_defaults()
        for key, value in bound.arguments.items():
            if key != "self":
                self.__dict__[key] = value

    start.__name__ = "__init__"
    start.__signature__ = signature  # type: ignore[attr-defined]
    return type(name, (base,), {"__init__": start, "__doc__": f"`{module}.{name}`."})


class Initializer(Object):
    """`keras.initializers.Initializer`."""

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        return KerasTensor(tuple(shape), standardize_dtype(dtype))

    def clone(self) -> Any:
        return RUN.get().call(self.py_class, **self.get_config())


class Regularizer(Object):
    """`keras.regularizers.Regularizer`."""

    def __call__(self, x: Any) -> Any:
        return KerasTensor((), "float32")


class Constraint(Object):
    """`keras.constraints.Constraint`."""

    def __call__(self, w: Any) -> Any:
        return w


def _register(family: str, cls: type, module: str, *names: str) -> None:
    layer(f"keras.{family}.{cls.__name__}", module)(cls)
    for name in names:
        REGISTRY[f"keras.{family}.{name}"] = cls
    _NAMES.setdefault(family, {}).update(dict.fromkeys((cls.__name__, snake_case(cls.__name__), *names), f"keras.{family}.{cls.__name__}"))


_NAMES: dict[str, dict[str, str]] = {}
_RANDOM = "keras.src.initializers.random_initializers"
_CONSTANT = "keras.src.initializers.constant_initializers"
_SEEDED = {"seed": None}
_AXES = {"seed": None, "input_axes": None, "output_axes": None}

_register("initializers", Initializer, "keras.src.initializers.initializer")
_INITIALIZERS: tuple[tuple[str, str, dict[str, Any], tuple[str, ...]], ...] = (
    ("RandomNormal", _RANDOM, {"mean": 0.0, "stddev": 0.05, **_SEEDED}, ("normal", "random_normal")),
    ("TruncatedNormal", _RANDOM, {"mean": 0.0, "stddev": 0.05, **_SEEDED}, ("truncated_normal",)),
    ("RandomUniform", _RANDOM, {"minval": -0.05, "maxval": 0.05, **_SEEDED}, ("uniform", "random_uniform")),
    ("VarianceScaling", _RANDOM, {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal", **_AXES}, ("variance_scaling",)),
    ("GlorotUniform", _RANDOM, _AXES, ("glorot_uniform",)), ("GlorotNormal", _RANDOM, _AXES, ("glorot_normal",)),
    ("LecunNormal", _RANDOM, _AXES, ("lecun_normal",)), ("LecunUniform", _RANDOM, _AXES, ("lecun_uniform",)),
    ("HeNormal", _RANDOM, _AXES, ("he_normal",)), ("HeUniform", _RANDOM, _AXES, ("he_uniform",)),
    ("Orthogonal", _RANDOM, {"gain": 1.0, **_SEEDED}, ("OrthogonalInitializer", "orthogonal")),
    ("Constant", _CONSTANT, {"value": 0.0}, ("constant",)), ("Zeros", _CONSTANT, {}, ("zeros", "zero")), ("Ones", _CONSTANT, {}, ("ones",
                                                                                                                                  "one")),
    ("Identity", _CONSTANT, {"gain": 1.0}, ("IdentityInitializer", "identity")),
    ("STFT", _CONSTANT, {"side": "real", "window": "hann", "scaling": "density", "periodic": False}, ("STFTInitializer", "stft")),
)  # fmt: skip
for _name, _module, _arguments, _extra in _INITIALIZERS:
    _register("initializers", _class(_name, "keras.initializers", Initializer, **_arguments), _module, *_extra)

_register("regularizers", Regularizer, "keras.src.regularizers.regularizers")
for _name, _arguments, _extra in (
    ("L1L2", {"l1": 0.0, "l2": 0.0}, ("l1_l2",)), ("L1", {"l1": 0.01}, ("l1",)), ("L2", {"l2": 0.01}, ("l2",)),
    ("OrthogonalRegularizer", {"factor": 0.01, "mode": "rows"}, ("orthogonal_regularizer",)),
):  # fmt: skip
    _register(
        "regularizers", _class(_name, "keras.regularizers", Regularizer, **_arguments), "keras.src.regularizers.regularizers", *_extra
    )  # type: ignore[arg-type]

_register("constraints", Constraint, "keras.src.constraints.constraints")
for _name, _arguments, _extra in (
    ("MaxNorm", {"max_value": 2, "axis": 0}, ("max_norm",)), ("NonNeg", {}, ("non_neg",)), ("UnitNorm", {"axis": 0}, ("unit_norm",)),
    ("MinMaxNorm", {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0}, ("min_max_norm",)),
):  # fmt: skip
    _register("constraints", _class(_name, "keras.constraints", Constraint, **_arguments), "keras.src.constraints.constraints", *_extra)  # type: ignore[arg-type]


def _getter(family: str, what: str) -> Callable[..., Any]:
    def get(identifier: Any = None) -> Any:
        if identifier is None or isinstance(identifier, Unknown):
            return identifier
        if isinstance(identifier, dict):
            return _from_config(family, identifier)
        if isinstance(identifier, str):
            return _named(family, what, identifier)
        if hasattr(identifier, "mro") and hasattr(identifier, "namespace"):  # a class: an instance of it
            return RUN.get().call(identifier)
        return identifier

    return get


def _named(family: str, what: str, name: str) -> Any:
    held = state()
    cached = held.__dict__.setdefault("named objects", {})
    key = (family, str(name))
    if key not in cached:
        full = _NAMES[family].get(name)
        custom = held.custom_objects.get(name)
        if full is None and custom is None:
            refuse("ValueError", f"Could not interpret {what} identifier: {name}")
        made = RUN.get().state["keras library"].make(full) if full is not None else custom
        cached[key] = RUN.get().call(made) if hasattr(made, "mro") else made
    return cached[key]


def _from_config(family: str, config: dict[str, Any]) -> Any:
    name = config.get("class_name", "")
    full = _NAMES[family].get(name)
    if full is None:
        refuse("ValueError", f"Could not find {name}")
    return RUN.get().state["keras library"].make(full, **dict(config.get("config", {})))


for _family, _what in (("initializers", "initializer"), ("regularizers", "regularizer"), ("constraints", "constraint")):
    op(f"keras.{_family}.get", lenient=True)(_getter(_family, _what))
    op(f"keras.{_family}.deserialize", lenient=True)(_getter(_family, _what))
    op(f"keras.{_family}.serialize", lenient=True)(lambda item=None: REGISTRY["keras.saving.serialize_keras_object"](item))
