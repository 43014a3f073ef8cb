"""What a live model says of itself, and what its forward calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from .notation import holds_tensor, notation, qualified, spread

Calls = list[list[Any]]


def facts(model: nn.Module) -> dict[str, Any]:
    """Modules, parameters, buffers, ties and the parameter count, as a record has them."""
    parameters = list(model.named_parameters(remove_duplicate=False))
    names: defaultdict[int, list[str]] = defaultdict(list)
    for name, parameter in parameters:
        names[id(parameter)].append(name)
    return {
        "n_params": sum(p.numel() for p in model.parameters() if not _lazy(p)),
        "modules": [[name, qualified(module)] for name, module in model.named_modules(remove_duplicate=False)],
        "params": [[name, *_tensor(p), p.requires_grad] for name, p in parameters],
        "buffers": [[name, *_tensor(b), _persistent(model, name)] for name, b in model.named_buffers(remove_duplicate=False)],
        "tied": [group for group in names.values() if len(group) > 1],
    }


def _lazy(tensor: Any) -> bool:
    return isinstance(tensor, nn.parameter.UninitializedTensorMixin)


def _tensor(tensor: Any) -> tuple[list[int] | None, str]:
    return (None if _lazy(tensor) else list(tensor.shape)), str(tensor.dtype).removeprefix("torch.")


def _persistent(model: nn.Module, name: str) -> bool:
    owner, _, leaf = name.rpartition(".")
    return leaf not in model.get_submodule(owner)._non_persistent_buffers_set


@contextmanager
def recorded(model: nn.Module) -> Iterator[Calls]:
    """The calls made while inside, in the order modules are entered: name, positional inputs, outputs, keywords with tensors."""
    calls: Calls = []
    running: list[list[Any]] = []
    handles = []

    def entered(name: str) -> Any:
        def hook(_: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            row = [name, [notation(value) for value in args], None]
            if keywords := {key: notation(value) for key, value in kwargs.items() if holds_tensor(value)}:
                row.append(keywords)
            calls.append(row)
            running.append(row)

        return hook

    def left(_: nn.Module, __: Any, output: Any) -> None:
        running.pop()[2] = spread(output)

    for name, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(entered(name), with_kwargs=True))
        handles.append(module.register_forward_hook(left))
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def run(model: nn.Module, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """One forward: eval mode, no gradients, without the fused paths that call no submodules."""
    model.eval()
    torch.backends.mha.set_fastpath_enabled(False)
    with torch.no_grad():
        return model(*arguments, **keywords)
