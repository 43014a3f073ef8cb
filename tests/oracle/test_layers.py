"""Every layer of ``torch.nn`` has the parameters, buffers, children, calls and outputs that torch gives it."""

from __future__ import annotations

import copy
import inspect
import itertools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from astarch.frameworks.describe import REGISTRY, Layer
from astarch.frameworks.torch.module import Module, ModuleInstance, walk
from astarch.frameworks.torch.tensor import TorchTensor
from astarch.interpreter.budget import Budget
from astarch.interpreter.values import Raised
from astarch.ir.refusal import Refusal
from astarch.readers.python import Session, project_for
from tests.oracle.stand_in import construct, run
from tests.oracle.torch_oracle import D, T, _map, _ours, _real, summary

_REFUSED = (RuntimeError, ValueError, TypeError, IndexError, AssertionError, NotImplementedError, ZeroDivisionError)
#: Described elsewhere, or no layers.
_ELSEWHERE = {"Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "Container", "Parameter", "Buffer",
              "UninitializedParameter", "UninitializedBuffer", "LinearCrossEntropyOptions"}  # fmt: skip
_CLASSES = sorted(name for name in dir(nn) if isinstance(getattr(nn, name), type) and name not in _ELSEWHERE)


def index(*shape: int, value: int = 0) -> T:
    """Known whole numbers."""
    count = 1
    for size in shape:
        count *= size
    return T(*shape, dtype="int64", data=[value] * count)


