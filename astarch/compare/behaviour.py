"""Whether two forwards compute the same for equal weights: their data flow in one canonical form.

The form forgets what makes no difference to the result: names of modules, functions against layers, in place or not,
dropout in eval mode, the way a shape was asked for. Two steps are the same when they do the same with the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..ir.architecture import Architecture
from ..ir.graph import Node, TensorType
from ..ir.unknown import Unknown
from .algebra import attention, cast, counted, created, joined, picks_all, product, scaled, times, with_axes
from .patterns import by_pattern
from .spelling import spelled
from .views import PARTS, RESHAPES, Views

_WINDOW = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
_MAX = {"kernel_size": None, "stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
_MEAN = {"kernel_size": None, "stride": None, "padding": 0, "ceil_mode": False, "count_include_pad": True, "divisor_override": None}
_LOOKUP = {"padding_idx": None, "max_norm": None, "norm_type": 2.0, "scale_grad_by_freq": False, "sparse": False}
_PLAIN = "ReLU SELU SiLU Mish ReLU6 Sigmoid Tanh Hardswish Hardsigmoid Tanhshrink Softsign LogSigmoid"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Layers that are a function with their settings as arguments: the settings, and the function's defaults for them.
_FUNCTIONS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    **{name: (name.lower(), {}) for name in _words(_PLAIN)},
    "GELU": ("gelu", {"approximate": "none"}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": 0.01}),
    "ELU": ("elu", {"alpha": 1.0}),
    "Softmax": ("softmax", {"dim": None}),
    "LogSoftmax": ("log_softmax", {"dim": None}),
    "Linear": ("linear", {}),
    "NonDynamicallyQuantizableLinear": ("linear", {}),
    "Embedding": ("embedding", _LOOKUP),
    "LayerNorm": ("layer_norm", {"normalized_shape": None, "eps": 1e-05}),
    "GroupNorm": ("group_norm", {"num_groups": None, "eps": 1e-05}),
    **{f"Conv{n}d": (f"conv{n}d", _WINDOW) for n in (1, 2, 3)},
    **{f"MaxPool{n}d": (f"max_pool{n}d", _MAX) for n in (1, 2, 3)},
    **{f"AvgPool{n}d": (f"avg_pool{n}d", _MEAN) for n in (1, 2, 3)},
    **{f"AdaptiveAvgPool{n}d": (f"adaptive_avg_pool{n}d", {"output_size": None}) for n in (1, 2, 3)},
    **{f"AdaptiveMaxPool{n}d": (f"adaptive_max_pool{n}d", {"output_size": None}) for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": ("batch_norm", {"eps": 1e-05}) for n in (1, 2, 3)},
}

#: Settings of layers that do not matter to what an eval forward computes, beside what their weights' shapes say anyway.
_IDLE_SETTINGS = _words(
    "training inplace in_features out_features in_channels out_channels num_features num_embeddings embedding_dim momentum affine "
    "elementwise_affine track_running_stats num_channels device dtype return_indices"
)
_IDLE_ARGUMENTS = _words("inplace device out memory_format non_blocking copy requires_grad pin_memory generator layout")
_IDENTITIES = _words("contiguous clone detach requires_grad_ identity")
_CASTS = _words("to type type_as float double half bfloat16 cuda cpu")
_DROPOUTS = _words("dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout feature_dropout")
_DROPOUT_LAYERS = _words("Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout")
_TENSORS = (("node",), ("input",), ("made",), ("tensor",), ("values",))
_COMMUTE = _words("add mul eq ne maximum minimum logical_and logical_or")


@dataclass(slots=True)
class Flow:
    """A data flow in canonical form.

    Attributes:
        result: What the outputs are, as a key that equals another flow's when both compute the same.
        steps: The key of every node that the outputs need and that does anything, in order, with the node.
        used: The keys of the state dict in the order of their use.
        unknown: What is not known of it.
    """

    result: Any = None
    steps: list[tuple[Any, Node]] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Interned:
    """Numbers for canonical forms: equal forms get equal numbers, in all flows that share it."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._forms: list[Any] = []
        self.views = Views(self.number, self.form)

    def number(self, form: Any) -> int:
        """The number of a form."""
        found = self._numbers.setdefault(form, len(self._numbers))
        if found == len(self._forms):
            self._forms.append(form)
        return found

    def form(self, number: Any) -> Any:
        """The form of a number; None for what is none."""
        return self._forms[number] if type(number) is int else None


