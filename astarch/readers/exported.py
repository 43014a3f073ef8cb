"""``torch.export`` archives (.pt2): the graph with named arguments, modules and weights, all of it JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Buffer, Module, Parameter
from ..ir.graph import TensorType
from ..ir.span import NOWHERE, Span
from ..ir.unknown import Reason, Unknown
from .archives import Archive, opened_archive, root_of
from .json_text import read_json
from .onnx_tensors import MASK, elements
from .opening import refuse
from .tree import facts, parents
from .wiring import Wiring, size

#: Element types by number (torch's ScalarType in the export schema).
DTYPES = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64", 9: "complex32", 10: "complex64",
    11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16", 29: "float8_e4m3fn", 30: "float8_e5m2", 31: "float8_e4m3fnuz",
    32: "float8_e5m2fnuz",
}  # fmt: skip

#: How the schema says what an argument is: a tensor, a number, a text, or a list of them.
_WORDS = frozenset(
    (
        *("as_tensor", "as_tensors", "as_optional_tensor", "as_optional_tensors", "as_int", "as_ints", "as_float", "as_floats", "as_bool"),
        *(
            "as_bools",
            "as_string",
            "as_strings",
            "as_sym_int",
            "as_sym_ints",
            "as_sym_float",
            "as_sym_floats",
            "as_sym_bool",
            "as_sym_bools",
        ),
    )
)

_PLACE = re.compile(r'File "([^"]+)", line (\d+)')


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a zip with an exported program."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    with opened_archive(path) as archive:
        return _program(archive) is not None


def _program(archive: Archive) -> str | None:
    """The member that holds the program: of 2.8 and later, or of before."""
    found = [name for name in archive.ending(".json") if name.count("/") == 2 and name.split("/")[1] == "models"]
    if found:
        return min(found, key=lambda name: not name.endswith("/model.json"))
    return "serialized_exported_program.json" if "serialized_exported_program.json" in archive else None


def read(path: Path) -> Architecture:
    """The program; the pickle of sample inputs beside it is not touched."""
    with opened_archive(path) as archive:
        member = _program(archive)
        if member is None:
            refuse(path, "holds no exported program", "it has no `models/model.json`")
        program = read_json(path, archive.read(member), "program")
        configs: list[Any] = []
        known: dict[str, Any] = {}
        for end in ("data/weights/model_weights_config.json", "data/constants/model_constants_config.json"):
            root = root_of(archive, end)
            configs.append(read_json(path, archive.read(f"{root}{end}"), "list of weights").get("config", {}) if root is not None else {})
            if root is not None and "constants" in end:
                known = _known(archive, f"{root}{end.rpartition('/')[0]}/", configs[-1])
    try:
        return _Reader(path, program, configs, known).architecture()
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        refuse(
            path, f"has a program in a form that is not known: {type(error).__name__} {error}", "it was written by another version of torch"
        )


def _known(archive: Archive, folder: str, config: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The elements of small constants that lie as they are."""
    found: dict[str, list[Any]] = {}
    for name, entry in config.items():
        meta: dict[str, Any] = entry.get("tensor_meta", {}) if isinstance(entry, dict) else {}
        member = f"{folder}{entry.get('path_name')}" if meta and not entry.get("use_pickle") else ""
        shape, strides = ([side.get("as_int") for side in meta.get(key, ())] for key in ("sizes", "strides"))
        if member not in archive or archive.sizes[member] > 8 * MASK or meta.get("storage_offset", {}).get("as_int") != 0:
            continue
        values = elements(archive.read(member), DTYPES.get(meta.get("dtype", 0), ""), shape, strides)
        if values is not None:
            found[name] = values
    return found


