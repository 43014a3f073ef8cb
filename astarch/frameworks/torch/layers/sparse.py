"""`torch.nn.modules.sparse`: embeddings."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less
from ...describe import Layer, layer, refuse
from ..making import make
from ..ops.embedding import embedding, embedding_bag
from ..ops.loss import same_shape
from ..tensor import Parameter, param

_MODULE = "torch.nn.modules.sparse"


def _padding_index(padding_idx: Any, num_embeddings: Any) -> Any:
    if padding_idx is None:
        return None
    if less(padding_idx, 0):
        if less(padding_idx, -num_embeddings):
            refuse("AssertionError", "Padding_idx must be within num_embeddings")
        return num_embeddings + padding_idx
    if less(0, padding_idx) and less(padding_idx, num_embeddings) is False:
        refuse("AssertionError", "Padding_idx must be within num_embeddings")
    return padding_idx


def _table(num_embeddings: Any, embedding_dim: Any, given: Any, freeze: bool, dtype: Any) -> Parameter:
    if given is None:
        table = param(num_embeddings, embedding_dim, dtype=dtype)
        table.requires_grad = not freeze
        return table
    if not same_shape(given.shape, (num_embeddings, embedding_dim)):
        refuse("AssertionError", "Shape of weight does not match num_embeddings and embedding_dim")
    return Parameter(given.shape, given.dtype, not freeze, given.device)


def _rows(embeddings: Any) -> Any:
    if len(embeddings.shape) != 2:
        refuse("AssertionError", "Embeddings parameter is expected to be 2-dimensional")
    return embeddings.shape


@layer("torch.nn.Embedding", _MODULE)
class Embedding(Layer):
    """A table of vectors, looked up by index."""

    def __init__(self, num_embeddings: Any, embedding_dim: Any, padding_idx: Any = None, max_norm: Any = None, norm_type: Any = 2.0,
                 scale_grad_by_freq: bool = False, sparse: bool = False, _weight: Any = None, _freeze: bool = False, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = _padding_index(padding_idx, num_embeddings)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.weight = _table(num_embeddings, embedding_dim, _weight, _freeze, dtype)
        if _weight is None:
            self.reset_parameters()
        self.sparse = sparse

    def reset_parameters(self) -> None:
        self._fill_padding_idx_with_zero()

    def _fill_padding_idx_with_zero(self) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse)

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, padding_idx: Any = None, max_norm: Any = None, norm_type: Any = 2.0,
                        scale_grad_by_freq: bool = False, sparse: bool = False) -> Any:  # fmt: skip
        """An embedding with a table that is given."""
        rows, columns = _rows(embeddings)
        return make(cls, num_embeddings=rows, embedding_dim=columns, _weight=embeddings, _freeze=freeze, padding_idx=padding_idx,
                    max_norm=max_norm, norm_type=norm_type, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)  # fmt: skip


@layer("torch.nn.EmbeddingBag", _MODULE)
class EmbeddingBag(Layer):
    """Sum, mean or maximum of bags of rows of a table."""

    def __init__(self, num_embeddings: Any, embedding_dim: Any, max_norm: Any = None, norm_type: Any = 2.0,
                 scale_grad_by_freq: bool = False,
                 mode: str = "mean", sparse: bool = False, _weight: Any = None, include_last_offset: bool = False, padding_idx: Any = None,
                 device: Any = None, dtype: Any = None) -> None:  # fmt: skip
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.padding_idx = _padding_index(padding_idx, num_embeddings)
        self.weight = _table(num_embeddings, embedding_dim, _weight, False, dtype)
        if _weight is None:
            self.reset_parameters()
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    def reset_parameters(self) -> None:
        self._fill_padding_idx_with_zero()

    def _fill_padding_idx_with_zero(self) -> None:
        pass

    def forward(self, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        return embedding_bag(input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse,
                             per_sample_weights, self.include_last_offset, self.padding_idx)  # fmt: skip

    @classmethod
    def from_pretrained(cls, embeddings: Any, freeze: bool = True, max_norm: Any = None, norm_type: Any = 2.0,
                        scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, include_last_offset: bool = False,
                        padding_idx: Any = None) -> Any:  # fmt: skip
        """A bag with a table that is given."""
        rows, columns = _rows(embeddings)
        bag = make(cls, num_embeddings=rows, embedding_dim=columns, _weight=embeddings, max_norm=max_norm, norm_type=norm_type,
                   scale_grad_by_freq=scale_grad_by_freq, mode=mode, sparse=sparse, include_last_offset=include_last_offset,
                   padding_idx=padding_idx)  # fmt: skip
        bag.weight.requires_grad = not freeze
        return bag
