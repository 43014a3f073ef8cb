"""Pages for the classes of a package: what each is, what it takes and gives, what it has, who uses it, how it looks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..ir.architecture import Architecture, Call, Module
from ..ir.span import Span
from .mermaid import to_mermaid
from .notation import arguments_text, count_text, short_count, title_text, value_text, values_text
from .paint import clean
from .picture import Edge, Item, Picture, picture
from .places import Places
from .rows import Row, flat, rows


@dataclass(slots=True)
class _Use:
    """One place where a class is used."""

    architecture: Architecture
    module: Module
    row: Row | None
    call: Call | None


@dataclass(slots=True)
class _Class:
    """A class of the package, and where its instances are."""

    type: str
    place: Span
    uses: list[_Use] = field(default_factory=list["_Use"])
    users: dict[str, int] = field(default_factory=dict[str, int])


def pages(architectures: Sequence[Architecture], sources: Mapping[str, str] | None = None) -> dict[str, str]:
    """The pages by file name; ``index.md`` lists the others.

    Args:
        architectures: The models of the package.
        sources: Text of its files, for the sentence that a class says of itself.
    """
    classes = _classes(architectures)
    names = _file_names(classes)
    found = {names[kind]: "\n".join(_page(one, names, sources or {})) + "\n" for kind, one in classes.items()}
    found["index.md"] = "\n".join(_index(classes, names, architectures)) + "\n"
    return found


def _classes(architectures: Sequence[Architecture]) -> dict[str, _Class]:
    """The classes that source defines, models first."""
    found: dict[str, _Class] = {}
    for architecture in architectures:
        known = {row.name: row for _, row in flat(rows(architecture, fold=False)) if row.kind == "module"}
        first_calls: dict[str, Call] = {}
        for call in architecture.calls:
            first_calls.setdefault(call.module, call)
        for name, module in architecture.modules.items():
            if not module.class_at.line or module.type.startswith(("torch.", "keras.")) or module.shared_with is not None:
                continue
            one = found.setdefault(module.type, _Class(module.type, module.class_at))
            one.uses.append(_Use(architecture, module, known.get(name), first_calls.get(name)))
            user = _user(name, architecture)
            if user:
                one.users[user] = one.users.get(user, 0) + 1
    return found


def _user(name: str, architecture: Architecture) -> str:
    """The class around a module that is no container of the framework."""
    while name:
        name = name.rpartition(".")[0]
        parent = architecture.modules.get(name)
        if parent is not None and not parent.type.startswith("torch.nn."):
            return parent.type
    return ""


def _file_names(classes: Mapping[str, _Class]) -> dict[str, str]:
    return {kind: re.sub(r"[^\w.-]", "_", kind) + ".md" for kind in classes}


def _page(one: _Class, names: Mapping[str, str], sources: Mapping[str, str]) -> Iterator[str]:
    use = one.uses[0]
    yield f"# {clean(one.type.rpartition('.')[2])}"
    yield ""
    yield f"`{clean(one.type)}`, {_defined(one)}"
    said = _docstring(one.place, sources)
    if said:
        yield from ("", clean(said))
    yield from ("", "## Arguments", "")
    given = list(dict.fromkeys(arguments_text(one_use.module.arguments) for one_use in one.uses))
    yield from (f"- `{clean(text)}`" if text else "- none" for text in given[:8])
    if use.call is not None:
        yield from ("", "## Shapes", "", "| Input | Output |", "|:--|:--|")
        shapes = dict.fromkeys((values_text(u.call.inputs), values_text(u.call.outputs)) for u in one.uses if u.call is not None)
        yield from (f"| {_cell(took)} | {_cell(gave)} |" for took, gave in list(shapes)[:8])
    yield from _parameters(use)
    yield from _users(one, names)
    yield from _picture(use)


def _defined(one: _Class) -> str:
    return clean(Places(one.uses[0].architecture).line(one.place))


def _parameters(use: _Use) -> Iterator[str]:
    prefix = f"{use.module.name}." if use.module.name else ""
    own = [item for item in use.architecture.parameters.values() if item.name.startswith(prefix)]
    if not own:
        return
    total = use.row.parameters + use.row.tied if use.row is not None else use.architecture.parameter_count
    yield from (
        "",
        "## Parameters",
        "",
        f"{count_text(total)} in all, with these arguments.",
        "",
        "| Name | Shape | Elements |",
        "|:--|:--|--:|",
    )
    for item in own[:40]:
        shape = value_text(item.shape) if item.shape is None else "×".join(map(str, item.shape)) or "scalar"
        yield f"| `{clean(item.name[len(prefix) :])}` | {_cell(shape)} | {_cell(count_text(item.count))} |"
    if len(own) > 40:
        yield f"| … and {len(own) - 40} more | | |"


def _users(one: _Class, names: Mapping[str, str]) -> Iterator[str]:
    if one.users:
        yield from ("", "## Used by", "")
        for user, times in one.users.items():
            text = f"[{clean(user)}]({names[user]})" if user in names else f"`{clean(user)}`"
            yield f"- {text}{f', {times} times' if times > 1 else ''}"


def _picture(use: _Use) -> Iterator[str]:
    drawing = part(picture(use.architecture, depth=None), use.module.name)
    if drawing is not None and drawing.items and len(drawing.edges) < 400:
        yield from ("", "## Picture", "", "```mermaid", to_mermaid(drawing).rstrip("\n"), "```")


def part(drawing: Picture, name: str) -> Picture | None:
    """What is drawn inside one module, with what enters and what leaves; None when it is drawn closed or not at all.

    >>> part(Picture("Net"), "layer1") is None
    True
    """
    if not name:
        return drawing
    box = next((item for item in drawing.walk() if item.name == name and item.children and item.kind == "module"), None)
    if box is None:
        return None
    inside = {leaf.key for leaf in box.leaves()}
    edges: list[Edge] = []
    entering: dict[str, Item] = {}
    leaving: dict[str, Item] = {}
    for edge in drawing.edges:
        within = edge.source in inside, edge.target in inside
        if all(within):
            edges.append(edge)
        elif within[1]:
            item = entering.setdefault(edge.source, Item(f"in:{edge.source}", "input", "", "input", family="terminal", output=edge.label))
            edges.append(replace(edge, source=item.key))
        elif within[0]:
            item = leaving.setdefault(edge.source, Item(f"out:{edge.source}", "output", "", "output", family="terminal", output=edge.label))
            if not any(known.target == item.key for known in edges):
                edges.append(replace(edge, target=item.key, skip=False))
    items = (*entering.values(), *box.children, *leaving.values())
    return Picture(box.type, items, tuple(edges), parameters=box.parameters, macs=0 if box.macs is None else box.macs)


def _docstring(place: Span, sources: Mapping[str, str]) -> str:
    """The first sentence a class says of itself."""
    lines = sources.get(place.file, "").splitlines()[place.line - 1 : place.line + 4]
    found = re.search(r'(?:\A|\n)[ \t]*class\b[^\n]*:\s*\n\s*[rR]?"""\s*(.+?)(?:"""|\n\s*\n|\Z)', "\n".join(lines), re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def _index(classes: Mapping[str, _Class], names: Mapping[str, str], architectures: Sequence[Architecture]) -> Iterator[str]:
    yield from ("# Models and modules", "", "| Model | Parameters | MACs | Output |", "|:--|--:|--:|:--|")
    for architecture in architectures:
        root = architecture.modules.get("")
        link = (
            f"[{clean(title_text(architecture))}]({names[root.type]})" if root and root.type in names else clean(title_text(architecture))
        )
        macs = short_count(architecture.macs) if architecture.calls and str(architecture.macs) != "0" else "–"
        output = values_text(architecture.outputs) if architecture.outputs is not None else "–"
        cells = (
            f"{link} `{_cell(Places(architecture).target)}`",
            _cell(count_text(architecture.parameter_count)),
            _cell(macs),
            _cell(output),
        )
        yield f"| {' | '.join(cells)} |"
    yield from ("", "| Class | Used | Defined |", "|:--|--:|:--|")
    for kind, one in sorted(classes.items()):
        yield f"| [{clean(kind)}]({names[kind]}) | {len(one.uses)} | {_defined(one)} |"


def _cell(text: str) -> str:
    return clean(text).replace("|", "\\|").replace("*", "\\*")
