"""Keras's configuration of a model: its layers, what they were made with, and which feeds which. Nothing it names is imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Assumption, Module, Parameter
from ..ir.graph import Graph, Node, TensorType
from ..ir.unknown import Reason, Unknown
from .opening import refuse
from .tree import facts

#: How many layers are read, and how deep models nest.
LAYERS, DEPTH = 50_000, 30

#: What a configuration says beside the settings of the layer itself.
_APART = ("layers", "input_layers", "output_layers", "name", "build_config", "build_input_shape")

_OPEN = Unknown(Reason.OUTSIDE, "the batch")


def architecture_of(path: Path, config: Any, weights: list[tuple[str, tuple[int, ...], str]], form: str) -> Architecture:
    """The model of a configuration, with weights that were found beside it."""
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        refuse(path, "has a configuration that describes no model", "it is no Keras model")
    reader = _Reader(path)
    root = config["config"]
    reader.modules[""] = Module("", type_of(config), arguments_of(root))
    reader.layers(root, "", 0)
    whole = isinstance(root.get("layers"), list)
    parameters = {name: Parameter(name, shape, dtype, reader.trained(name)) for name, shape, dtype in weights}
    said = [Assumption(f"`{name}` holds code as bytes, which is not read") for name in reader.opaque]
    inputs, outputs, nodes = reader.flow(root)
    told = ("names", "shapes", "dtypes", "trained", "modules", "types", "arguments", "order")
    holds = (*told, "operations") if whole and not reader.opaque else told if whole else ("tensors",)
    more: dict[str, Any] = {"feeds": reader.feeds, "ends": _ends(root), "between": tuple(reader.between)} if whole else {}
    built = config["build_config"].get("input_shape") if isinstance(config.get("build_config"), dict) else None
    more |= {"input_shape": built} if isinstance(built, list) and all(side is None or type(side) is int for side in built) else {}
    more["holders"] = {name: held.name for name in parameters if (held := reader.holder(name)) is not None}
    return Architecture(
        target=str(path), framework="keras", inputs=inputs, modules=reader.modules, parameters=parameters, outputs=outputs,
        graph=Graph(tuple(nodes)), assumptions=tuple(said),
        unknown=() if whole else (Unknown(Reason.EXTERNAL, f"`{type_of(config)}` is a class of its own: its layers are in its source"),),
        attributes=facts(form, holds, **more),
    )  # fmt: skip


def _ends(root: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The names of the layers whose results a model gives, where its configuration lists them."""
    found = root.get("output_layers")
    names = tuple(name for name, _, _ in _histories(found, 0)) if isinstance(found, list) else ()
    return names or None


