"""What Keras keeps globally: counters of automatic names, the stack of name scopes, defaults. One for each run."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from ..describe import RUN, refuse


class State:
    """Keras after ``clear_session``."""

    def __init__(self) -> None:
        self.uids: dict[str, int] = defaultdict(int)
        self.scopes: list[Scope] = []
        self.context: Any = None
        self.tracking = True
        self.floatx = "float32"
        self.epsilon = 1e-7
        self.data_format = "channels_last"
        self.policy: Any = None
        self.open_sizes = 0
        self.seed_generator: Any = None
        self.custom_objects: dict[str, Any] = {}
        self.tracing = 0
        self.autocast: list[str | None] = []


def state() -> State:
    """The state of the run in progress."""
    held = RUN.get().state
    found = held.get("keras")
    if found is None:
        found = held["keras"] = State()
    return found


def snake_case(name: str) -> str:
    """A class name as Keras makes it the start of automatic names.

    >>> snake_case("GlobalAveragePooling2D"), snake_case("MBConvBlock")
    ('global_average_pooling2d', 'mb_conv_block')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def uniquify(name: str) -> str:
    """The name, with a number when it was used before."""
    uids = state().uids
    found = f"{name}_{uids[name]}" if name in uids else name
    uids[name] += 1
    return found


def auto_name(prefix: str) -> str:
    """The next automatic name of a class: ``conv2d``, ``conv2d_1`` ..."""
    return uniquify(snake_case(prefix))


class Scope:
    """A part of the path of variables (``keras.name_scope``)."""

    described = True

    def __init__(self, name: Any, caller: Any = None, deduplicate: bool = True, override_parent: Any = None) -> None:
        if not isinstance(name, str) or "/" in name:
            refuse("ValueError", f"Argument `name` must be a string and cannot contain character `/`. Received: name={name}")
        self.name = name
        self.caller = caller
        self.deduplicate = deduplicate
        self.override = override_parent
        if override_parent is None and deduplicate and caller is not None:
            self.override = caller.__dict__.get("_parent_path")
        self.pops = False

    def __enter__(self) -> Scope:
        scopes = state().scopes
        if self.deduplicate and scopes:
            top = scopes[-1]
            if self.caller is not None and self.caller is top.caller and self.name == top.name:
                return self
        scopes.append(self)
        self.pops = True
        return self

    def __exit__(self, *error: Any) -> None:
        if self.pops and state().scopes:
            state().scopes.pop()


def current_path() -> str:
    """The names of the open scopes."""
    parts: list[str] = []
    for scope in state().scopes:
        if scope.override is not None:
            parts = [part for part in scope.override.split("/") if part]
        parts.append(scope.name)
    return "/".join(parts)
