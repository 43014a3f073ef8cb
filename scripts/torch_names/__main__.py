#!/usr/bin/env python3
"""Writes down every name that torch has, so that one it does not have can be told from one that is not described.

``python scripts/torch_names`` (with the pinned torch installed) writes ``astarch/frameworks/torch/public_names.txt``: a line
``module: name name ...`` for each public module, and for `torch.Tensor`. `astarch.frameworks.torch.names` reads it.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import torch

TARGET = Path(__file__).resolve().parents[2] / "astarch" / "frameworks" / "torch" / "public_names.txt"

#: Private modules that programs reach for all the same.
PRIVATE = (
    "torch._utils", "torch._tensor", "torch._jit_internal", "torch._lowrank", "torch._linalg_utils", "torch._ops", "torch.utils._pytree",
    "torch.utils._python_dispatch", "torch.nn.modules._functions",
)  # fmt: skip

#: Modules for torch's own developers: no model uses them, and they would be most of the table.
SKIPPED = (
    "torch.testing", "torch.ao.", "torch.onnx.", "torch.export.", "torch.package.", "torch.utils.tensorboard", "torch.utils.benchmark",
    "torch.distributed.elastic", "torch.distributed.launch", "torch.distributed.rpc", "torch.distributed.checkpoint",
    "torch.fx.experimental",
    "torch.distributed.benchmarks", "torch.utils.hipify", "torch.contrib", "torch.numa", "torch.nativert", "torch.utils.data.datapipes",
    "torch.utils.bottleneck", "torch.monitor", "torch.distributed.pipelining", "torch.distributed.flight_recorder", "torch.fx.passes",
    "torch.distributed.debug", "torch.distributed.algorithms", "torch.distributed.optim", "torch.distributed.examples", "torch.cuda._",
    "torch.utils.model_dump", "torch.quantization", "torch.distributed.run", "torch.return_types", "torch.nn.intrinsic", "torch.nn.qat",
    "torch.nn.quantizable", "torch.nn.quantized", "torch.masked.", "torch.utils.viz", "torch.jit.", "torch.utils.collect_env",
    "torch.autograd.profiler_", "torch.distributed.nn.", "torch.distributed.autograd", "torch.backends.xeon", "torch.utils.bundled",
)  # fmt: skip


def modules(package: types.ModuleType) -> Iterator[types.ModuleType]:
    """A package and every public module below it that can be imported here."""
    yield package
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        name = info.name
        if name.startswith(SKIPPED) or (name.rpartition(".")[2].startswith("_") and name not in PRIVATE):
            continue
        try:
            module = importlib.import_module(name)
        except (ImportError, AttributeError, RuntimeError, OSError, AssertionError):
            continue  # it needs what is not installed here: it stays unlisted
        if info.ispkg and hasattr(module, "__path__"):
            yield from modules(module)
        else:
            yield module


def is_closed(module: types.ModuleType) -> bool:
    """Whether its names can be listed: it does not make up more of them when asked."""
    if hasattr(type(module), "__getattr__"):
        return isinstance(getattr(module, "m", None), types.ModuleType)
    return "__getattr__" not in vars(module) or module is torch


def names(module: types.ModuleType) -> list[str]:
    """What the module has: its attributes, and the modules below it whether loaded or not."""
    below = {info.name for info in pkgutil.iter_modules(getattr(module, "__path__", ()))}
    behind = [*dir(module.m), *dir(type(module))] if hasattr(type(module), "__getattr__") else []  # torch.backends
    late = [*torch._deprecated_attrs, *torch._lazy_modules] if module is torch else []
    return sorted(name for name in {*dir(module), *below, *behind, *late} if not name.startswith("__") and name not in ("csrc", "test"))


def main() -> int:
    """Write the table."""
    warnings.simplefilter("ignore")
    found = {module.__name__: names(module) for module in modules(torch) if is_closed(module)}
    found["torch.Tensor"] = sorted(name for name in dir(torch.Tensor) if not name.startswith("__"))
    lines = [f"{name}: {' '.join(found[name])}" for name in sorted(found) if name != "torch._C"]
    TARGET.write_text(f"# torch {torch.__version__.partition('+')[0]}; written by scripts/torch_names\n" + "\n".join(lines) + "\n")
    print(f"{TARGET}: {len(lines)} modules, {sum(map(len, found.values()))} names, {TARGET.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