def _plain(value: Any) -> Any:
    """An attribute as both sides can state it."""
    if isinstance(value, (torch.Tensor, TorchTensor)):
        return summary(value)
    if isinstance(value, (tuple, list)):
        return type(value).__name__, [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else "?"


_HOOKS = set(nn.Identity().__dict__) | {"_lazy", "_initialize_hook", "_load_hook", "_flat_weight_refs", "__kind", "use_nested_tensor"}


def _theirs(name: str, args: Any, kwargs: Any, inputs: Any, more: Any) -> Any:
    """What torch builds, and what it gives for the inputs."""
    entered: list[str] = []
    with torch.no_grad():
        try:
            module = getattr(nn, name)(*_map(args, lambda s: _real(s, "cpu")), **_map(kwargs, lambda s: _real(s, "cpu"))).eval()
        except _REFUSED:
            return "refused", None
        for path, child in module.named_modules(remove_duplicate=False):
            child.register_forward_pre_hook(lambda *_, path=path: entered.append(path))
        given, named = _map(inputs, lambda s: _real(s, "cpu")), _map(more, lambda s: _real(s, "cpu"))
        try:
            result = summary(module(*given, **named)) if inputs else None
        except _REFUSED:
            result = "refused"
    if result == "refused" and name.startswith("Lazy"):
        return None, ("refused", None)  # what is left of a lazy module that failed does not matter
    lists = (module.named_parameters(remove_duplicate=False), module.named_buffers(remove_duplicate=False))
    built = {
        "parameters": [(path, summary(p), p.requires_grad) for path, p in lists[0]],
        "buffers": [(path, summary(p)) for path, p in lists[1]],
        "modules": [(path, type(child).__name__) for path, child in module.named_modules(remove_duplicate=False)],
        "attributes": [(key, _plain(value)) for key, value in vars(module).items() if key not in _HOOKS],
    }
    return built, (result, entered if result != "refused" else None)


def _built(module: Any, modules: list[tuple[str, Any]]) -> dict[str, Any]:
    """What a description has built."""
    joined = [(f"{path}." if path else "", child) for path, child in modules]
    return {
        "parameters": [
            (f"{path}{key}", summary(p), p.requires_grad) for path, c in joined for key, p in c._parameters.items() if p is not None
        ],
        "buffers": [(f"{path}{key}", summary(p)) for path, c in joined for key, p in c._buffers.items() if p is not None],
        "modules": [(path, _kind(child)) for path, child in modules],
        "attributes": [(key, _plain(value)) for key, value in vars(module).items() if key not in _HOOKS],
    }


def _kind(module: Any) -> str:
    return module.py_class.name if isinstance(module, ModuleInstance) else module.__dict__["__kind"].rpartition(".")[2]


def _found(name: str, args: Any, kwargs: Any, inputs: Any, more: Any) -> Any:
    """What the description builds on its own, and what it gives for the inputs."""
    with run() as current:
        try:
            module = construct(f"torch.nn.{name}", *_map(args, _ours), **_map(kwargs, _ours)).eval()
        except (Refusal, TypeError):
            return "refused", None
        try:
            result = summary(module(*_map(inputs, _ours), **_map(more, _ours))) if inputs else None
        except Refusal:
            result = "refused"
        paths = {id(child): path for path, child in module.named_modules()}
        entered = [paths[id(child)] for child in current.calls]
    return _built(module, list(module.named_modules())), (result, entered if result != "refused" else None)


def _interpreted(name: str, args: Any, kwargs: Any, inputs: Any, more: Any) -> Any:
    """What the description builds as a class of the interpreted program, and what it gives for the inputs."""
    session = Session(project_for([]), Budget())
    session.run.state["clone"] = _copied

    def work() -> Any:
        call = session.machine.call
        try:
            module = call(session.library.value(f"torch.nn.{name}"), _map(args, _ours), _map(kwargs, _ours))
        except (Refusal, Raised):
            return "refused", None
        Module.train(module, False)
        try:
            result = summary(call(module, _map(inputs, _ours), _map(more, _ours))) if inputs else None
        except (Refusal, Raised):
            result = "refused"
        if session.run.diagnostics:
            result = "refused"
        modules = list(walk(module, "", set(), False))
        paths = {id(child): path for path, child in modules}
        entered = [paths[id(one.module)] for one in session.run.calls]
        return _built(module, modules), (result, entered if result != "refused" else None)

    return session.do(work)


def _copied(module: Any) -> Any:
    """A deep copy of a module of the interpreted program."""
    made = type(module).__new__(type(module))
    made.py_class = module.py_class
    for key, value in vars(module).items():
        made.__dict__[key] = dict(value) if isinstance(value, dict) else value
    for held, copier in (("_parameters", copy.copy), ("_buffers", copy.copy), ("_modules", _copied)):
        made.__dict__[held] = {key: None if value is None else copier(value) for key, value in vars(module)[held].items()}
    return made


def check(name: str, *args: Any, inputs: Any = (), more: Any = None, **kwargs: Any) -> None:
    """Both build the same and give the same, or both refuse."""
    wanted, expected = _theirs(name, args, kwargs, inputs, more or {})
    for engine in (_found, _interpreted):
        _compare(name, wanted, expected, engine(name, args, kwargs, inputs, more or {}), f"{name}{args}{kwargs} on {inputs} {more or ''}")


def _compare(name: str, wanted: Any, expected: Any, found: Any, what: str) -> None:
    built, given = found
    assert given == expected, f"{what}: torch gives {expected}, the description {given}"
    assert wanted is None or built == wanted, f"{what}:\ntorch builds {wanted}\nthe description {built}"


def test_every_class() -> None:
    """Every public class is described, with the signature of its constructor."""
    missing, wrong = [], []
    for name in _CLASSES:
        described = REGISTRY.get(f"torch.nn.{name}")
        if not isinstance(described, type) or not issubclass(described, Layer):
            missing.append(name)
            continue
        theirs, ours = inspect.signature(getattr(nn, name).__init__), inspect.signature(described.__init__)
        if str(theirs).startswith("(self, *args"):
            continue
        left, right = ([(p.name, p.kind, getattr(p.default, "__name__", p.default)) for p in s.parameters.values()] for s in (theirs, ours))
        if left != right:
            wrong.append(f"{name}: {theirs} {ours}")
        assert described.described_in == getattr(nn, name).__module__, name
    assert not missing, missing
    assert not wrong, wrong


def test_forward_signatures() -> None:
    """Every forward takes the arguments of torch's."""
    wrong = []
    for name in _CLASSES:
        theirs = getattr(getattr(nn, name), "forward", None)
        ours = getattr(REGISTRY[f"torch.nn.{name}"], "forward", None)
        if theirs is None or ours is None or theirs.__qualname__.startswith("Module."):
            continue
        left, right = ([(p.name, p.kind, p.default) for p in inspect.signature(f).parameters.values()] for f in (theirs, ours))
        if left != right:
            wrong.append(f"{name}: {left} {right}")
    assert not wrong, wrong


few = settings(max_examples=40, deadline=None)


def per_axis(axes: int, low: int = 1, high: int = 3) -> st.SearchStrategy[Any]:
    """A number, or one for each axis."""
    return st.one_of(st.integers(low, high), st.tuples(*[st.integers(low, high)] * axes))


@few
@given(st.data(), st.integers(1, 3), st.booleans())
def test_convolution(data: st.DataObject, axes: int, lazy: bool) -> None:
    channels, groups = data.draw(st.integers(1, 4)), data.draw(st.integers(0, 2))
    shape = (*data.draw(st.sampled_from([(2,), ()])), data.draw(st.sampled_from([channels, channels, 3])),
             *[data.draw(st.integers(2, 7))] * axes)  # fmt: skip
    kwargs = {
        "stride": data.draw(per_axis(axes)),
        "groups": groups,
        "bias": data.draw(st.booleans()),
        "dilation": data.draw(per_axis(axes, 1, 2)),
        "padding": data.draw(st.one_of(per_axis(axes, 0, 2), st.sampled_from(["same", "valid", "other"]))),
        "padding_mode": data.draw(st.sampled_from(["zeros", "zeros", "circular", "replicate", "other"])),
        "dtype": data.draw(st.sampled_from([None, None, D("float64")])),
    }
    start = () if lazy else (channels,)
    outside, kernel = data.draw(st.integers(1, 4)), data.draw(per_axis(axes))
    check(f"{'Lazy' if lazy else ''}Conv{axes}d", *start, outside, kernel, inputs=(T(*shape),), **kwargs)


@few
@given(st.data(), st.integers(1, 3), st.booleans())
def test_transposed_convolution(data: st.DataObject, axes: int, lazy: bool) -> None:
    channels, groups = data.draw(st.sampled_from([2, 4])), data.draw(st.integers(1, 3))
    shape = (*data.draw(st.sampled_from([(2,), ()])), data.draw(st.sampled_from([channels, channels, 3])),
             *[data.draw(st.integers(3, 5))] * axes)  # fmt: skip
    kwargs = {
        "stride": data.draw(per_axis(axes, 1, 2)),
        "groups": groups,
        "bias": data.draw(st.booleans()),
        "dilation": data.draw(per_axis(axes, 1, 2)),
        "padding": data.draw(per_axis(axes, 0, 1)),
        "output_padding": data.draw(per_axis(axes, 0, 1)),
    }
    size = data.draw(st.one_of(st.none(), st.lists(st.integers(4, 9), min_size=axes, max_size=axes)))
    start = () if lazy else (channels,)
    more = {} if lazy else {"output_size": size}
    check(f"{'Lazy' if lazy else ''}ConvTranspose{axes}d", *start, 2, data.draw(per_axis(axes)), inputs=(T(*shape),), more=more, **kwargs)


@few
@given(st.data(), st.sampled_from(["BatchNorm", "InstanceNorm"]), st.integers(1, 3), st.booleans())
def test_norms(data: st.DataObject, kind: str, axes: int, lazy: bool) -> None:
    shape = data.draw(st.lists(st.integers(2, 4), min_size=2, max_size=axes + 3))
    kwargs = {name: data.draw(st.booleans()) for name in ("affine", "track_running_stats", "bias")}
    check(f"{'Lazy' if lazy else ''}{kind}{axes}d", *(() if lazy else (3,)), inputs=(T(*shape),), **kwargs)


def test_other_norms() -> None:
    for shape, affine, bias in itertools.product([8, (4, 8), [8]], [True, False], [True, False]):
        check("LayerNorm", shape, elementwise_affine=affine, bias=bias, inputs=(T(2, 4, 8),))
        check("RMSNorm", shape, elementwise_affine=affine, inputs=(T(2, 4, 8),))
        check("GroupNorm", 2, 4, affine=affine, bias=bias, inputs=(T(2, 4, 8),))
    check("LayerNorm", 7, inputs=(T(2, 4, 8),))
    check("LayerNorm", 8, dtype=D("float64"), inputs=(T(2, 4, 8),))
    check("GroupNorm", 3, 4)
    check("GroupNorm", 0, 4)
    check("LocalResponseNorm", 2, inputs=(T(1, 4, 5, 5),))
    check("CrossMapLRN2d", 2, inputs=(T(1, 4, 5, 5),))
    check("SyncBatchNorm", 4, inputs=(T(2, 4, 5),))
    check("SyncBatchNorm", 4, inputs=(T(2),))


_ACTIVATIONS = """ReLU RReLU Hardtanh ReLU6 Sigmoid Hardsigmoid Tanh SiLU Mish Hardswish ELU CELU SELU GLU GELU Hardshrink LeakyReLU
LogSigmoid Softplus Softshrink PReLU Softsign Tanhshrink Softmin Softmax Softmax2d
LogSoftmax Dropout Dropout1d Dropout2d Dropout3d AlphaDropout
FeatureAlphaDropout Identity"""


@pytest.mark.parametrize("name", _ACTIVATIONS.split())
def test_activations(name: str) -> None:
    for shape in [(2, 4, 6), (4, 6, 6), (2, 4, 6, 6), (6,)]:
        check(name, inputs=(T(*shape),))
    check(name, inputs=(T(2, 4, dtype="int64"),))
    if "inplace" in inspect.signature(getattr(nn, name).__init__).parameters:
        check(name, inplace=True, inputs=(T(2, 4, 6),))


def test_activation_arguments() -> None:
    check("Threshold", 0.1, 20, inputs=(T(2),))
    check("Hardtanh", 2, 1)
    check("Hardtanh", min_value=-2, max_value=3)
    check("PReLU", 4, inputs=(T(2, 4, 3),))
    check("PReLU", 5, inputs=(T(2, 4, 3),))
    check("Softmax", dim=1, inputs=(T(2, 4, 3),))
    check("Softmax", dim=7, inputs=(T(2, 4, 3),))
    check("GELU", "tanh", inputs=(T(2),))
    check("Dropout", 1.5)


@few
@given(st.data(), st.integers(1, 3))
def test_pooling(data: st.DataObject, axes: int) -> None:
    shape = T(*data.draw(st.sampled_from([(2,), ()])), 3, *[data.draw(st.integers(3, 8))] * axes)
    kernel, stride, ceil = data.draw(per_axis(axes)), data.draw(st.one_of(st.none(), per_axis(axes))), data.draw(st.booleans())
    pad, indices = data.draw(per_axis(axes, 0, 1)), data.draw(st.booleans())
    check(f"MaxPool{axes}d", kernel, stride, pad, 1, indices, ceil, inputs=(shape,))
    check(f"AvgPool{axes}d", kernel, stride, pad, ceil, inputs=(shape,))
    check(f"LPPool{axes}d", 2, kernel, stride, ceil, inputs=(shape,))
    check(f"AdaptiveAvgPool{axes}d", kernel, inputs=(shape,))
    check(f"AdaptiveMaxPool{axes}d", kernel, return_indices=indices, inputs=(shape,))
    check(f"MaxUnpool{axes}d", 2, stride, inputs=(shape, index(*shape.shape)))
    if axes > 1:
        check(f"FractionalMaxPool{axes}d", kernel, output_size=2, return_indices=indices, inputs=(shape,))
        check(f"FractionalMaxPool{axes}d", kernel, output_ratio=0.5, inputs=(shape,))
        check(f"FractionalMaxPool{axes}d", kernel, output_ratio=1.5)
        check(f"FractionalMaxPool{axes}d", kernel)


@few
@given(st.data(), st.integers(1, 3), st.sampled_from(["Circular", "Reflection", "Replication", "Constant", "Zero"]))
def test_padding(data: st.DataObject, axes: int, kind: str) -> None:
    shape = T(*data.draw(st.sampled_from([(2,), ()])), 3, *[data.draw(st.integers(2, 5))] * axes)
    value = (1.5,) if kind == "Constant" else ()
    check(f"{kind}Pad{axes}d", data.draw(st.one_of(st.integers(0, 3), st.tuples(*[st.integers(0, 3)] * (2 * axes)))), *value,
          inputs=(shape,))  # fmt: skip


def test_linear() -> None:
    for bias, dtype in itertools.product([True, False], [None, D("float64")]):
        check("Linear", 3, 4, bias, dtype=dtype, inputs=(T(2, 3, dtype=dtype.name if dtype else "float32"),))
        check("LazyLinear", 4, bias, dtype=dtype, inputs=(T(2, 3, dtype=dtype.name if dtype else "float32"),))
        check("Bilinear", 3, 4, 5, bias, inputs=(T(2, 3), T(2, 4)))
    check("Linear", 3, 4, inputs=(T(2, 5),))


def test_embedding() -> None:
    for padding in (None, 0, 4, 5, -1, -6):
        check("Embedding", 5, 3, padding, inputs=(index(2, 4),))
        check("EmbeddingBag", 5, 3, padding_idx=padding, inputs=(index(2, 4),))
    check("Embedding", 5, 3, _weight=T(5, 3), _freeze=True, inputs=(index(2),))
    check("Embedding", 5, 3, _weight=T(5, 4))
    check("Embedding", 5, 3, inputs=(T(2),))
    check("EmbeddingBag", 5, 3, mode="sum", include_last_offset=True, inputs=(index(6), T(3, dtype="int64", data=[0, 2, 4])))


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(["RNN", "LSTM", "GRU"]))
def test_recurrent(data: st.DataObject, name: str) -> None:
    inside, hidden = data.draw(st.integers(0, 3)), data.draw(st.integers(1, 4))
    layers, both, first = data.draw(st.integers(0, 2)), data.draw(st.booleans()), data.draw(st.booleans())
    kwargs: dict[str, Any] = {"num_layers": layers, "bidirectional": both, "batch_first": first, "bias": data.draw(st.booleans())}
    projected = data.draw(st.sampled_from([0, 0, 1, 3]))
    if projected or name == "LSTM":
        kwargs["proj_size"] = projected
    if name == "RNN":
        kwargs["nonlinearity"] = data.draw(st.sampled_from(["tanh", "relu", "other"]))
    batch = data.draw(st.sampled_from([(), (2,)]))
    shape = (*batch, 5, inside) if first else (5, *batch, inside)
    count, given_states = layers * (2 if both else 1), data.draw(st.sampled_from([None, None, 0, 1]))
    inputs: tuple[Any, ...] = (T(*shape) if data.draw(st.integers(0, 5)) else T(*shape[:-1], 4),)
    if given_states is not None:
        state = T(count, *batch, (projected or hidden) + given_states)
        inputs = (*inputs, (state, T(count, *batch, hidden)) if name == "LSTM" else state)
    check(name, inside, hidden, inputs=inputs, **kwargs)