def type_of(entry: Mapping[str, Any]) -> str:
    """The class of a layer by its full name: ``keras.layers.Conv2D``."""
    module, name = entry.get("module"), str(entry.get("class_name")).replace(">", ".")  # `package>Name` is how a class was registered
    return f"{module}.{name}" if isinstance(module, str) and module else name


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.modules: dict[str, Module] = {}
        self.opaque: list[str] = []
        self.between: list[str] = []
        self.below: dict[str, list[Module]] = {}
        self.feeds: dict[str, tuple[tuple[str, ...], ...]] = {}

    def layers(self, config: Mapping[str, Any], prefix: str, depth: int) -> None:
        """The layers of a model, and those of the models in it."""
        if depth > DEPTH:
            refuse(self.path, f"nests its models more than {DEPTH} deep", "it is made to exhaust its reader")
        entries = _entries(config)
        chain = _is_chain(entries)
        last = ""
        for entry in entries:
            inner = entry["config"]
            name = inner.get("name", entry.get("name"))
            if not isinstance(name, str):
                refuse(self.path, "describes a layer without a name", "it is damaged")
            full = f"{prefix}{name}"
            before, last = last, name
            if (chain and entry.get("class_name") == "InputLayer") or _is_operation(entry):
                self.between += [full] if _is_operation(entry) else []
                continue  # neither is one of the layers of a model
            if len(self.modules) > LAYERS:
                refuse(self.path, f"has more than {LAYERS:,} layers", "it is made to exhaust its reader")
            if entry.get("class_name") == "Lambda":
                self.opaque.append(full)
            self.feeds[full] = ((before or "input_layer",),) if chain else given_to(entry)
            inbound = (before or "input_layer",) if chain else tuple(feeds(entry))
            trainable = inner.get("trainable") is not False
            self.modules[full] = Module(full, type_of(entry), arguments_of(inner), inbound=inbound, trainable=trainable)
            if isinstance(inner.get("layers"), list):
                self.layers(inner, f"{full}/", depth + 1)

    def trained(self, name: str) -> bool:
        """Whether a weight is trained, as far as the class and the flag of its layer say."""
        parts = name.split("/")
        layer = self.holder(name)
        moving = parts[-1].split("#")[0].split(":")[0] in (
            "moving_mean",
            "moving_variance",
            "seed_generator_state",
            "mean",
            "variance",
            "count",
        )
        return (layer is None or layer.trainable) and not moving

    def holder(self, name: str) -> Module | None:
        """The layer that has a weight: the names of models may be left out before its own, or that of the whole stand there."""
        parts = name.split("/")
        owners = ["/".join(parts[start:count]) for start in (0, 1) for count in range(len(parts) - 1, start, -1)]
        found = next((self.modules[one] for one in owners if one in self.modules), None)
        if found is None and not self.below:
            for path, module in self.modules.items():
                self.below.setdefault(path.rpartition("/")[2], []).append(module)
        below = self.below.get(parts[0], []) if found is None else []
        return below[0] if len(below) == 1 else found

    def flow(self, config: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Any, ...] | None, list[Node]]:
        """The order in which layers feed one another, as far as the configuration says: inputs, outputs, nodes."""
        entries = _entries(config)
        inputs = {name: kind for entry in entries if (kind := _input(entry)) is not None and (name := entry["config"].get("name"))}
        nodes: list[Node] = []
        places: dict[str, int] = {}
        last: str | None = None
        for entry in entries:
            name = str(entry["config"].get("name", entry.get("name")))
            sources = feeds(entry) if "inbound_nodes" in entry else ([last] if last is not None else [])
            known = tuple(dict.fromkeys(places[source] for source in sources if source in places))
            word = "placeholder" if entry.get("class_name") == "InputLayer" else "call_module"
            places[name] = len(nodes)
            nodes.append(Node(len(nodes), word, name, known, output=_input(entry) if word == "placeholder" else None))
            last = name
        return inputs, None, nodes


