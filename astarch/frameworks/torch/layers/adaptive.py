"""`torch.nn.modules.adaptive`: a softmax over very many classes, the rare ones in clusters."""

from __future__ import annotations

from typing import Any, NamedTuple

from ....ir.dim import same
from ...describe import Layer, fresh_size, kind, layer, refuse, require
from ..making import call, make
from ..tensor import is_tensor

_MODULE = "torch.nn.modules.adaptive"


@kind("torch.nn.modules.adaptive._ASMoutput")
class ASMoutput(NamedTuple):
    """The log probability of every target, and the loss."""

    output: Any
    loss: Any


@layer("torch.nn.AdaptiveLogSoftmaxWithLoss", _MODULE)
class AdaptiveLogSoftmaxWithLoss(Layer):
    """A softmax over very many classes: frequent ones in the head, the others in clusters of the tail."""

    def __init__(self, in_features: Any, n_classes: Any, cutoffs: Any, div_value: Any = 4.0, head_bias: bool = False, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        cutoffs = list(cutoffs)
        if not cutoffs:
            refuse("ValueError", "cutoffs should be a sequence of length larger than 0")
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1 or any(int(cut) != cut for cut in cutoffs):
            refuse(
                "ValueError",
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value "
                "is between 1 and n_classes-1",
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        factory = {"device": device, "dtype": dtype}
        self.head = make("torch.nn.Linear", in_features, self.head_size, bias=head_bias, **factory)
        tail = []
        for place in range(self.n_clusters):
            middle = int(in_features // div_value ** (place + 1))
            size = self.cutoffs[place + 1] - self.cutoffs[place]
            tail.append(make("torch.nn.Sequential", make("torch.nn.Linear", in_features, middle, bias=False, **factory),
                             make("torch.nn.Linear", middle, size, bias=False, **factory)))  # fmt: skip
        self.tail = make("torch.nn.ModuleList", tail)

    def reset_parameters(self) -> None:
        pass

    def forward(self, input_: Any, target_: Any) -> Any:
        rank = len(target_.shape)
        if rank > 1:
            refuse("RuntimeError", "0D or 1D target tensor expected, multi-target not supported")
        if rank == 1:
            require(same(input_.shape[0], target_.shape[0]), "Input and target should have the same size in the batch dimension.")
        if len(input_.shape) != rank + 1:
            refuse("RuntimeError",
                   f"{rank}D target tensor expects {rank + 1}D input tensors, but found inputs with size {list(input_.shape)}")  # fmt: skip
        input = input_ if rank else input_.like((1, *input_.shape))
        for cluster in self._clusters_of(target_):
            rows = fresh_size("targets in this cluster") if cluster[1] is None else cluster[1]
            call(self._cluster(cluster[0]), input.like((rows, input.shape[1])))
        call(self.head, input)
        return ASMoutput(input_.like(tuple(target_.shape)), input_.like(()))

    def _cluster(self, place: int) -> Any:
        return list(self.tail._modules.values())[place]

    def _clusters_of(self, target: Any) -> list[tuple[int, Any]]:
        """The clusters that targets fall into, with how many; a cluster without targets is not run."""
        if target.data is None:
            return [(place, None) for place in range(self.n_clusters)]
        counts = []
        for place in range(self.n_clusters):
            low, high = self.cutoffs[place], self.cutoffs[place + 1]
            rows = sum(low <= value < high for value in target.data)
            if rows:
                counts.append((place, rows))
        if any(not 0 <= value < self.n_classes for value in target.data):
            refuse("RuntimeError", f"Target values should be in [0, {self.n_classes - 1}]")
        return counts

    def _get_full_log_prob(self, input: Any, head_output: Any) -> Any:
        for place in range(self.n_clusters):
            call(self._cluster(place), input)
        return input.like((head_output.shape[0], self.n_classes))

    def log_prob(self, input: Any) -> Any:
        """The log probability of every class."""
        head_output = call(self.head, input)
        return self._get_full_log_prob(input, head_output) if is_tensor(head_output) else head_output

    def predict(self, input: Any) -> Any:
        """The most probable class."""
        head_output = call(self.head, input)
        return input.like((input.shape[0],), "int64") if is_tensor(head_output) else head_output