@few
@given(st.data(), st.sampled_from(["RNNCell", "LSTMCell", "GRUCell"]))
def test_cells(data: st.DataObject, name: str) -> None:
    batch, bias = data.draw(st.sampled_from([(), (2,), (2, 2)])), data.draw(st.booleans())
    inputs: tuple[Any, ...] = (T(*batch, data.draw(st.integers(3, 4))),)
    if data.draw(st.booleans()):
        state = T(*batch, data.draw(st.integers(4, 5)))
        inputs = (*inputs, (state, state) if name == "LSTMCell" else state)
    check(name, 3, 4, bias, inputs=inputs)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_multihead_attention(data: st.DataObject) -> None:
    torch.backends.mha.set_fastpath_enabled(False)
    width, heads, first = data.draw(st.sampled_from([4, 6])), data.draw(st.sampled_from([1, 2, 4])), data.draw(st.booleans())
    kdim, vdim = data.draw(st.sampled_from([None, None, 3, width])), data.draw(st.sampled_from([None, None, 5]))
    kwargs = {
        "bias": data.draw(st.booleans()),
        "add_bias_kv": data.draw(st.booleans()),
        "add_zero_attn": data.draw(st.booleans()),
        "kdim": kdim,
        "vdim": vdim,
        "batch_first": first,
    }
    batch = data.draw(st.sampled_from([(), (2,)]))

    def sequence(length: int, features: int) -> T:
        return T(*batch, length, features) if first or not batch else T(length, *batch, features)

    inputs = (sequence(3, width), sequence(5, kdim or width), sequence(5, vdim or width))
    more = {
        "need_weights": data.draw(st.booleans()),
        "average_attn_weights": data.draw(st.booleans()),
        "attn_mask": data.draw(
            st.sampled_from([None, T(3, 5), T(3, 5, dtype="bool"), T(3, 4), T(2 * heads, 3, 5), T(3, 5, dtype="int64")])
        ),
        "key_padding_mask": data.draw(st.sampled_from([None, T(*batch, 5, dtype="bool"), T(*batch, 5)]))
        if not kwargs["add_bias_kv"]
        else None,
    }
    check("MultiheadAttention", width, heads, inputs=inputs, more=more, **kwargs)


