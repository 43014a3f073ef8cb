"""`tf.Module`, `tf.Variable`, `tf.function`, element types: what programs of TensorFlow are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....ir.unknown import Unknown
from ...describe import REGISTRY, constant, kind, layer, op, unknown
from ..model.instances import LayerInstance, ModuleInstance
from ..model.policies import standardize_dtype
from ..nested import map_leaves
from ..ops.elementwise import as_tensor
from ..state import Scope, snake_case
from ..tensor import DType, KerasTensor, TensorShape, Variable, inward

for _name in ("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
              "bool", "string",
              "complex64", "complex128"):  # fmt: skip
    constant(f"tensorflow.{_name}", DType(_name))
    constant(f"tensorflow.dtypes.{_name}", DType(_name))
constant("tensorflow.double", DType("float64"))
constant("tensorflow.half", DType("float16"))
constant("tensorflow.newaxis", None)


@op("tensorflow.as_dtype", "tensorflow.dtypes.as_dtype")
def as_dtype(type_value: Any) -> Any:
    """An element type by its name."""
    return DType(standardize_dtype(type_value))


@op("tensorflow.TensorShape", lenient=True)
def tensor_shape(dims: Any) -> Any:
    """A static shape."""
    return TensorShape(dims or ())


@op("tensorflow.Variable", lenient=True)
def variable(initial_value: Any = None, trainable: Any = None, validate_shape: Any = True, caching_device: Any = None, name: Any = None,
             variable_def: Any = None, dtype: Any = None, import_scope: Any = None, constraint: Any = None, synchronization: Any = None,
             aggregation: Any = None, shape: Any = None, **kwargs: Any) -> Any:  # fmt: skip
    """A variable with an initial value."""
    value = REGISTRY["keras.ops.convert_to_tensor"].function(initial_value) if not isinstance(initial_value, Unknown) else initial_value
    if isinstance(value, Unknown):
        return value
    element = standardize_dtype(dtype) if dtype is not None else value.dtype
    made = Variable(
        value.shape if shape is None else inward(shape, False),
        element,
        trainable is not False,
        name or "Variable",
        f"{name or 'Variable'}:0",
    )
    made.sparse = made.autocast = made.promotes = False
    return made


_Self = ModuleInstance if TYPE_CHECKING else object  # what ``self`` is when the program runs


@layer("tensorflow.Module", "tensorflow.python.module.module")
class Module(_Self):
    """A holder of variables and other modules."""

    layout = ModuleInstance
    described_as = "tensorflow.Module"
    described_in = "tensorflow.python.module.module"

    def __init__(self, name: Any = None) -> None:
        self.__dict__["_name"] = name or snake_case(self.py_class.name)

    @property
    def name(self) -> Any:
        return self.__dict__.get("_name")

    @property
    def name_scope(self) -> Any:
        return Scope(str(self.__dict__.get("_name", "module")))

    @property
    def variables(self) -> tuple[Any, ...]:
        return tuple(found_in(self, True))

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        return tuple(one for one in found_in(self, True) if one.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Any, ...]:
        return tuple(one for one in found_in(self, True) if not one.trainable)

    @property
    def submodules(self) -> tuple[Any, ...]:
        return tuple(found_in(self, False))

    @staticmethod
    def with_name_scope(method: Any) -> Any:
        return method


def found_in(module: Any, variables: bool) -> list[Any]:
    """Variables, or modules, below a module in the order of the attributes' names."""
    found: dict[int, Any] = {}
    seen: set[int] = set()

    def look(value: Any) -> None:
        if isinstance(value, Variable):
            if variables:
                found.setdefault(id(value), value)
        elif isinstance(value, (ModuleInstance, LayerInstance)):
            if not variables:
                found.setdefault(id(value), value)
            below(value)
        elif isinstance(value, (list, tuple)):
            for item in value:
                look(item)
        elif isinstance(value, dict):
            for key in sorted(value, key=str):
                look(value[key])

    def below(one: Any) -> None:
        if id(one) in seen:
            return
        seen.add(id(one))
        for _, value in sorted(one.__dict__.items()):
            look(value)

    below(module)
    return list(found.values())


@op("tensorflow.grad_pass_through", lenient=True)
def grad_pass_through(f: Any) -> Any:
    """The function itself."""
    return f


