"""What an unbuilt Keras model takes when nobody says: its structure by how ``call`` uses it, its axes by the layer that meets it first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from ..frameworks.keras.model.checking import InputSpec
from ..frameworks.keras.model.instances import LayerInstance, method
from ..frameworks.keras.model.layer import call_signature, flatten_layers
from ..frameworks.keras.nested import flatten
from ..frameworks.keras.tensor import KerasTensor, outward
from ..interpreter.budget import BudgetSpent
from ..interpreter.compile.scopes import walk
from ..interpreter.machine import Machine
from ..interpreter.values import Function, Lost, Raised
from ..ir.architecture import Architecture
from ..ir.dim import Dim
from ..ir.inference import Inference
from ..ir.refusal import Refusal
from ..ir.unknown import Reason, Unknown
from ..source import syntax as s
from .keras_axes import AXES, Shape, axes_of

Kinds = list[tuple[Shape, str]]

#: So many inputs are tried.
MOST_TRIES = 12


@dataclass(frozen=True, slots=True)
class Leaf:
    """One tensor that a model is given: the parameter, and where in it the tensor stands."""

    parameter: str
    key: str | int | None = None

    def __str__(self) -> str:
        return self.parameter if self.key is None else f"{self.parameter}[{self.key!r}]"


class KerasGuess:
    """The input of one reading of a model that is built by its first call.

    Attributes:
        needed: The model turned out to be one.
        number: Which of the inputs worth trying it is called on; None for none.
        watching: It is called on nothing known, to see which layers meet its inputs first.
        users: By the text of a leaf, the layer that met it first.
        inputs: What it was called on, as ``--input`` takes it.
        tries: How many inputs are worth trying.
        unbuilt: A layer has no weights yet, or the model would make some of its own.
        whole: It is a model, which takes what its program gives it; a mere layer takes what stands before it.
    """

    def __init__(self) -> None:
        self.needed = self.watching = self.unbuilt = self.whole = False
        self.number: int | None = None
        self.users: dict[str, Any] = {}
        self.inputs: dict[str, str] = {}
        self.tries = 0

    def call(self, machine: Machine, root: Any, state: dict[str, Any], given: dict[str, Any]) -> Any:
        """Call the model as this reading is to; nothing when it is only asked whether it must be."""
        if not self.needed:
            self.needed = True
            below = [layer for layer in flatten_layers(root, False, True) if isinstance(layer, LayerInstance)]
            self.whole = any(cls.namespace.get("described_as") == "keras.Model" for cls in root.py_class.mro)
            makes = isinstance(root.py_class.find("build"), Function) or not all(layer.__dict__.get("built", True) for layer in below)
            self.unbuilt = makes and getattr(root.py_class.find("call"), "name", "") != "Model.call"  # which calls nothing
        leaves = leaves_of(root)
        if self.watching:
            return self._watch(machine, root, leaves, state)
        if self.number is None or not leaves:
            return None
        found = list(islice(inputs_for(leaves, self.users, root), MOST_TRIES))
        self.tries = len(found)
        chosen = found[self.number]
        self.inputs = {str(leaf): f"{','.join(map(str, shape))}" + (f":{dtype}" if dtype != "float32" else "")
                       for leaf, (shape, dtype) in zip(leaves, chosen, strict=True)}  # fmt: skip
        values = [KerasTensor([Dim.symbol(size) if isinstance(size, str) else size for size in shape], dtype) for shape, dtype in chosen]
        arguments = _arguments(leaves, values)
        given.update(arguments)
        return machine.call(root, (), arguments)

    def _watch(self, machine: Machine, root: Any, leaves: list[Leaf], state: dict[str, Any]) -> None:
        own = root.py_class.find("call")
        if not isinstance(own, Function):
            self.users = {str(leaf): root for leaf in leaves if kinds_of(root)}
            return
        names = {str(leaf) for leaf in leaves}

        def met(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], lost: Unknown) -> Any:
            told = kinds_of(layer)
            for value in flatten((args, kwargs)):
                if isinstance(value, Unknown) and value.detail in names and told:
                    self.users.setdefault(value.detail, layer)
            if isinstance(layer.py_class.find("call"), Function):
                return machine.call(method(layer, "call"), args, kwargs)
            return Unknown(Reason.UNDECIDED, "") if told else lost

        state["first uses"] = met
        try:
            machine.call(method(root, "call"), (), _arguments(leaves, [Unknown(Reason.UNDECIDED, str(leaf)) for leaf in leaves]))
        except (Raised, Lost, Refusal, BudgetSpent):
            pass  # what was seen up to there is seen
        finally:
            state.pop("first uses", None)


def worked_out(
    found: Architecture, guess: KerasGuess, asked: bool, read: Callable[[], Architecture], watch: Callable[[], object]
) -> Architecture:
    """The reading on the input that fits; the one without a call when none does, or when nobody asked for one of a mere layer.

    Args:
        found: The reading without a call.
        guess: What every reading asks for its input.
        asked: An input is to be worked out for layers too.
        read: Reads once more.
        watch: Reads once, only to see the first uses.
    """
    if not (asked or guess.whole):
        lost = Unknown(Reason.UNDECIDED, "the weights that the layer makes when it is first called: it was given no input")
        return replace(found, unknown=(*found.unknown, lost)) if guess.unbuilt else found
    guess.watching = True
    watch()
    guess.watching, guess.number, guess.tries = False, 0, 1
    best: tuple[int, Architecture, dict[str, str]] | None = None
    while guess.number < guess.tries:
        tried = read()
        if not guess.inputs:
            break
        if not any(finding.severity == "error" for finding in tried.diagnostics):
            doubts = len(tried.assumptions) + len(tried.unknown) + (0 if _is_known(tried.outputs) else 1000)
            if best is None or doubts < best[0]:
                best = doubts, tried, guess.inputs
            if not doubts:
                break
        guess.number += 1
    if best is not None:
        return _told(best[1], best[2], guess)
    if not guess.unbuilt:  # a model that is only trained, or one of which all weights are there, is as it stands
        return found
    lost = Unknown(Reason.UNDECIDED, "the weights of layers that are built by a first call, for which no input was found that fits")
    return replace(found, inference=Inference({}), unknown=(*found.unknown, lost))


def _told(found: Architecture, inputs: dict[str, str], guess: KerasGuess) -> Architecture:
    layer = next(iter(guess.users.values()), None) if len(guess.users) == 1 else None
    name = layer.__dict__["name"] if isinstance(layer, LayerInstance) else ""
    return replace(found, inference=Inference(inputs, name if name in found.modules else ""))


def _is_known(value: Any) -> bool:
    leaves = flatten(list(value)) if value is not None else []
    return bool(leaves) and not any(isinstance(leaf, Unknown) for leaf in leaves)


def _arguments(leaves: list[Leaf], values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for leaf, value in zip(leaves, values, strict=True):
        if leaf.key is None:
            found[leaf.parameter] = value
        elif isinstance(leaf.key, str):
            found.setdefault(leaf.parameter, {})[leaf.key] = value
        else:
            found.setdefault(leaf.parameter, []).append(value)
    return found


def leaves_of(root: Any) -> list[Leaf]:
    """The tensors a model's ``call`` needs: one for every argument without a default, several where it takes it to pieces."""
    own = root.py_class.find("call")
    parameters = [p for p in call_signature(root).parameters.values() if p.kind in (0, 1, 3)]
    needed = [p.name for p in parameters if p.default is p.empty] or [p.name for p in parameters[:1]]
    if not isinstance(own, Function):
        return [Leaf(name) for name in needed[:1]]
    nodes = list(walk(list(own.code.body(own))))
    return [leaf for name in needed for leaf in _pieces(name, nodes)]