@few
@given(st.data())
def test_transformer(data: st.DataObject) -> None:
    torch.backends.mha.set_fastpath_enabled(False)
    first, before, bias = data.draw(st.booleans()), data.draw(st.booleans()), data.draw(st.booleans())
    kwargs = {"dim_feedforward": 5, "batch_first": first, "norm_first": before, "bias": bias,
              "activation": data.draw(st.sampled_from(["relu", "gelu"]))}  # fmt: skip
    source, target = (T(2, 6, 4), T(2, 3, 4)) if first else (T(6, 2, 4), T(3, 2, 4))
    mask = data.draw(st.sampled_from([None, T(6, 6), T(6, 6, dtype="bool"), T(5, 5)]))
    check("TransformerEncoderLayer", 4, 2, inputs=(source,), more={"src_mask": mask}, **kwargs)
    check("TransformerDecoderLayer", 4, 2, inputs=(target, source), more={"tgt_mask": T(3, 3)}, **kwargs)
    check("Transformer", 4, 2, 1, 2, inputs=(source, target), more={"src_mask": mask}, **kwargs)


def test_shaping() -> None:
    check("Flatten", inputs=(T(2, 3, 4),))
    check("Flatten", 0, 1, inputs=(T(2, 3, 4),))
    check("Unflatten", 1, (2, -1), inputs=(T(2, 6),))
    check("Unflatten", 1, (2, 2.5))
    check("Unflatten", 1, 3)
    check("Fold", (4, 5), (2, 2), inputs=(T(1, 12, 12),))
    check("Unfold", (2, 3), inputs=(T(1, 5, 6, 7),))
    check("PixelShuffle", 2, inputs=(T(1, 8, 3, 3),))
    check("PixelShuffle", 3, inputs=(T(1, 8, 3, 3),))
    check("PixelUnshuffle", 2, inputs=(T(1, 2, 4, 4),))
    check("ChannelShuffle", 2, inputs=(T(1, 4, 3, 3),))
    check("Upsample", scale_factor=2, inputs=(T(1, 2, 3, 3),))
    check("Upsample", size=(5, 6), mode="bilinear", align_corners=True, inputs=(T(1, 2, 3, 3),))
    check("Upsample", scale_factor=(1.5, 2), mode="area", inputs=(T(1, 2, 3, 3),))
    check("UpsamplingNearest2d", 7, inputs=(T(1, 2, 3, 3),))
    check("UpsamplingBilinear2d", scale_factor=2, inputs=(T(1, 2, 3, 3),))
    check("PairwiseDistance", inputs=(T(2, 3), T(2, 3)))
    check("CosineSimilarity", inputs=(T(2, 3), T(2, 3)))


