#!/usr/bin/env python3
"""What the libraries of the zoo use of torch and numpy that nobody has described yet, most used first.

``python scripts/coverage`` scans the unpacked sources in ``$ASTARCH_ZOO/src`` with `ast`, resolves import aliases and prints a table:
how often, in how many files, the name, an example. Methods of tensors are guessed by name: one that torch.Tensor has, called on
anything that is no module, and that no other class is known for.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from zoo.sources import home  # noqa: E402 - the path above comes first

from astarch.frameworks.describe import REGISTRY  # noqa: E402 - the path above comes first
from astarch.frameworks.torch.library import TorchLibrary  # noqa: E402 - the path above comes first
from astarch.frameworks.torch.module import Module  # noqa: E402 - the path above comes first
from astarch.frameworks.torch.names import exists  # noqa: E402 - the path above comes first
from astarch.interpreter.engine import new_machine  # noqa: E402 - the path above comes first

ROOTS = ("torch", "numpy", "einops")
#: Methods that strings, dicts, lists and arrays have too say nothing about tensors.
SHARED = {*dir(str), *dir(dict), *dir(list), *dir(set), *vars(Module), "resize"}
#: What is described by other means than the registry: `torch.nn.Module`, the containers, the classes of tensors.
DESCRIBED = {*REGISTRY, *TorchLibrary(new_machine()).wrapped}
_PREFIXES = frozenset(name[:i] for name in REGISTRY for i, character in enumerate(name) if character == ".")


class Scan(ast.NodeVisitor):
    """The framework names that one file uses."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.used: list[tuple[str, int]] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self.aliases[alias.asname or top] = alias.name if alias.asname else top

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module and node.module.partition(".")[0] in ROOTS:
            for alias in node.names:
                self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                self.used.append((f"{node.module}.{alias.name}", node.lineno))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        full = self.resolve(node)
        if full is not None:
            self.used.append((full, node.lineno))
            return
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        is_method = isinstance(function, ast.Attribute) and self.resolve(function) is None and function.attr not in SHARED
        if is_method and exists(f"torch.Tensor.{function.attr}"):
            self.used.append((f"torch.Tensor.{function.attr}", node.lineno))
        self.generic_visit(node)

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted name of ``F.relu``, if it begins with an import of a framework."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self.aliases:
            return None
        full = ".".join([self.aliases[node.id], *reversed(parts)])
        return full if full.partition(".")[0] in ROOTS else None


def sources(folder: Path) -> Iterator[Path]:
    """The Python files of the libraries, without their tests."""
    return (file for file in sorted(folder.rglob("*.py")) if not {"tests", "test", "testing"} & set(file.parts))


def is_described(name: str) -> bool:
    """Whether a name, or what it is taken from, has a description."""
    if name in DESCRIBED or name in _PREFIXES or exists(name) is False:
        return True
    above, _, last = name.rpartition(".")
    return above in DESCRIBED or (above.startswith(("torch.nn.modules.", "torch.nn.parameter")) and f"torch.nn.{last}" in DESCRIBED)


def main() -> int:
    """Scan and print."""
    parser = argparse.ArgumentParser(prog="scripts/coverage", description=__doc__.partition("\n")[0])
    parser.add_argument("--src", type=Path, default=home() / "src", help="the unpacked libraries")
    parser.add_argument("--only", nargs="*", default=["torchvision", "timm", "transformers", "vit_pytorch"], help="libraries, by name")
    parser.add_argument("--top", type=int, default=100, help="how many lines")
    parser.add_argument("--within", default="", help="only names that begin so, e.g. numpy")
    chosen = parser.parse_args()
    counts: Counter[str] = Counter()
    files: dict[str, set[str]] = defaultdict(set)
    places: dict[str, str] = {}
    for folder in sorted(chosen.src.iterdir()):
        if not folder.name.startswith(tuple(f"{name}-" for name in chosen.only)):
            continue
        for file in sources(folder):
            scan = Scan()
            scan.visit(ast.parse(file.read_text(encoding="utf-8", errors="replace")))
            for name, line in scan.used:
                if name.startswith(chosen.within) and not is_described(name):
                    counts[name] += 1
                    files[name].add(str(file))
                    places.setdefault(name, f"{file.relative_to(chosen.src)}:{line}")
    print(f"{'uses':>5} {'files':>5}  {'name':<52} example")
    for name, count in sorted(counts.items(), key=lambda item: (-len(files[item[0]]), -item[1], item[0]))[: chosen.top]:
        print(f"{count:>5} {len(files[name]):>5}  {name:<52} {places[name]}")
    print(f"{len(counts)} names are not described")
    return 0


if __name__ == "__main__":
    sys.exit(main())
