"""Values of an Architecture in the truth's notation, and whether two of them agree.

A tensor is a list of sizes, None is null, containers are ``{"tuple": [...]}`` and so on, scalars ``"int=3"``,
other objects their class. What our side does not state is an `Unstated` in its place.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from astarch.ir.dim import Dim
from astarch.ir.graph import Record, TensorType
from astarch.ir.unknown import Unknown


class Verdict(IntEnum):
    """How a statement of ours stands to the truth; the worse one is the greater."""

    EXACT = 0
    PARTIAL = 1
    WRONG = 2


@dataclass(frozen=True, slots=True)
class Unstated:
    """What our side leaves open: a symbolic size, or a value that is not known."""

    text: str
    symbolic: bool = False

    def __str__(self) -> str:
        return f"?{self.text}?"


def notation(value: Any) -> Any:
    """A value of an Architecture in the truth's notation.

    >>> notation((TensorType((1, 3)), None, 7))
    {'tuple': [[1, 3], None, 'int=7']}
    """
    match value:
        case None:
            return None
        case bool() | int() | float() | str():
            return f"{type(value).__name__}={value}"
        case TensorType():
            return sizes(value.shape)
        case Unknown():
            return Unstated(f"{value.reason.id}: {value.detail}")
        case Dim():
            return Unstated(str(value), symbolic=True)
        case Record():
            fields = {str(name): notation(item) for name, item in value.fields.items()}
            return {"obj": value.type, "fields": fields} if fields else value.type
        case OrderedDict():
            return {"obj": "collections.OrderedDict", "fields": {str(name): notation(item) for name, item in value.items()}}
        case tuple():
            return {"tuple": [notation(item) for item in value]}
        case list():
            return {"list": [notation(item) for item in value]}
        case dict():
            return {"dict": {str(name): notation(item) for name, item in value.items()}}
    return f"{type(value).__module__}.{type(value).__qualname__}"


def sizes(shape: Any) -> Any:
    """A shape in the truth's notation; None where it is not known at all."""
    return None if shape is None else [size if type(size) is int else Unstated(str(size), symbolic=True) for size in shape]


def agree(ours: Any, theirs: Any, free_sizes: bool = False) -> Verdict:
    """Whether our notation of a value agrees with the truth's.

    Args:
        ours: From `notation`.
        theirs: From a record.
        free_sizes: Symbolic sizes agree with any number (they depend on data, which the truth made up).
    """
    if isinstance(ours, Unstated):
        fits = ours.symbolic and free_sizes and (isinstance(theirs, int) or str(theirs).startswith("int="))
        # where the live library needed data, shapes that data decides (after proposal selection) are not scored
        fits = fits or (free_sizes and ours.text.startswith(("data-dependent", "undecided")) and isinstance(theirs, list))
        return Verdict.EXACT if fits else Verdict.PARTIAL
    if isinstance(theirs, str):
        return _agree_text(ours, theirs)
    if isinstance(theirs, list) and isinstance(ours, list):
        return _agree_items(ours, theirs, free_sizes)
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return _agree_container(ours, theirs, free_sizes)
    if isinstance(ours, str) and isinstance(theirs, dict) and "obj" in theirs:
        if last_part(ours) != last_part(theirs["obj"]):
            return Verdict.WRONG
        return Verdict.PARTIAL if _present(theirs["fields"]) else Verdict.EXACT
    return Verdict.EXACT if type(ours) is type(theirs) and ours == theirs else Verdict.WRONG


def _agree_text(ours: Any, theirs: str) -> Verdict:
    """Scalars literally; other objects by the last part of their class, whatever else we say of them."""
    if isinstance(ours, dict) and "obj" in ours:
        ours = ours["obj"]
    if not isinstance(ours, str):
        return Verdict.WRONG
    if "=" in theirs or "=" in ours:
        return Verdict.EXACT if ours == theirs else Verdict.WRONG
    return Verdict.EXACT if last_part(ours) == last_part(theirs) else Verdict.WRONG


def _agree_items(ours: list[Any], theirs: list[Any], free_sizes: bool) -> Verdict:
    if len(ours) != len(theirs):
        return Verdict.WRONG
    return max((agree(a, b, free_sizes) for a, b in zip(ours, theirs, strict=True)), default=Verdict.EXACT)


def _agree_container(ours: dict[str, Any], theirs: dict[str, Any], free_sizes: bool) -> Verdict:
    if "obj" in theirs:
        if "obj" in ours and last_part(ours["obj"]) == last_part(theirs["obj"]):
            return _agree_fields(_present(ours["fields"]), _present(theirs["fields"]), free_sizes)
        return Verdict.WRONG
    for kind in ("tuple", "list"):
        if kind in theirs:
            items = list(ours["fields"].values()) if kind == "tuple" and "obj" in ours else ours.get(kind)
            return _agree_items(items, theirs[kind], free_sizes) if items is not None else Verdict.WRONG
    if "dict" in theirs and "dict" in ours:
        return _agree_fields(ours["dict"], theirs["dict"], free_sizes)
    return Verdict.WRONG


def _agree_fields(ours: dict[str, Any], theirs: dict[str, Any], free_sizes: bool) -> Verdict:
    if set(ours) - set(theirs):
        return Verdict.WRONG
    worst = Verdict.PARTIAL if set(theirs) - set(ours) else Verdict.EXACT
    return max([worst, *(agree(value, theirs[name], free_sizes) for name, value in ours.items())])


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are set: a ModelOutput has those that are None and leaves them out of everything."""
    return {name: value for name, value in fields.items() if value is not None}


def last_part(name: str) -> str:
    """The class name without its module."""
    return name.rpartition(".")[2]


def show(value: Any, limit: int = 400) -> str:
    """Notation as a reader wants it: JSON, with what is not stated between question marks."""
    text = json.dumps(value, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"
