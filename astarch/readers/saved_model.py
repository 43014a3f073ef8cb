"""TensorFlow's SavedModel: what a signature runs, with its variables named, from the protobuf alone."""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Assumption, Buffer, Module, Parameter
from ..ir.dtype import is_floating
from ..ir.graph import TensorType
from ..ir.unknown import Reason, Unknown
from . import keras_metadata
from .opening import head_of, refuse, size_of
from .tensorflow_graph import Step, TensorFlowGraph, fed_ends, owner, steps_of
from .tensorflow_values import dtype_name, sizes
from .tree import facts
from .wire import Message, Source

#: Lists beside the attributes of a model, through which every variable is reached as well.
_LISTS = {
    "variables",
    "trainable_variables",
    "non_trainable_variables",
    "_all_variables",
    "_trainable_variables",
    "_non_trainable_variables",
    "keras_api",
    "regularization_losses",
    "signatures",
    "_layers",
    "layers",
    "_tracked",
    "_operations",
    "_self_tracked_trackables",
}


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a SavedModel's folder or its protobuf."""
    if path.is_dir():
        return (path / "saved_model.pb").is_file()
    return path.name == "saved_model.pb"


def read(path: Path) -> Architecture:
    """The operations of the serving signature, or of the first that there is."""
    file = path / "saved_model.pb" if path.is_dir() else path
    head_of(file)
    with file.open("rb") as opened:
        saved = Message(Source(file, opened), None, 0, size_of(file))
        graphs = saved.messages(2)
        if not graphs:
            refuse(file, "holds no graph", "it is no SavedModel")
        chosen = next((graph for graph in graphs if "serve" in graph.message(1).texts(4)), graphs[0])
        return read_meta_graph(path, file, chosen, saved.number(1))


def read_meta_graph(path: Path, file: Path, meta: Message, version: int) -> Architecture:
    """One MetaGraphDef: of a SavedModel, or the ``.meta`` of a checkpoint of TF1."""
    return _Reader(path, file, meta, version).architecture()


class _Reader:
    def __init__(self, path: Path, file: Path, meta: Message, version: int) -> None:
        self.path, self.file, self.meta, self.version = path, file, meta, version
        self.graph = meta.message(2)
        self.objects = meta.message(7)
        self.variables = _Variables(self.objects)
        library = self.graph.message(2)
        captured = {
            name: [self.variables.name(place) for place in function.numbers(2)]
            for name, function in self.objects.table(2).items()
            if all(place in self.variables.entries for place in function.numbers(2))
        }
        self.trained = _trained(meta) if not self.variables.entries else None
        self.flow = TensorFlowGraph(file, library.messages(1), captured)
        self.flow.types = {name: entry for name, entry in self.variables.types.items() if isinstance(entry, TensorType)}

    def architecture(self) -> Architecture:
        signatures = {name: entry for name, entry in self.meta.table(5).items() if not name.startswith("__saved_model")}
        chosen = "serving_default" if "serving_default" in signatures else next(iter(signatures), None)
        steps = steps_of(self.file, self.graph.messages(1))
        inputs, outputs = self._run(steps, signatures[chosen]) if chosen else self._run_all(steps)
        parameters, buffers = self._tensors()
        modules = keras_metadata.read_modules(self.path) or {
            "": Module("", "MetaGraphDef" if self.path.suffix == ".meta" else "SavedModel")
        }
        for node in self.flow.wiring.nodes:
            if node.module not in modules:
                modules[node.module] = Module(node.module, "")
        others = ", ".join(f"`{name}`" for name in signatures if name != chosen)
        said = [Assumption(f"the signature is `{chosen}`; others are {others}")] if others else []
        if not signatures and outputs is not None:
            said.append(Assumption("it has no signature: what depends on its inputs is shown, wherever it ends"))
        said += [Assumption(f"the graph reaches outside of itself: `{op}`") for op in sorted(self.flow.outward)]
        told = ("trained",) if self.trained is not None or self.variables.entries else ()
        holds = ("names", "shapes", "dtypes", *told, "operations", "order", *(("types", "arguments") if modules[""].arguments else ()))
        return Architecture(
            target=str(self.path),
            framework="tensorflow",
            inputs=inputs,
            modules=modules,
            parameters=parameters,
            buffers=buffers,
            graph=self.flow.wiring.graph(),
            outputs=outputs,
            assumptions=tuple(said),
            unknown=()
            if signatures or outputs is not None
            else (Unknown(Reason.OUTSIDE, "it has no signature: what it runs is not said"),),
            attributes=facts(
                "MetaGraphDef" if self.path.suffix == ".meta" else "SavedModel",
                holds,
                producer=f"tensorflow {self.meta.message(1).text(5)}".strip(),
                signature=chosen or "",
                places=self.variables.places,
                slots=tuple(self.flow.wiring.slots),
            ),
        )

    def _run_all(self, steps: list[Step]) -> tuple[dict[str, Any], tuple[Any, ...] | None]:
        """Without a signature: all that depends on what is fed into the graph."""
        wanted = fed_ends(steps)
        if not wanted:
            return {}, None
        made = self.flow.put(steps, wanted, {})
        sources = [index for name in wanted for index in made.get(name, [])]
        nodes = self.flow.wiring.nodes
        lost = Unknown(Reason.OUTSIDE, "the graph does not keep the shapes of its results")
        outputs = tuple(lost if nodes[index].output is None else nodes[index].output for index in sources)
        inputs = {node.target: node.output for node in nodes if node.op == "placeholder"}
        self.flow.wiring.add("output", "output", sources, output=outputs[0] if len(outputs) == 1 else outputs)
        return inputs, outputs

    def _run(self, steps: list[Step], signature: Message) -> tuple[dict[str, Any], tuple[Any, ...] | None]:
        inputs = {name: _info(entry) for name, entry in signature.table(1).items()}
        results = signature.table(2)
        wanted = [entry.text(1) for entry in results.values()]
        # A signature's call passes its captured variables as arguments: they are named by the function they go to.
        made = self.flow.put(steps, [*(entry.text(1) for entry in signature.table(1).values()), *wanted], {})
        outputs = tuple(_info(entry) for entry in results.values())
        sources = [index for name in wanted for index in made.get(owner(name), [])]
        self.flow.wiring.add("output", "output", sources, output=outputs[0] if len(outputs) == 1 else outputs)
        return inputs, outputs

    def _tensors(self) -> tuple[dict[str, Parameter], dict[str, Buffer]]:
        """Variables as parameters, in the order of the object graph; constants that are large beside them."""
        parameters: dict[str, Parameter] = {}
        buffers: dict[str, Buffer] = {}
        used = self.flow.used
        for name, kind in {**{n: k for n, k in self.variables.types.items() if n in used or not used}, **used}.items():
            if is_floating(kind.dtype) or name in self.variables.trainable:
                trainable = name in self.trained if self.trained is not None else self.variables.trainable.get(name, True)
                parameters[name] = Parameter(name, _shape(kind), kind.dtype, trainable)
            else:
                buffers[name] = Buffer(name, _shape(kind), kind.dtype)
        return parameters, buffers


