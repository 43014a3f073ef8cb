"""Artifacts, made once by the real libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from astarch.inputs import parse_inputs
from readers import models


def arguments(name: str) -> tuple[torch.Tensor, ...]:
    """What the forward of a model is given."""
    return tuple(
        torch.zeros(spec.shape, dtype=torch.int64) if spec.dtype == "int64" else torch.zeros(spec.shape)
        for spec in parse_inputs(models.INPUTS[name])
    )


class Workshop:
    """Saves the models in every format that torch writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = cache(self._file)
        self.live = cache(self._live)

    def _live(self, name: str) -> torch.nn.Module:
        torch.manual_seed(0)
        model = getattr(models, name)().eval()
        for parameter in model.parameters():  # as after training: exporters leave out zeros, and merge what is equal
            torch.nn.init.normal_(parameter)
        return model

    def _file(self, name: str, form: str) -> Path:
        path = self.folder / f"{name}.{form}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            save(self.live(name), arguments(name), form, path)
        return path


def save(model: Any, inputs: tuple[torch.Tensor, ...], form: str, path: Path) -> None:
    """Save a model in one format."""
    if form == "state.pt":
        torch.save(model.state_dict(), path)
    elif form == "old.pt":
        torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)
    elif form == "checkpoint.pt":
        trained = [p for p in model.parameters() if p.requires_grad]
        state = {f"module.{name}": value for name, value in model.state_dict().items()}
        torch.save({"epoch": 1, "model_state_dict": state, "optimizer_state_dict": torch.optim.Adam(trained).state_dict()}, path)
    elif form == "whole.pt":
        torch.save(model, path)
    elif form == "trace.pt":
        torch.jit.trace(model, inputs, check_trace=False).save(str(path))
    elif form == "script.pt":
        torch.jit.script(model).save(str(path))
    elif form == "pt2":
        torch.export.save(torch.export.export(model, inputs), path)
    elif form == "safetensors":
        from safetensors.torch import save_model

        save_model(model, str(path))
    elif form in ("legacy.onnx", "dynamo.onnx"):
        torch.onnx.export(
            model, inputs, str(path), dynamo=form == "dynamo.onnx", verbose=False, **({"external_data": False} if form[0] == "d" else {})
        )
    else:
        raise ValueError(form)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("torch"))


@pytest.fixture(scope="session")
def keras_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """What TensorFlow and Keras wrote, and what they say of it. ASTARCH_TEST_TENSORFLOW names the Python that has them."""
    folder = tmp_path_factory.mktemp("keras")
    python = os.environ.get("ASTARCH_TEST_TENSORFLOW", sys.executable)
    script = Path(__file__).parent / "keras_artifacts.py"
    made = subprocess.run([python, str(script), str(folder)], capture_output=True, text=True, check=False)
    assert made.returncode == 0, f"{python} cannot make the artifacts of TensorFlow:\n{made.stderr[-3000:]}"
    return folder, json.loads((folder / "truth.json").read_text(encoding="utf-8"))
