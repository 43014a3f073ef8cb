"""Truth records: where they are, and what each asks `astarch.read` for."""

from __future__ import annotations

import ast
import gzip
import json
import lzma
import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sources import home

Record = dict[str, Any]

#: Truth that travels with the repository.
IN_REPOSITORY = Path(__file__).resolve().parents[2] / "tests" / "truth"
_POSITIONAL = re.compile(r"x\d*")
_ENDINGS = (".jsonl.gz", ".jsonl.xz", ".jsonl")


class NoTruthError(LookupError):
    """There is no truth file; the message says where it was looked for."""


def truth_file(library: str) -> Path:
    """The truth file of a library: in ``$ASTARCH_TRUTH``, then beside the fetched sources, then in the repository."""
    folders = [Path(folder) for folder in (os.environ.get("ASTARCH_TRUTH"),) if folder] + [home() / "truth", IN_REPOSITORY]
    for folder in folders:
        for ending in _ENDINGS:
            if (file := folder / f"{library}{ending}").is_file():
                return file
    raise NoTruthError(f"no {library}.jsonl.gz or .xz in {', '.join(map(str, folders))} (set ASTARCH_TRUTH or give --truth FILE)")


def read_records(file: Path) -> Iterator[Record]:
    """The records of a truth file, one per model."""
    opened = {".gz": gzip.open, ".xz": lzma.open}.get(file.suffix, open)
    with opened(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


@dataclass(frozen=True, slots=True)
class Request:
    """What `astarch.read` is asked for."""

    target: str
    inputs: dict[str, Any] | list[Any] | None
    names: dict[str, str]


def request(record: Record, scratch: Path) -> Request:
    """What to ask for so that the answer is about the model of a record.

    Args:
        record: The record.
        scratch: A folder for source that exists only in the record (README examples of vit_pytorch).
    """
    if "layers" in record:
        return _keras_request(record, scratch)
    inputs = read_inputs(record["input"]) if record.get("input") else None
    if "code" in record:
        return Request(f"{_write_example(record, scratch)}:{record['var']}", inputs, {})
    kwargs = record["kwargs"]
    if "config" in kwargs:
        config = f"{kwargs['config']}({_arguments(kwargs.get('config_kwargs') or {})})"
        if use := kwargs.get("use"):  # "get_text_config() -> module:Class": the part of the configuration that is meant
            config += f".{use.partition(' ->')[0]}"
        return Request(f"{record['builder']}(config)", inputs, {"config": config})
    return Request(f"{record['builder']}({_arguments(kwargs)})", inputs, {})


def _keras_request(record: Record, scratch: Path) -> Request:
    """A functional model is known without being called."""
    if record.get("source"):
        file = scratch / f"{re.sub(r'[^0-9a-zA-Z]', '_', record['id'])}.py"
        file.write_text(as_function(record["source"]), encoding="utf-8")
        return Request(f"{file}:build()", None, {})
    return Request(f"{record['builder']}({_arguments(record['kwargs'])})", None, {})


def as_function(source: str) -> str:
    """The source as the truth was made from it: the session is cleared before the statement that builds the model itself."""
    tree = ast.parse(source)
    places = [place for place, node in enumerate(tree.body) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "model"]
    clear = ast.parse("keras.backend.clear_session()").body
    body = [node for place, node in enumerate(tree.body) if not places or place <= places[-1]]
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    body = [node for node in body if node not in imports]
    tried = [_tried(node) for node in body[:-1]]  # example inputs that cannot be made are no matter
    body = [*tried, *clear, body[-1]]
    lines = "\n".join(ast.unparse(node) for node in body).splitlines()
    head = [
        "import numpy as np",
        "import keras",
        "import keras_hub",
        *map(ast.unparse, imports),
    ]  # an import that is not used is not followed
    return "\n".join([*head, "def build():", *(f"    {line}" for line in lines), "    return model", ""])


def _tried(node: ast.stmt) -> ast.stmt:
    """A statement whose errors are passed over, as they were when the truth was made."""
    return ast.parse(f"try:\n{textwrap.indent(ast.unparse(node), '    ')}\nexcept Exception:\n    pass").body[0]


def _arguments(kwargs: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in kwargs.items())


def example_code(record: Record) -> str:
    """The source of a README example up to the statement that made the model: what follows may rebind its name."""
    code, statement = record["code"], record["statement"]
    upto = code.index(statement) + len(statement)
    return "\n".join(filter(None, (record.get("prefix_code"), code[:upto]))) + "\n"


def _write_example(record: Record, scratch: Path) -> Path:
    file = scratch / f"{record['id'].replace('.', '_').replace('#', '_')}.py"
    file.write_text(example_code(record), encoding="utf-8")
    return file


def read_inputs(given: dict[str, Any]) -> dict[str, Any] | list[Any]:
    """The inputs of a record as `astarch.read` takes them: a list when all go by position (``x``, ``x1``, ...), else by name.

    >>> read_inputs({"input_ids": [1, 16], "use_cache": "bool=False"})
    {'input_ids': '1,16:int64', 'use_cache': False}
    >>> read_inputs({"x": [1, 3, 128, 128], "x1": [1, 3, 128, 128]})
    [(1, 3, 128, 128), (1, 3, 128, 128)]
    """
    values = {name: _input(value, input_dtype(name)) for name, value in given.items()}
    return list(values.values()) if all(_POSITIONAL.fullmatch(name) for name in values) else values


def input_dtype(name: str) -> str:
    """The element type truth was made with: ids, time steps and grids are whole numbers."""
    last = name.rpartition("_")[2]
    return "int64" if last in ("ids", "id", "timestep", "timesteps", "thw") else "float32"


def _input(value: Any, dtype: str) -> Any:
    match value:
        case {"list": items}:
            return [_input(item, dtype) for item in items]
        case {"tuple": items}:
            return tuple(_input(item, dtype) for item in items)
        case {"dict": items}:
            return {key: _input(item, dtype) for key, item in items.items()}
        case list():
            return tuple(value) if dtype == "float32" else f"{','.join(map(str, value))}:{dtype}"
        case str():
            return scalar(value)
    return value


def scalar(text: str) -> Any:
    """The Python value of the truth's ``"int=3"``, ``"bool=True"``, ``"float=0.5"``, ``"str=same"``.

    >>> scalar("int=64"), scalar("bool=True"), scalar("str=same")
    (64, True, 'same')
    """
    kind, _, value = text.partition("=")
    match kind:
        case "int":
            return int(value)
        case "float":
            return float(value)
        case "bool":
            return value == "True"
    return value
