"""``Layer.__call__``: conversion, building, masks, the call itself, the node it leaves in a functional graph."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ....interpreter.values import CURRENT, MISSING, Instance, Lost, Raised
from ....ir.dim import Dim, Undecided
from ....ir.refusal import Refusal
from ....ir.unknown import Reason, Unknown
from ...describe import REGISTRY, RUN, refuse
from ..nested import flatten, is_nested, is_shape, map_leaves, map_shapes
from ..state import state
from ..tensor import KerasTensor, Variable, inward, is_tensor, outward
from .checking import check_inputs
from .graph import Node, any_symbolic
from .instances import defined, method, raw
from .questions import call_signature, is_default, open_scope


class Context:
    """What the outermost call hands down to those inside: ``training``."""

    def __init__(self, entry: Any) -> None:
        self.entry = entry
        self.values: dict[str, Any] = {}


class Call:
    """One entry into a layer, as it happened."""

    __slots__ = ("args", "depth", "kwargs", "module", "nodes", "outputs", "span")

    def __init__(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        run = RUN.get()
        self.module, self.args, self.kwargs = module, args, kwargs
        self.outputs: Any = MISSING
        self.span = run.where()
        self.depth = len(run.modules)
        self.nodes = (len(run.nodes), len(run.nodes))


class Arguments:
    """The arguments of a call by the names of ``call``'s parameters (Keras' ``CallSpec``)."""

    def __init__(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        signature = call_signature(layer)
        kwargs = dict(kwargs)
        given = {name: kwargs.pop(name) for name in layer.__dict__.get("_call_context_args", ("training",))
                 if name in kwargs and name not in signature.parameters}  # fmt: skip
        self.unheard = tuple(given)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise Refusal("TypeError", f"{layer.py_class.name}.call() {error}") from None
        self.given = {**given, **bound.arguments}
        bound.apply_defaults()
        self.all: dict[str, Any] = dict(bound.arguments)
        self.tensors: dict[str, Any] = {}
        self.nested: set[str] = set()
        for name, value in self.all.items():
            if is_tensor(value):
                self.tensors[name] = value
            elif is_nested(value) and len(value) > 0:
                leaves = flatten(value)
                if all(leaf is None or is_tensor(leaf) for leaf in leaves):
                    self.tensors[name] = value
                    self.nested.add(name)
                elif any(map(is_tensor, leaves)) and not any(isinstance(leaf, Unknown) for leaf in leaves):
                    refuse(
                        "ValueError",
                        f"In a nested call() argument, you cannot mix tensors and non-tensors. Received invalid mixed argument: {name}",
                    )
        self.first = next(iter(self.all.values()), None)

    def shapes(self) -> dict[str, Any]:
        """Shapes of the tensors, by the names that ``build`` would call them."""
        found: dict[str, Any] = {}
        for name, value in self.tensors.items():
            if name not in ("mask", "args", "kwargs"):
                found[f"{name}_shape"] = map_leaves(_shape_or_none, value) if name in self.nested else tuple(value.shape)
        return found

    def shapes_for(self, layer: Any, name: str) -> dict[str, Any]:
        """The shapes that a method of the layer takes."""
        shapes = self.shapes()
        kinds = [(p.name, p.kind) for p in call_signature(layer, name).parameters.values()]
        expected = [parameter for parameter, kind in kinds if kind not in (2, 4)]
        if len(expected) == 1:
            return {expected[0]: next(iter(shapes.values()), None)}
        found: dict[str, Any] = {}
        for parameter in expected:
            if not parameter.endswith("_shape"):
                refuse("ValueError", f"For a `{name}()` method with more than one argument, all arguments should have a `_shape` suffix "
                       f"and match an argument from `call()`. For layer '{layer.py_class.name}', received `{name}()` argument "
                       f"`{parameter}`.")  # fmt: skip
            if parameter.removesuffix("_shape") not in self.all:
                refuse("ValueError", f"For layer '{layer.py_class.name}', received `{name}()` argument `{parameter}`, but `call()` does "
                       f"not have "
                       f"argument `{parameter.removesuffix('_shape')}`.")  # fmt: skip
            if parameter in shapes:
                found[parameter] = shapes[parameter]
        return found


def _shape_or_none(value: Any) -> Any:
    return None if value is None else tuple(value.shape)


class RunCall:
    """One ``layer(...)``."""

    def __init__(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.layer, self.args, self.kwargs = layer, args, dict(kwargs)
        self.run = RUN.get()

    def result(self) -> Any:
        """Do it."""
        layer, attributes = self.layer, self.layer.__dict__
        if attributes.get("_lock", True):
            layer._check_super_called()
        attributes["_called"] = True
        original = self.args, self.kwargs  # the same dict, as in Keras: a mask added below is then part of the node
        lost = next((leaf for leaf in flatten((self.args, self.kwargs)) if isinstance(leaf, Unknown)), None)
        if lost is not None and not any(map(is_tensor, flatten((self.args, self.kwargs)))):
            watch = self.run.state.get("first uses")
            return lost if watch is None else watch(layer, self.args, self.kwargs, lost)
        if attributes["_convert_input_args"] and self._needs_conversion():
            self._convert()
        if not attributes["_allow_non_tensor_positional_args"]:
            self._check_positional()
        arguments = Arguments(layer, self.args, self.kwargs)
        for name in arguments.unheard:
            self.kwargs.pop(name, None)
        check_inputs(layer, arguments.first)
        with open_scope(layer):
            _maybe_build(layer, arguments)
        context = state().context
        entered = context is None
        if entered:
            context = state().context = Context(layer)
        try:
            self._pass_context(arguments, context)
            previous = self._masks(arguments)
            with open_scope(layer):
                outputs = self._autocasted()
                attributes["built"] = True
            if attributes["_supports_masking"] and not isinstance(outputs, Unknown):
                _attach_masks(layer, arguments.first, outputs, previous)
        finally:
            if entered:
                state().context = None
        if any_symbolic(*original) and not isinstance(outputs, Unknown):
            lost = next((leaf for leaf in flatten(outputs) if isinstance(leaf, Unknown)), None)
            if lost is not None:  # without a node nothing tells where the others come from: none of them is known
                return map_leaves(lambda leaf: lost if isinstance(leaf, KerasTensor) else leaf, outputs)
            Node(layer, original[0], original[1], outputs)
        return outputs

    def _autocasted(self) -> Any:
        """The outputs, while variables are read in the type that the layer computes with (`AutocastScope`)."""
        layer, casts = self.layer, state().autocast
        policy, before = layer.__dict__["_dtype_policy"], len(casts)
        if casts:
            wanted = policy.compute_dtype if layer.__dict__["autocast"] and "float" in str(policy.compute_dtype) else None
            if wanted != casts[-1]:
                casts.append(wanted)
        elif policy.compute_dtype != policy.variable_dtype:
            casts.append(policy.compute_dtype)
        try:
            return self._outputs()
        finally:
            del casts[before:]

    def _wanted(self) -> str:
        layer = self.layer
        return layer.input_dtype if "input_dtype" in _own(layer) else layer.__dict__["_dtype_policy"].compute_dtype

    def _needs_conversion(self) -> bool:
        if self.kwargs or len(self.args) != 1 or not is_tensor(self.args[0]):
            return True
        return self.args[0].dtype != self._wanted()

    def _convert(self) -> None:
        layer, wanted = self.layer, self._wanted()
        autocast = layer.__dict__["autocast"]

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, KerasTensor):
                if autocast and "float" in leaf.dtype and leaf.dtype != wanted:
                    converted = REGISTRY["keras.ops.cast"](leaf, wanted)
                    converted.mask = leaf.mask
                    return converted
                return leaf
            if hasattr(leaf, "kind") and hasattr(leaf, "dtype") and not isinstance(leaf, Unknown):
                made = KerasTensor(leaf.shape, leaf.dtype, leaf.data)
                return convert(made)
            return leaf

        self.args = map_leaves(convert, self.args)
        self.kwargs = map_leaves(convert, self.kwargs)

    def _check_positional(self) -> None:
        for leaf in flatten(self.args):
            if leaf is not None and not is_tensor(leaf) and not isinstance(leaf, Unknown):
                refuse("ValueError", "Only input tensors may be passed as positional arguments. The following argument value should be "
                       "passed as "
                       f"a keyword argument: {leaf!r} (of type {type(leaf).__name__})")  # fmt: skip

    def _pass_context(self, arguments: Arguments, context: Context) -> None:
        for name in self.layer.__dict__.get("_call_context_args", ("training",)):
            if name in arguments.given:
                value = arguments.given[name]
            elif context.values.get(name) is not None:
                value = context.values[name]
            else:
                value = arguments.all.get(name)
            context.values[name] = value
            if value is not None and name in call_signature(self.layer).parameters:
                self.kwargs[name] = value
                self._unposition(name)

    def _unposition(self, name: str) -> None:
        """An argument given by position must not be given by name as well."""
        names = [p.name for p in call_signature(self.layer).parameters.values() if p.kind in (0, 1)]
        if name in names[: len(self.args)]:
            self.kwargs.pop(name)

    def _masks(self, arguments: Arguments) -> Any:
        """Masks attached to the inputs become arguments; gives the mask before this layer."""
        tensors, all_arguments = arguments.tensors, arguments.all
        if len(tensors) == 1:
            if "mask" in all_arguments and all_arguments["mask"] is None:
                self.kwargs["mask"] = map_leaves(_mask_of, next(iter(tensors.values())))
                self._unposition("mask")
        elif len(tensors) > 1:
            for name, value in tensors.items():
                expected = f"{name}_mask"
                if expected in all_arguments and all_arguments[expected] is None:
                    self.kwargs[expected] = map_leaves(_mask_of, value)
        if self.kwargs.get("mask") is not None:
            return self.kwargs["mask"]
        return map_leaves(_mask_of, arguments.first)

    def _outputs(self) -> Any:
        layer, held = self.layer, state()
        if any_symbolic(self.args, self.kwargs):
            return CURRENT.get().call(method(layer, "compute_output_spec"), self.args, self.kwargs)
        if held.tracing:
            return _call(layer, self.args, self.kwargs)
        record = Call(layer, self.args, self.kwargs)
        self.run.calls.append(record)
        nested, self.run.nested = self.run.nested, 0
        self.run.modules.append(layer)
        try:
            outputs = _call(layer, self.args, self.kwargs)
        finally:
            self.run.modules.pop()
            self.run.nested = nested
        record.outputs = outputs
        record.nodes = (record.nodes[0], len(self.run.nodes))
        return outputs


def _own(layer: Any) -> Any:
    found = layer.py_class.find("input_dtype")
    return () if getattr(getattr(found, "getter", None), "name", "") == "Layer.input_dtype" else ("input_dtype",)


def _call(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return CURRENT.get().call(method(layer, "call"), args, kwargs)


def _mask_of(leaf: Any) -> Any:
    return leaf.mask if isinstance(leaf, KerasTensor) else None


def _attach_masks(layer: Any, inputs: Any, outputs: Any, previous: Any) -> None:
    flat = [leaf for leaf in flatten(outputs) if isinstance(leaf, KerasTensor)]
    if all(leaf.mask is not None for leaf in flat):
        return
    masks = CURRENT.get().call(method(layer, "compute_mask"), (inputs, previous), {})
    if masks is None or isinstance(masks, Unknown):
        return
    for tensor, mask in zip(flat, flatten(masks), strict=False):
        if tensor.mask is None and mask is not None and not isinstance(tensor, Variable):
            tensor.mask = mask


def _maybe_build(layer: Any, arguments: Arguments) -> None:
    if layer.__dict__["built"]:
        return
    machine = CURRENT.get()
    if not is_default(layer, "build"):
        shapes = arguments.shapes_for(layer, "build")
        machine.call(layer.__dict__["build"], (), shapes)
        check_inputs(layer, arguments.first)
        return
    if any(not lower.__dict__.get("built", True) for lower in layer.__dict__["_layers"] if isinstance(lower, Instance)):
        with suppress(Raised, Lost, Refusal):  # Keras warns and goes on
            trace(layer, (), arguments.all)
    machine.call(layer.__dict__["build"], (next(iter(arguments.shapes().values()), None),), {})


def trace(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run ``call`` on placeholders of the same shapes (``backend.compute_output_spec``): nothing of it is recorded."""

    def placeholder(leaf: Any) -> Any:
        if isinstance(leaf, KerasTensor) and not isinstance(leaf, Variable):
            return KerasTensor(leaf.shape, leaf.dtype, None if leaf.symbolic else leaf.data)
        return leaf

    def symbol(leaf: Any) -> Any:
        if isinstance(leaf, KerasTensor):
            made = KerasTensor(leaf.shape, leaf.dtype, None, True)
            made.mask = leaf.mask if leaf.mask is None or leaf.mask.symbolic else None
            return made
        if isinstance(leaf, (int, float, Dim)) and not isinstance(leaf, bool):
            return leaf
        return leaf

    held, run = state(), RUN.get()
    held.tracing += 1
    run.nested += 1
    try:
        signature_args, signature_kwargs = _as_given(layer, map_leaves(placeholder, args), map_leaves(placeholder, kwargs))
        outputs = _call(layer, signature_args, signature_kwargs)
    finally:
        held.tracing -= 1
        run.nested -= 1
    return map_leaves(symbol, outputs)


