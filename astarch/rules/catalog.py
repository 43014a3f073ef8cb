"""All rules: found by walking this package, so that a new file is a new rule."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from .rule import Rule

#: Codes that were given out and are no longer used, with why. A code is never given out twice.
TOMBSTONES: dict[str, str] = {}


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    found: list[Rule] = []
    for folder in pkgutil.iter_modules([_folder()]):
        if not folder.ispkg:
            continue
        package = import_module(f"{__package__}.{folder.name}")
        for item in pkgutil.iter_modules(package.__path__):
            module = import_module(f"{package.__name__}.{item.name}")
            found += [kind() for kind in vars(module).values() if _is_rule(kind, module.__name__)]
    return tuple(sorted(found, key=lambda rule: rule.code))


def _is_rule(kind: object, module: str) -> bool:
    return isinstance(kind, type) and issubclass(kind, Rule) and kind.__module__ == module and hasattr(kind, "code")


def _folder() -> str:
    return str(Path(__file__).parent)


def rule_named(text: str) -> Rule | None:
    """A rule by its code or its name."""
    wanted = text.strip()
    return next((rule for rule in rules() if wanted.upper() == rule.code or wanted.lower() == rule.name), None)


def matching(text: str) -> tuple[Rule, ...]:
    """The rules that a selector means: ``ALL``, a code, the beginning of one, or a name."""
    wanted = text.strip()
    if wanted.upper() == "ALL":
        return rules()
    one = rule_named(wanted)
    if one is not None:
        return (one,)
    return tuple(rule for rule in rules() if wanted and rule.code.startswith(wanted.upper()) and wanted.upper().startswith("M"))
