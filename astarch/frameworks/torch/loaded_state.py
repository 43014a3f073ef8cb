"""What `load_state_dict` refuses: weights that are missing, unknown, or of another size."""

from __future__ import annotations

from typing import Any

from ...ir.dim import same
from ...ir.refusal import Refusal
from .tensor import TorchTensor

#: Methods by which a module loads in a way of its own.
_OWN_WAYS = frozenset({"_load_from_state_dict", "load_state_dict", "state_dict", "_register_load_state_dict_pre_hook", "set_extra_state"})


def refuse_state(module: Any, state: Any, strict: Any) -> None:
    """Refuse a state that is known and does not fit; a module that loads in its own way may take any."""
    if type(state) is not dict or strict not in (True, False) or not state or _loads_its_own_way(module):
        return
    if not all(isinstance(value, TorchTensor) and isinstance(name, str) for name, value in state.items()):
        return
    own: dict[str, Any] = dict(_weights(module, ""))
    wrong = [f"size mismatch for {name}" for name, value in state.items() if name in own and _differ(value.shape, own[name].shape)]
    if strict:
        wrong += [f"missing key {name}" for name in own if name not in state]
        wrong += [f"unexpected key {name}" for name in state if name not in own]
    if wrong:
        raise Refusal("RuntimeError", f"Error(s) in loading state_dict for {module.py_class.name}: {', '.join(wrong[:3])}")


def _weights(module: Any, prefix: str) -> Any:
    """What a module keeps in its state, by name, as `load_state_dict` looks for it: shared weights under every name."""
    for key in ("_parameters", "_buffers"):
        for name, value in module.__dict__[key].items():
            if value is not None and name not in module.__dict__["_non_persistent_buffers_set"]:
                yield prefix + name, value
    for name, inner in module.__dict__["_modules"].items():
        if inner is not None:
            yield from _weights(inner, f"{prefix}{name}.")


def _differ(a: Any, b: Any) -> bool:
    return len(a) != len(b) or any(same(x, y) is False for x, y in zip(a, b, strict=True))


def _loads_its_own_way(module: Any) -> bool:
    """Whether a class of the program, or something done to a module, changes how it is loaded, or its weights have yet to take shape."""
    own = {name for cls in module.py_class.mro if not cls.module.startswith("torch.") for name in cls.namespace}
    held = module.__dict__
    if _OWN_WAYS & own or "_lazy" in held or held.get("_load_state_dict_pre_hooks") or held.get("_state_dict_hooks") or "_unknown" in held:
        return True
    return any(not hasattr(inner, "py_class") or _loads_its_own_way(inner) for inner in held["_modules"].values() if inner is not None)
