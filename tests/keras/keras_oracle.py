"""Installed Keras as the judge: the same program run by Keras, and read by astarch."""

from __future__ import annotations

import os
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import astarch

HEAD = "import keras\nimport numpy as np\nimport tensorflow as tf\nfrom keras import layers, ops\n"
#: This machine has no kernel for the type: another one may.
UNTOLD = "no kernel here"
_COUNT = count()
_FOLDER = Path(tempfile.mkdtemp(prefix="astarch_keras_"))


def live(source: str) -> Any:
    """What Keras makes of the program's ``model``: its facts, or the name of the exception."""
    begin()
    scope: dict[str, Any] = {}
    try:
        exec(HEAD + source, scope)
        return facts_of(scope["model"])
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        begin()


def begin() -> None:
    """Keras as it is when a program starts."""
    import keras

    keras.backend.clear_session()
    keras.src.backend.common.global_state.set_global_attribute("dtype_policy", None)
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")


def facts_of(model: Any) -> dict[str, Any]:
    """Layers, weights, outputs and seed states of a live model."""
    import keras

    rows = []
    met: dict[str, int] = {}
    for layer in model.layers:
        shapes: list[Any] = []
        inbound: dict[str, None] = {}
        for node in layer._inbound_nodes:
            found = [tuple(x.shape) for x in node.outputs]
            if found not in shapes:
                shapes.append(found)
            for x in node.input_tensors:
                inbound[x._keras_history.operation.name] = None
        met[layer.name] = met.get(layer.name, 0) + 1
        name = layer.name if met[layer.name] == 1 else f"{layer.name}#{met[layer.name]}"
        rows.append((name, type(layer).__name__, [shape for one in shapes for shape in one] or None, list(inbound)))
    outputs = None
    if getattr(model, "outputs", None):
        outputs = [(tuple(x.shape), keras.backend.standardize_dtype(x.dtype)) for x in model.outputs]
    return {"layers": rows, "weights": weights_of(model), "outputs": outputs}


def weights_of(model: Any) -> list[Any]:
    """Path, shape, type and training of each weight of a live layer."""
    import keras

    counts: dict[str, int] = {}
    weights = []
    for weight in model.weights:
        counts[weight.path] = counts.get(weight.path, 0) + 1
        name = weight.path if counts[weight.path] == 1 else f"{weight.path}#{counts[weight.path]}"
        weights.append((name, tuple(weight.shape), keras.backend.standardize_dtype(weight.dtype), weight.trainable))
    return weights


def ours(source: str) -> Any:
    """What astarch says of the program's ``model``."""
    file = _FOLDER / f"program{next(_COUNT)}.py"  # a file once read stays read
    text = "\n".join(f"    {line}" for line in source.splitlines())
    file.write_text(f"{HEAD}def build():\n{text}\n    return model\n", encoding="utf-8")
    architecture = astarch.read(f"{file}:build()", search_path=[])
    errors = [d.message for d in architecture.diagnostics if d.severity == "error"]
    if errors:
        return f"raises: {errors[0]}"
    if architecture.unknown:
        return f"unknown: {architecture.unknown[0]}"
    rows = [(m.name, m.class_name, list(m.output_shapes) if m.output_shapes else None,
             list(m.inbound or ())) for m in architecture.modules.values()
            if m.name and "/" not in m.name]  # fmt: skip
    weights = [(p.name, tuple(p.shape or ()), p.dtype, p.trainable) for p in architecture.parameters.values()]
    outputs = None
    if architecture.outputs is not None:
        outputs = [(tuple(x.shape), x.dtype) for x in _flat(architecture.outputs[0])]
    return {"layers": rows, "weights": weights, "outputs": outputs}


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _flat(item)]
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _flat(value[key])]
    return [value]


def compare(source: str) -> str:
    """Nothing when both agree, else both sides."""
    theirs, mine = live(source), ours(source)
    if isinstance(theirs, str):
        return "" if isinstance(mine, str) and mine.startswith("raises") else f"\n{source}\nKeras: {theirs}\nours:  {mine}"
    if not isinstance(mine, str):  # what Keras does not know we may
        known = {row[0]: row[2] for row in theirs["layers"]}
        mine["layers"] = [(*row[:2], row[2] if known.get(row[0], row[2]) is not None else None, row[3]) for row in mine["layers"]]
    return "" if theirs == mine else f"\n{source}\nKeras: {theirs}\nours:  {mine}"


def values(expressions: list[str], inputs: str) -> tuple[list[Any], list[Any]]:
    """What each expression gives: shapes and element types, or ``raises``; by Keras, and by astarch."""
    import keras

    theirs = []
    scope: dict[str, Any] = {}
    exec(HEAD + inputs, scope)
    for text in expressions:
        try:
            theirs.append(_described(eval(text, scope), keras.backend.standardize_dtype))
        except Exception as error:
            theirs.append(UNTOLD if type(error).__name__ in ("NotFoundError", "UnimplementedError", "ImportError") else "raises")
    return theirs, _read_values(expressions, inputs)


def agree(theirs: Any, ours: Any, sized_by_data: bool = False) -> bool:
    """Whether both say the same; a size that only the data tells is None for us."""
    if isinstance(theirs, (list, tuple)) and isinstance(ours, (list, tuple)) and len(theirs) == len(ours):
        return all(agree(a, b, sized_by_data) for a, b in zip(theirs, ours, strict=True))
    return theirs in (UNTOLD, ours) or (sized_by_data and ours is None and isinstance(theirs, int))


def _described(value: Any, dtype_of: Any) -> Any:
    if isinstance(value, (list, tuple)) and not (value and isinstance(value[0], int)):
        return [_described(item, dtype_of) for item in value]
    return (tuple(value.shape), dtype_of(value.dtype)) if hasattr(value, "dtype") else value


def _read_values(expressions: list[str], inputs: str) -> list[Any]:
    """The expressions evaluated by the interpreter, each on its own."""
    from astarch.frameworks.keras.tensor import KerasTensor, outward
    from astarch.interpreter.budget import Budget
    from astarch.interpreter.values import Raised
    from astarch.ir.unknown import Unknown
    from astarch.readers.python import Session, project_for
    from astarch.targets import Target

    file = _FOLDER / f"program{next(_COUNT)}.py"
    file.write_text(HEAD + inputs, encoding="utf-8")

    def stated(value: Any) -> Any:
        if isinstance(value, Unknown):
            return f"unknown: {value}"
        if isinstance(value, KerasTensor):
            return outward(value.shape), value.dtype
        return [stated(item) for item in value] if isinstance(value, (list, tuple)) else value

    def work() -> list[Any]:
        module = session.module(Target(str(file), str(file), ""))
        found: list[Any] = []
        for text in expressions:
            before = len(session.run.diagnostics)
            try:
                value = stated(session.evaluate(module, text))
                found.append("raises" if len(session.run.diagnostics) > before else value)
            except Raised:
                found.append("raises")
        return found

    session = Session(project_for([]), Budget())
    return session.do(work)
