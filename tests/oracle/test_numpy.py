"""numpy as described against numpy itself: each line is evaluated by both, and gives the same values, shapes and element types."""

# ruff: noqa: E501 - one program, one line
from __future__ import annotations

import doctest
import importlib
import warnings
from typing import Any

import numpy as np
import pytest
import torch

from astarch.frameworks.describe import REGISTRY, RUN, Run
from astarch.frameworks.numpy.array import NumpyArray
from astarch.frameworks.torch.library import TorchLibrary
from astarch.frameworks.torch.tensor import TorchTensor
from astarch.interpreter.builtins.exceptions import message_of
from astarch.interpreter.engine import new_machine, run_deep, use
from astarch.interpreter.imports import load
from astarch.interpreter.values import Raised
from astarch.ir.unknown import Unknown
from astarch.source.project import Project


def read(source: str) -> dict[str, Any]:
    """The names a program leaves behind, as the interpreter runs it with torch and numpy described."""
    project = Project([])
    machine = new_machine(None, project)
    library = TorchLibrary(machine)
    machine.libraries = [library]
    run = Run(call=lambda f, *a, **k: machine.call(f, a, k), where=machine.where, stack=machine.stack, strict=False)

    def clone(value: Any) -> Any:
        return machine.call(machine.get(machine.import_module("copy"), "deepcopy"), (value,), {})

    run.state.update({"make": library.make, "clone": clone, "raise faults": True})

    def work() -> dict[str, Any]:
        token = RUN.set(run)
        try:
            module = load(machine, "__main__", project.snippet(source, "__main__"))
            module.state.run_all()
            return module.namespace
        except Raised as raised:
            raised.args = (message_of(raised.value), raised.span)
            raise
        finally:
            RUN.reset(token)

    return run_deep(lambda: use(machine, work))


def stated(value: Any) -> Any:
    """A result as both sides can state it."""
    if isinstance(value, (np.ndarray, torch.Tensor)):
        return ("array", tuple(value.shape), str(value.dtype).removeprefix("torch."), [_number(x) for x in value.flatten().tolist()])
    if isinstance(value, (NumpyArray, TorchTensor)):
        return ("array", tuple(value.shape), value.dtype, None if value.data is None else [_number(x) for x in value.data])
    if isinstance(value, np.generic):
        return _number(value.item())
    if isinstance(value, (list, tuple)):
        return [stated(one) for one in value]
    if isinstance(value, (np.dtype,)) or type(value).__name__ == "DType":
        return str(value)
    return _number(value)


def _number(value: Any) -> Any:
    return repr(value) if isinstance(value, float) else value


def same(found: Any, wanted: Any, valued: bool) -> bool:
    """Whether two statements agree; values that are not known agree with any, unless they must be."""
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(same(a, b, valued) for a, b in zip(found, wanted, strict=True))
    if isinstance(found, tuple) and found[0] == "array":
        if not isinstance(wanted, tuple):
            return not valued and found[1] == ()
        return found[:3] == wanted[:3] and ((found[3] is None and not valued) or found[3] == wanted[3])
    return found == wanted or (isinstance(found, Unknown) and not valued)


