"""Live values in the notation of truth files: a tensor is its sizes, None is null, containers and scalars say what they are."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch

#: Of a text so many characters.
KEPT_TEXT = 80


def qualified(value: Any) -> str:
    """Module and name of the class of a value."""
    return f"{type(value).__module__}.{type(value).__qualname__}"


def notation(value: Any) -> Any:
    """A value in the notation of truth files.

    >>> notation((torch.ones(2, 3), None, 7))
    {'tuple': [[2, 3], None, 'int=7']}
    """
    match value:
        case None:
            return None
        case torch.Tensor():
            return list(value.shape)
        case bool() | int() | float():
            return f"{type(value).__name__}={value}"
        case str():
            return f"str={value[:KEPT_TEXT]}"
        case tuple():
            return {"tuple": [notation(item) for item in value]}
        case list():
            return {"list": [notation(item) for item in value]}
        case dict():
            items = {str(name): notation(item) for name, item in value.items()}
            return {"dict": items} if type(value) is dict else {"obj": qualified(value), "fields": items}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: notation(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"obj": qualified(value), "fields": fields}
    return qualified(value)


def holds_tensor(value: Any) -> bool:
    """Whether there is a tensor in a value or the containers it is made of."""
    if isinstance(value, dict):
        return any(map(holds_tensor, value.values()))
    return any(map(holds_tensor, value)) if isinstance(value, (tuple, list)) else isinstance(value, torch.Tensor)


def spread(value: Any) -> list[Any]:
    """What a module returned, as calls list it: the elements of a tuple or list, anything else alone."""
    return [notation(item) for item in value] if type(value) in (tuple, list) else [notation(value)]
