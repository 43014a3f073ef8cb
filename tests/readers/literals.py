"""Sources in which one number, word or truth is another: every one of a model, changed by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

#: What a word that means something is changed to; any other is a name, and gets a letter more.
WORDS = {
    "relu": "tanh", "tanh": "sigmoid", "sigmoid": "relu", "same": "valid", "valid": "same", "softmax": "sigmoid", "gelu": "relu",
    "silu": "relu", "selu": "elu", "bilinear": "nearest", "causal": "same", "softplus": "relu",
}  # fmt: skip


def changed(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Every text of the file with one literal of a class or function changed, and what was changed to what."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    node = next(item for item in ast.parse(text).body if getattr(item, "name", "") == name)
    for item in ast.walk(node):
        if not isinstance(item, ast.Constant) or item.value is None:
            continue
        for other in _others(item.value):
            line = lines[item.lineno - 1].encode()
            new = line[: item.col_offset] + repr(other).encode() + line[item.end_col_offset :]
            yield (
                "\n".join([*lines[: item.lineno - 1], new.decode(), *lines[item.lineno :]]),
                f"{item.value!r} -> {other!r}: {new.decode()}",
            )


def _others(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1 if value > 1 else value + 2]
    if isinstance(value, float):
        return [value * 2]
    return [WORDS.get(value, f"{value}x")] if isinstance(value, str) else []
