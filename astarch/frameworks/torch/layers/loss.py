"""`torch.nn.modules.loss`: losses as modules."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import Layer, kind, layer, refuse
from ..making import make, rule
from ..ops.loss import reduction_of

_MODULE = "torch.nn.modules.loss"


@layer("torch.nn.modules.loss._Loss", _MODULE)
class _Loss(Layer):
    """What all losses share: how the losses of the elements are reduced to one."""

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        legacy = size_average is not None or reduce is not None
        self.reduction = reduction_of(reduction, size_average, reduce) if legacy else reduction


@layer("torch.nn.modules.loss._WeightedLoss", _MODULE)
class _WeightedLoss(_Loss):
    """A loss with a weight for every class."""

    def __init__(self, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        _Loss.__init__(self, size_average, reduce, reduction)
        self.register_buffer("weight", weight)


def _pair(name: str, function: str, weighted: bool = False) -> None:
    """Describe a loss of an input and a target that has no arguments of its own."""

    def forward(self: Any, input: Any, target: Any) -> Any:
        more = {"weight": self.weight} if weighted else {}
        return rule(f"torch.nn.functional.{function}")(input, target, reduction=self.reduction, **more)

    members = {"__doc__": f"`torch.nn.functional.{function}` as a module.", "__module__": __name__, "forward": forward}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (_WeightedLoss if weighted else _Loss,), members))


_pair("L1Loss", "l1_loss")
_pair("MSELoss", "mse_loss")
_pair("BCELoss", "binary_cross_entropy", weighted=True)
_pair("MultiLabelMarginLoss", "multilabel_margin_loss")
_pair("SoftMarginLoss", "soft_margin_loss")
_pair("MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss", weighted=True)


@layer("torch.nn.NLLLoss", _MODULE)
class NLLLoss(_WeightedLoss):
    """The negative log likelihood of the right classes."""

    def __init__(self, weight: Any = None, size_average: Any = None, ignore_index: Any = -100, reduce: Any = None,
                 reduction: str = "mean") -> None:  # fmt: skip
        _WeightedLoss.__init__(self, weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Any, target: Any) -> Any:
        loss = rule("torch.nn.functional.nll_loss")
        return loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


@layer("torch.nn.NLLLoss2d", _MODULE)
class NLLLoss2d(NLLLoss):
    """`NLLLoss` by its old name for images."""

    def __init__(self, weight: Any = None, size_average: Any = None, ignore_index: Any = -100, reduce: Any = None,
                 reduction: str = "mean") -> None:  # fmt: skip
        NLLLoss.__init__(self, weight, size_average, ignore_index, reduce, reduction)


@layer("torch.nn.PoissonNLLLoss", _MODULE)
class PoissonNLLLoss(_Loss):
    """The negative log likelihood of counts."""

    def __init__(self, log_input: bool = True, full: bool = False, size_average: Any = None, eps: Any = 1e-08, reduce: Any = None,
                 reduction: str = "mean") -> None:  # fmt: skip
        _Loss.__init__(self, size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Any, target: Any) -> Any:
        loss = rule("torch.nn.functional.poisson_nll_loss")
        return loss(log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction)


@layer("torch.nn.GaussianNLLLoss", _MODULE)
class GaussianNLLLoss(_Loss):
    """The negative log likelihood of a normal distribution."""

    def __init__(self, *, full: bool = False, eps: Any = 1e-06, reduction: str = "mean") -> None:
        _Loss.__init__(self, None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Any, target: Any, var: Any) -> Any:
        loss = rule("torch.nn.functional.gaussian_nll_loss")
        return loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


@layer("torch.nn.KLDivLoss", _MODULE)
class KLDivLoss(_Loss):
    """The Kullback-Leibler divergence."""

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False) -> None:
        _Loss.__init__(self, size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Any:
        return rule("torch.nn.functional.kl_div")(input, target, reduction=self.reduction, log_target=self.log_target)


@layer("torch.nn.BCEWithLogitsLoss", _MODULE)
class BCEWithLogitsLoss(_Loss):
    """Binary cross entropy of logits."""

    def __init__(self, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
                 pos_weight: Any = None) -> None:  # fmt: skip
        _Loss.__init__(self, size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Any, target: Any) -> Any:
        loss = rule("torch.nn.functional.binary_cross_entropy_with_logits")
        return loss(input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction)


@layer("torch.nn.HingeEmbeddingLoss", _MODULE)
class HingeEmbeddingLoss(_Loss):
    """The distance of similar pairs, what is missing to the margin for others."""

    def __init__(self, margin: Any = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        _Loss.__init__(self, size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Any, target: Any) -> Any:
        return rule("torch.nn.functional.hinge_embedding_loss")(input, target, margin=self.margin, reduction=self.reduction)


@layer("torch.nn.SmoothL1Loss", _MODULE)
class SmoothL1Loss(_Loss):
    """Squared below ``beta``, absolute above."""

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: Any = 1.0) -> None:
        _Loss.__init__(self, size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Any:
        return rule("torch.nn.functional.smooth_l1_loss")(input, target, reduction=self.reduction, beta=self.beta)


@layer("torch.nn.HuberLoss", _MODULE)
class HuberLoss(_Loss):
    """Squared below ``delta``, linear above."""

    def __init__(self, reduction: str = "mean", delta: Any = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            refuse("TypeError", f"delta must be a float or int, got: {type(delta)}")
        _Loss.__init__(self, reduction=reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Any:
        return rule("torch.nn.functional.huber_loss")(input, target, reduction=self.reduction, delta=self.delta)


@layer("torch.nn.CrossEntropyLoss", _MODULE)
class CrossEntropyLoss(_WeightedLoss):
    """The cross entropy of logits and right classes."""

    def __init__(self, weight: Any = None, size_average: Any = None, ignore_index: Any = -100, reduce: Any = None,
                 reduction: str = "mean", label_smoothing: Any = 0.0) -> None:  # fmt: skip
        _WeightedLoss.__init__(self, weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        loss = rule("torch.nn.functional.cross_entropy")
        return loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction,
                    label_smoothing=self.label_smoothing)  # fmt: skip


@kind("torch.nn.LinearCrossEntropyOptions")
class LinearCrossEntropyOptions:
    """How `LinearCrossEntropyLoss` cuts its work into pieces."""

    def __init__(self, allow_retain_graph: bool = False, batch_chunk_size: Any = None, chunking_method: Any = "auto",
                 acc_policy: str = "auto", acc_dtype: Any = None) -> None:  # fmt: skip
        if acc_policy not in ("auto", "accurate", "balanced", "compact"):
            refuse("ValueError", f"invalid acc_policy: {acc_policy!r}")
        if isinstance(batch_chunk_size, int) and batch_chunk_size <= 0:
            refuse("ValueError", f"batch_chunk_size must be positive int or None, got {batch_chunk_size!r}")
        self.allow_retain_graph = allow_retain_graph
        self.batch_chunk_size = batch_chunk_size
        self.chunking_method = chunking_method
        self.acc_policy = acc_policy
        self.acc_dtype = acc_dtype


@layer("torch.nn.LinearCrossEntropyLoss", _MODULE)
class LinearCrossEntropyLoss(_WeightedLoss):
    """A linear layer and the cross entropy of what it gives."""

    def __init__(self, in_features: Any, num_classes: Any, *, out_features: Any = (), bias: bool = False, device: Any = None,
                 dtype: Any = None, reduction: str = "mean", weight: Any = None, ignore_index: Any = None, label_smoothing: Any = 0.0,
                 options: Any = None) -> None:  # fmt: skip
        if weight is not None and (len(weight.shape) != 1 or same(weight.shape[0], num_classes) is False):
            refuse("RuntimeError", f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}")
        if not 0 <= label_smoothing <= 1:
            refuse("RuntimeError", f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        _WeightedLoss.__init__(self, weight=weight, size_average=None, reduce=None, reduction=reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        total = num_classes
        for size in out_features:
            total = total * size
        self.linear = make("torch.nn.Linear", in_features, total, bias=bias, device=device, dtype=dtype)
        self.options = options

    def forward(self, input: Any, target: Any) -> Any:
        linear, outside = self.linear, (self.num_classes, *self.out_features)
        weight = linear.weight.like((*outside, linear.in_features))
        bias = None if linear.bias is None else linear.bias.like(outside)
        loss = rule("torch.nn.functional.linear_cross_entropy")
        return loss(input, weight, target, linear_bias=bias, weight=self.weight, reduction=self.reduction, ignore_index=self.ignore_index,
                    label_smoothing=self.label_smoothing, options=self.options)  # fmt: skip


def _pair_of_inputs(name: str, function: str) -> None:
    """Describe a loss of two inputs and a target, with a margin."""

    def construct(self: Any, margin: Any = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        _Loss.__init__(self, size_average, reduce, reduction)
        self.margin = margin

    def forward(self: Any, input1: Any, input2: Any, target: Any) -> Any:
        return rule(f"torch.nn.functional.{function}")(input1, input2, target, margin=self.margin, reduction=self.reduction)

    members = {"__doc__": f"`torch.nn.functional.{function}` as a module.", "__module__": __name__, "__init__": construct,
               "forward": forward}  # fmt: skip
    layer(f"torch.nn.{name}", _MODULE)(type(name, (_Loss,), members))


_pair_of_inputs("CosineEmbeddingLoss", "cosine_embedding_loss")
_pair_of_inputs("MarginRankingLoss", "margin_ranking_loss")


@layer("torch.nn.MultiMarginLoss", _MODULE)
class MultiMarginLoss(_WeightedLoss):
    """What the right class is missing to lead by a margin."""

    def __init__(self, p: Any = 1, margin: Any = 1.0, weight: Any = None, size_average: Any = None, reduce: Any = None,
                 reduction: str = "mean") -> None:  # fmt: skip
        _WeightedLoss.__init__(self, weight, size_average, reduce, reduction)
        if p != 1 and p != 2:
            refuse("ValueError", "only p == 1 and p == 2 supported")
        if weight is not None and len(weight.shape) != 1:
            refuse("ValueError", f"MultiMarginLoss: expected weight to be None or 1D tensor, got {len(weight.shape)}D instead")
        self.p = p
        self.margin = margin

    def forward(self, input: Any, target: Any) -> Any:
        loss = rule("torch.nn.functional.multi_margin_loss")
        return loss(input, target, p=self.p, margin=self.margin, weight=self.weight, reduction=self.reduction)


@layer("torch.nn.TripletMarginLoss", _MODULE)
class TripletMarginLoss(_Loss):
    """How much nearer the anchor is to the positive than to the negative."""

    def __init__(self, margin: Any = 1.0, p: Any = 2.0, eps: Any = 1e-06, swap: bool = False, size_average: Any = None, reduce: Any = None,
                 reduction: str = "mean") -> None:  # fmt: skip
        _Loss.__init__(self, size_average, reduce, reduction)
        if margin <= 0:
            refuse("ValueError", f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        loss = rule("torch.nn.functional.triplet_margin_loss")
        return loss(anchor, positive, negative, margin=self.margin, p=self.p, eps=self.eps, swap=self.swap, reduction=self.reduction)


@layer("torch.nn.TripletMarginWithDistanceLoss", _MODULE)
class TripletMarginWithDistanceLoss(_Loss):
    """`TripletMarginLoss` with a distance of the caller's own."""

    def __init__(self, *, distance_function: Any = None, margin: Any = 1.0, swap: bool = False, reduction: str = "mean") -> None:
        _Loss.__init__(self, size_average=None, reduce=None, reduction=reduction)
        if margin <= 0:
            refuse("ValueError", f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead")
        self.distance_function = distance_function if distance_function is not None else make("torch.nn.PairwiseDistance")
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        loss = rule("torch.nn.functional.triplet_margin_with_distance_loss")
        return loss(anchor, positive, negative, distance_function=self.distance_function, margin=self.margin, swap=self.swap,
                    reduction=self.reduction)  # fmt: skip


@layer("torch.nn.CTCLoss", _MODULE)
class CTCLoss(_Loss):
    """The loss of all alignments of a sequence to a target."""

    def __init__(self, blank: Any = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        _Loss.__init__(self, reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> Any:
        loss = rule("torch.nn.functional.ctc_loss")
        return loss(log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity)