VALUED = """
np.prod([2, 3, 4])
np.prod((2.5, 2))
np.log2(8)
np.sqrt(16), np.sqrt(2)
np.floor(2.7), np.ceil(2.1), np.round(2.5), np.round(2.345, 2), np.rint(3.5)
int(np.ceil(np.log2(10)))
np.array([1, 2, 3])
np.array([[1, 2.5], [3, 4]])
np.array([True, False])
np.array(5)
np.array([1, 2], dtype=np.float32)
np.array([1.5, 2.5]).astype(int)
np.array([1.5, 2.5]).astype(np.int32)
np.arange(5), np.arange(1, 10, 3), np.arange(0, 1, 0.1), np.arange(4, dtype=np.float32), np.arange(3.0)
np.linspace(0, 0.1, 12), np.linspace(0, 1, 5, endpoint=False), np.linspace(-1, 1, 7), np.linspace(0, 10, 4, dtype=int), np.linspace(2, 2, 3)
np.zeros(3), np.ones((2, 2)), np.full((2, 2), 7), np.full(2, 1.5), np.eye(3), np.identity(2), np.eye(2, 3, 1)
np.zeros((2, 2), dtype=bool), np.zeros_like(np.array([1, 2])), np.ones_like([1.0, 2.0])
np.array([1, 2]) + 1, np.array([1, 2]) * 2.5, np.array([1, 2]) / 2, np.array([5, 7]) // 2, np.array([5, -7]) % 3, np.array([2, 3]) ** 2
1 + np.array([1, 2]), 2.0 * np.array([1, 2]), 1 / np.array([1.0, 2.0, 4.0]), 10 - np.array([1, 2]), 2 ** np.array([1, 2, 3])
np.array([1, 2], dtype=np.int8) + np.array([1, 2], dtype=np.int32), np.array([1], dtype=np.float32) * 0.1
np.array([0.1, 0.2], dtype=np.float32) + np.array([0.3, 0.4], dtype=np.float32), np.array([0.1, 0.7], dtype=np.float32) * 3
np.array([1, 2, 3]) > 2, np.array([1, 2]) == np.array([1, 3]), -np.array([1, 2]), abs(np.array([-1, 2])), ~np.array([True, False])
np.array([200], dtype=np.uint8) + np.array([100], dtype=np.uint8)
np.cumsum([1, 2, 3]), np.cumprod([1, 2, 3]), np.cumsum([0.1, 0.2, 0.3]), np.cumsum(np.array([1, 2], dtype=np.int32))
np.sum([1, 2, 3]), np.sum(np.arange(6).reshape(2, 3), axis=0), np.arange(6).reshape(2, 3).sum(1), np.sum([0.1] * 10), np.sum([0.1] * 300)
np.arange(6).reshape(2, 3).sum(axis=1, keepdims=True), np.sum(np.array([True, True])), np.array([0.1] * 30, dtype=np.float32).sum()
np.mean([1, 2, 4]), np.mean(np.linspace(0, 1, 11)), np.array([1, 5, 3]).max(), np.min([4, 2]), np.argmax([1, 5, 3]), np.argmin([4, 2, 9])
np.any([False, True]), np.all([True, False]), np.array([1, 0, 2]).nonzero(), np.max(np.arange(6).reshape(2, 3), axis=1)
np.clip([1, 5, 9], 2, 6), np.clip(0.5, 0, 1), np.maximum([1, 5], 3), np.minimum(2, [1.5, 4]), np.where(np.array([True, False]), 1, 2)
np.concatenate([np.array([1, 2]), np.array([3])]), np.concatenate(([1], [2.5])), np.stack([[1, 2], [3, 4]]), np.stack([[1, 2], [3, 4]], axis=1)
np.vstack([[1, 2], [3, 4]]), np.hstack([[1, 2], [3]]), np.append([1, 2], 3), np.append([1, 2], [[3]])
np.reshape(np.arange(6), (2, 3)), np.arange(6).reshape(2, -1), np.arange(6).reshape((3, 2)), np.arange(6).reshape(2, 3).T, np.arange(4).reshape(2, 2).ravel()
np.arange(6).reshape(2, 3).transpose(1, 0), np.transpose(np.arange(6).reshape(1, 2, 3), (2, 0, 1)), np.expand_dims([1, 2], 0), np.squeeze([[1, 2]])
np.meshgrid(np.arange(3), np.arange(2)), np.meshgrid(np.arange(3), np.arange(2), indexing="ij"), np.indices((2, 3))
np.arange(10)[2:8:2], np.arange(10)[::-1], np.arange(10)[-3:], np.arange(6).reshape(2, 3)[:, 1], np.arange(6).reshape(2, 3)[1, 2], np.arange(4)[2]
np.arange(6).reshape(2, 3)[::-1, ::2], np.arange(4)[[0, 2]], np.arange(4)[np.array([3, 1])], np.arange(4)[np.arange(4) > 1], np.arange(3)[None]
np.arange(10)[8:2:-2], np.arange(6).reshape(2, 3)[..., ::-1]
[x for x in np.arange(3)], list(np.array([[1, 2], [3, 4]])[0]), np.arange(3).tolist(), np.array([[1, 2], [3, 4]]).tolist(), np.array([7]).item()
len(np.zeros((3, 4))), np.zeros((3, 4)).shape, np.zeros((3, 4)).size, np.zeros((3, 4)).ndim, np.zeros(2).dtype, np.arange(3).dtype == np.int64
np.float32(0.1), np.int32(7.9), np.float64(3), np.uint8(255), np.bool_(1), np.dtype("float32"), np.dtype(np.int16).itemsize, np.int8(3)
np.issubdtype(np.float32, np.floating), np.issubdtype(np.arange(3).dtype, np.integer), np.issubdtype(np.int32, np.floating), np.finfo(np.float32).eps
np.finfo(np.float32).min, np.iinfo(np.int8).min, np.iinfo(np.int64).max, np.iinfo("uint8").max, np.pi, np.inf, np.e, np.newaxis
np.log2(4).astype(int), np.prod([2, 3]).item(), np.sqrt(9).astype(np.int32)
isinstance(np.zeros(2), np.ndarray), isinstance([1], np.ndarray), isinstance(3, (int, np.integer)), isinstance(np.sqrt(2), float)
np.diff([1, 4, 9]), np.sort([3, 1, 2]), np.argsort([3, 1, 2]), np.unique([3, 1, 3]), np.flip([1, 2, 3]), np.repeat([1, 2], 2)
np.tile([1, 2], 2), np.tile([1, 2], (2, 1)), np.broadcast_to([1, 2], (2, 2)), np.array_split(np.arange(5), 2), np.split(np.arange(4), 2)
np.dot([1, 2], [3, 4]), np.outer([1, 2], [3, 4]), np.array([1, 2]) @ np.array([3, 4]), np.einsum("m,d->md", np.arange(2.0), np.arange(3.0))
np.isnan([1.0, float("nan")]), np.isfinite(1.0), np.logical_and([True, False], True), np.isclose(0.1 + 0.2, 0.3), np.allclose([1.0], [1.0])
torch.from_numpy(np.arange(3)), torch.tensor(np.array([1.5, 2.5])), torch.tensor([1, 2]).numpy(), torch.arange(3).numpy() + 1
torch.from_numpy(np.zeros((2, 3), dtype=np.float32)).float(), torch.as_tensor(np.arange(2)), torch.tensor(np.float32(2)).item()
torch.ones(2) * np.sqrt(4), np.sqrt(4) * torch.ones(2), torch.ones([]) * np.log2(4)
torch.ones(3) + np.ones(3), torch.ones(3) * np.arange(3), torch.ones(3) - np.float32(1), torch.ones(3) / np.array(2.0), torch.ones(3) ** np.arange(3)
torch.arange(3) == np.arange(3), np.ones(3) / torch.ones(3), torch.arange(6).reshape(2, 3)[np.array([0, 0])], torch.arange(4)[np.arange(4) > 1]
np.exp(0), np.log(1), np.sin(0.0), np.cos(0), np.power(2, 3), np.power(2.0, -1), np.add(1, 2), np.exp(1.0), np.log(10), np.log10(1000)
np.array([1.0, 0.0]) / np.array([0.0, 0.0]), np.array([1, 2]) // 0.5, np.array([4.0]) ** 0.5
np.asarray([1, 2]), np.asarray((1, 2), dtype="float32"), np.array(range(3)), np.array([np.float32(1), 2]), np.atleast_1d(3), np.atleast_2d([1, 2])
np.array([1, 2, 3])[1:].copy(), np.count_nonzero([1, 0, 2]), np.ptp([1, 5]), np.square([1, 2]), np.sign([-2, 0, 3]), np.abs(-3), np.absolute([-1.5])
np.random.rand(2, 3).shape, np.random.randn(4).dtype, np.random.randint(0, 5, (2, 2)).shape, np.random.uniform(0, 1, size=3).shape, np.random.permutation(4).shape
np.moveaxis(np.zeros((2, 3, 4)), 0, -1).shape, np.swapaxes(np.zeros((2, 3)), 0, 1).shape, np.pad(np.zeros((2, 3)), ((1, 1), (0, 2))).shape
np.linalg.norm(np.zeros((2, 3)), axis=1).shape, np.matmul(np.zeros((2, 3)), np.zeros((3, 4))).shape, np.linalg.svd(np.zeros((2, 3)))[0].shape
np.zeros((2, 3), np.float32).std(0).shape, np.mean(np.zeros((2, 3), np.float32), axis=1).dtype, np.random.choice(5, 3).shape, np.hypot(np.zeros(3), 1).shape
[int(x) for x in np.linspace(1, 10, 4)], [float(x) for x in np.arange(2)], sum(np.arange(4)), max(np.array([1, 5, 2])), range(*np.array([1, 4]))
"""

