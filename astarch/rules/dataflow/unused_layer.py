"""Rule: a layer with weights that no forward reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from ...ir.architecture import Architecture, Module
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import Assigned, ClassSource, File, dotted_text
from ..layers import has_weights, keras_layer, makes_module
from ..rule import Rule

_ALL_CHILDREN = {"children", "named_children", "_modules", "modules", "named_modules", "__dict__", "get_submodule"}


class UnusedLayer(Rule):
    """A layer with weights is made and never used.

    ## Why
    Its weights are allocated, saved and synchronised, and never trained: either it is left over, or a call is missing in the
    forward. `DistributedDataParallel` stops with unused parameters.

    ## Known problems
    A layer that other code reaches by its name, or that only keeps old checkpoints loadable, is meant to be there; a mention of
    the name anywhere in the project counts as use. A layer that is handed to a constructor is judged where the model is built.
    """

    code = "MDL302"
    severity = "warning"
    confidence = "likely"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.norm = nn.LayerNorm(8)

        def forward(self, x):
            return self.fc(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.norm = nn.LayerNorm(8)

        def forward(self, x):
            return self.norm(self.fc(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if not _is_open_to_view(cls):
            return
        used = _used_names(cls)
        seen: set[str] = set()
        for one in cls.assigned:
            if one.name in used or one.name in seen or one.method.name != "__init__" or not has_weights(cls.file, one.value):
                continue
            seen.add(one.name)
            if not cls.file.program.mentioned(one.name, cls.file.path):
                made = makes_module(cls.file, one.value) or keras_layer(cls.file, one.value) or "layer"
                yield self._unused(cls, one, made)

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        """What a model was given as an argument, keeps, and never reads."""
        weighted = {name.rpartition(".")[0] for name in architecture.parameters}
        shared = {module.shared_with for module in architecture.modules.values()}
        for name, module in architecture.modules.items():
            cls = _written_at(file, module) if module.class_at.file == file.path else None
            if cls is None or not _is_open_to_view(cls):
                continue
            for one in cls.assigned:
                child = f"{name}.{one.name}" if name else one.name
                made = architecture.modules.get(child)
                if made is None or made.shared_with or child in shared or not _is_handed_over(one):
                    continue
                if not any(owner == child or owner.startswith(f"{child}.") for owner in weighted):
                    continue
                if one.name not in _used_names(cls) and not file.program.mentioned(one.name, file.path):
                    finding = self._unused(cls, one, made.class_name)
                    given = (Note(made.defined_at, "made here"),) if made.defined_at.line else ()
                    yield replace(finding, notes=(*finding.notes, *given))

    def _unused(self, cls: ClassSource, one: Assigned, made: str) -> Diagnostic:
        message = f"`self.{one.name}` is never used: this `{made}` has weights that nothing trains"
        assert cls.forward is not None
        return self.finding(cls.file, one.target, message, notes=[(cls.forward, "does not reach it")])


def _is_open_to_view(cls: ClassSource) -> bool:
    """Whether all is seen that a class may do with what it keeps."""
    return cls.forward is not None and cls.closed and not any(each.dynamic for each in cls.lineage) and not _takes_all(cls)


def _written_at(file: File, module: Module) -> ClassSource | None:
    found = (cls for cls in file.classes if cls.name == module.class_name and cls.node.lineno <= module.class_at.line)
    return max(found, key=lambda cls: cls.node.lineno, default=None)


def _is_handed_over(one: Assigned) -> bool:
    """Whether an argument of the constructor is kept as it is."""
    arguments = [*one.method.args.posonlyargs, *one.method.args.args, *one.method.args.kwonlyargs]
    return one.method.name == "__init__" and isinstance(one.value, ast.Name) and one.value.id in {each.arg for each in arguments}


def _takes_all(cls: ClassSource) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in _ALL_CHILDREN for each in cls.lineage for node in each.file.walk(each.node))


@lru_cache(maxsize=4)
def _reads(file: File) -> tuple[frozenset[str], list[tuple[ClassSource, frozenset[str]]]]:
    """What a file reads: the words of its texts and the attributes of anything but ``self``; by class, those of ``self``."""
    free = {part for node in file.all(ast.Constant) if isinstance(node.value, str) for part in node.value.replace(".", " ").split()}
    own: dict[ast.ClassDef, set[str]] = {}
    for node in file.all(ast.Attribute):
        if isinstance(node.ctx, ast.Load):
            around = file.class_of(node) if dotted_text(node.value) == "self" else None
            if around is None:
                free.add(node.attr)
            else:
                own.setdefault(around.node, set()).add(node.attr)
    return frozenset(free), [(file.by_node[node], frozenset(names)) for node, names in own.items()]


def _used_names(cls: ClassSource) -> set[str]:
    """Names read anywhere in the file, but for ``self.name`` in classes that have nothing to do with this one."""
    free, own = _reads(cls.file)
    used = set(free)
    for each in cls.lineage:
        used |= each.reads.keys()
    for around, names in own:
        if not names <= used and (any(each.node is around.node for each in cls.lineage) or cls in around.lineage):
            used |= names
    return used
