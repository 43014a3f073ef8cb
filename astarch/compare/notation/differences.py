"""Where a saved graph is sure to compute something else than a source: the first step that parts from the other's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node
from ...ir.span import NOWHERE
from ...ir.verification import Fact, Status
from .index_notation import Value, operands
from .lowering import Terms, flat
from .proof import Proof, needed, steps
from .vocabulary import Vocabulary


def difference(found: Proof) -> Iterator[Fact]:
    """The first step that does something else with the same operands than the artifact, where all of both is understood."""
    wanted = needed(found.source)
    if any(index in wanted for index in found.ours.open) or found.theirs.open or None in found.ours.results:
        return
    ours, theirs = (_reached(found.words, terms.results) for terms in (found.ours, found.theirs))
    both = ours.keys() & theirs.keys()
    fresh = [head for head in theirs if head not in both and both.issuperset(operands(found.words.form(head)))]
    for head in sorted(ours):
        if head in both or not both.issuperset(operands(found.words.form(head))):
            continue
        other = next((item for item in fresh if _parted(found.words, head, item)), None)
        if other is None:
            continue
        node, step = (_maker(found, terms, side, what) for terms, side, what in
                      ((found.ours, found.source, head), (found.theirs, found.artifact, other)))  # fmt: skip
        module = found.source.modules.get(node.target) if node is not None and node.op == "call_module" else None
        at = module.defined_at if module is not None and module.defined_at.line else node.at if node is not None else NOWHERE
        said = _said(found.words.form(head)), _said(found.words.form(other))
        said = said if said[0] != said[1] else (f"{said[0]} of {_sides(found, head)}", f"{said[1]} of {_sides(found, other)}")
        where = (step.name or step.target) if step is not None else ""
        yield Fact(node.target if node is not None else "forward", "operation", Status.CONTRADICTED, *said, at, where)
        return


#: Functions of one element that exporters leave as they are.
_KEPT = {"relu", "sigmoid", "tanh", "leaky_relu"}


def _parted(words: Vocabulary, head: int, other: int) -> bool:
    """Whether two steps are sure to do different things, not one thing written in two ways: of the same, or with the same weights."""
    one, two = words.form(head), words.form(other)
    if one[0] != two[0] or one[0] in ("slice", "part", "spread", "parameter", "constants", "input"):
        return False
    name = {"each": 1, "along": 1, "reduce": 1, "together": 1, "whole": 1}.get(one[0])
    same = name is None or one[name] == two[name]
    if operands(one) != operands(two):
        shared = [item for item in set(operands(one)) & set(operands(two)) if words.form(item)[0] == "parameter"]
        return bool(shared) and same and one[0] in ("contract", "whole", "lookup")
    if one[0] == "each":
        return one[1:3] != two[1:3] and {one[1], two[1]} <= _KEPT
    if one[0] == "reduce":
        return not same or not (set(one[4]) <= set(two[4]) or set(one[4]) >= set(two[4]))
    return same or one[0] == "together"


def _sides(found: Proof, head: int) -> str:
    """The sizes that an operation works on, to tell two of one name apart."""
    return "×".join(map(str, found.words.sizes(head))) or "a number"


def _reached(words: Vocabulary, results: list[Value], known: dict[int, None] | None = None) -> dict[int, None]:
    """The heads that results come from, beside those that are known."""
    found: dict[int, None] = {} if known is None else known
    border = [value.head for value in results]
    while border:
        head = border.pop()
        if head not in found:
            found[head] = None
            border.extend(operands(words.form(head)))
    return found


def _maker(found: Proof, terms: Terms, side: Architecture, head: int) -> Node | None:
    """The first step in which a head is computed."""
    known: dict[int, None] = {}
    for node in steps(side) if side is found.source else side.graph:
        if node.op.startswith("call_"):
            _reached(found.words, [item for item in flat(terms.values.get(node.index)) if isinstance(item, Value)], known)
            if head in known:
                return node
    return None


def _said(form: Any) -> str:
    """What a form does, in a few words."""
    word = form[0]
    name = {"each": 1, "along": 1, "reduce": 1, "together": 1, "whole": 1}.get(word)
    settings = [repr(item) for item in form[2]] if word in ("each", "along", "whole") else []
    return f"{form[name] if name else word}{'(' if settings else ''}{', '.join(settings)}{')' if settings else ''}"