def flow_of(model: Architecture, interned: Interned, names: Mapping[str, str], *, blind: bool = False) -> Flow | None:
    """The canonical data flow; None when the forward was not run to its end.

    Args:
        model: What was read, with inputs.
        interned: Shared by the flows that are to be compared.
        names: The name that a key of the state dict goes under, where it is another one.
        blind: Whether all constants whose values are not known count as the same.
    """
    if model.outputs is None or not model.graph.results:
        return None
    return _Reader(model, interned, names, blind).read()


class _Reader:
    def __init__(self, model: Architecture, interned: Interned, names: Mapping[str, str], blind: bool) -> None:
        self.model, self.interned, self.names, self.blind = model, interned, names, blind
        self.values: list[Any] = []
        self.flow = Flow()
        self.used: dict[str, None] = {}
        self.constants: dict[int, Any] = {}
        self._constant = interned.number(("made",))
        steps = model.graph.construction
        self.construction = {
            number: Node(number, "call_function", op, output=output, attributes={"arguments": given})
            for number, (op, given, output) in steps.items()
        }
        ties = {item.name: item.tied_to for item in (*model.parameters.values(), *model.buffers.values()) if item.tied_to}
        self.dtypes = {item.name: item.dtype for item in (*model.parameters.values(), *model.buffers.values())}
        self.first = {name: ties.get(name, name) for name in (*model.parameters, *model.buffers)}

    def read(self) -> Flow:
        needed = self._needed()
        for node in self.model.graph:
            if node.index not in needed:
                self.values.append(None)
                continue
            value = self._step(node)
            self.values.append(value)
            if isinstance(node.output, TensorType):
                self.interned.views.note(value, node.output.shape)
            if not self._passed_on(node, value):
                self.flow.steps.append((value, node))
        self.flow.result = self._form(self.model.graph.results[0])
        if _has_unknown(self.model.graph.results[0]):
            self.flow.unknown.append("what the forward returns is not fully known")
        self.flow.used = list(self.used)
        return self.flow

    def _passed_on(self, node: Node, value: Any) -> bool:
        """Whether a step does nothing: a layer that stands for none, a copy."""
        stated = next(iter(node.attributes.get("arguments", {}).values()), None)
        return isinstance(stated, tuple) and stated[:1] in (("node",), ("input",)) and self._form(stated) == value

    def _needed(self) -> set[int]:
        """The nodes that the outputs come from."""
        border = list(_indices(self.model.graph.results[0]))
        found: set[int] = set()
        while border:
            index = border.pop()
            if index not in found:
                found.add(index)
                border.extend(self.model.graph[index].inputs)
        return found

    def _step(self, node: Node) -> Any:
        """What a node computes: an earlier value that it passes on, or a number of its own."""
        given = node.attributes.get("arguments", {})
        if any(_has_unknown(value) for value in given.values()):
            place = f"({node.at})" if node.at.line else "where the model is built"
            self.flow.unknown.append(f"what `{node.target}` is given is not known {place}")
        if node.op == "call_module":
            return self._layer(node, given)
        home, _, base = node.target.rpartition(".")
        base, swapped = spelled(base)
        if home not in ("torch", "torch.Tensor", "torch.nn.functional", "torch._C._nn", "torch.functional"):
            base = f"{home}.{base}"
        return self._function(
            node, base, {name: self._form(value) for name, value in given.items() if name not in _IDLE_ARGUMENTS}, swapped
        )

    def _layer(self, node: Node, given: Mapping[str, Any]) -> Any:
        kind = str(node.attributes.get("kind", "")).rpartition(".")[2]
        settings = node.attributes.get("settings", {})
        arguments = {name: self._form(value) for name, value in given.items() if name not in _IDLE_ARGUMENTS}
        tensors = {name: self._form(value) for name, value in node.attributes.get("tensors", {}).items() if name != "num_batches_tracked"}
        if kind == "Identity" or (kind in _DROPOUT_LAYERS and not settings.get("training")):
            return next(iter(arguments.values()), None)
        if kind == "Flatten":
            return self._function(node, "flatten", arguments, False)
        if "pattern" in settings and (moved := self._moved(node, kind, settings, next(iter(arguments.values()), None))) is not None:
            return moved
        if (
            kind in _FUNCTIONS
            and settings.get("padding_mode", "zeros") == "zeros"
            and not (settings.get("training") and kind.startswith("BatchNorm"))
        ):
            name, defaults = _FUNCTIONS[kind]
            own = {
                key: self._form(settings[key]) for key, default in defaults.items() if key in settings and not _same(settings[key], default)
            }
            return self._function(node, name, {**arguments, **tensors, **own}, False)
        kept = tuple(sorted((key, self._form(value)) for key, value in settings.items() if key.rpartition(".")[2] not in _IDLE_SETTINGS
                            and not _is_rate(key)))  # fmt: skip
        return self.interned.number(
            ("layer", kind or node.target, kept, tuple(sorted(tensors.items())), tuple(sorted(arguments.items(), key=str)))
        )

    def _function(self, node: Node, base: str, arguments: dict[str, Any], swapped: bool) -> Any:
        values = list(arguments.values())
        first = values[0] if values else None
        if base in _IDENTITIES or (base in _DROPOUTS and arguments.get("training") is False) or (base in _CASTS and self._unchanged(node)):
            return first
        if self._idle(node, base, arguments, swapped):
            return first
        if self.blind and self._is_constant(values):
            return self._constant
        known = self._moved(node, base, node.attributes.get("arguments", {}), first)
        known = known if known is not None else self._copied(node, base, arguments)
        if known is not None:
            return known
        arguments = {name: _single(value) for name, value in arguments.items() if not (name == "training" and value is False)}
        known = self._by_algebra(node, base, arguments, swapped)
        if known is not None:
            return known
        arguments = with_axes(base, arguments, node.output)
        if base == "cat" and (together := joined(arguments, self.interned.number, self.interned.form)) is not None:
            return together
        if base in ("conv1d", "conv2d", "conv3d") or "_pool" in base or base in ("layer_norm", "group_norm", "batch_norm"):
            arguments = {
                name: value for name, value in arguments.items() if value is not None and name not in ("num_batches_tracked", "momentum")
            }
            if "_pool" in base and str(arguments.get("stride")) == str(arguments.get("kernel_size")):
                arguments.pop("stride", None)
        values = list(arguments.values())
        if swapped:
            values.reverse()
        if base in _COMMUTE:
            values.sort(key=str)
        if base in _COMMUTE or swapped or base in ("sub", "div", "matmul", "pow", "floordiv", "mod", "lt", "gt", "le", "ge", "getitem"):
            return self.interned.number((base, *values))
        return self.interned.number((base, *sorted(arguments.items(), key=lambda item: item[0])))

    def _by_algebra(self, node: Node, base: str, arguments: dict[str, Any], swapped: bool) -> Any:
        """What is written in another way elsewhere, in the one form for it; None when it is not of that kind."""
        number, form = self.interned.number, self.interned.form
        values = list(arguments.values())
        if base == "scaled_dot_product_attention":
            query, mask = (self._type(node.attributes.get("arguments", {}).get(name)) for name in ("query", "attn_mask"))
            if query is None or (mask is None and arguments.get("attn_mask") is not None):
                return None
            key = self._type(node.attributes["arguments"].get("key"))
            turned = partial(self._turned, shape=key.shape if key is not None else None)
            return attention(arguments, query, mask.dtype if mask is not None else "", turned, number, form)
        if len(values) != 2:
            return None
        if base == "matmul":
            return product(values[::-1] if swapped else values, number, form)
        if base == "mul" or (base == "div" and not swapped and "rounding_mode" not in arguments):
            one, other = sorted(values, key=lambda value: type(value) is float)
            if type(one) is not int or type(other) is not float or (base == "div" and (other == 0 or type(values[1]) is not float)):
                return None
            value, factor = scaled(one, form)
            return times(value, factor * (other if base == "mul" else 1 / other), number)
        return None

    def _type(self, value: Any) -> TensorType | None:
        """The type of a stated tensor, where it is known."""
        if isinstance(value, tuple) and value[:1] == ("tensor",):
            item = self.model.parameters.get(value[1]) or self.model.buffers.get(value[1])
            return TensorType(item.shape, item.dtype) if item is not None and item.shape is not None else None
        if isinstance(value, tuple) and value[:1] == ("values",):
            return TensorType(tuple(value[2][1:]), value[1])
        if isinstance(value, tuple) and value[:1] == ("input",) and not value[2]:
            found = self.model.inputs.get(value[1])
            return found if isinstance(found, TensorType) else None
        if isinstance(value, tuple) and value[:1] == ("after",):
            return self._type(value[2])
        if not isinstance(value, tuple) or value[:1] not in (("node",), ("made",)):
            return None
        node = (self.model.graph if value[0] == "node" else self.construction)[value[1]]
        found = node.output
        if node.target.endswith(".__setitem__"):  # it gives nothing back: what it wrote to goes on
            return self._type(next(iter(node.attributes.get("arguments", {}).values()), None))
        if not value[2]:
            return found if isinstance(found, TensorType) else None
        if len(value[2]) == 1:
            part = (
                found[value[2][0]] if isinstance(found, (tuple, list)) and type(value[2][0]) is int and value[2][0] < len(found) else None
            )
            return part if isinstance(part, TensorType) else None
        return None

    def _moved(self, node: Node, base: str, given: Mapping[str, Any], first: Any) -> Any:
        """The elements of one value in another order or shape, a number before them; None where it is not that."""
        source = self._type(next(iter(node.attributes.get("arguments", {}).values()), None))
        if not isinstance(node.output, TensorType) or type(first) is not int:
            return None
        if source is not None and source.dtype != node.output.dtype:
            return None
        value, factor = scaled(first, self.interned.form)
        before = source.shape if source is not None else None
        if base in RESHAPES:
            found = self.interned.views.reshaped(value, before, node.output.shape)
        elif "pattern" in given:
            found = by_pattern(base.rpartition(".")[2], given, value, (before, node.output.shape), self.interned.views)
        else:
            found = self.interned.views.moved(base, given, value, before, node.output.shape)
        return times(found, factor, self.interned.number) if found is not None else None

    def _copied(self, node: Node, base: str, arguments: Mapping[str, Any]) -> Any:
        """What is copied into a tensor of the same kind, or counted; in another element type, where every number is one of its own."""
        given = list(node.attributes.get("arguments", {}).values())
        if not isinstance(node.output, TensorType):
            return None
        if base == "copy" and len(given) == 2:
            return arguments.get("src") if self._type(given[1]) == node.output else None
        made = created(base, arguments, node.output, self.interned.number)
        if made is not None:
            return made
        if base == "arange":
            return counted(list(arguments.items()), node.output.dtype, self.interned.number)
        return (
            cast(first, node.output.dtype, self.interned.number, self.interned.form)
            if base in _CASTS and (first := arguments.get(next(iter(arguments), ""))) is not None
            else None
        )

    def _is_constant(self, values: list[Any]) -> bool:
        """Whether all tensors given are constants that are not looked at."""
        numbers = [value for value in values if type(value) is int]
        return bool(numbers) and all(value == self._constant for value in numbers)

    def _turned(self, value: Any, shape: tuple[Any, ...] | None) -> Any:
        """A value with its last two axes changed about."""
        if shape is None:
            return None
        value, factor = scaled(value, self.interned.form)
        found = self.interned.views.moved("mT", {"": None}, value, shape, (*shape[:-2], shape[-1], shape[-2]))
        return times(found, factor, self.interned.number) if found is not None else None

    def _part(self, whole: Any, node: Node, path: tuple[Any, ...]) -> Any:
        """A part of what a step gave: of what cuts a value up, a stretch of it."""
        parts = node.output
        if node.target.rpartition(".")[2] in PARTS and len(path) == 1 and isinstance(parts, tuple | list) and type(path[0]) is int:
            given = node.attributes.get("arguments", {})
            stated = next(iter(given.values()), None)
            source, dim = self._type(stated), given.get("dim", 0)
            value = self._form(stated)
            if source is not None and type(value) is int and type(dim) is int and all(isinstance(part, TensorType) for part in parts):
                value, factor = scaled(value, self.interned.form)
                cut = len(parts[0].shape) == len(source.shape)
                start = sum(part.shape[dim] for part in parts[: path[0]]) if cut else path[0]
                found = self.interned.views.part(value, source.shape, dim, start, parts[path[0]].shape)
                if found is not None:
                    return times(found, factor, self.interned.number)
        return ("part", whole, path)

    def _idle(self, node: Node, base: str, arguments: dict[str, Any], swapped: bool) -> bool:
        """Whether an operation gives back what it gets: padding by nothing, times one, the mean of single places."""
        values = list(arguments.values())
        if base == "pad":
            return isinstance(values[1], tuple) and set(values[1][1:]) == {0.0}
        if type(values[0] if values else None) is not int or not self._unchanged(node):
            return False
        if base.startswith("adaptive_") and base.endswith("d"):
            return True  # as many places as there were
        if len(values) != 2:
            return False
        if base == "getitem":
            return picks_all(values[1])
        if swapped and base in ("sub", "div"):
            return False
        return values[1] == {"mul": 1.0, "div": 1.0, "add": 0.0, "sub": 0.0}.get(base, ...) and type(values[1]) is float

    def _unchanged(self, node: Node) -> bool:
        given = node.attributes.get("arguments", {}).values()
        sources = [value for value in given if isinstance(value, tuple) and value[:1] in _TENSORS]
        return isinstance(node.output, TensorType) and len(sources) == 1 and self._type(sources[0]) == node.output

    def _form(self, value: Any) -> Any:
        """A stated value, its tensors as numbers."""
        if not isinstance(value, tuple):
            return (
                float(value)
                if type(value) is int and abs(value) < 2**40
                else value
                if isinstance(value, (int, float, str, bool)) or value is None
                else str(value)
            )
        if value[0] == "node":
            found = self.values[value[1]]
            return self._part(found, self.model.graph[value[1]], value[2]) if value[2] else found
        if value[0] == "tensor":
            key: str = value[1]
            name = self.first.get(key, key)
            self.used[name] = None
            return self.interned.number(("key", self.names.get(name, name), self.dtypes.get(name)))
        if value[0] == "made":
            return self._made(value)
        if value[0] == "input":
            return self.interned.number(("input", str(value[1:])))
        return tuple(self._form(item) for item in value)

    def _made(self, value: tuple[Any, ...]) -> Any:
        """A constant by the steps that made it."""
        if self.blind:
            return self._constant
        if value[1] not in self.constants:
            for number in sorted(self.construction):  # what a step was given was made before it
                self.constants[number] = self._step(self.construction[number])
        return self._part(self.constants[value[1]], self.construction[value[1]], value[2]) if value[2] else self.constants[value[1]]


