"""What the live library says of one model in two versions; run by an interpreter that has torch, once for each version.

    python live.py save  FOLDER JOBS SCRATCH    builds each model of the old version, and keeps its state and what it gives
    python live.py load  FOLDER JOBS SCRATCH    loads that state into the new version's, and prints what came of it, a line per model

JOBS is a JSON file: ``[{"target": "timm.models.resnet:resnet18", "options": {...}, "shape": [...], "hook": "..."}, ...]``.
"""

from __future__ import annotations

import json
import sys
import types
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

#: Equal weights must give equal values but for the rounding of sums in another order.
CLOSE = 2e-4


def built(job: dict[str, Any]) -> torch.nn.Module:
    """The model in eval mode, its weights far from what an initialization would hide behind (zeros, ones)."""
    module, _, name = job["target"].partition(":")
    torch.manual_seed(0)
    model = getattr(import_module(module), name)(**job["options"]).eval()
    with torch.no_grad():
        for key, tensor in {**dict(model.named_parameters()), **dict(model.named_buffers())}.items():
            if tensor.is_floating_point() and "relative_coords" not in key and "index" not in key:
                spread = torch.rand_like(tensor) * 0.1
                tensor.add_(spread if "var" in key.rpartition(".")[2] else spread - 0.05)
    return model


def given(job: dict[str, Any]) -> torch.Tensor:
    """The same input in every process."""
    return torch.randn(job["shape"], generator=torch.Generator().manual_seed(1))


def flat(value: Any) -> list[torch.Tensor]:
    """The tensors of a result."""
    if isinstance(value, torch.Tensor):
        return [value]
    values = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [tensor for one in values for tensor in flat(one)]


def save(job: dict[str, Any], file: Path) -> None:
    """Keep the state of the old model, and what it gives."""
    model = built(job)
    with torch.no_grad():
        torch.save({"state": model.state_dict(), "gives": flat(model(given(job)))}, file)


def load(job: dict[str, Any], file: Path) -> dict[str, Any]:
    """Load the old state into the new model: whether it does, with the suggested hook, and whether the same comes out."""
    kept = torch.load(file, weights_only=True)
    model = built(job)
    found: dict[str, Any] = {"strict": "", "hooked": None, "same": None}
    try:
        model.load_state_dict(dict(kept["state"]), strict=True)
    except RuntimeError as error:
        found["strict"] = " ".join(str(error).split())[:300]
        if not job["hook"]:
            return found
        scope: dict[str, Any] = {}
        exec(job["hook"], scope)  # noqa: S102 - astarch's own suggestion, in a process of its own
        state = dict(kept["state"])
        scope["load_old_keys"](model, state, "", {}, True, [], [], [])
        try:
            model.load_state_dict(state, strict=True)
            found["hooked"] = True
        except RuntimeError as again:
            return found | {"hooked": False, "strict": " ".join(str(again).split())[:300]}
    with torch.no_grad():
        gives = flat(model(given(job)))
    pairs = list(zip(kept["gives"], gives, strict=False))
    found["same"] = len(gives) == len(kept["gives"]) and all(
        a.shape == b.shape and torch.allclose(a.float(), b.float(), rtol=CLOSE, atol=CLOSE * float(a.float().abs().max())) for a, b in pairs
    )
    return found


def main() -> None:
    """All jobs."""
    mode, folder, jobs, scratch = sys.argv[1:5]
    sys.modules["torchvision._meta_registrations"] = types.ModuleType(
        "torchvision._meta_registrations"
    )  # compiled operations are not needed
    sys.path.insert(0, folder)
    torch.set_num_threads(1)
    for number, job in enumerate(json.loads(Path(jobs).read_text(encoding="utf-8"))):
        file = Path(scratch) / f"{number}.pt"
        try:
            found = {} if mode == "load" and not file.exists() else load(job, file) if mode == "load" else save(job, file)
        except Exception as error:
            found = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(found or {}), flush=True)


if __name__ == "__main__":
    main()