_WEIGHTED = ["NLLLoss", "NLLLoss2d", "CrossEntropyLoss", "MultiMarginLoss"]


def test_losses() -> None:
    ones = T(3, 5, data=[1] * 15)
    for name in ("L1Loss", "MSELoss", "BCELoss", "SoftMarginLoss", "MultiLabelSoftMarginLoss", "KLDivLoss", "PoissonNLLLoss",
                 "SmoothL1Loss",
                 "HuberLoss", "HingeEmbeddingLoss", "BCEWithLogitsLoss"):  # fmt: skip
        for reduction in ("none", "mean", "sum", "other"):
            check(name, reduction=reduction, inputs=(ones, ones))
    for name in _WEIGHTED:
        check(name, weight=T(5), inputs=(T(3, 5), index(3)))
        check(name, reduction="none", inputs=(T(3, 5), index(3)))
    check("L1Loss", size_average=False)
    check("BCELoss", weight=T(5), inputs=(ones, ones))
    check("BCEWithLogitsLoss", pos_weight=T(5), inputs=(ones, ones))
    check("MultiLabelMarginLoss", inputs=(T(3, 5), index(3, 5)))
    check("GaussianNLLLoss", inputs=(ones, ones, ones))
    check("CosineEmbeddingLoss", inputs=(T(3, 5), T(3, 5), T(3)))
    check("MarginRankingLoss", inputs=(T(3), T(3), T(3)))
    check("TripletMarginLoss", inputs=(T(3, 5), T(3, 5), T(3, 5)))
    check("TripletMarginLoss", margin=-1)
    check("TripletMarginWithDistanceLoss", inputs=(T(3, 5), T(3, 5), T(3, 5)))
    check("CTCLoss", inputs=(T(10, 2, 5), index(2, 3, value=1), (10, 10), (3, 3)))
    check("MultiMarginLoss", p=3)
    check("HuberLoss", delta="1")
    check("LinearCrossEntropyLoss", 5, 7, inputs=(T(3, 5), index(3)))
    check("LinearCrossEntropyLoss", 5, 7, bias=True, weight=T(6))