def _single(value: Any) -> Any:
    """Equal sizes in every direction as one: ``(3, 3)`` and ``3`` mean the same."""
    if isinstance(value, tuple) and len(value) > 2 and value[0] == "list" and all(type(item) is float for item in value[1:]):
        return value[1] if len(set(value[1:])) == 1 and len(value) <= 4 else value
    if (
        isinstance(value, tuple)
        and len(value) == 2
        and value[0] == "list"
        and (type(value[1]) is float or (isinstance(value[1], tuple) and value[1][:1] == ("list",)))
    ):
        return _single(value[1])
    return value


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, tuple) and value[:1] == ("list",) and len(value) > 1:
        return all(item == default for item in value[1:])
    return type(value) is type(default) and bool(value == default)


def _is_rate(name: str) -> bool:
    """A setting that only counts in training."""
    last = name.rpartition(".")[2]
    return last in ("p", "dropout", "drop_prob", "dropout_p")


def _indices(value: Any) -> Any:
    if isinstance(value, tuple):
        if len(value) == 3 and value[0] == "node":
            yield value[1]
        else:
            for item in value:
                yield from _indices(item)


def _has_unknown(value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    return isinstance(value, tuple) and (value[:1] == ("unknown",) or value[:1] == ("deep",) or any(_has_unknown(item) for item in value))
