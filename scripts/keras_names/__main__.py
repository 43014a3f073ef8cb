#!/usr/bin/env python3
"""Writes down every public name of Keras, so that one it does not have can be told from one that is not described.

``python scripts/keras_names TF_KERAS`` (with the pinned Keras installed; TF_KERAS is the unpacked package of Keras 2, whose names programs
still use) writes ``astarch/frameworks/keras/public_names.txt``: a line ``module: name name ...`` for each module in which layers and
operations are looked for. `astarch.frameworks.keras.library.existing` reads it.
"""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import keras

TARGET = Path(__file__).resolve().parents[2] / "astarch" / "frameworks" / "keras" / "public_names.txt"

MODULES = (
    "keras", "keras.activations", "keras.constraints", "keras.initializers", "keras.layers", "keras.losses", "keras.metrics",
    "keras.models", "keras.ops", "keras.optimizers", "keras.random", "keras.regularizers",
)  # fmt: skip

#: Modules of Keras 1 and 2 that were no part of the public names, and that programs import from all the same.
ANCIENT = {
    "keras": "engine legacy objectives preprocessing utils wrappers",
    "keras.layers": """advanced_activations convolutional convolutional_recurrent core cudnn_recurrent embeddings local merge noise
        normalization pooling recurrent wrappers""",
    "keras.models": "engine model sequential",
    "keras.ops": "core image linalg math nn numpy",
}


def older(package: Path, module: str) -> set[str]:
    """The names that Keras 2 has in a module."""
    found: set[str] = set()
    for version in ("_v1", "_v2"):
        folder = package / "api" / version / "keras" / module.removeprefix("keras").strip(".").replace(".", "/")
        if not folder.exists():
            continue
        tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
        found |= {alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        found |= {below.name for below in folder.iterdir() if below.is_dir()}
    return found


def main() -> int:
    """Write the table."""
    package = Path(sys.argv[1])
    rows: list[str] = []
    for module in MODULES:
        names = {*dir(importlib.import_module(module)), *older(package, module), *ANCIENT.get(module, "").split()}
        rows.append(f"{module}: {' '.join(sorted(name for name in names if not name.startswith('__')))}")
    TARGET.write_text(
        f"# keras {keras.__version__} and Keras 2; written by scripts/keras_names\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