UNVALUED = """
np.sin(np.arange(3, dtype=np.float32)), np.exp(np.zeros(3, dtype=np.float16)), np.sqrt(np.arange(3, dtype=np.int8)), np.log(np.ones(3, np.int16))
np.linalg.inv(np.eye(3)), np.var([1, 2, 3]), np.median([1, 2, 3]), np.cross([1, 0, 0], [0, 1, 0]), np.kron([1, 2], [1, 2])
np.array([1, 2], np.float32) + np.array([1, 2], np.int64), np.array([1], np.uint8) + np.array([1], np.int8), np.array([1], np.uint64) + np.array([1], np.int64)
np.array([1], np.int16) * 1.5, np.array([True]) + 1, np.array([True]) + np.array([True]), np.array([1], np.float16) + np.array([1], np.float32)
torch.ones(2, 3) @ np.ones((3, 4)), torch.zeros(3, dtype=torch.float32).numpy() * 2, np.sqrt(torch.ones(3)), np.concatenate([np.zeros((2, 2)), np.ones((1, 2), np.float32)])
np.percentile([1, 2, 3], 50), np.roll([1, 2, 3], 1), np.geomspace(1, 8, 4), np.logspace(0, 1, 3), np.triu(np.ones((3, 3)), k=1), np.take(np.arange(6).reshape(2, 3), [0, 1], axis=1)
"""


