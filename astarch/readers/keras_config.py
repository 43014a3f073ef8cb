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

_OPEN = Unknown(Reason.OUTSIDE, "the batch")


def architecture_of(path: Path, config: Any, weights: list[tuple[str, tuple[int, ...], str]], form: str) -> Architecture:
    """The model of a configuration, with weights that were found beside it."""
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        refuse(path, "has a configuration that describes no model", "it is no Keras model")
    reader = _Reader(path)
    root = config["config"]
    reader.modules[""] = Module("", type_of(config), _arguments(root))
    reader.layers(root, "", 0)
    whole = isinstance(root.get("layers"), list)
    parameters = {name: Parameter(name, shape, dtype, reader.trained(name)) for name, shape, dtype in weights}
    said = [Assumption(f"`{name}` holds code as bytes, which is not read") for name in reader.opaque]
    inputs, outputs, nodes = reader.flow(root)
    holds = ("names", "shapes", "dtypes", "trained", "modules", "types", "arguments", "order") if whole else ("shapes", "dtypes")
    return Architecture(
        target=str(path), framework="keras", inputs=inputs, modules=reader.modules, parameters=parameters, outputs=outputs,
        graph=Graph(tuple(nodes)), assumptions=tuple(said),
        unknown=() if whole else (Unknown(Reason.EXTERNAL, f"`{type_of(config)}` is a class of its own: its layers are in its source"),),
        attributes=facts(form, holds),
    )  # fmt: skip


def type_of(entry: Mapping[str, Any]) -> str:
    """The class of a layer by its full name: ``keras.layers.Conv2D``."""
    module, name = entry.get("module"), entry.get("class_name")
    return f"{module}.{name}" if isinstance(module, str) and module else str(name)


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.modules: dict[str, Module] = {}
        self.opaque: list[str] = []

    def layers(self, config: Mapping[str, Any], prefix: str, depth: int) -> None:
        """The layers of a model, and those of the models in it."""
        if depth > DEPTH:
            refuse(self.path, f"nests its models more than {DEPTH} deep", "it is made to exhaust its reader")
        for entry in _entries(config):
            inner = entry["config"]
            name = inner.get("name", entry.get("name"))
            if not isinstance(name, str):
                refuse(self.path, "describes a layer without a name", "it is damaged")
            full = f"{prefix}{name}"
            if len(self.modules) > LAYERS:
                refuse(self.path, f"has more than {LAYERS:,} layers", "it is made to exhaust its reader")
            if entry.get("class_name") == "Lambda":
                self.opaque.append(full)
            inbound = tuple(dict.fromkeys(f"{prefix}{source}" for source in feeds(entry)))
            trainable = inner.get("trainable") is not False
            self.modules[full] = Module(full, type_of(entry), _arguments(inner), inbound=inbound, trainable=trainable)
            if isinstance(inner.get("layers"), list):
                self.layers(inner, f"{full}/", depth + 1)

    def trained(self, name: str) -> bool:
        """Whether a weight is trained, as far as the class and the flag of its layer say."""
        parts = name.split("/")
        layer = next(
            (self.modules["/".join(parts[:count])] for count in range(len(parts) - 1, 0, -1) if "/".join(parts[:count]) in self.modules),
            None,
        )
        moving = parts[-1].split("#")[0].split(":")[0] in (
            "moving_mean",
            "moving_variance",
            "seed_generator_state",
            "mean",
            "variance",
            "count",
        )
        return (layer is None or layer.trainable) and not moving

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


def _arguments(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: plain(value) for key, value in config.items() if key not in ("layers", "input_layers", "output_layers", "name", "build_config")
    }


def plain(value: Any, depth: int = 0) -> Any:
    """A setting as data: an object of Keras by its class, code by its kind."""
    if isinstance(value, dict):
        if "class_name" in value and "config" in value:
            if value["class_name"] in ("__lambda__", "function") and isinstance(value["config"], dict):
                return "(code)"
            if value["class_name"] == "DTypePolicy" and isinstance(value["config"], dict):
                return value["config"].get("name")
            return str(value["class_name"])
        return {str(key): plain(item, depth + 1) for key, item in value.items()} if depth < 8 else "…"
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value[:64]] if depth < 8 else "…"
    return value


def feeds(entry: Mapping[str, Any]) -> list[str]:
    """The names of the layers that feed a layer, in both notations: keras_history of Keras 3, lists of Keras 2."""
    return list(dict.fromkeys(_sources(entry.get("inbound_nodes"), 0)))


def _sources(value: Any, depth: int) -> Iterator[str]:
    if depth > 20:
        return
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__" and isinstance(value.get("config"), dict):
            history = value["config"].get("keras_history")
            if isinstance(history, list) and history and isinstance(history[0], str):
                yield history[0]
            return
        for inner in value.values():
            yield from _sources(inner, depth + 1)
    elif isinstance(value, list):
        if len(value) >= 3 and isinstance(value[0], str) and type(value[1]) is int and type(value[2]) is int:
            yield value[0]
            value = value[3:]
        for inner in value:
            yield from _sources(inner, depth + 1)


def _input(entry: Mapping[str, Any]) -> TensorType | None:
    """The shape an input layer takes."""
    config = entry["config"]
    shape = config.get("batch_shape", config.get("batch_input_shape"))
    if entry.get("class_name") != "InputLayer" or not isinstance(shape, list):
        return None
    dtype = config.get("dtype")
    sides: tuple[Any, ...] = tuple(side if type(side) is int else _OPEN for side in shape)
    return TensorType(sides, dtype if isinstance(dtype, str) else "float32")