def test_adaptive_softmax() -> None:
    target = T(4, dtype="int64", data=[0, 3, 6, 9])
    check("AdaptiveLogSoftmaxWithLoss", 8, 10, [2, 5], inputs=(T(4, 8), target))
    check("AdaptiveLogSoftmaxWithLoss", 8, 10, [2, 5], inputs=(T(4, 8), index(4)))
    check("AdaptiveLogSoftmaxWithLoss", 8, 10, [5], div_value=2.0, head_bias=True, inputs=(T(8), index(value=7)))
    check("AdaptiveLogSoftmaxWithLoss", 8, 10, [5, 2])
    check("AdaptiveLogSoftmaxWithLoss", 8, 10, [])


@pytest.mark.parametrize(("name", "kwargs"), [("weight_norm", {}), ("weight_norm", {"dim": 1}), ("weight_norm", {"dim": None}),
                                              ("spectral_norm", {})])  # fmt: skip
@pytest.mark.parametrize(("layer", "args"), [("Linear", (3, 4)), ("Conv2d", (3, 4, 2)), ("ConvTranspose1d", (3, 4, 2))])
def test_reparametrization(name: str, kwargs: dict[str, Any], layer: str, args: tuple[int, ...]) -> None:
    """The parameters and buffers that take the place of a weight, and what is left after taking them away again."""
    for undone in (False, True):
        theirs = getattr(nn.utils, name)(getattr(nn, layer)(*args), **kwargs)
        with run():
            ours = REGISTRY[f"torch.nn.utils.{name}"].function(construct(f"torch.nn.{layer}", *args), **kwargs)
            if undone:
                theirs = getattr(nn.utils, f"remove_{name}")(theirs)
                ours = REGISTRY[f"torch.nn.utils.remove_{name}"].function(ours)
        built = _built(ours, [("", ours)])
        assert [(path, shape) for path, shape, _ in built["parameters"]] == [(path, summary(p)) for path, p in theirs.named_parameters()]
        assert built["buffers"] == [(path, summary(p)) for path, p in theirs.named_buffers()]


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_recurrent_called_wrongly(name: str) -> None:
    """They hand on what they are given, so a wrong call shows only one step further in."""
    for args, more in (((4,), {}), ((), {}), ((4, 3), {"width": 1}), ((4, 3), {"mode": "GRU"}), ((4,), {"input_size": 4})):
        assert _theirs(name, args, more, (), {})[0] == _interpreted(name, args, more, (), {})[0] == "refused"
