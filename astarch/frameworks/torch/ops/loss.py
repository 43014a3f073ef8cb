"""Losses between a prediction and a target of its shape."""

from __future__ import annotations

from typing import Any

from ....ir.diagnostic import Diagnostic
from ....ir.dim import same
from ....ir.tensor import Shape
from ...describe import REGISTRY, RUN, op, refuse, require
from ...dtypes import category, is_floating, real_of
from ...shapes import broadcast, text
from ..tensor import default_dtype
from .demands import FLOATING
from .promotion import result_dtype


def reduction_of(reduction: Any, size_average: Any = None, reduce: Any = None) -> str:
    """``none``, ``mean`` or ``sum``, also from the two flags that said so before."""
    if size_average is not None or reduce is not None:
        average, reducing = size_average in (None, True), reduce in (None, True)
        return "none" if not reducing else "mean" if average else "sum"
    if reduction not in ("none", "mean", "sum", "elementwise_mean"):
        refuse("ValueError", f"{reduction} is not a valid value for reduction")
    return "mean" if reduction == "elementwise_mean" else reduction


def reduced(like: Any, shape: Any, dtype: str, reduction: str) -> Any:
    """The loss of every element, or their mean or sum."""
    if reduction == "none":
        return like.like(shape, dtype)
    if reduction == "mean" and category(dtype) < 2:
        require(False, f"mean(): could not infer output dtype. Input dtype must be either a floating point or complex, got {dtype}",
                name="dtype-mismatch")  # fmt: skip
    return like.like((), "int64" if category(dtype) < 2 else dtype)


def same_shape(a: Any, b: Any) -> bool:
    """Whether two shapes are equal, or may be."""
    return len(a) == len(b) and all(same(x, y) is not False for x, y in zip(a, b, strict=True))


def _unsuited(name: str, dtype: str) -> None:
    require(False, f"{name} is not implemented for {dtype}", name="dtype-mismatch")


def _element_type(name: str, input: Any, target: Any) -> str:
    """The element type of the loss of every element."""
    dtype = result_dtype(input, target)
    if name == "l1_loss":
        if "bool" in (input.dtype, target.dtype):
            _unsuited(name, "bool")
        return real_of(dtype)
    if name == "huber_loss" or name == "soft_margin_loss":
        if category(dtype) > category(input.dtype) or input.dtype == "bool" or (name == "soft_margin_loss" and category(input.dtype) < 2):
            _unsuited(name, dtype)
        dtype = input.dtype
        if name == "soft_margin_loss":
            return dtype
    if name == "kl_div" and not (is_floating(input.dtype) and is_floating(target.dtype)):
        _unsuited(name, dtype)
    if dtype not in FLOATING:
        _unsuited(name, dtype)
    return dtype


def _weighted(name: str, input: Any, target: Any, weight: Any, reduction: str) -> Any:
    if not same_shape(weight.shape, input.shape):
        refuse("ValueError", "Weights and input must have the same size.")
    shape = broadcast(broadcast(input.shape, target.shape), weight.shape)
    return reduced(input, shape, result_dtype(input.like(shape, _element_type(name, input, target)), weight), reduction)


def _every_with_every(input: Any, target: Any, shape: Any) -> None:
    """Torch warns where sizes differ; of a whole program that makes more pairs than there are predictions or targets, that is said."""
    run = RUN.get()
    pairs, apart = Shape(shape).numel(), (input.shape.numel(), target.shape.numel())
    if not run.state.get("script") or any(same(pairs, count) is not False for count in apart):
        return
    message = f"a loss of {text(input.shape)} and {text(target.shape)}: every prediction is held against every target"
    run.diagnostics.append(Diagnostic("MDL225", "suspicious-broadcast", "warning", message, run.where(), (), "give both the same shape"))
    run.found_in.append(run.modules[-1] if run.modules else None)


def _pairwise(name: str, input: Any, target: Any, weight: Any, reduction: str) -> Any:
    if weight is not None:
        return _weighted(name, input, target, weight, reduction)
    shape = broadcast(input.shape, target.shape)
    _every_with_every(input, target, shape)
    return reduced(input, shape, _element_type(name, input, target), reduction)


@op("torch.nn.functional.l1_loss")
def l1_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None) -> Any:
    """The absolute difference.

    >>> l1_loss(T(4, 3), T(4, 3), reduction="none")
    float32[4, 3]
    """
    return _pairwise("l1_loss", input, target, weight, reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.mse_loss")
def mse_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None) -> Any:
    """The squared difference.

    >>> mse_loss(T(4, 3), T(4, 3))
    float32[]
    """
    return _pairwise("mse_loss", input, target, weight, reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.smooth_l1_loss")
def smooth_l1_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: Any = 1.0) -> Any:
    """Squared below ``beta``, absolute above."""
    if type(beta) in (int, float) and beta < 0:
        refuse("RuntimeError", "smooth_l1_loss does not support negative values for beta.")
    name = "l1_loss" if type(beta) in (int, float) and beta == 0 else "smooth_l1_loss"
    return _pairwise(name, input, target, None, reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.huber_loss")
def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: Any = 1.0, weight: Any = None) -> Any:
    """Squared below ``delta``, linear above."""
    if type(delta) in (int, float) and delta <= 0:
        refuse("RuntimeError", "huber_loss does not support non-positive values for delta.")
    reduction = reduction_of(reduction)
    if weight is not None:
        return _weighted("huber_loss", input, target, weight, reduction)
    shape = broadcast(input.shape, target.shape)
    _every_with_every(input, target, shape)
    return reduced(input, shape, _element_type("huber_loss", input.like(shape), target.like(shape)), reduction)