def _pieces(name: str, nodes: list[Any]) -> Iterator[Leaf]:
    """The leaves of one argument, by how a function's statements take it to pieces."""
    keys: dict[str, None] = {}
    places, whole = 0, 0
    for node in nodes:
        match node:
            case s.Subscript(value=s.Name(id=used), index=s.Constant(value=str() as key)) if used == name:
                keys[key] = None
            case s.Subscript(value=s.Name(id=used), index=s.Constant(value=int() as place)) if used == name and place >= 0:
                places = max(places, place + 1)
            case s.Assign(targets=[s.Display(items=items)], value=s.Name(id=used)) if used == name:
                places = max(places, len(items))
            case s.Name(id=used) if used == name:
                whole += 1
            case _:
                pass
    if keys:
        yield from (Leaf(name, key) for key in keys)
    elif places > 1:
        yield from (Leaf(name, place) for place in range(places))
    elif whole:
        yield Leaf(name)


# --- shapes -----------------------------------------------------------------------------------------------------------


def inputs_for(leaves: list[Leaf], users: dict[str, Any], root: Any) -> Iterator[tuple[tuple[Shape, str], ...]]:
    """The inputs worth trying, the likeliest first."""
    met = [kinds_of(users[str(leaf)]) if str(leaf) in users else [] for leaf in leaves]
    others: Kinds = [(AXES[2], "float32"), (AXES[3], "float32"), (AXES[4], "float32")]
    if len(leaves) > 1:  # what only joins the rest is most often a vector, or like the rest
        others = [others[0], *dict.fromkeys(kind for kinds in met for kind in kinds if kind[0] != AXES[2])]
    for chosen in product(*(kinds or others for kinds in met)):
        apart = tuple((_numbered(shape, place), dtype) for place, (shape, dtype) in enumerate(chosen))
        yield apart
        if apart != chosen:
            yield chosen