def _trained(meta: Message) -> frozenset[str] | None:
    """The variables that TF1 lists as trained; None where it keeps no such list."""
    lists = meta.table(4)
    if "variables" not in lists and "trainable_variables" not in lists:
        return None
    held = lists["trainable_variables"].message(2).messages(1) if "trainable_variables" in lists else []
    return frozenset(entry.text(1).partition(":")[0] for entry in held)


def _shape(kind: TensorType) -> tuple[Any, ...]:
    return tuple(kind.shape)


def _info(entry: Message) -> Any:
    """A TensorInfo of a signature."""
    sides = sizes(entry.message(3))
    return Unknown(Reason.OUTSIDE, "the graph leaves the shape open") if sides is None else TensorType(sides, dtype_name(entry.number(2)))


class _Variables:
    """The variables of an object graph: by their own name where that is only theirs, else by the attributes that lead to them."""

    def __init__(self, objects: Message) -> None:
        nodes = objects.messages(1)
        self.entries = {place: node.message(7) for place, node in enumerate(nodes) if node.has(7)}
        paths = _paths(nodes)
        # An export lists a variable twice, once under the name with which the checkpoint was made: those are one.
        plain = Counter((entry.text(6), paths.get(place, "").rpartition("/")[0]) for place, entry in self.entries.items())
        names = Counter(entry.text(6) for place, entry in self.entries.items() if not _listed(paths.get(place, "")))
        self.names: dict[int, str] = {}
        for place, entry in self.entries.items():
            name, path = entry.text(6), paths.get(place, "")
            unique = names[name] <= 1 and plain[name, path.rpartition("/")[0]] <= 1
            self.names[place] = name if name and unique else path or f"variable_{place}"
        listed = next((child.number(1) for child in (nodes[0].messages(1) if nodes else ()) if child.text(2) == "variables"), None)
        children = nodes[listed].messages(1) if listed is not None and listed < len(nodes) else []
        order = {child.number(1): child.text(2) for child in children}
        self.places = {self.names[node]: int(place) for node, place in order.items() if node in self.names and place.isdecimal()}
        self.types: dict[str, TensorType] = {}
        self.trainable: dict[str, bool] = {}
        for place, entry in self.entries.items():
            sides = sizes(entry.message(2))
            self.types.setdefault(self.names[place], TensorType(sides or (), dtype_name(entry.number(1))))
            self.trainable.setdefault(self.names[place], bool(entry.number(3)))

    def name(self, place: int) -> str:
        """The name of the variable at a place of the object graph."""
        return self.names[place]


def _listed(path: str) -> bool:
    return path.partition("/")[0] in _LISTS


def _paths(nodes: list[Message]) -> dict[int, str]:
    """The shortest way of attribute names to each object, one through a list only where there is no other."""
    found: dict[int, str] = {0: ""}
    for lists in (False, True):
        queue = deque(found)
        while queue:
            place = queue.popleft()
            if place >= len(nodes):
                continue
            for child in nodes[place].messages(1):
                name, inner = child.text(2), child.number(1)
                if inner not in found and (lists or name not in _LISTS) and len(found[place]) < 1_000:
                    clean = name.lstrip("_") if nodes[inner].has(7) else name
                    found[inner] = f"{found[place]}/{clean}" if found[place] else clean
                    queue.append(inner)
    return found