class _Decorator:
    """``tf.function``: the function itself, with or without arguments to the decorator."""

    described = True

    def __call__(self, function: Any) -> Any:
        return function


@op("tensorflow.function", lenient=True)
def function(func: Any = None, *args: Any, **kwargs: Any) -> Any:
    """The function itself."""
    return func if func is not None else _Decorator()


@op("tensorflow.name_scope", "tensorflow.variable_scope", lenient=True)
def name_scope(name: Any, *args: Any, **kwargs: Any) -> Any:
    """Names of operations are not kept."""
    return _Nothing()


@op("tensorflow.device", "tensorflow.init_scope", "tensorflow.control_dependencies", lenient=True)
def context(*args: Any, **kwargs: Any) -> Any:
    """A context that changes nothing here."""
    return _Nothing()


class _Nothing:
    """A context manager without effect."""

    described = True

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: Any) -> None:
        return None


@kind("tensorflow.GradientTape")
class GradientTape:
    """Watches what is computed; the gradients have the shapes of what they are taken by."""

    described = True

    def __init__(self, persistent: Any = False, watch_accessed_variables: Any = True) -> None:
        self.persistent = persistent

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: Any) -> None:
        return None

    def watch(self, tensor: Any) -> None:
        return None

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: Any = None) -> Any:
        return map_leaves(lambda leaf: KerasTensor(leaf.shape, leaf.dtype) if isinstance(leaf, KerasTensor) else leaf, sources)

    def jacobian(self, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        return unknown("a jacobian")

    batch_jacobian = jacobian

    def reset(self) -> None:
        return None

    def stop_recording(self) -> Any:
        return _Nothing()


@op("tensorflow.is_tensor", "tensorflow.keras.is_tensor", lenient=True)
def is_tensor(x: Any) -> bool:
    """Whether a value is a tensor."""
    return isinstance(x, KerasTensor)


@op("tensorflow.print", "tensorflow.debugging.assert_equal", "tensorflow.debugging.assert_rank", "tensorflow.debugging.assert_shapes",
    "tensorflow.config.run_functions_eagerly", "tensorflow.compat.v1.enable_eager_execution",
    "tensorflow.debugging.set_log_device_placement",
    "tensorflow.get_logger", "tensorflow.config.set_visible_devices", "tensorflow.debugging.enable_check_numerics",
    "tensorflow.config.experimental.set_memory_growth", "tensorflow.config.experimental_run_functions_eagerly", lenient=True)  # fmt: skip
def nothing(*args: Any, **kwargs: Any) -> None:
    """Has no effect on a model."""


@op("tensorflow.get_static_value", lenient=True)
def get_static_value(tensor: Any, partial: Any = False) -> Any:
    """The value, if it is known."""
    x = as_tensor(tensor)
    return None if x.data is None else x


@op("tensorflow.executing_eagerly", lenient=True)
def executing_eagerly() -> bool:
    """Whether operations run at once."""
    return True


@op("tensorflow.cond", lenient=True)
def cond(pred: Any, true_fn: Any = None, false_fn: Any = None, name: Any = None) -> Any:
    """One of two functions."""
    return REGISTRY["keras.ops.cond"].function(pred, true_fn, false_fn)


@op("tensorflow.while_loop", lenient=True)
def while_loop(cond: Any, body: Any, loop_vars: Any, *args: Any, **kwargs: Any) -> Any:
    """A loop whose variables keep their shapes."""
    return REGISTRY["keras.ops.while_loop"].function(cond, body, loop_vars)


@op("tensorflow.map_fn", "tensorflow.vectorized_map", lenient=True)
def map_fn(fn: Any, elems: Any, *args: Any, **kwargs: Any) -> Any:
    """A function along the first axis."""
    return REGISTRY["keras.ops.map"].function(fn, elems)


for _name, _target in {"zeros_initializer": "Zeros", "ones_initializer": "Ones", "constant_initializer": "Constant",
                       "random_normal_initializer": "RandomNormal", "random_uniform_initializer": "RandomUniform"}.items():  # fmt: skip
    REGISTRY[f"tensorflow.{_name}"] = REGISTRY[f"keras.initializers.{_target}"]
    REGISTRY[f"tensorflow.initializers.{_target}"] = REGISTRY[f"keras.initializers.{_target}"]
