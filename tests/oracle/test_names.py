"""The table of torch's names is that of the installed torch, and says what does not exist."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import astarch.frameworks.torch.library  # noqa: F401 - registers every description
from astarch.frameworks.describe import REGISTRY, RUN, Run
from astarch.frameworks.torch.names import _table, exists
from astarch.frameworks.torch.tensor import TorchTensor
from astarch.ir.refusal import Refusal

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


CALLED = {
    name for name in REGISTRY
    if name.startswith("torch.") and "__" not in name and name.count(".") < 3 and name not in TO_BE_DROPPED | {"torch.autograd.Function"}
}  # fmt: skip
#: What numpy calls an argument of torch.
AS_NUMPY = {"dim": "axis", "keepdim": "keepdims"}


def test_numpy_names_of_arguments_are_taken_where_torch_takes_them() -> None:
    """Every function that torch can call with ``dim=0`` (and ``keepdim=True``) is called with ``axis=0`` (``keepdims=True``)."""
    judged = {name: answers for name in sorted(CALLED) if (answers := list(_answers(name)))}
    assert len(judged) >= 120
    assert sum(live for answers in judged.values() for live, _ in answers) >= 120
    assert not [name for name, answers in judged.items() if any(live != ours for live, ours in answers)]


def _answers(name: str) -> Iterator[tuple[bool, bool]]:
    """Whether torch takes the names of numpy, and whether we do, for every call that torch takes with its own."""
    live = operator.attrgetter(name.removeprefix("torch."))(torch) if hasattr(torch, name.split(".")[1]) else None
    x = torch.zeros(3, 4)
    for given in ({"dim": 0}, {"dim": 0, "keepdim": True}):
        for first in (x, [x, x]):
            try:
                live(first, **given)  # type: ignore[misc]
            except Exception:
                continue
            spelled = {AS_NUMPY[key]: value for key, value in given.items()}
            ours = TorchTensor((3, 4)) if first is x else [TorchTensor((3, 4)), TorchTensor((3, 4))]
            yield _accepts(live, first, spelled), _accepts(REGISTRY[name], ours, spelled)


def _accepts(function: Any, first: Any, given: dict[str, Any]) -> bool:
    token = RUN.set(Run(strict=False))
    try:
        function(first, **given)
    except (TypeError, Refusal) as error:
        return getattr(error, "kind", "TypeError") != "TypeError"
    except Exception:
        return True
    finally:
        RUN.reset(token)
    return True
