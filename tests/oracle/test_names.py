"""The table of torch's names is that of the installed torch, and says what does not exist."""

from __future__ import annotations

import importlib

import pytest
import torch

import astarch.frameworks.torch.library  # noqa: F401 - registers every description
from astarch.frameworks.describe import REGISTRY
from astarch.frameworks.torch.names import _table, exists

MODULES = ["torch", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.linalg", "torch.fft", "torch.special", "torch.utils.data",
           "torch.nn.utils.parametrizations", "torch.backends.cudnn", "torch.cuda"]  # fmt: skip

#: Devices that other builds of torch have.
OTHER_BUILDS = ("torch.npu", "torch.hpu", "torch.musa", "torch.mlu")

#: Described, though torch 2.13 does not have it: this list may only become shorter.
TO_BE_DROPPED = {
    "torch.Tensor.alias", "torch.Tensor.has_names", "torch.Tensor.names", "torch.fx.is_fx_tracing", "torch.jit.is_strict",
    "torch.linalg.outer", "torch.nn.parametrize.cached", "torch.nn.utils.init.skip_init_context",
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_has_what_torch_has(module: str) -> None:
    live = {name for name in dir(importlib.import_module(module)) if not name.startswith("__")}
    assert live <= _table()[module]


def test_tensor() -> None:
    assert {name for name in dir(torch.Tensor) if not name.startswith("__")} == _table()["torch.Tensor"]


@pytest.mark.parametrize(("name", "wanted"), [
    ("torch.zeros", True), ("torch.zeroes", False), ("torch.nn.functional.gelu", True), ("torch.nn.functional.gelu2", False),
    ("torch._six.inf", False), ("torch.nothing.at.all", False), ("torch._inductor.config", None), ("torch.Tensor.view", True),
    ("torch.Tensor.views", False), ("torch.Tensor.__add__", None), ("torch.backends.cudnn.benchmark", True), ("numpy.zeros", None),
    ("torch.onnx", True), ("torch._dynamo", True), ("torch.nn.Linear.nothing", None),
])  # fmt: skip
def test_exists(name: str, wanted: bool | None) -> None:
    assert exists(name) is wanted


def test_nothing_is_described_that_torch_does_not_have() -> None:
    """A description of a name that does not exist would never be reached."""
    strangers = {name for name in REGISTRY if name.startswith("torch.") and exists(name) is False}
    assert {name for name in strangers if not name.startswith(OTHER_BUILDS)} <= TO_BE_DROPPED
