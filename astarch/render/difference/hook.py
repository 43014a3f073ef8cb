"""Code that lets old checkpoints load into a changed model: a mapping of keys, and a hook that applies it."""

from __future__ import annotations

from collections.abc import Mapping

from ...ir.change import Comparison

_HOOK = '''{table}

def load_old_keys(module, state_dict, prefix, *_):
    """Let checkpoints from before the change load."""
    if {guard}:
        return  # a checkpoint of today
{moves}

# in the model's __init__:
#     self.register_load_state_dict_pre_hook(load_old_keys)
'''


def hook(comparison: Comparison) -> str:
    """The code; empty when nothing is to be mended, or nothing can be."""
    if not (comparison.renames or comparison.dropped or comparison.filled) or comparison.old is None or comparison.new is None:
        return ""
    lines: list[str] = []
    table: list[str] = []
    if comparison.renames:
        table += _table("RENAMED", comparison.mapping)
        lines += [
            "    moved = {new: state_dict.pop(prefix + old) for old, new in RENAMED.items() if prefix + old in state_dict}",
            "    state_dict.update({prefix + new: value for new, value in moved.items()})",
        ]
    for name in comparison.dropped:
        lines.append(f"    state_dict.pop(prefix + {name!r}, None)  # no longer saved")
    for name in comparison.filled:
        lines.append(f"    state_dict.setdefault(prefix + {name!r}, module.get_buffer({name!r}))  # was not saved")
    return _HOOK.format(table="\n".join(table), guard=_guard(comparison), moves="\n".join(lines)).lstrip("\n")


def _guard(comparison: Comparison) -> str:
    """A condition that holds for today's checkpoints only: a key that old ones have not, or have in another shape."""
    assert comparison.old is not None
    assert comparison.new is not None
    before = {**comparison.old.parameters, **{name: item for name, item in comparison.old.buffers.items() if item.persistent}}
    after = {**comparison.new.parameters, **{name: item for name, item in comparison.new.buffers.items() if item.persistent}}
    for name in after:
        if name not in before:
            return f"prefix + {name!r} in state_dict"
    for name in before:
        if name not in after:
            return f"prefix + {name!r} not in state_dict"
    for name, item in after.items():
        if str(item.shape) != str(before[name].shape) and item.shape is not None:
            return f"tuple(state_dict[prefix + {name!r}].shape) == {tuple(item.shape)}"
    return "False"


def _table(name: str, mapping: Mapping[str, str]) -> list[str]:
    return [f"{name} = {{", *(f"    {old!r}: {new!r}," for old, new in mapping.items()), "}", ""]