def _numbered(shape: Shape, place: int) -> Shape:
    """Sizes of their own for every leaf but the first; the batch they share."""
    return tuple(f"{size}{place + 1}" if isinstance(size, str) and size != "batch" and place else size for size in shape)


def kinds_of(layer: Any) -> Kinds:
    """The shapes a layer takes, the likeliest first, with the element type; none when it takes any."""
    held = layer.__dict__
    functional = held.get("_functional") or layer
    tensors = functional.__dict__.get("_inputs") if functional.__dict__.get("_graph") is not None else None
    if tensors is not None:
        return [(_named(outward(tensors[0].shape)), tensors[0].dtype)] if len(tensors) == 1 else []
    name = layer.py_class.name if not isinstance(layer.py_class.find("call"), Function) else ""
    if name == "Sequential":
        return next((kinds for below in held["_layers"] if isinstance(below, LayerInstance) and (kinds := kinds_of(below))), [])
    if name in ("Embedding", "ReversibleEmbedding"):
        return [(("batch", "time"), "int32"), (("batch",), "int32")]
    if name in ("TextVectorization", "StringLookup"):
        return [(("batch",), "string"), (("batch", 1), "string")]
    if name == "TimeDistributed":
        return [(("batch", "time", *shape[1:]), dtype) for shape, dtype in kinds_of(held["layer"])]
    if name in ("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention"):
        return [(AXES[3], "float32")]
    if name in ("BatchNormalization", "LayerNormalization", "Normalization", "RMSNormalization"):
        return [(AXES[2], "float32"), (AXES[3], "float32"), (AXES[4], "float32")]
    if name == "EinsumDense" and "." not in held["equation"]:
        return [(shape, "float32") for shape in [AXES.get(len(held["equation"].partition(",")[0].strip()))] if shape is not None]
    return _specified(held, held.get("data_format") == "channels_first")


def _specified(held: dict[str, Any], channels_first: bool) -> Kinds:
    """The shapes that a layer's own specification allows."""
    spec = held.get("_input_spec")
    if not isinstance(spec, InputSpec) or not (spec.ndim or spec.min_ndim):
        return []
    ranks = [spec.ndim] if spec.ndim else [rank for rank in (2, 3, 4) if rank >= spec.min_ndim]
    shapes = [list(AXES[rank]) for rank in ranks if rank in AXES]
    for shape in shapes:
        if channels_first and len(shape) > 2:
            shape.insert(1, shape.pop())
        for axis, size in spec.axes.items():
            if isinstance(size, int) and -len(shape) <= axis < len(shape):
                shape[axis] = size
    return [(tuple(shape), "float32") for shape in shapes]


def _named(shape: tuple[Any, ...]) -> Shape:
    """A shape of Keras with its open sizes as symbols, named by their axes."""
    return tuple(name if size is None else size for name, size in zip(axes_of(len(shape)), shape, strict=True))
