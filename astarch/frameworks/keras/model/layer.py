"""`keras.layers.Layer`: construction, tracking, building and calling, as Keras' own source does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....interpreter.attributes import bind, put_plainly
from ....interpreter.values import CURRENT, MISSING, Builtin, Raised
from ....ir.refusal import Refusal
from ....ir.unknown import Reason, Unknown
from ...describe import REGISTRY, RUN, refuse
from ..nested import flatten, is_nested, is_shape, map_leaves, map_shapes
from ..state import Scope, auto_name, current_path
from ..tensor import KerasTensor, Variable, inward, is_open, outward
from .calling import Context, RunCall, specify
from .configuring import automatic
from .graph import Node, any_symbolic, is_symbolic
from .instances import LayerInstance, MetricInstance, ObjectInstance, method, raw
from .policies import get_policy, standardize_dtype
from .questions import call_signature, is_default, open_scope
from .reviving import arguments_of
from .tracking import Tracker


def kind_of(value: Any) -> str | None:
    """The list of a tracker that a value belongs to, variables aside."""
    if isinstance(value, MetricInstance):
        return "metrics"
    if isinstance(value, LayerInstance):
        return "layers"
    return "seed_generators" if getattr(value, "is_seed_generator", False) else None


def tracker_of(self: Any) -> Tracker:
    """The tracker of a layer, made at the first assignment."""
    attributes = self.__dict__
    tracker = attributes.get("_tracker")
    if tracker is None:
        tracker = attributes["_tracker"] = Tracker(kind_of)
        for name, store in tracker.stores.items():
            attributes.setdefault(f"_{name}", store)
    return tracker


def _default(function: Any) -> Any:
    """Mark a method as the one that does nothing of its own (``keras.utils.default``)."""
    function.is_default = True
    return function


_Self = ObjectInstance if TYPE_CHECKING else object  # what ``self`` is when the program runs


class Layer(_Self):
    """The described class; see `library` for how it becomes a class of the program."""

    described_as = "keras.layers.Layer"
    described_in = "keras.src.layers.layer"
    layout = LayerInstance

    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = LayerInstance.__new__(LayerInstance)
        made.py_class, made.span, made.given, made.payload = cls, CURRENT.get().where(), None, None
        attributes = made.__dict__
        attributes["_lock"] = True
        build = cls.find("build")
        attributes["build"] = Builtin("build", _builder(made, build))
        return made

    def __init__(self, *, activity_regularizer: Any = None, trainable: Any = True, dtype: Any = None, autocast: Any = True,
                 name: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        attributes = self.__dict__
        attributes["_lock"] = False
        start_operation(self, name)
        attributes["_dtype_policy"] = get_policy(dtype)
        attributes["activity_regularizer"] = _get("regularizers", activity_regularizer)
        size = kwargs.pop("input_dim", None)
        shape = (size,) if size is not None else kwargs.pop("input_shape", None)
        if shape is not None:
            attributes["_input_shape_arg"] = shape
        if kwargs:
            told = {name: ... if isinstance(value, Unknown) else value for name, value in kwargs.items()}
            refuse("ValueError", f"Unrecognized keyword arguments passed to {self.py_class.name}: {told}")
        if not isinstance(trainable, (bool, Unknown)):
            refuse("ValueError", f"Expected `trainable` to be a boolean. Received: trainable={trainable}")
        attributes.update({
            "_path": None, "built": False, "autocast": autocast, "_input_spec": None, "_called": False, "_trainable": trainable,
            "_losses": [], "_convert_input_args": True, "_allow_non_tensor_positional_args": False, "_parent_path": None,
            "_supports_masking": not is_default(self, "compute_mask"), "supports_jit": True, "_call_context_args": ("training",),
        })  # fmt: skip
        tracker_of(self)

    # --- attributes -----------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        put_plainly(CURRENT.get(), self, name, tracker_of(self).track(value))

    def __delattr__(self, name: str) -> None:
        value = self.__dict__.pop(name, MISSING)
        if value is MISSING:
            raise Refusal("AttributeError", name)
        if isinstance(value, Variable):
            tracker_of(self).untrack(value)

    @property
    def path(self) -> Any:
        return self.__dict__["_path"]

    @property
    def input_spec(self) -> Any:
        return self.__dict__["_input_spec"]

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self.__dict__["_input_spec"] = value

    @property
    def trainable(self) -> Any:
        return self.__dict__["_trainable"]

    @trainable.setter
    def trainable(self, value: Any) -> None:
        value = CURRENT.get().truth(value)
        RUN.get().state["trainable set"] = RUN.get().where()
        self.__dict__["_trainable"] = value
        for variable in self.__dict__["_trainable_variables"]:
            variable.trainable = value
        for layer in self.__dict__["_layers"]:
            layer.trainable = value

    @property
    def supports_masking(self) -> Any:
        return self.__dict__["_supports_masking"]

    @supports_masking.setter
    def supports_masking(self, value: Any) -> None:
        self.__dict__["_supports_masking"] = value

    @property
    def dtype_policy(self) -> Any:
        return self.__dict__["_dtype_policy"]

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self.__dict__["_dtype_policy"] = get_policy(value)

    @property
    def dtype(self) -> str:
        return _policy(self).variable_dtype

    @property
    def variable_dtype(self) -> str:
        return _policy(self).variable_dtype

    @property
    def compute_dtype(self) -> str:
        return _policy(self).compute_dtype

    @property
    def input_dtype(self) -> str:
        return _policy(self).compute_dtype

    @property
    def quantization_mode(self) -> Any:
        return _policy(self).quantization_mode

    @property
    def call_signature_parameters(self) -> Any:
        return list(call_signature(self).parameters)

    @property
    def _call_has_training_arg(self) -> bool:
        return "training" in call_signature(self).parameters

    @property
    def _call_has_mask_arg(self) -> bool:
        return "mask" in call_signature(self).parameters

    # --- variables ------------------------------------------------------------------------------------------------

    def add_weight(self, *args: Any, shape: Any = None, initializer: Any = None, dtype: Any = None, trainable: Any = True,
                   autocast: Any = True,
                   regularizer: Any = None, constraint: Any = None, aggregation: Any = "none", overwrite_with_gradient: Any = False,
                   name: Any = None) -> Any:  # fmt: skip
        if self.__dict__.get("_lock", True):
            _not_started(self)
        if args and isinstance(args[0], str):
            refuse("ValueError", "`name` must be passed as a keyword argument.")
        shape = args[0] if args else shape
        initializer = args[1] if len(args) > 1 else initializer
        dtype = args[2] if len(args) > 2 else dtype
        element = standardize_dtype(dtype) if dtype is not None else _policy(self).variable_dtype
        if initializer is None:
            initializer = "glorot_uniform" if "float" in element else "zeros"
        with Scope(self.__dict__["name"], self):
            variable = new_variable(shape if shape is not None else (), element, trainable, name, _get("initializers", initializer))
        variable.regularizer, variable.constraint = _get("regularizers", regularizer), _get("constraints", constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        variable.autocast = autocast
        self._track_variable(variable)
        return variable

    def add_variable(self, shape: Any, initializer: Any, dtype: Any = None, trainable: Any = True, autocast: Any = True,
                     regularizer: Any = None,
                     constraint: Any = None, name: Any = None) -> Any:  # fmt: skip
        return self.add_weight(shape=shape, initializer=initializer, dtype=dtype, trainable=trainable, regularizer=regularizer,
                               constraint=constraint, name=name)  # fmt: skip

    def _track_variable(self, variable: Any) -> None:
        store = "trainable_variables" if variable.trainable else "non_trainable_variables"
        tracker_of(self).add_to_store(store, variable)
        if self.__dict__.get("_trainable") is False:
            variable.trainable = False

    def _untrack_variable(self, variable: Any) -> None:
        tracker_of(self).untrack(variable)

    @property
    def variables(self) -> list[Any]:
        return collect(self, True)

    @property
    def weights(self) -> list[Any]:
        return collect(self, False)

    @property
    def trainable_variables(self) -> list[Any]:
        return [v for v in collect(self, True) if v.trainable] if self.__dict__["_trainable"] else []

    @property
    def non_trainable_variables(self) -> list[Any]:
        return [v for v in collect(self, True) if not v.trainable or not self.__dict__["_trainable"]]

    @property
    def trainable_weights(self) -> list[Any]:
        return [v for v in collect(self, False) if v.trainable] if self.__dict__["_trainable"] else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        return [v for v in collect(self, False) if not v.trainable or not self.__dict__["_trainable"]]

    @property
    def losses(self) -> list[Any]:
        return []

    @property
    def metrics(self) -> list[Any]:
        return list(self.__dict__["_metrics"])

    def get_weights(self) -> list[Any]:
        return [KerasTensor(v.shape, v.dtype) for v in collect(self, False)]

    def set_weights(self, weights: Any) -> None:
        held = collect(self, False)
        if isinstance(weights, (list, tuple)) and len(held) != len(weights):
            refuse("ValueError", f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length {len(weights)}, "
                   f"but the "
                   f"layer was expecting {len(held)} weights.")  # fmt: skip

    def count_params(self) -> Any:
        if not self.__dict__["built"]:
            refuse("ValueError", f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built.")
        return sum(variable.size for variable in collect(self, False))

    def add_loss(self, loss: Any) -> None:
        pass

    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        refuse("NotImplementedError", "Layer `add_metric()` method is deprecated.")

    # --- building -------------------------------------------------------------------------------------------------

    @_default
    def build(self, input_shape: Any = None) -> None:
        if self.__dict__.get("_lock", True):
            _not_started(self)
        self.__dict__["built"] = True

    def _build_at_init(self) -> None:
        if is_default(self, "build"):
            self.__dict__["built"] = True
            self._lock_state()

    def _lock_state(self) -> None:
        tracker_of(self).lock()

    def _post_build(self) -> None:
        pass

    def _open_name_scope(self) -> Any:
        return open_scope(self)

    def _check_super_called(self) -> None:
        if self.__dict__.get("_lock", True):
            _not_started(self)

    def build_from_config(self, config: Any) -> None:
        if config and "input_shape" in config:
            CURRENT.get().call(self.__dict__["build"], (config["input_shape"],), {})
        elif config and "shapes_dict" in config:
            CURRENT.get().call(self.__dict__["build"], (), config["shapes_dict"])

    def get_build_config(self) -> Any:
        shapes = self.__dict__.get("_build_shapes_dict")
        if shapes is not None:
            return {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else {"shapes_dict": shapes}
        return None

    # --- calling --------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return RunCall(self, args, kwargs).result()

    def call(self, *args: Any, **kwargs: Any) -> Any:
        refuse("NotImplementedError", f"Layer {self.py_class.name} does not have a `call()` method implemented.")

    @_default
    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return previous_mask

    @_default
    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        refuse("NotImplementedError", f"Layer {self.py_class.name} should implement `def compute_output_shape(self, input_shape)`.")

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        return specify(self, args, kwargs)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        return self.compute_output_spec(*args, **kwargs)

    def stateless_call(
        self, trainable_variables: Any, non_trainable_variables: Any, *args: Any, return_losses: Any = False, **kwargs: Any
    ) -> Any:
        outputs = CURRENT.get().call(method(self, "call"), args, kwargs)
        return (outputs, list(non_trainable_variables), []) if return_losses else (outputs, list(non_trainable_variables))

    @property
    def input(self) -> Any:
        return _node_value(self, "input_tensors", "input")

    @property
    def output(self) -> Any:
        return _node_value(self, "output_tensors", "output")

    # --- the rest -------------------------------------------------------------------------------------------------

    def _flatten_layers(self, include_self: Any = True, recursive: Any = True) -> list[Any]:
        return flatten_layers(self, include_self, recursive)

    @_default
    def get_config(self) -> dict[str, Any]:
        config = {
            **(automatic(self) if is_default(self, "get_config") else {"name": self.__dict__["name"]}),
            "trainable": self.__dict__["_trainable"],
            "dtype": REGISTRY["keras.dtype_policies.serialize"].function(self.__dict__["_dtype_policy"]),
        }
        if self.__dict__.get("activity_regularizer") is not None:
            config["activity_regularizer"] = REGISTRY["keras.regularizers.serialize"](self.__dict__["activity_regularizer"])
        return config

    def from_config(cls: Any, config: Any) -> Any:  # noqa: N805 # pyright: ignore[reportSelfClsParameterName] - of the program's class
        found = arguments_of(cls, config)
        return found if isinstance(found, Unknown) else CURRENT.get().call(cls, (), found)

    from_config.is_class_method = True  # type: ignore[attr-defined]

    def quantize(self, mode: Any = None, type_check: Any = True, config: Any = None) -> Any:
        refuse("NotImplementedError", f"Layer {self.py_class.name} does not have a `quantize()` method implemented.")

    def __repr__(self) -> str:
        return f"<{self.py_class.name} name={self.__dict__.get('name')}, built={self.__dict__.get('built')}>"

    def _obj_type(self) -> str:
        return "Layer"


# --- parts of it ------------------------------------------------------------------------------------------------------


def start_operation(self: Any, name: Any) -> None:
    """``Operation.__init__``: the name and the nodes."""
    if name is None:
        name = auto_name(self.py_class.name)
    if isinstance(name, Unknown):
        name = auto_name(self.py_class.name)
        RUN.get().unknown(Reason.UNDECIDED, f"the name of {self.py_class.name}")
    if not isinstance(name, str) or "/" in name:
        refuse("ValueError", f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}")
    attributes = self.__dict__
    attributes["name"] = name
    attributes["_inbound_nodes"] = []
    attributes["_outbound_nodes"] = []


def new_variable(shape: Any, dtype: str, trainable: Any, name: Any, initializer: Any) -> Variable:
    """``keras.Variable``: its path is made of the open name scopes."""
    if name is None:
        name = auto_name("Variable")
    if not isinstance(name, str) or "/" in name:
        refuse("ValueError", f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}")
    parent = current_path()
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if size is None or is_open(size) or (type(size) is int and size < 0):
            refuse("ValueError", f"Cannot convert '{sizes}' to a shape: the shape of a variable must be known and not negative.")
    variable = Variable(inward(sizes), dtype, CURRENT.get().truth(trainable), name, f"{parent}/{name}" if parent else name, initializer)
    variable.node = None
    return variable


def collect(self: Any, seeds: bool) -> list[Any]:
    """``weights`` or, with the states of seed generators, ``variables``."""
    found: dict[int, Any] = {}
    _collect(self, seeds, found)
    return list(found.values())


def _collect(self: Any, seeds: bool, found: dict[int, Any]) -> None:
    attributes = self.__dict__
    for key in ("_trainable_variables", "_non_trainable_variables"):
        for variable in attributes.get(key, ()):
            found.setdefault(id(variable), variable)
    if seeds:
        for generator in attributes.get("_seed_generators", ()):
            found.setdefault(id(generator.state), generator.state)
    for layer in attributes.get("_layers", ()):
        if isinstance(layer, LayerInstance):
            _collect(layer, seeds, found)


def flatten_layers(self: Any, include_self: Any = True, recursive: Any = True) -> list[Any]:
    """The layers below, depth first as Keras walks them."""
    layers = [self] if include_self else []
    seen: set[int] = set()
    waiting = list(self.__dict__.get("_layers", ()))
    while waiting:
        layer = waiting.pop(0)
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        layers.append(layer)
        if recursive and isinstance(layer, LayerInstance):
            waiting[:0] = reversed(list(layer.__dict__.get("_layers", ())))
    return layers


def _builder(made: Any, build: Any) -> Any:
    """``build`` as every instance has it: in its name scope, once done it is built and locked."""

    def wrapped(*args: Any, **kwargs: Any) -> None:
        attributes = made.__dict__
        if attributes.get("_lock", True):
            _not_started(made)
        with open_scope(made):
            attributes["_path"] = current_path()
            own = made.py_class.find("build")
            machine = CURRENT.get()
            if raw(made, "build") is None:
                args = tuple(map_shapes(outward, arg) for arg in args)
                kwargs = {name: map_shapes(outward, arg) for name, arg in kwargs.items()}
            machine.call(bind(machine, own, made, made.py_class), args, kwargs)
        signature = call_signature(made, "build")
        try:
            shapes = signature.bind(*args, **kwargs).arguments
            attributes["_build_shapes_dict"] = {name: map_shapes(outward, value) for name, value in shapes.items()}
        except TypeError:
            attributes["_build_shapes_dict"] = None
        attributes["built"] = True
        made._lock_state()

    return wrapped


def _policy(self: Any) -> Any:
    policy = self.__dict__["_dtype_policy"]
    if type(policy).__name__ == "DTypePolicyMap" and self.__dict__["_path"]:
        return policy[self.__dict__["_path"]]
    return policy


def _get(family: str, identifier: Any) -> Any:
    return None if identifier is None else REGISTRY[f"keras.{family}.get"](identifier)


def _not_started(self: Any) -> None:
    refuse("RuntimeError", f"In layer '{self.py_class.name}', you forgot to call `super().__init__()` as the first statement in the "
           "`__init__()` method. Go add it!")  # fmt: skip


def _node_value(self: Any, attribute: str, name: str) -> Any:
    nodes = self.__dict__["_inbound_nodes"]
    if not nodes:
        refuse("AttributeError", f"The layer {self.__dict__['name']} has never been called and thus has no defined {name}.")
    values = getattr(nodes[0], attribute)
    return values[0] if len(values) == 1 else values


__all__ = ["Context", "Layer", "Node", "Raised", "any_symbolic", "flatten", "is_nested", "is_shape", "is_symbolic", "map_leaves"]
