"""What is broken: small programs of this repository, and models of libraries with the inputs that truth files state."""

from __future__ import annotations

import ast
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).resolve().parent / "models"
OF_KERAS = Path(__file__).resolve().parent / "keras_models"
LIBRARIES = ("torchvision", "timm", "vit_pytorch", "transformers")

#: How small models of transformers are made, as far as their configuration knows these words.
_SMALL = {"num_hidden_layers": 2, "num_layers": 2, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 99}

#: Larger models say nothing that smaller ones do not, and take longer.
MOST_CALLS = 400


Run = tuple[str, tuple[tuple[tuple[int, ...], str], ...]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One working model.

    Args:
        name: What it is called in reports.
        path: Its file.
        runs: What builds each model of the file, and the sizes and element type of each argument of its forward.
        module: Dotted name of the file in its library; empty for a file that stands alone.
        library: The folder that holds the library; None for a file that stands alone.
        reads: The folders of what the library needs.
        framework: ``torch`` or ``keras``.
    """

    name: str
    path: Path
    runs: tuple[Run, ...]
    module: str = ""
    library: Path | None = None
    reads: tuple[Path, ...] = ()
    framework: str = "torch"


def own() -> list[Subject]:
    """The programs of `models` and of the examples; the last statement of each file there says how it is run."""
    found = [
        Subject("gpt", ROOT / "examples/gpt.py", (("GPT(GPTConfig(64, 100, 2, 4, 32))", (((2, 16), "int64"),)),)),
        Subject("two_block_cnn", ROOT / "examples/two_block_cnn.py", (("TwoBlockCNN()", (((2, 3, 32, 32), "float32"),)),)),
    ]
    return [*found, *_stating_runs(OWN, "torch")]


def of_keras() -> list[Subject]:
    """The programs of `keras_models`."""
    return _stating_runs(OF_KERAS, "keras")


def _stating_runs(folder: Path, framework: str) -> list[Subject]:
    found: list[Subject] = []
    for path in sorted(folder.glob("*.py")):
        last = ast.parse(path.read_text(encoding="utf-8")).body[-1]
        assert isinstance(last, ast.Assign), path
        runs = ast.literal_eval(last.value)
        given = ((expression, tuple((tuple(sizes), dtype) for sizes, dtype in inputs)) for expression, inputs in runs.items())
        found.append(Subject(path.stem, path, tuple(given), framework=framework))
    return found


def of_library(name: str) -> list[Subject]:
    """Models of a library: one for each file, the smallest that the truth file knows and that takes one image."""
    from zoo.libraries import LIBRARIES as KNOWN
    from zoo.records import read_records
    from zoo.sources import source_folders

    folder, *reads = source_folders(KNOWN[name])
    best: dict[str, dict[str, Any]] = {}
    for record in read_records(ROOT / "tests" / "truth" / f"{name}.jsonl.xz"):
        module = record["builder"].partition(":")[0]
        if _is_plain(record) and (module not in best or len(record["calls"]) < len(best[module]["calls"])):
            best[module] = record
    found: list[Subject] = []
    for module, record in sorted(best.items()):
        path = folder / (module.replace(".", "/") + ".py")
        if path.exists() and (expression := _expression(record, folder)) is not None:
            given = next(iter(record["input"].items()))
            run = (expression, ((tuple(given[1]), "int64" if given[0].endswith("ids") else "float32"),))
            found.append(Subject(record["id"], path, (run,), module, folder, tuple(reads)))
    return found


def _is_plain(record: dict[str, Any]) -> bool:
    """Whether a model takes one tensor, and is small enough."""
    inputs = list((record["input"] or {}).values())
    plain = len(inputs) == 1 and isinstance(inputs[0], list) and bool(inputs[0]) and all(isinstance(size, int) for size in inputs[0])
    known = record["forward_device"] == "meta" or "statement" in record
    runs = not record["error"] and not record["forward_error"] and known and "quantized" not in record["id"]
    most = MOST_CALLS if "config" not in record["kwargs"] else 3 * MOST_CALLS  # these are made smaller
    return plain and runs and len(record["calls"]) <= most


def _expression(record: dict[str, Any], folder: Path) -> str | None:
    """What builds a model in the file that defines it; None when its configuration is not imported there."""
    if "statement" in record:  # from a page that shows how it is built
        statement = ast.parse(record["statement"]).body[0]
        return ast.unparse(statement.value) if isinstance(statement, ast.Assign) else None
    kwargs, name = record["kwargs"], record["builder"].partition(":")[2]
    if "config" not in kwargs:
        return f"{name}({', '.join(f'{key}={value!r}' for key, value in kwargs.items())})"
    module, _, config = kwargs["config"].partition(":")
    source = (folder / (record["builder"].partition(":")[0].replace(".", "/") + ".py")).read_text(encoding="utf-8")
    fields = (folder / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
    if kwargs.get("config_kwargs") or not re.search(rf"import .*\b{config}\b", source):
        return None
    small = {key: value for key, value in _SMALL.items() if re.search(rf"^    {key}: int", fields, re.MULTILINE)}
    return f"{name}({config}({', '.join(f'{key}={value}' for key, value in small.items())}))"


class Place:
    """A folder in which mutants stand as files: alone, or in a copy of their library."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, subject: Subject, text: str) -> Path:
        """Put the text in the place of a subject's file."""
        if subject.library is None:
            path = self.folder / "alone" / subject.path.name
            path.parent.mkdir(exist_ok=True)
        else:
            top = self.folder / subject.library.name
            if not top.exists():
                _copy(subject.library, top, subject.module.partition(".")[0])
            path = top / subject.path.relative_to(subject.library)
            path.unlink()
        path.write_text(text, encoding="utf-8")
        return path

    def search_path(self, subject: Subject) -> list[Path]:
        """Where modules are looked for."""
        return [] if subject.library is None else [self.folder / subject.library.name, *subject.reads]


def _copy(library: Path, to: Path, package: str) -> None:
    """The Python files of a package; links where the disk allows."""
    for source in (library / package).rglob("*.py"):
        target = to / source.relative_to(library)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