def _entries(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = config.get("layers")
    return (
        [entry for entry in found if isinstance(entry, dict) and isinstance(entry.get("config"), dict)] if isinstance(found, list) else []
    )


def arguments_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a layer is made with, without what describes the layers in it."""
    return {key: plain(value) for key, value in config.items() if key not in _APART}


def plain(value: Any, depth: int = 0) -> Any:
    """A setting as data: an object of Keras by its class, code by its kind."""
    if isinstance(value, dict):
        if value.get("class_name") in ("__tuple__", "TensorShape") and isinstance(value.get("items"), list):
            return plain(value["items"], depth + 1)
        if "class_name" in value and "config" in value:
            if isinstance(value["config"], dict) and "name" in value["config"] and "trainable" in value["config"] and depth < 8:
                inner = {key: plain(item, depth + 1) for key, item in value["config"].items() if key not in ("layers", "build_config")}
                return {"class_name": str(value["class_name"]), **inner}
            if value["class_name"] in ("__lambda__", "function") and isinstance(value["config"], dict):
                return "(code)"
            if value["class_name"] == "DTypePolicy" and isinstance(value["config"], dict):
                return value["config"].get("name")
            return str(value["class_name"])
        return {str(key): plain(item, depth + 1) for key, item in value.items()} if depth < 8 else "…"
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value[:64]] if depth < 8 else "…"
    return value


def _is_chain(entries: list[Mapping[str, Any]]) -> bool:
    """Whether each layer is fed by the one before it: those of a Sequential say nothing of what feeds them."""
    return not any("inbound_nodes" in entry for entry in entries)


def _is_operation(entry: Mapping[str, Any]) -> bool:
    """Whether it is a function that stands between layers, and none of them."""
    module, config = entry.get("module"), entry["config"]
    if isinstance(module, str):
        return module.startswith(("keras.src.ops", "keras.ops"))
    return entry.get("class_name") != "InputLayer" and "trainable" not in config and "dtype" not in config  # what HDF5 files keep of one


def feeds(entry: Mapping[str, Any]) -> list[str]:
    """The names of the layers that feed a layer."""
    return list(dict.fromkeys(source.partition(":")[0] for call in fed_by(entry) for source in call))


def fed_by(entry: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The layers that feed a layer, call by call, in both notations: keras_history of Keras 3, lists of Keras 2."""
    return tuple(tuple(history_text(*one) for one in _histories(call, 0)) for call in _calls(entry))


def given_to(entry: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """All that a layer is given, call by call: what feeds it, by keyword where it is, and values that are no tensors."""
    found: list[tuple[str, ...]] = []
    for call in _calls(entry):
        if isinstance(call, dict):
            keywords = call.get("kwargs")
            pairs = [("", call.get("args")), *(keywords.items() if isinstance(keywords, dict) else ())]
            found.append(tuple(f"{key}={one}" if key else one for key, value in pairs for one in _texts(value, 0)))
        else:
            found.append(tuple(history_text(*one) for one in _histories(call, 0)))
    return tuple(found)


def _calls(entry: Mapping[str, Any]) -> list[Any]:
    nodes = entry.get("inbound_nodes")
    return nodes[:10_000] if isinstance(nodes, list) else []


def history_text(name: str, node: int, place: int) -> str:
    """Where a tensor comes from: ``lstm:0:1`` is the second result of the first call of `lstm`.

    >>> history_text("lstm", 0, 1), history_text("lstm", 0, 0)
    ('lstm:0:1', 'lstm')
    """
    return f"{name}:{node}:{place}" if node or place else name


def _history(value: Any) -> tuple[str, int, int] | None:
    """What a ``__keras_tensor__`` says of where it comes from."""
    if not isinstance(value, dict) or value.get("class_name") != "__keras_tensor__" or not isinstance(value.get("config"), dict):
        return None
    found = value["config"].get("keras_history")
    whole = isinstance(found, list) and len(found) == 3 and isinstance(found[0], str) and all(type(part) is int for part in found[1:])
    return (found[0], found[1], found[2]) if whole else None


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth > 20 or value is None:
        return
    if (history := _history(value)) is not None:
        yield history_text(*history)
    elif isinstance(value, dict) and isinstance(value.get("class_name"), str):
        yield value["class_name"]
    elif isinstance(value, list | dict):
        for inner in value if isinstance(value, list) else value.values():
            yield from _texts(inner, depth + 1)
    else:
        yield str(value)


def _histories(value: Any, depth: int) -> Iterator[tuple[str, int, int]]:
    if depth > 20:
        return
    if (history := _history(value)) is not None:
        yield history
        return
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return
    if len(value) >= 3 and isinstance(value[0], str) and type(value[1]) is int and type(value[2]) is int:
        yield value[0], value[1], value[2]
        value = value[3:]
    for inner in value:
        yield from _histories(inner, depth + 1)


def _input(entry: Mapping[str, Any]) -> TensorType | None:
    """The shape an input layer takes."""
    config = entry["config"]
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    if entry.get("class_name") != "InputLayer" or not isinstance(shape, list):
        return None
    dtype = config.get("dtype")
    sides: tuple[Any, ...] = tuple(side if type(side) is int else _OPEN for side in shape)
    return TensorType(sides, dtype if isinstance(dtype, str) else "float32")
