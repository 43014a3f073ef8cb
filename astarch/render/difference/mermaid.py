"""The parts of a model that changed as a Mermaid flowchart: green came, red went, amber is another; the rest stands for itself, folded."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.change import Comparison, Kind
from ..paint import clean

#: Beyond this no drawing is made: GitHub draws no more than 500, and nobody reads so many.
MOST_EDGES = 300
_SIGNS = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "'", "\\": "#92;", "|": "#124;", "&": "#amp;"})
_COLOURS = {
    "added": "fill:#16a34a,stroke:#15803d,color:#fff",
    "removed": "fill:#dc2626,stroke:#b91c1c,color:#fff,stroke-dasharray:4 3",
    "changed": "fill:#f59e0b,stroke:#b45309,color:#1f2937",
    "same": "fill:#94a3b833,stroke:#94a3b8",
}


def to_mermaid(comparison: Comparison) -> str:
    """The drawing; empty when there is nothing to draw, or too much."""
    states = _states(comparison)
    names = _shown(comparison, states)
    states |= {name: "added" for name in names if any(states.get(path) == "added" for path in _above(name))}  # with what it stands in
    if not any(states.get(name, "same") != "same" for name in names) or len(names) > MOST_EDGES:
        return ""
    keys = {name: f"n{number}" for number, name in enumerate(names)}
    lines = ["flowchart LR"]
    lines += [f'  {keys[name]}["{_label(comparison, name)}"]' for name in names]
    lines += [f"  {keys[parent]} --> {keys[name]}" for name in names if name and (parent := _parent(name, keys)) is not None]
    for state, colour in _COLOURS.items():
        members = [keys[name] for name in names if states.get(name, "same") == state]
        if members:
            lines += [f"  classDef {state} {colour}", f"  class {','.join(members)} {state}"]
    return "\n".join(lines) + "\n"


def _states(comparison: Comparison) -> dict[str, str]:
    """What happened to every module, by its new name; by the old one when it is gone."""
    found: dict[str, str] = {}
    for change in comparison.changes:
        if change.kind is Kind.MODULE_ADDED:
            found[change.subject] = "added"
        elif change.kind is Kind.MODULE_REMOVED:
            found[f"-{change.subject}"] = "removed"
        elif change.kind.id.startswith("module-"):
            found.setdefault(change.subject, "changed")
        elif change.kind.id.startswith("key-") or change.kind in (Kind.PERSISTENCE, Kind.TIED, Kind.UNTIED, Kind.DATA_FLOW):
            owner = change.subject if change.kind is Kind.DATA_FLOW else change.subject.rpartition(".")[0]
            if comparison.new is not None and owner in comparison.new.modules:
                found.setdefault(owner, "changed")
    return found


def _shown(comparison: Comparison, states: dict[str, str]) -> list[str]:
    """The changed modules, what is around them, and their neighbours."""
    new = comparison.new or comparison.old
    assert new is not None
    wanted: dict[str, None] = {"": None}
    for name in states:
        bare = name.removeprefix("-")
        for path in _above(bare):
            wanted[path] = None
        wanted[name] = None
    beside = [name for name in new.modules if name and name.rpartition(".")[0] in wanted and name not in wanted]
    if len(wanted) + len(beside) <= 60:
        wanted.update(dict.fromkeys(beside))
    order = {name: place for place, name in enumerate(new.modules)}
    return sorted(wanted, key=lambda name: order.get(name.removeprefix("-"), len(order)))


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _parent(name: str, keys: dict[str, str]) -> str | None:
    bare = name.removeprefix("-")
    for path in (*_above(bare), ""):
        for key in (path, f"-{path}"):
            if key in keys and key != name:
                return key
    return None


def _label(comparison: Comparison, name: str) -> str:
    bare = name.removeprefix("-")
    model: Architecture | None = comparison.old if name.startswith("-") else comparison.new or comparison.old
    module = model.modules.get(bare) if model is not None else None
    kind = f" : {module.class_name}" if module is not None else ""
    last = bare.rpartition(".")[2] or (model.name if model is not None else "")
    return clean(f"{last}{kind if bare else ''}").translate(_SIGNS)