class _Reader:
    def __init__(self, path: Path, program: Any, configs: list[Any], known: Mapping[str, Any]) -> None:
        self.path = path
        self.known = known
        self.program = program
        self.module = program["graph_module"]
        self.graph = self.module["graph"]
        self.weights = {**configs[1], **configs[0]}
        self.wiring = Wiring(path)
        self.places: dict[str, tuple[Any, ...]] = {}
        self.given: dict[int, dict[str, Any]] = {}
        self.modules: dict[str, Module] = {"": Module("", "")}
        self.values: dict[str, Any] = self.graph.get("tensor_values", {})

    def architecture(self) -> Architecture:
        for entry in self.module.get("module_call_graph", ()):
            self._keep(entry["fqn"].split("@")[0], "")
        parameters, buffers, inputs = self._given()
        for node in self.graph["nodes"]:
            self._node(node)
        results = [name for output in self.graph["outputs"] for name in _names(output)]
        outputs = tuple(self._type(name) for name in results)
        self.wiring.add("output", "output", self.wiring.sources(results), output=outputs[0] if len(outputs) == 1 else outputs)
        returned = ("list", *(self._stated(output) for output in self.graph["outputs"]))
        version = self.program.get("schema_version", {})
        return Architecture(
            target=str(self.path), framework="torch", inputs=inputs, modules=self.modules, parameters=parameters, buffers=buffers,
            graph=self.wiring.graph(), outputs=outputs,
            attributes=facts(
                "torch.export", ("names", "shapes", "dtypes", "ties", "kinds", "trained", "modules", "types", "operations", "order", "unsaved"),
                producer=f"torch {self.program.get('torch_version', '')}".strip(), schema=version, given=self.given, returned=returned,
                known=self.known,
            ),
        )  # fmt: skip

    def _given(self) -> tuple[dict[str, Parameter], dict[str, Buffer], dict[str, Any]]:
        """The inputs of the graph by what they are: parameters, buffers, and what the caller gives."""
        parameters: dict[str, Parameter] = {}
        buffers: dict[str, Buffer] = {}
        inputs: dict[str, Any] = {}
        first: dict[str, str] = {}
        for spec in self.module["signature"]["input_specs"]:
            ((kind, entry),) = spec.items()
            arg = entry.get("arg", {})
            value = arg["name"] if "name" in arg else next(iter(_names(arg)), None)
            name = entry.get("parameter_name") or entry.get("buffer_name") or entry.get("tensor_constant_name") or value
            if name is None or value is None:
                continue
            meta = self.values.get(value, {})
            stated = self._type(value)
            shape = stated.shape if isinstance(stated, TensorType) else None
            dtype = stated.dtype if isinstance(stated, TensorType) else "float32"
            if kind == "user_input":
                inputs[value] = stated
                self.places[value] = ("node", self.wiring.add("placeholder", value, makes=[value], output=stated), ())
                continue
            place = self.weights.get(name, {}).get("path_name", name)
            tied = first.setdefault(place, name)
            if kind == "parameter":
                parameters[name] = Parameter(name, shape, dtype, bool(meta.get("requires_grad")), tied if tied != name else None)
            elif kind == "buffer":
                buffers[name] = Buffer(name, shape, dtype, bool(entry.get("persistent", True)), tied if tied != name else None)
            self.places[value] = ("node", self.wiring.add("get_attr", name, makes=[value], output=stated), ())
        return parameters, buffers, inputs

    def _type(self, name: str) -> Any:
        meta = self.values.get(name)
        if meta is None:
            return None
        return TensorType(tuple(_size(side) for side in meta["sizes"]), DTYPES.get(meta["dtype"], f"type{meta['dtype']}"))

    def _node(self, node: Mapping[str, Any]) -> None:
        makes = [name for output in node["outputs"] for name in _names(output)]
        types = tuple(self._type(name) for name in makes)
        sources = [name for given in node["inputs"] for name in _names(given["arg"])]
        arguments = [(given["name"], ", ".join(names)) for given in node["inputs"] if (names := list(_names(given["arg"])))]
        attributes = {given["name"]: _value(given["arg"]) for given in node["inputs"] if not list(_names(given["arg"]))}
        metadata = node.get("metadata", {})
        module = self._stack(metadata.get("nn_module_stack", ""))
        index = self.wiring.add(
            "call_function", str(node["target"]).removeprefix("torch.ops."), self.wiring.sources(sources), makes,
            output=types[0] if len(types) == 1 else types, arguments=arguments, attributes=attributes, module=module,
            name=next(iter(makes), ""),
        )  # fmt: skip
        self.given[index] = {given["name"]: self._stated(given["arg"]) for given in node["inputs"]}
        for place, made in enumerate(makes):
            self.places[made] = ("node", index, (place,) if len(makes) > 1 or _is_several(node["outputs"]) else ())
        at = _place(metadata.get("stack_trace", ""))
        if at is not NOWHERE:
            self.wiring.nodes[index] = replace(self.wiring.nodes[index], at=at)

    def _stated(self, arg: Any, depth: int = 0) -> Any:
        """What is given, in the words of a source's graph: ``{"as_ints": [1, 1]}`` is ``("list", 1, 1)``."""
        if isinstance(arg, list) and depth < 8:
            return ("list", *(self._stated(item, depth + 1) for item in arg))
        if not isinstance(arg, dict):
            return arg if arg is None or isinstance(arg, (bool, int, float, str)) else ("unknown", "argument")
        if set(arg) == {"name"} or "as_name" in arg:
            return self.places.get(arg.get("name") or arg["as_name"], ("unknown", "value"))
        if len(arg) != 1 or depth > 8:
            return ("unknown", "argument")
        ((kind, inner),) = arg.items()
        if kind == "as_none":
            return None
        return self._stated(inner, depth + 1) if kind in _WORDS else ("unknown", kind)

    def _stack(self, text: str) -> str:
        """The module of a node, from ``key,path,class;key,path,class``."""
        module = ""
        for part in filter(None, text.split(";")):
            _, name, kind = ([*part.split(",", 2), "", ""])[:3]
            module = name.split("@")[0]
            self._keep(module, kind)
        return module

    def _keep(self, name: str, kind: str) -> None:
        if len(name) > 1_000 or len(self.modules) > 50_000:
            refuse(self.path, "names more modules, or longer ones, than any model has", "it is made to exhaust its reader")
        for parent in parents(f"{name}.x"):
            if parent not in self.modules:
                self.modules[parent] = Module(parent, "")
        if kind and not self.modules[name].type:
            self.modules[name] = Module(name, kind)