def _as_given(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments by name as ``call`` takes them: what its ``*args`` and ``**kwargs`` hold goes back where it came from."""
    if args:
        return args, kwargs
    positional: list[Any] = []
    named = dict(kwargs)
    for parameter in call_signature(layer).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL and parameter.name in named:
            positional.extend(named.pop(parameter.name))
        elif parameter.kind is parameter.VAR_KEYWORD and isinstance(named.get(parameter.name), dict):
            named.update(named.pop(parameter.name))
    return tuple(positional), named


def specify(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``Layer.compute_output_spec``: by ``compute_output_shape`` where the layer has one, else by running ``call``."""
    if is_default(layer, "compute_output_shape"):
        return trace(layer, args, kwargs)
    arguments = Arguments(layer, args, kwargs)
    shapes = arguments.shapes_for(layer, "compute_output_shape")
    rule = raw(layer, "compute_output_shape")
    if rule is not None:
        found = rule(layer, **shapes)
    else:
        shapes = {name: map_shapes(outward, shape) for name, shape in shapes.items()}
        found = CURRENT.get().call(method(layer, "compute_output_shape"), (), shapes)
    if isinstance(found, Unknown):
        return found
    dtype = layer.compute_dtype
    return map_shapes(lambda shape: _specified(shape, dtype), found)


def _specified(shape: Any, dtype: str) -> Any:
    if isinstance(shape, Unknown):
        return shape
    if not is_shape(shape):
        lost = next((leaf for leaf in flatten(shape) if isinstance(leaf, Unknown)), None)
        return lost or RUN.get().unknown(Reason.UNSUPPORTED, f"the output shape {shape!r}")
    return KerasTensor(inward(shape), dtype, None, True)


__all__ = ["Arguments", "Call", "Context", "RunCall", "Undecided", "defined", "specify", "trace"]
