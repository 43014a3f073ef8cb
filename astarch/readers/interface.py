"""What the classes of a model offer: the signatures of its constructor and forward, and hooks that rename old checkpoints' keys."""

from __future__ import annotations

from typing import Any

from ..frameworks.describe import Run
from ..frameworks.torch.instance import ModuleInstance, walk
from ..interpreter.machine import Machine
from ..interpreter.values import MISSING, Class, Function, Instance
from ..ir.dim import Dim

#: Names by which classes see to it that old checkpoints still load.
HOOKS = (
    "_load_from_state_dict", "load_state_dict", "_version", "get_extra_state", "set_extra_state", "_checkpoint_conversion_mapping",
    "_key_mapping", "_fix_state_dict_key_on_load", "_fix_state_dict_keys_on_load", "_load_hook", "checkpoint_filter_fn",
)  # fmt: skip

#: Where a module keeps those that it registered.
REGISTERED = ("_load_state_dict_pre_hooks", "_load_state_dict_post_hooks")


def interface(root: Any) -> dict[str, Any]:
    """The signatures as ``[(name, kind, default)]``, the configuration's fields, and the hooks by class."""
    if not isinstance(root, ModuleInstance):
        return {}
    found: dict[str, Any] = {
        "constructor": _signature(root.py_class.find("__init__")),
        "forward": _signature(root.__dict__.get("forward", root.py_class.find("forward"))),
        "config": _config(root),
        "hooks": _hooks(root),
    }
    return {name: value for name, value in found.items() if value}


def run_facts(machine: Machine, run: Run) -> dict[str, Any]:
    """The files the program came from, the conditions that could not be decided, and what was lost while it was built."""
    lost = run.state.get("lost in construction", (*run.unknowns, *machine.unknowns))
    files = (getattr(getattr(module, "file", None), "path", None) for module in machine.modules.values())  # one may replace itself
    found = {
        "files": tuple(file for file in files if file),
        "decided": tuple(decision.condition for decision in machine.decided),
        "trainings": tuple(run.state.get("trainings", ())),
        "lost": tuple(f"{unknown.detail or 'a value'}: {unknown.reason.explanation}" for unknown in lost),
    }
    return {name: value for name, value in found.items() if value}


def _signature(function: Any) -> list[tuple[str, str, str | None]]:
    function = getattr(function, "function", function)
    if not isinstance(function, Function):
        return []
    code = function.code
    names = [(name, "") for name in code.positional[1:]]
    names += [(code.rest, "*")] if code.rest else []
    names += [(name, "keyword") for name in code.keyword_only]
    names += [(code.keywords, "**")] if code.keywords else []
    defaults = {**function.defaults, **(function.kwdefaults if isinstance(getattr(function, "kwdefaults", None), dict) else {})}
    return [(name, kind, _text(defaults[name]) if name in defaults else None) for name, kind in names]


def _config(root: ModuleInstance) -> dict[str, str]:
    """The plain fields of ``self.config`` and its like."""
    for name in ("config", "cfg", "conf", "hparams", "args"):
        value = root.__dict__.get(name)
        fields = value if isinstance(value, dict) else value.__dict__ if isinstance(value, Instance) else None
        if fields:
            return {str(key): _text(item) for key, item in fields.items() if not str(key).startswith("_")}
    return {}


def _hooks(root: ModuleInstance) -> dict[str, str]:
    """Which class of the program has which hook; ``_version`` with its number."""
    found: dict[str, str] = {}
    seen: set[int] = set()
    looked: set[Class] = set()
    for _, module in walk(root, "", set(), True):
        if not isinstance(module, ModuleInstance):
            continue
        for cls in module.py_class.mro if module.py_class not in looked else ():
            if id(cls) in seen or "described_as" in cls.namespace or not isinstance(cls, Class) or cls.host is not None:
                continue
            seen.add(id(cls))
            for name in HOOKS:
                value = cls.namespace.get(name, MISSING)
                if value is not MISSING and cls.module != "torch.nn.modules.module":
                    found[f"{cls.qualname}.{name}"] = _text(value) if name == "_version" else ""
        looked.add(module.py_class)
        for name in REGISTERED:
            if hooks := module.__dict__.get(name):
                found[f"{module.py_class.qualname}.{name}"] = str(len(hooks))
    return found


def _text(value: Any) -> str:
    if value is None or isinstance(value, (bool, int, float, str, Dim)):
        return repr(value) if isinstance(value, str) else str(value)
    if isinstance(value, (tuple, list)) and len(value) <= 16:
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, Class):
        return value.qualname
    return (
        value.name
        if isinstance(value, Function)
        else type(value).__name__.lower()
        if not isinstance(value, Instance)
        else value.py_class.name
    )