def _is_several(outputs: Any) -> bool:
    """Whether a step gives a list, if of one."""
    return any(isinstance(output, dict) and "as_tensors" in output for output in outputs)


def _names(value: Any, depth: int = 0) -> Iterator[str]:
    """The named values in an argument."""
    if depth > 20:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("as_tensor", "as_custom_obj") and isinstance(inner, dict) and "name" in inner:
                yield inner["name"]
            elif key == "as_name" and isinstance(inner, str):
                yield inner
            elif key.startswith("as_") or key == "arg":
                yield from _names(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict) and set(inner) == {"name"}:
                yield inner["name"]
            else:
                yield from _names(inner, depth + 1)


def _value(arg: Any) -> Any:
    """What a literal argument holds: ``{"as_ints": [1, 1]}`` is ``[1, 1]``."""
    if not isinstance(arg, dict) or len(arg) != 1:
        return str(arg)[:200]
    ((kind, inner),) = arg.items()
    if kind == "as_none":
        return None
    if kind == "as_scalar_type":
        return DTYPES.get(inner, inner)
    if isinstance(inner, dict):
        return _value(inner) if len(inner) == 1 else str(inner)[:200]
    if isinstance(inner, list):
        return [_value(item) if isinstance(item, dict) else item for item in inner]
    return inner


def _size(side: Mapping[str, Any]) -> Any:
    if "as_int" in side:
        return side["as_int"]
    expression = side.get("as_expr", {})
    text = expression.get("expr_str") if isinstance(expression, dict) else None
    return size(text) if isinstance(text, str) else Unknown(Reason.OUTSIDE, "a size the file does not give")


def _place(trace: str) -> Span:
    """The line of the model's own source, which comes first in a trace that the framework continues."""
    own = [found for found in _PLACE.findall(trace[:20_000]) if "/site-packages/torch/" not in found[0]]
    return Span(own[-1][0], int(own[-1][1]), 1, int(own[-1][1]), 1) if own else NOWHERE
