"""The functions of ``torch.nn.functional`` give the shapes and element types torch gives, and refuse what it refuses."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY
from tests.oracle.torch_oracle import D, T, agree, ask_ours, ask_torch

_FN = "torch.nn.functional."
_DTYPES = ("bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64")
few = settings(max_examples=60, deadline=None)


def cpu(name: str, *args: Any, **kwargs: Any) -> None:
    """Both agree, torch running on the CPU (its meta device checks less)."""
    agree(_FN + name, *args, device="cpu", **kwargs)


def index(*shape: int, dtype: str = "int64", value: int = 0) -> T:
    """Known whole numbers."""
    count = 1
    for size in shape:
        count *= size
    return T(*shape, dtype=dtype, data=[value] * count)


small = st.integers(0, 7)
number = st.integers(-1, 4)


def per_axis(axes: int, low: int = 1, high: int = 3) -> st.SearchStrategy[Any]:
    """A number, or a tuple with one for each axis (sometimes of a wrong length)."""
    one = st.integers(low, high)
    return st.one_of(one, st.tuples(*[one] * axes), st.tuples(one))


@few
@given(st.data(), st.integers(1, 3))
def test_convolution(data: st.DataObject, axes: int) -> None:
    groups = data.draw(st.integers(1, 2))
    inside, outside = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    kernel = data.draw(st.tuples(*[st.integers(1, 4)] * axes))
    space = data.draw(st.tuples(*[st.integers(1, 9)] * axes))
    channels = inside * groups if data.draw(st.integers(0, 9)) else inside * groups + 1
    shape = (*data.draw(st.sampled_from([(2,), (1,), (), (0,)])), channels, *space)
    padding = data.draw(st.one_of(per_axis(axes, 0, 2), st.sampled_from(["same", "valid", "full"])))
    bias = data.draw(st.sampled_from([None, T(outside), T(outside + 1)]))
    agree(f"torch.conv{axes}d", T(*shape), T(outside, inside, *kernel), bias, stride=data.draw(per_axis(axes, 0, 3)), padding=padding,
          dilation=data.draw(per_axis(axes, 1, 2)), groups=groups, device="cpu")  # fmt: skip


@few
@given(st.data(), st.integers(1, 3))
def test_transposed_convolution(data: st.DataObject, axes: int) -> None:
    groups = data.draw(st.integers(1, 2))
    inside, outside = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    kernel = data.draw(st.tuples(*[st.integers(1, 3)] * axes))
    shape = (*data.draw(st.sampled_from([(2,), ()])), inside * groups, *data.draw(st.tuples(*[st.integers(1, 5)] * axes)))
    args = (T(*shape), T(inside * groups, outside, *kernel), data.draw(st.sampled_from([None, T(outside * groups)])))
    kwargs = {"stride": data.draw(per_axis(axes, 1, 3)), "padding": data.draw(per_axis(axes, 0, 1)), "groups": groups,
              "output_padding": data.draw(per_axis(axes, 0, 2)), "dilation": data.draw(per_axis(axes, 1, 2))}  # fmt: skip
    answer = ask_torch(f"torch.conv_transpose{axes}d", args, kwargs, "cpu")
    if answer == "refused" or 0 not in answer[0]:  # whether an empty result is allowed depends on the kernel that runs
        assert ask_ours(f"torch.conv_transpose{axes}d", args, kwargs) == answer, (args, kwargs, answer)


@few
@given(st.data(), st.integers(1, 3), st.sampled_from(["max", "avg", "lp"]))
def test_windows(data: st.DataObject, axes: int, kind: str) -> None:
    shape = (*data.draw(st.sampled_from([(2, 3), (3,), (0, 3), (2, 3, 1)])), *data.draw(st.tuples(*[st.integers(1, 9)] * axes)))
    kernel, stride = data.draw(per_axis(axes, 1, 4)), data.draw(st.one_of(st.none(), per_axis(axes, 1, 4)))
    more: dict[str, Any] = {"stride": stride, "ceil_mode": data.draw(st.booleans())}
    if stride is None and kind == "avg" and axes == 1:
        del more["stride"]
    if kind != "lp":
        more["padding"] = data.draw(per_axis(axes, 0, 2))
    if kind == "max":
        more |= {"dilation": data.draw(per_axis(axes, 1, 2)), "return_indices": data.draw(st.booleans())}
    args = (2.0, kernel) if kind == "lp" else (kernel,)
    # without gradients and on the CPU alone, max_pool1d limits the padding by the kernel without its dilation
    agree(f"{_FN}{kind}_pool{axes}d", T(*shape), *args, device="meta" if (kind, axes) == ("max", 1) else "cpu", **more)


@few
@given(st.data(), st.integers(1, 3), st.sampled_from(["avg", "max"]))
def test_adaptive(data: st.DataObject, axes: int, kind: str) -> None:
    shape = (*data.draw(st.sampled_from([(2, 3), (3,), (), (0, 3), (2, 3, 1)])), *data.draw(st.tuples(*[st.integers(1, 6)] * axes)))
    one = st.one_of(st.integers(1, 8), st.none()) if axes > 1 else st.integers(1, 8)
    wanted = data.draw(st.one_of(st.integers(1, 8), st.tuples(*[one] * axes), st.tuples(*[one] * (axes + 1))))
    cpu(f"adaptive_{kind}_pool{axes}d", T(*shape), wanted)
    if kind == "max":
        cpu(f"adaptive_max_pool{axes}d", T(*shape), wanted, return_indices=True)


@few
@given(st.data(), st.integers(2, 3))
def test_fractional(data: st.DataObject, axes: int) -> None:
    shape = (*data.draw(st.sampled_from([(2, 3), (3,)])), *data.draw(st.tuples(*[st.integers(4, 9)] * axes)))
    if data.draw(st.booleans()):
        cpu(f"fractional_max_pool{axes}d", T(*shape), data.draw(st.integers(1, 3)), output_size=data.draw(per_axis(axes, 1, 5)))
    else:
        ratio = (data.draw(st.floats(0.2, 0.9)),) * axes
        cpu(f"fractional_max_pool{axes}d", T(*shape), data.draw(st.integers(1, 3)), output_ratio=ratio, return_indices=True)


@few
@given(st.data(), st.integers(1, 3))
def test_unpooling(data: st.DataObject, axes: int) -> None:
    shape = (*data.draw(st.sampled_from([(2, 3), (3,)])), *data.draw(st.tuples(*[st.integers(1, 4)] * axes)))
    size = data.draw(st.one_of(st.none(), st.lists(st.integers(2, 9), min_size=axes, max_size=axes)))
    kernel, stride = data.draw(st.integers(2, 3)), data.draw(st.one_of(st.none(), st.integers(1, 3)))
    cpu(f"max_unpool{axes}d", T(*shape), index(*shape), kernel, stride, output_size=size)


_MODES = ["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact", "lanczos"]


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(0, 3), st.sampled_from(_MODES))
def test_interpolate(data: st.DataObject, axes: int, mode: str) -> None:
    shape = (1, 2, *data.draw(st.tuples(*[st.integers(1, 9)] * axes)))
    one, factor = st.integers(0, 9), st.one_of(st.floats(0.1, 3.0), st.sampled_from([2, 0.5, 1 / 3, 1.5, 0.25]))
    size = data.draw(st.one_of(st.none(), one, st.tuples(*[one] * axes), st.just((2, 2))))
    scaling = size is None or not data.draw(st.integers(0, 9))
    scale = data.draw(st.one_of(st.none(), factor, st.tuples(*[factor] * axes))) if scaling else None
    more = {"align_corners": data.draw(st.sampled_from([None, None, True, False])),
            "recompute_scale_factor": data.draw(st.sampled_from([None, True, False])),
            "antialias": data.draw(st.sampled_from([False, False, True]))}  # fmt: skip
    cpu("interpolate", T(*shape), size, scale, mode, **more)


def test_upsample() -> None:
    cpu("upsample", T(1, 2, 4, 4), scale_factor=2, mode="bilinear")
    cpu("upsample_nearest", T(1, 2, 4, 4), 7)
    cpu("upsample_bilinear", T(1, 2, 4, 4), scale_factor=(2, 3))


_UNARY = """relu relu6 elu selu celu leaky_relu rrelu hardtanh hardsigmoid hardswish silu mish glu gelu hardshrink softshrink softplus
logsigmoid tanhshrink softsign sigmoid tanh gumbel_softmax normalize dropout dropout2d dropout3d alpha_dropout feature_alpha_dropout
relu_ elu_ selu_ celu_ leaky_relu_ rrelu_ hardtanh_"""


@pytest.mark.parametrize("name", _UNARY.split())
def test_activations(name: str) -> None:
    for dtype in _DTYPES:
        cpu(name, T(2, 4, 6, 6, dtype=dtype))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax(name: str) -> None:
    for dtype in _DTYPES:
        cpu(name, T(2, 4, dtype=dtype), 1)
    cpu(name, T(2, 4), 2)
    cpu(name, T(), 0)
    for rank in range(5):
        cpu(name, T(*(2,) * rank))
    cpu(name, T(2, 4, dtype="int64"), 1, dtype=D("float32"))
    cpu(name, T(2, 4), -1, dtype=D("float64"))


def test_activation_arguments() -> None:
    cpu("gelu", T(2), approximate="tanh")
    cpu("gelu", T(2), approximate="exact")
    cpu("glu", T(2, 5))
    cpu("glu", T(2, 6), 2)
    cpu("glu", T())
    cpu("hardtanh", T(2), 2, 1)
    cpu("celu", T(2), 0.0)
    cpu("rrelu", T(2), 2, 1)
    cpu("softshrink", T(2), -1.0)
    cpu("threshold", T(2, dtype="int64"), 1, 2)
    for weight, shape in itertools.product([(1,), (3,), (6,), (), (1, 1)], [(2, 6), (6,), (), (2, 3, 4)]):
        cpu("prelu", T(*shape), T(*weight))
    cpu("prelu", T(2, 3), T(3, dtype="float64"))


def test_dropout() -> None:
    for name, rank, training in itertools.product(["dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"], range(6),
                                                  [True, False]):  # fmt: skip
        cpu(name, T(*(2,) * rank), training=training)
    cpu("dropout", T(2), 1.5)
    cpu("dropout", T(2, dtype="int64"), training=False)


@pytest.mark.parametrize(("left", "right"), list(itertools.product(["float16", "bfloat16", "float32", "float64"], repeat=2)))
def test_normalization_types(left: str, right: str) -> None:
    cpu("layer_norm", T(2, 6, dtype=left), (6,), T(6, dtype=right), T(6, dtype=right))
    cpu("rms_norm", T(2, 6, dtype=left), (6,), T(6, dtype=right))
    cpu("group_norm", T(2, 6, 3, dtype=left), 2, T(6, dtype=right), T(6, dtype=right))
    cpu("batch_norm", T(2, 6, dtype=left), T(6, dtype=right), T(6, dtype=right))
    cpu("instance_norm", T(2, 6, 3, dtype=left), None, None, T(6, dtype=right), T(6, dtype=right))


def test_normalization() -> None:
    for shape in ((6,), 6, (), [2, 6], (1, 6), (5,)):
        cpu("layer_norm", T(2, 6), shape)
        cpu("rms_norm", T(2, 6), shape)
    cpu("layer_norm", T(2, 6), (6,), T(1))
    cpu("rms_norm", T(2, 6), (6,), T(1))
    for shape, training in itertools.product([(6,), (2, 6), (1, 6), (0, 6), (2, 5), (1, 6, 2), (2, 6, 1, 1)], [True, False]):
        cpu("batch_norm", T(*shape), T(6), T(6), training=training)
        cpu("instance_norm", T(*shape), T(6), T(6), use_input_stats=training)
    cpu("batch_norm", T(2, 6), None, None)
    cpu("batch_norm", T(2, 6), T(6), None)
    cpu("batch_norm", T(2, 6), T(6), T(6), T(3))
    cpu("batch_norm", T(2, 6), T(6), T(6), eps=-1.0)
    cpu("instance_norm", T(2, 6, 3), use_input_stats=False)
    cpu("instance_norm", T(2, 6, 3), None, None, T(3))
    for shape, groups in itertools.product([(2, 6), (1, 6), (2, 6, 3), (6,), (0, 6, 3)], [1, 2, 4, 6, 0, -2]):
        if groups:
            cpu("group_norm", T(*shape), groups)
    cpu("group_norm", T(2, 6, 3), 2, T(3))
    cpu("group_norm", T(2, 6, 3), 2, T(6, 1))
    for shape, size in itertools.product([(2, 3), (2, 3, 4), (2, 3, 4, 5), (2, 3, 4, 5, 6), (2, 0, 4)], [0, 1, 2, 5]):
        cpu("local_response_norm", T(*shape), size)
    cpu("normalize", T(3))
    cpu("normalize", T(3, 2), dim=(0, 1))


@pytest.mark.parametrize(
    "name",
    [
        "layer_norm",
        "batch_norm",
        "max_pool2d",
        "avg_pool2d",
        "adaptive_avg_pool2d",
        "adaptive_max_pool2d",
        "interpolate",
        "lp_pool2d",
        "local_response_norm",
        "channel_shuffle",
        "group_norm",
        "max_pool1d",
        "rms_norm",
        "avg_pool3d",
    ],
)
def test_element_types(name: str) -> None:
    special = {"layer_norm": ((6,),), "rms_norm": ((6,),), "lp_pool2d": (2, 2)}
    for dtype in _DTYPES:
        args = (T(4, dtype=dtype), T(4, dtype=dtype)) if name == "batch_norm" else special.get(name, (2,))
        shape = (4, 6, 6) if name == "max_pool1d" else (2, 4, 6, 6)
        if (name, dtype) in {("local_response_norm", "float16"), ("local_response_norm", "bfloat16"), ("avg_pool3d", "float16"),
                             ("avg_pool3d", "bfloat16")}:  # fmt: skip
            continue  # torch has these on the GPU only
        cpu(name, T(*shape, dtype=dtype), *args)


def test_embedding() -> None:
    for indices, weight in itertools.product([index(2, 3), index(2, dtype="int32"), index(2, dtype="int16"), T(2), index()],
                                             [(5,), (5, 2), (5, 2, 3)]):  # fmt: skip
        cpu("embedding", indices, T(*weight))
    for padding in (0, 4, 5, -5, -6):
        cpu("embedding", index(2), T(5, 2), padding)
    cpu("embedding", index(2, value=5), T(5, 2))
    cpu("embedding", index(2, value=-1), T(5, 2))
    cpu("embedding", index(2), T(5, 2, dtype="float16"))


def test_embedding_bag() -> None:
    starts = T(3, dtype="int64", data=[0, 2, 4])
    cases: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((index(6), T(5, 2), starts), {}), ((index(2, 3), T(5, 2)), {}), ((index(6), T(5, 2)), {}), ((index(2, 3), T(5, 2), starts), {}),
        ((index(6), T(5, 2), starts), {"include_last_offset": True}), ((index(6), T(5, 2), starts), {"mode": "max"}),
        ((index(6), T(5, 2), starts), {"mode": "min"}), ((index(6), T(5, 2), starts), {"mode": "sum", "per_sample_weights": T(6)}),
        ((index(6), T(5, 2), starts), {"per_sample_weights": T(6)}), ((T(6), T(5, 2), starts), {}), ((index(2, 3, 4), T(5, 2)), {}),
        ((index(6), T(5, 2), index(2, value=1)), {}), ((index(2, 3), T(5, 2, dtype="int64")), {}), ((index(6), T(5, 2, 1), starts), {}),
    ]  # fmt: skip
    for args, kwargs in cases:
        cpu("embedding_bag", *args, **kwargs)


_PAIRS = ["l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss", "soft_margin_loss", "kl_div", "poisson_nll_loss", "hinge_embedding_loss",
          "binary_cross_entropy", "binary_cross_entropy_with_logits", "multilabel_soft_margin_loss"]  # fmt: skip


@pytest.mark.parametrize("name", _PAIRS)
def test_pair_losses(name: str) -> None:
    types = [("float32", "float32"), ("float16", "float16"), ("float32", "float64"), ("float64", "float32"), ("float16", "float32"),
             ("float32", "int64"), ("int64", "float32"), ("int64", "int64"), ("int32", "int64"), ("bool", "bool"), ("float32",
                                                                                                                    "bool")]  # fmt: skip
    for (left, right), reduction in itertools.product(types, ["none", "mean", "sum", "other"]):
        cpu(name, T(2, 3, dtype=left, data=[1] * 6), T(2, 3, dtype=right, data=[1] * 6), reduction=reduction)
    for left, right in [((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), (4,)), ((), ())]:
        cpu(name, T(*left, data=[1] * (6 if len(left) == 2 else 3 if left else 1)), T(*right, data=[1] * torch.Size(right).numel()),
            reduction="none")  # fmt: skip


def test_weighted_losses() -> None:
    ones = T(3, 5, data=[1] * 15)
    for weight in ((5,), (2, 3, 5), (4,)):
        cpu("binary_cross_entropy", ones, ones, T(*weight), reduction="none")
        cpu("binary_cross_entropy_with_logits", T(3, 5), T(3, 5), T(*weight), reduction="none")
        cpu("binary_cross_entropy_with_logits", T(3, 5), T(3, 5), pos_weight=T(*weight), reduction="none")
    for name in ("mse_loss", "huber_loss"):  # the weight of l1_loss gets lost in torch under a device context
        for left, right, weight in [((3, 5), (3, 5), (3, 5)), ((3, 5), (5,), (5,)), ((5,), (3, 5), (5,))]:
            cpu(name, T(*left), T(*right), weight=T(*weight), reduction="none")
            cpu(name, T(*left), T(*right), weight=T(*weight))
    cpu("huber_loss", T(5), T(5), delta=-1.0)
    cpu("smooth_l1_loss", T(5), T(5), beta=-1.0)
    cpu("smooth_l1_loss", T(5, dtype="int64"), T(5, dtype="int64"), beta=0.0, reduction="none")
    cpu("kl_div", T(3, 5), T(3, 5), reduction="batchmean")
    cpu("mse_loss", T(3), T(3), size_average=True, reduce=False)
    cpu("mse_loss", T(3), T(3), reduction="elementwise_mean")


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize("reduction", ["none", "mean", "other"])
def test_classification(name: str, reduction: str) -> None:
    shapes = [((5,), ()), ((5,), (1,)), ((1,), (1,)), ((3, 5), (3,)), ((3, 5), (2,)), ((3, 5), (3, 1)), ((3, 5), ()), ((3, 5, 4), (3, 4)),
              ((3, 5, 4), (3,)), ((3, 5, 4), (3, 5)), ((3, 5, 4, 2), (3, 4, 2)), ((3, 5, 4, 2), (3, 4)), ((3, 5, 4, 2, 2), (3, 4, 2, 2)),
              ((), ()),
              ((5,), (5,)), ((0, 5), (0,)), ((3, 5, 4, 2), (3, 1, 2))]  # fmt: skip
    for left, right in shapes:
        cpu(name, T(*left), index(*right), reduction=reduction)
    for dtype in ("int32", "uint8", "float32", "bool"):
        cpu(name, T(3, 5), index(3, dtype=dtype), reduction=reduction)
    for dtype in ("int64", "float16", "float64", "complex64"):
        cpu(name, T(3, 5, dtype=dtype), index(3), reduction=reduction)
    for weight in (T(5), T(4), T(1, 5), T(), T(5, dtype="float64")):
        cpu(name, T(3, 5), index(3), weight, reduction=reduction)
    cpu(name, T(3, 5), index(3, value=7), reduction=reduction)


def test_probabilities() -> None:
    for left, right in [((3, 5), "float32"), ((3, 5, 4), "float32"), ((5,), "float32"), ((3, 5), "float64"), ((3, 5), "int64")]:
        cpu("cross_entropy", T(*left), T(*left, dtype=right), reduction="none")
    cpu("cross_entropy", T(3, 5), T(3, 5), T(4))
    cpu("cross_entropy", T(3, 5), T(3, 5), ignore_index=2)
    cpu("cross_entropy", T(3, 5), index(3), label_smoothing=1.5)
    cpu("cross_entropy", T(3, 5), index(3), label_smoothing=0.5, reduction="none")
    cpu("linear_cross_entropy", T(3, 5), T(7, 5), index(3))
    cpu("linear_cross_entropy", T(3, 5), T(7, 6), index(3))
    cpu("linear_cross_entropy", T(5), T(7, 5), index(), reduction="none")


def test_margin_losses() -> None:
    for left, right in [((3, 5), (3,)), ((5,), ()), ((5,), (1,)), ((3, 5), (2,)), ((3, 5, 2), (3,)), ((3, 5), (3, 1)), ((0, 5), (0,)),
                        ((5,), (5,))]:  # fmt: skip
        cpu("multi_margin_loss", T(*left), index(*right), reduction="none")
        cpu("multi_margin_loss", T(*left), index(*right))
    cpu("multi_margin_loss", T(3, 5), index(3), p=3)
    cpu("multi_margin_loss", T(3, 5), index(3), weight=T(4))
    for left, right in [((3, 5), (3, 5)), ((5,), (5,)), ((3, 5), (3,)), ((3, 5, 2), (3, 5, 2)), ((3, 5), (3, 4)), ((5,), ())]:
        cpu("multilabel_margin_loss", T(*left), index(*right), reduction="none")
    for a, b, c in [((3, 5), (3, 5), (3,)), ((5,), (5,), ()), ((5,), (5,), (1,)), ((3, 5), (3, 5), (1,)), ((3, 5), (3, 5), ()),
                    ((3, 5), (1, 5), (3,)),
                    ((3, 5, 2), (3, 5, 2), (3, 2)), ((3, 5), (5,), (3,)), ((3, 5), (3, 5), (2,))]:  # fmt: skip
        cpu("cosine_embedding_loss", T(*a), T(*b), T(*c), reduction="none")
    for a, b, c in [((3,), (3,), (3,)), ((3, 5), (3, 5), (3,)), ((3, 1), (1, 5), (3, 5)), ((3,), (2,), (3,))]:
        cpu("margin_ranking_loss", T(*a), T(*b), T(*c), reduction="none")
    for a, b, c in [((3, 5), (3, 5), (3, 5)), ((5,), (5,), (5,)), ((3, 5), (5,), (3, 5)), ((3, 5), (1, 5), (3, 5)), ((), (), ()),
                    ((2, 3, 5), (2, 3, 5), (2, 3, 5))]:  # fmt: skip
        for swap in (False, True):
            cpu("triplet_margin_loss", T(*a), T(*b), T(*c), reduction="none", swap=swap)
            cpu("triplet_margin_with_distance_loss", T(*a), T(*b), T(*c), reduction="none", swap=swap)
    cpu("triplet_margin_loss", T(3, 5), T(3, 5), T(3, 5), margin=-1)
    for a, b, c in [((3, 5), (3, 5), (3, 5)), ((3, 5), (3, 5), (3,)), ((3, 5), (3, 5), (3, 1)), ((3, 5), (3, 5), (1, 5)),
                    ((3, 5), (5,), (3, 5)), ((3, 5), (3, 5), (5,))]:  # fmt: skip
        cpu("gaussian_nll_loss", T(*a), T(*b), T(*c, data=[1] * torch.Size(c).numel()), reduction="none")
    cpu("ctc_loss", T(10, 2, 5), index(2, 3, value=1), (10, 10), (3, 3), reduction="none")
    cpu("ctc_loss", T(10, 2, 5), index(2, 3, value=1), (10, 10, 10), (3, 3))
    cpu("ctc_loss", T(10, 2, 5), index(2, 3, value=1), (10, 10), (3, 3), blank=7)


def test_distances() -> None:
    for left, right in [((2, 3), (3,)), ((2, 3), (2, 3)), ((3,), (3,)), ((), ()), ((2, 3), (4, 1, 3)), ((2, 3), (2, 4))]:
        for name in ("cosine_similarity", "pairwise_distance"):
            cpu(name, T(*left), T(*right))
        cpu("pairwise_distance", T(*left), T(*right), keepdim=True)
        cpu("cosine_similarity", T(*left), T(*right), dim=0)
    cpu("cosine_similarity", T(2, 3), T(2, 3, dtype="float64"))
    cpu("cosine_similarity", T(2, 3), T(2, 3, dtype="int64"))
    for shape in [(4, 3), (4,), (0, 3), (1, 3)]:
        cpu("pdist", T(*shape))
    for shape, groups in itertools.product([(2, 4, 3), (2, 4), (2, 4, 3, 3)], [1, 2, 3, 0]):
        cpu("channel_shuffle", T(*shape), groups)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_attention(data: st.DataObject) -> None:
    heads, width, target, source, batch = 2, data.draw(st.sampled_from([4, 6, 5])), 3, data.draw(st.integers(1, 4)), 2
    batched = data.draw(st.booleans())
    extra = (batch,) if batched else ()
    query, key = T(target, *extra, width), T(source, *extra, width)
    masks = [None, T(target, source), T(target, source, dtype="bool"), T(batch * heads, target, source), T(heads, target, source),
             T(target, 9)]  # fmt: skip
    paddings = [None, T(*extra, source), T(*extra, source, dtype="bool"), T(source, batch)]
    bias = data.draw(st.booleans())
    agree(
        _FN + "multi_head_attention_forward",
        query,
        key,
        key,
        width,
        heads,
        T(3 * width, width),
        T(3 * width),
        T(1, 1, width) if bias else None,
        T(1, 1, width) if bias else None,
        data.draw(st.booleans()),
        0.0,
        T(width, width),
        T(width),
        training=False,
        attn_mask=data.draw(st.sampled_from(masks)),
        key_padding_mask=data.draw(st.sampled_from(paddings)) if not bias else None,
        need_weights=data.draw(st.booleans()),
        average_attn_weights=data.draw(st.booleans()),
        is_causal=data.draw(st.booleans()),
        device="cpu",
    )


def test_signatures() -> None:
    """Every function of torch that has a signature has the same one here, and none is missing."""
    missing, wrong = [], []
    for name in dir(F):
        function = getattr(F, name)
        if name.startswith("_") or not callable(function) or isinstance(function, type) or name in _NOT_OURS:
            continue
        described = REGISTRY.get(_FN + name)
        if described is None:
            missing.append(name)
            continue
        try:
            theirs = inspect.signature(function)
        except ValueError:
            continue
        if str(theirs).startswith("(*args, **kwargs"):
            continue
        ours = inspect.signature(described.function)
        left, right = ([(p.name, p.kind, p.default) for p in signature.parameters.values()] for signature in (theirs, ours))
        if left != right:
            wrong.append(f"{name}: {theirs} {ours}")
    assert not missing, missing
    assert not wrong, wrong


#: Machinery of torch, and what belongs to other hardware.
_NOT_OURS = {
    "Optional",
    "assert_int_or_pair",
    "boolean_dispatch",
    "handle_torch_function",
    "has_torch_function",
    "has_torch_function_unary",
    "has_torch_function_variadic",
    "grouped_mm",
    "scaled_mm",
    "scaled_grouped_mm",
}


def test_initialization() -> None:
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu", "other"):
        agree("torch.nn.init.calculate_gain", name)
    agree("torch.nn.init.calculate_gain", "leaky_relu", 0.2)
    agree("torch.nn.init.calculate_gain", "leaky_relu", True)
    for shape in [(3,), (3, 4), (3, 4, 5), (3, 4, 5, 6)]:
        agree("torch.nn.init._calculate_fan_in_and_fan_out", T(*shape))
        for name in ("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_", "eye_", "dirac_",
                     "uniform_", "ones_"):  # fmt: skip
            agree(f"torch.nn.init.{name}", T(*shape), device="cpu")
    agree("torch.nn.init.kaiming_normal_", T(3, 4), mode="other")
    agree("torch.nn.init.constant_", T(3), 2.0)
    agree("torch.nn.init.trunc_normal_", T(3, 4), std=0.02)


def test_packing() -> None:
    agree("torch.nn.utils.rnn.pad_sequence", [T(5, 3), T(2, 3)])
    agree("torch.nn.utils.rnn.pad_sequence", [T(5, 3), T(2, 3)], batch_first=True)
    for lengths, sort in itertools.product([[5, 3], [3, 5], [5, 0], [5], [9, 3]], [True, False]):
        agree("torch.nn.utils.rnn.pack_padded_sequence", T(5, 2, 3), lengths, enforce_sorted=sort, device="cpu")
        agree("torch.nn.utils.rnn.pack_padded_sequence", T(2, 5, 3), lengths, batch_first=True, enforce_sorted=sort, device="cpu")