@op("torch.nn.functional.soft_margin_loss")
def soft_margin_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:
    """The logistic loss of a sign."""
    shape = broadcast(input.shape, target.shape)
    if not same_shape(shape, input.shape):
        refuse("RuntimeError", f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(shape)}")
    return reduced(input, shape, _element_type("soft_margin_loss", input, target), reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.kl_div")
def kl_div(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False) -> Any:
    """The Kullback-Leibler divergence.

    >>> kl_div(T(4, 3), T(4, 3), reduction="batchmean")
    float32[]
    """
    if size_average is None and reduce is None and reduction == "batchmean":
        reduction = "sum"
    return _pairwise("kl_div", input, target, None, reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.poisson_nll_loss")
def poisson_nll_loss(input: Any, target: Any, log_input: bool = True, full: bool = False, size_average: Any = None, eps: Any = 1e-08,
                     reduce: Any = None, reduction: str = "mean") -> Any:  # fmt: skip
    """The negative log likelihood of counts."""
    if input.dtype == "bool" and target.dtype == "bool":
        _unsuited("poisson_nll_loss", "bool")
    dtype = result_dtype(input, target)
    dtype = default_dtype() if category(dtype) < 2 else dtype
    return reduced(input, broadcast(input.shape, target.shape), dtype, reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.gaussian_nll_loss")
def gaussian_nll_loss(input: Any, target: Any, var: Any, full: bool = False, eps: Any = 1e-06, reduction: str = "mean") -> Any:
    """The negative log likelihood of a normal distribution with the given variance."""
    if isinstance(var, float):
        if var < 0:
            refuse("ValueError", "var has negative entry/entries")
        var = input.like()
    elif isinstance(var, int):
        refuse("TypeError", "any() received an invalid combination of arguments")
    shape = tuple(var.shape)
    if not same_shape(shape, input.shape):
        if same_shape(input.shape[:-1], shape):
            shape = (*shape, 1)
        elif len(shape) != len(input.shape) or sum(y for x, y in zip(input.shape, shape, strict=True) if same(x, y) is False) != 1:
            refuse("ValueError", "var is of incorrect size")
    dtype = result_dtype(input, target, var)
    dtype = default_dtype() if category(dtype) < 2 else dtype
    return reduced(input, broadcast(broadcast(input.shape, target.shape), shape), dtype, reduction_of(reduction))


@op("torch.nn.functional.hinge_embedding_loss")
def hinge_embedding_loss(input: Any, target: Any, margin: Any = 1.0, size_average: Any = None, reduce: Any = None,
                         reduction: str = "mean") -> Any:  # fmt: skip
    """The distance itself for similar pairs, what is missing to the margin for others."""
    if input.dtype == "bool":
        _unsuited("hinge_embedding_loss", "bool")
    return reduced(input, broadcast(input.shape, target.shape), input.dtype, reduction_of(reduction, size_average, reduce))


def _equal_sizes(input: Any, target: Any) -> None:
    if not same_shape(input.shape, target.shape):
        refuse("ValueError", f"Target size {text(target.shape)} must be the same as input size {text(input.shape)}")


def _within(input: Any, weight: Any) -> None:
    shape = broadcast(input.shape, weight.shape)
    if not same_shape(shape, input.shape):
        refuse("RuntimeError", f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(shape)}")


@op("torch.nn.functional.binary_cross_entropy")
def binary_cross_entropy(input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None,
                         reduction: str = "mean") -> Any:  # fmt: skip
    """Cross entropy of probabilities.

    >>> binary_cross_entropy(T(4), T(4))
    float32[]
    """
    reduction = reduction_of(reduction, size_average, reduce)
    _equal_sizes(input, target)
    if weight is not None:
        _within(input, weight)
    if input.dtype != target.dtype or input.dtype not in FLOATING:
        require(False, f"binary_cross_entropy: found dtype {target.dtype} but expected {input.dtype}", name="dtype-mismatch")
    return reduced(input, input.shape, input.dtype, reduction)


@op("torch.nn.functional.binary_cross_entropy_with_logits")
def binary_cross_entropy_with_logits(input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None,
                                     reduction: str = "mean", pos_weight: Any = None) -> Any:  # fmt: skip
    """Cross entropy of logits.

    >>> binary_cross_entropy_with_logits(T(4), T(4))
    float32[]
    """
    reduction = reduction_of(reduction, size_average, reduce)
    _equal_sizes(input, target)
    for given in (weight, pos_weight):
        if given is not None:
            _within(input, given)
    if input.dtype not in FLOATING or category(target.dtype) < 2:
        _unsuited("binary_cross_entropy_with_logits", input.dtype if input.dtype not in FLOATING else target.dtype)
    # the loss is computed in place of (1 - target) * input
    dtype = "float32" if (input.dtype, target.dtype) == ("float64", "float32") else result_dtype(input, target)
    return reduced(input, input.shape, dtype, reduction)


@op("torch.nn.functional.margin_ranking_loss")
def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: Any = 0, size_average: Any = None, reduce: Any = None,
                        reduction: str = "mean") -> Any:  # fmt: skip
    """What is missing for one input to be ranked above the other."""
    reduction = reduction_of(reduction, size_average, reduce)
    if not len(input1.shape) == len(input2.shape) == len(target.shape):
        refuse("RuntimeError", "margin_ranking_loss : All input tensors should have same dimension")
    if input1.dtype == "bool" or input2.dtype == "bool":
        _unsuited("margin_ranking_loss", "bool")
    dtype = result_dtype(input1, input2, target)
    if category(dtype) < 2 and isinstance(margin, float):
        dtype = default_dtype()
    return reduced(input1, broadcast(input1.shape, input2.shape, target.shape), dtype, reduction)


@op("torch.nn.functional.cosine_embedding_loss")
def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: Any = 0, size_average: Any = None, reduce: Any = None,
                          reduction: str = "mean") -> Any:  # fmt: skip
    """One minus the cosine for similar pairs, the cosine above the margin for others."""
    reduction = reduction_of(reduction, size_average, reduce)
    if len(target.shape) > 1:
        refuse("RuntimeError", "0D or 1D target tensor expected, multi-target not supported")
    wanted = len(target.shape) + 1
    if len(input1.shape) != wanted or len(input2.shape) != wanted:
        refuse("RuntimeError", f"{wanted - 1}D target tensor expects {wanted}D input tensors")
    shape = broadcast(broadcast(input1.shape, input2.shape)[:-1], target.shape)
    dtype = result_dtype(input1, input2)
    return reduced(input1, shape, default_dtype() if category(dtype) < 2 else dtype, reduction)


def _triplet(anchor: Any, positive: Any, negative: Any, margin: Any, swap: Any, reduction: str) -> Any:
    if type(margin) in (int, float) and margin <= 0:
        refuse("ValueError", f"margin must be greater than 0, got {margin}")
    if not len(anchor.shape) == len(positive.shape) == len(negative.shape):
        refuse("RuntimeError", "The anchor, positive, and negative tensors are expected to have the same number of dimensions")
    distance = REGISTRY["torch.nn.functional.pairwise_distance"].function
    near, far = distance(anchor, positive), distance(anchor, negative)
    shape = broadcast(near.shape, far.shape)
    if swap:
        shape = broadcast(shape, distance(positive, negative).shape)
    return reduced(near, shape, result_dtype(near, far), reduction)


@op("torch.nn.functional.triplet_margin_loss")
def triplet_margin_loss(anchor: Any, positive: Any, negative: Any, margin: Any = 1.0, p: Any = 2, eps: Any = 1e-06, swap: bool = False,
                        size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:  # fmt: skip
    """How much nearer the anchor is to the positive than to the negative.

    >>> triplet_margin_loss(T(4, 8), T(4, 8), T(4, 8), reduction="none")
    float32[4]
    """
    return _triplet(anchor, positive, negative, margin, swap, reduction_of(reduction, size_average, reduce))


@op("torch.nn.functional.triplet_margin_with_distance_loss")
def triplet_margin_with_distance_loss(anchor: Any, positive: Any, negative: Any, *, distance_function: Any = None, margin: Any = 1.0,
                                      swap: bool = False, reduction: str = "mean") -> Any:  # fmt: skip
    """`triplet_margin_loss` with a distance of the caller's own."""
    reduction = reduction_of(reduction)
    if distance_function is None:
        return _triplet(anchor, positive, negative, margin, swap, reduction)
    call = RUN.get().call
    near, far = call(distance_function, anchor, positive), call(distance_function, anchor, negative)
    if swap:
        call(distance_function, positive, negative)
    return reduced(near, broadcast(near.shape, far.shape), result_dtype(near, far), reduction)


@op("torch.nn.functional.multilabel_soft_margin_loss")
def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None,
                                reduction: str = "mean") -> Any:  # fmt: skip
    """The mean over classes of a binary cross entropy each."""
    reduction = reduction_of(reduction, size_average, reduce)
    if input.dtype not in FLOATING or target.dtype == "bool":
        _unsuited("multilabel_soft_margin_loss", input.dtype)
    shape, dtype = broadcast(input.shape, target.shape), result_dtype(input, target)
    if weight is not None:
        shape, dtype = broadcast(shape, weight.shape), result_dtype(input.like(shape, dtype), weight)
    place = len(input.shape) - 1
    if place < 0:
        refuse("IndexError", "Dimension specified as -1 but tensor has no dimensions")
    return reduced(input, (*shape[:place], *shape[place + 1 :]), dtype, reduction)
