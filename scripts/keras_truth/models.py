"""Which Keras models there are, as records that only say how to build them."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def of(library: str, folder: Path | None) -> Iterator[Record]:
    """The models of a library; with ``programs`` those of a folder."""
    if library == "programs":
        assert folder is not None, "--source FOLDER is needed"
        return programs(folder)
    return {"keras_applications": applications, "keras_hub_backbones": hub}[library]()


#: Arguments besides ``weights=None`` that every builder of keras.applications is asked with, where it takes them.
VARIANTS: tuple[dict[str, Any], ...] = (
    {},
    {"include_top": False},
    {"include_top": False, "pooling": "avg"},
    {"include_top": False, "pooling": "max", "input_shape": (96, 128, 3)},
    {"include_top": False, "input_shape": (None, None, 3)},
    {"classes": 7, "classifier_activation": None, "name": "mine"},
    {"input_shape": (160, 160, 1), "classes": 3},
    {"include_preprocessing": False, "classes": 10},
    {"alpha": 0.5, "input_shape": (128, 128, 3)},
    {"alpha": 1.25, "include_top": False},
    {"minimalistic": True, "dropout_rate": 0.0},
    {"depth_multiplier": 2, "dropout": 0.3},
)


def applications() -> Iterator[Record]:
    """Every builder of keras.applications, with other arguments too."""
    import keras  # pyright: ignore[reportMissingImports]

    for info in pkgutil.iter_modules(keras.applications.__path__):
        module = importlib.import_module(f"keras.applications.{info.name}")
        for name, builder in vars(module).items():
            if inspect.isfunction(builder) and name[0].isupper():
                taken = inspect.signature(builder).parameters
                for number, extra in enumerate(VARIANTS):
                    if set(extra) <= set(taken):
                        again = f"#{number}" if number else ""
                        yield {
                            "id": f"keras.applications/{name}{again}",
                            "builder": f"keras.applications.{info.name}:{name}",
                            "kwargs": {"weights": None, **extra},
                        }


def hub() -> Iterator[Record]:
    """Every model that an example in a docstring of keras_hub makes."""
    import keras_hub  # pyright: ignore[reportMissingImports]

    for name, cls in sorted(vars(keras_hub.models).items()):
        if not isinstance(cls, type):
            continue
        blocks = re.findall(r"```python\n(.*?)```", inspect.getdoc(cls) or "", re.DOTALL)
        for number, block in enumerate(blocks):
            for place, source in enumerate(examples(block)):
                yield {"id": f"keras_hub/{name}@{number}.{place}", "builder": f"{cls.__module__}:{name}", "kwargs": {}, "source": source}


def examples(block: str) -> Iterator[str]:
    """The programs of an example: one for each model that it makes, with what stands before."""
    try:
        body = ast.parse(textwrap.dedent(block)).body
    except SyntaxError:
        return
    kept: list[str] = []
    for statement in body:
        text = ast.unparse(statement)
        if "from_preset" in text or re.search(r"\.(fit|compile|predict|generate|save\w*|load\w*)\(", text):
            continue
        match statement:
            case ast.Assign(targets=[ast.Name(id=variable)], value=ast.Call(func=called)) if _is_model(ast.unparse(called)):
                yield "\n".join([*kept, text.replace(variable, "model", 1), ""])
            case _:
                pass
        kept.append(text)


def _is_model(called: str) -> bool:
    last = called.rpartition(".")[2]
    return last[:1].isupper() and not re.search(r"(Tokenizer|Preprocessor|Converter|Tensor|Sampler|Packer|Layer|Generator)$", last)


def programs(folder: Path) -> Iterator[Record]:
    """The programs of a folder; each leaves a ``model`` behind."""
    files = sorted(folder.glob("*.py"))
    if not files:
        raise FileNotFoundError(f"no programs in {folder}")
    for file in files:
        yield {"id": file.stem, "builder": f"{file.stem}:model", "kwargs": {}, "source": file.read_text(encoding="utf-8")}