@pytest.mark.parametrize("line", VALUED.strip().splitlines())
def test_same_values(line: str) -> None:
    _compare(line, True)


@pytest.mark.parametrize("line", UNVALUED.strip().splitlines())
def test_same_shapes(line: str) -> None:
    _compare(line, False)


def _compare(line: str, valued: bool) -> None:
    source = "\n".join([f"r{i} = {part}" for i, part in enumerate(_parts(line))])
    theirs: dict[str, Any] = {"np": np, "torch": torch}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(source, theirs)
    ours = read(f"import numpy as np\nimport torch\n{source}")
    for i, part in enumerate(_parts(line)):
        found, wanted = stated(ours.get(f"r{i}")), stated(theirs[f"r{i}"])
        assert same(found, wanted, valued), f"{part}\n ours  {found}\n numpy {wanted}"


def _parts(line: str) -> list[str]:
    """The expressions of a line, split at commas that are in no brackets."""
    import ast

    tree = ast.parse(line, mode="eval").body
    return [ast.unparse(part) for part in tree.elts] if isinstance(tree, ast.Tuple) and not line.startswith("(") else [line]


def test_writing() -> None:
    source = """
a = np.zeros((2, 3))
a[0, 1] = 5
a[:, 2] = [7, 8]
b = np.arange(4)
b += 1
b[b > 2] = 0
c = np.ones(3, dtype=np.float32)
c *= 2
"""
    theirs: dict[str, Any] = {"np": np}
    exec(source, theirs)
    ours = read(f"import numpy as np\n{source}")
    for name in "abc":
        assert stated(ours[name]) == stated(theirs[name])


@pytest.mark.parametrize("line", ["np.zeros(3) + np.zeros(4)", "np.concatenate([np.zeros((2, 2)), np.zeros((2, 3))], 0)", "np.zeros(3).nothing",
                                  "np.zeros((2, 3)).reshape(4)", "np.array([1, 2]) and 1", "np.ones(3) * torch.ones(3)", "torch.ones(3) < np.ones(3)", "np.ones(3) + torch.ones(3)", "np.int32(1).no", "np.zeros(3)[5]"])  # fmt: skip
def test_refusals(line: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - any
        eval(line, {"np": np, "torch": torch})
    try:
        read(f"import numpy as np, torch\nr = {line}")  # a shape that does not fit is recorded, and reading goes on
    except Raised:
        return


class _Described:
    """``np`` in the examples of docstrings: what is described under that name."""

    def __getattr__(self, name: str) -> Any:
        return REGISTRY[f"numpy.{name}"]


@pytest.mark.parametrize("name", ["algebra", "array", "creation", "dtypes", "elementwise", "random", "reduction", "shaping"])
def test_examples(name: str) -> None:
    module = importlib.import_module(f"astarch.frameworks.numpy.{name}")
    result = doctest.testmod(module, extraglobs={"np": _Described()})
    assert result.attempted
    assert not result.failed
