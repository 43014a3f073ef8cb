"""Layers of other frameworks' models: modules of torch, functions of JAX, modules of Flax, saved models of TensorFlow."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Reason, Unknown
from ...describe import RUN, unknown
from ..describing import KerasLayer, call, described_config, layer, refuse
from ..model.layer import new_variable
from ..model.policies import standardize_dtype
from ..model.signatures import signature_of
from ..ops.environment import backend
from ..tensor import inward

#: What functions of a `JaxLayer` may take.
_TAKEN = {"call_fn": ("params", "state", "rng", "inputs", "training"), "init_fn": ("rng", "inputs", "training")}


def _lost(self: Any, detail: str) -> None:
    """The layer is not known from here on."""
    self.__dict__["_unknown"] = unknown(detail, Reason.OUTSIDE)


@layer("keras.layers.TorchModuleWrapper", "keras.src.utils.torch_utils")
class TorchModuleWrapper(KerasLayer):
    """A module of torch: its parameters are the layer's weights. With TensorFlow none of them may be trained, and calls fail."""

    def __init__(self, module: Any, name: Any = None, output_shape: Any = None, **kwargs: Any) -> None:
        if isinstance(module, Unknown):
            self.__dict__["_unknown"] = module
            return
        if getattr(module, "described_module", False) is not True or not hasattr(module, "parameters"):
            refuse("AttributeError", f"'{type(module).__name__}' object has no attribute 'to'")
        parameters = list(call(module.parameters))
        if any(type(parameter).__name__ == "UninitializedParameter" for parameter in parameters):
            refuse("ValueError", "LazyModules are not supported unless they are already initialized. Received uninitialized "
                   f"LazyModule: module={module!r}")  # fmt: skip
        self.module = module
        for parameter in parameters:
            if backend() == "tensorflow" and parameter.requires_grad:
                refuse("RuntimeError", "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
            trained = bool(parameter.requires_grad)
            self._track_variable(new_variable(tuple(parameter.shape), standardize_dtype(parameter.dtype), trained, None, None))
        self.__dict__["built"] = True
        self.output_shape = output_shape

    def call(self, *args: Any, training: Any = None, **kwargs: Any) -> Any:
        if backend() != "torch":
            refuse("AttributeError", f"'TorchModuleWrapper' object has no attribute '{'eval' if training is False else 'train'}'")
        return call(self.module, *args, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_shape is None:
            refuse("NotImplementedError", "Layer TorchModuleWrapper should implement `def compute_output_shape(self, input_shape)`.")
        return inward(self.output_shape)

    def get_config(self) -> dict[str, Any]:
        return {**described_config(self), "module": unknown("a module of torch as text"), "output_shape": self.output_shape}


@layer("keras.layers.JaxLayer", "keras.src.utils.jax_layer")
class JaxLayer(KerasLayer):
    """A function of JAX, with parameters that another makes: neither is described."""

    def __init__(self, call_fn: Any, init_fn: Any = None, params: Any = None, state: Any = None, seed: Any = None,
                 native_serialization_platforms: Any = None, **kwargs: Any) -> None:  # fmt: skip
        if backend() == "torch":
            refuse("ValueError", f"{self.py_class.name} is only supported with the JAX or Tensorflow backend. Current backend: torch")
        self.call_fn, self.init_fn = call_fn, init_fn
        taken = _checked(call_fn, "call_fn")
        nothing = init_fn is None and params is None and state is None
        if nothing and {"params", "state"} & set(taken):
            refuse("ValueError", "`init_fn`, `params` and `state` cannot all be `None` when `call_fn` takes a `params` or a `state` "
                   "argument.")  # fmt: skip
        if init_fn is not None:
            _checked(init_fn, "init_fn")
        _lost(self, "a function of JAX")


def _checked(function: Any, name: str) -> list[str]:
    """What a function takes; one that takes something else is refused."""
    if isinstance(function, Unknown) or not (callable(function) or hasattr(function, "code")):
        return []
    taken, allowed = list(signature_of(function).parameters), _TAKEN[name]
    if taken == ["args", "kwargs"]:  # as of a function that is not described
        return []
    if "inputs" not in taken:
        refuse("ValueError", f"Missing required argument in `{name}`: `inputs`")
    for one in taken:
        if one not in allowed:
            refuse("ValueError", f"Unsupported argument in `{name}`: `{one}`, supported arguments are `{'`, `'.join(allowed)}`")
    return taken


@layer("keras.layers.FlaxLayer", "keras.src.utils.jax_layer")
class FlaxLayer(JaxLayer):
    """A module of Flax, which is not described."""

    def __init__(self, module: Any, method: Any = None, variables: Any = None, **kwargs: Any) -> None:
        if backend() == "torch":
            refuse("ValueError", f"{self.py_class.name} is only supported with the JAX or Tensorflow backend. Current backend: torch")
        self.module, self.method = module, method
        _lost(self, "a module of Flax")


@layer("keras.layers.TFSMLayer", "keras.src.export.tfsm_layer")
class TFSMLayer(KerasLayer):
    """What was saved as a SavedModel: its weights and its results are in the file."""

    def __init__(self, filepath: Any, call_endpoint: Any = "serve", call_training_endpoint: Any = None, trainable: Any = True,
                 name: Any = None, dtype: Any = None) -> None:  # fmt: skip
        if backend() != "tensorflow":
            refuse("NotImplementedError", "The TFSMLayer is only currently supported with the TensorFlow backend.")
        self.filepath, self.call_endpoint, self.call_training_endpoint = filepath, call_endpoint, call_training_endpoint
        if not isinstance(filepath, str | Unknown) and not hasattr(filepath, "py_class") and not hasattr(filepath, "__fspath__"):
            refuse("TypeError", f"Expected a path. Received: filepath={filepath!r}")
        _lost(self, "a SavedModel that the program loads")

    def from_config(cls: Any, config: Any, custom_objects: Any = None, safe_mode: Any = None) -> Any:  # noqa: N805 # pyright: ignore[reportSelfClsParameterName]
        if safe_mode is not False:
            refuse("ValueError", "Requested the deserialization of a `TFSMLayer`, which loads an external SavedModel. This carries a "
                   "potential risk of arbitrary code execution and thus it is disallowed by default.")  # fmt: skip
        return RUN.get().call(cls, **dict(config))

    from_config.is_class_method = True  # type: ignore[attr-defined]
