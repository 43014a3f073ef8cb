"""What a model is: modules, parameters, buffers, calls, data flow, and what is not known of them.

Every reader makes an `Architecture`; rules, comparisons and renderers only ever see that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .diagnostic import Diagnostic
from .dim import Dim, Fact
from .dtype import bits
from .graph import Graph, Record, TensorType
from .inference import Inference
from .span import NOWHERE, Span
from .substitution import substituted
from .unknown import Unknown


@dataclass(frozen=True, slots=True)
class Module:
    """One entry of ``named_modules(remove_duplicate=False)``, or one Keras layer.

    Args:
        name: Dotted path; the root is ``""``. Keras layers have their Keras names, nested ones ``outer/inner``.
        type: Qualified class name, e.g. ``torch.nn.modules.conv.Conv2d``.
        arguments: What its constructor was given, by parameter name, where that is known.
        defined_at: The call that constructed it.
        class_at: The definition of its class, when source says it.
        shared_with: The first name of the same object, when it is registered under several.
        output_shapes: Keras only: symbolic output shapes, batch None.
        inbound: Keras only: names of the layers it is fed by.
        times: How many modules it stands for, when its name has a place to be filled: ``h.{i}``.
    """

    name: str
    type: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    defined_at: Span = NOWHERE
    class_at: Span = NOWHERE
    shared_with: str | None = None
    output_shapes: tuple[Any, ...] | None = None
    inbound: tuple[str, ...] | None = None
    trainable: bool = True
    times: int | Dim = 1

    @property
    def class_name(self) -> str:
        """The last part of the type."""
        return self.type.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A layer or parameter that a module holds in a plain container.

    Args:
        module: The path of the module.
        attribute: Its attribute.
        container: ``list``, ``tuple`` or ``dict``.
        what: The class of the layer, or ``Parameter``.
        owner: The qualified name of the module's class.
        owner_at: The definition of that class.
        made_at: The call that made the layer; of a parameter, that of the module.
    """

    module: str
    attribute: str
    container: str
    what: str
    owner: str
    owner_at: Span
    made_at: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named parameter; ``tied_to`` is the first name of the same object, ``shape`` None while lazy or unknown.

    It stands for ``times`` parameters of that shape when its name has a place to be filled: ``h.{i}.weight``.
    """

    name: str
    shape: tuple[int | Dim, ...] | None
    dtype: str = "float32"
    trainable: bool = True
    tied_to: str | None = None
    at: Span = NOWHERE
    times: int | Dim = 1

    @property
    def count(self) -> int | Dim:
        """The number of elements; 0 while the shape is not known."""
        return math.prod(self.shape) * self.times if self.shape is not None else 0


@dataclass(frozen=True, slots=True)
class Buffer:
    """A named buffer; persistent ones are part of the state dict."""

    name: str
    shape: tuple[int | Dim, ...] | None
    dtype: str = "float32"
    persistent: bool = True
    tied_to: str | None = None
    at: Span = NOWHERE
    times: int | Dim = 1

    @property
    def count(self) -> int | Dim:
        """The number of elements; 0 while the shape is not known."""
        return math.prod(self.shape) * self.times if self.shape is not None else 0


@dataclass(frozen=True, slots=True)
class Call:
    """One entry into a module's forward.

    Args:
        module: Its (first) name.
        inputs: The positional arguments: `TensorType`, None, scalars, containers, `Record`, `Unknown`.
        keywords: The keyword arguments that hold tensors.
        outputs: What it returned, as one tuple: a single value is a tuple of one.
        at: Where the source calls it.
        stack: The places of the calls that led there, outermost first.
        macs: Multiply-accumulate operations inside, children included, all times together.
        depth: How many modules are being run around it.
        times: How often it happens, when it stands for the rounds of a loop.
    """

    module: str
    inputs: tuple[Any, ...]
    keywords: Mapping[str, Any]
    outputs: tuple[Any, ...]
    at: Span = NOWHERE
    stack: tuple[Span, ...] = ()
    macs: int | Dim = 0
    elementwise: int | Dim = 0
    depth: int = 0
    times: int | Dim = 1


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something taken for granted on the way, and where."""

    message: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Requirement:
    """A fact about sizes without which the program raises, and where it does."""

    fact: Fact
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another outcome of an undecided condition: the condition in source terms, and the architecture under it."""

    condition: str
    span: Span
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class Architecture:
    """Everything known of one model.

    Args:
        target: What was asked for, e.g. ``model.py:Net(10)``.
        framework: ``torch``, ``keras``, ``tensorflow``, ``onnx`` ...
        inputs: What the forward was given, by parameter name; empty when it was not run.
        modules: By name, in ``named_modules(remove_duplicate=False)`` order.
        parameters: By name, in ``named_parameters(remove_duplicate=False)`` order.
        buffers: By name, likewise.
        calls: Module calls in the order of entry, eval mode, the root first.
        graph: The data flow between them.
        outputs: What the forward returned: a tuple of the values, one for a single tensor.
        unknown: What could not be known, with reason and place.
        assumptions: What was taken for granted.
        requirements: What sizes must satisfy, or the program raises: ``dim % heads == 0``.
        inference: How the input was found, when nobody gave one.
        diagnostics: What is wrong with the model.
        alternatives: Other outcomes of undecided conditions.
        source: Text of the files that matter, by path, for showing lines.
    """

    target: str
    framework: str = "torch"
    inputs: Mapping[str, Any] = field(default_factory=dict)
    modules: Mapping[str, Module] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    buffers: Mapping[str, Buffer] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    graph: Graph = field(default_factory=Graph)
    outputs: tuple[Any, ...] | None = None
    unknown: tuple[Unknown, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    inference: Inference | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("inputs", "modules", "parameters", "buffers", "attributes"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def name(self) -> str:
        """The class of the root module."""
        root = self.modules.get("")
        return root.class_name if root else self.target

    def at(self, **values: int | Dim) -> Architecture:
        """With sizes in place of symbols: ``architecture.at(dim=768, heads=12)``; a dotted name by its last part."""
        return substituted(self, values)

    @property
    def parameter_count(self) -> int | Dim:
        """Elements of all parameters, a tied one counted once."""
        return sum(p.count for p in self.parameters.values() if p.tied_to is None)

    @property
    def listed_parameter_count(self) -> int | Dim:
        """Elements of all parameters, a tied one counted under each of its names."""
        return sum(p.count for p in self.parameters.values())

    @property
    def trainable_count(self) -> int | Dim:
        """Elements of the trainable parameters, a tied one counted once."""
        return sum(p.count for p in self.parameters.values() if p.tied_to is None and p.trainable)

    @property
    def bytes(self) -> Mapping[str, int | Dim]:
        """Bytes of parameters and buffers by element type, tied ones once."""
        totals: dict[str, int | Dim] = {}
        for tensor in (*self.parameters.values(), *self.buffers.values()):
            if tensor.tied_to is None and tensor.shape is not None:
                totals[tensor.dtype] = totals.get(tensor.dtype, 0) + tensor.count * bits(tensor.dtype) // 8
        return totals

    @property
    def macs(self) -> int | Dim:
        """Multiply-accumulate operations of matmul, convolution and attention in one forward.

        ``attributes["uncounted"]`` says why a saved model's are not known: then these are not all.
        """
        return sum(node.macs for node in self.graph)

    @property
    def activation_bytes(self) -> int | Dim | None:
        """Bytes of everything that the steps of one forward give, were all of it kept: views of a tensor count like copies.

        None where a size is open, as the batch of a Keras model that was not run, or not known.
        """
        total: int | Dim = 0
        for node in self.graph:
            size = _bytes(node.output) if node.op.startswith("call_") else 0
            if size is None:
                return None
            total += size * node.times
        return total

    @property
    def complete(self) -> bool:
        """Whether nothing about it is unknown."""
        return not self.unknown


def _bytes(value: Any) -> int | Dim | None:
    """Bytes of all tensors in a value; None where one has a size that is open or not known."""
    if isinstance(value, TensorType):
        sizes = value.shape
        return math.prod(sizes) * bits(value.dtype) // 8 if all(isinstance(size, int | Dim) for size in sizes) else None
    if isinstance(value, Record):
        value = value.fields
    if isinstance(value, Mapping):
        value = list(value.values())
    parts = [_bytes(item) for item in value] if isinstance(value, tuple | list) else []
    known = [part for part in parts if part is not None]
    return sum(known, 0) if len(known) == len(parts) else None
