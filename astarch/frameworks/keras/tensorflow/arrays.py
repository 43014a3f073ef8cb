"""`tf.TensorArray`: tensors of one shape, written one by one."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim
from ....ir.unknown import Reason, Unknown
from ...describe import RUN, kind, refuse
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor
from ..tensor import KerasTensor, inward, open_size


@kind("tensorflow.TensorArray")
class TensorArray:
    """A list of tensors; of what was written only the shape is kept."""

    described = True

    def __init__(self, dtype: Any, size: Any = None, dynamic_size: Any = None, clear_after_read: Any = None, tensor_array_name: Any = None,
                 handle: Any = None, flow: Any = None, infer_shape: Any = True, element_shape: Any = None,
                 colocate_with_first_write_call: Any = True, name: Any = None) -> None:  # fmt: skip
        self.dtype = standardize_dtype(dtype)
        self.dynamic_size = bool(dynamic_size)
        self._count: Any = 0 if size is None else scalar(size)
        self._element: Any = None if element_shape is None else inward(element_shape, False)

    @property
    def element_shape(self) -> Any:
        return self._element

    def write(self, index: Any, value: Any, name: Any = None) -> Any:
        if isinstance(value, Unknown):
            return value
        tensor = as_tensor(value)
        if str(tensor.dtype) != str(self.dtype):
            refuse("ValueError", f"TensorArray dtype is {self.dtype} but op is trying to write dtype {tensor.dtype}")
        self._element = tuple(tensor.shape)
        place = scalar(index)
        if self.dynamic_size and isinstance(place, int) and isinstance(self._count, int):
            self._count = max(self._count, place + 1)
        elif isinstance(place, int) and isinstance(self._count, int) and not 0 <= place < self._count:
            refuse("OutOfRangeError", f"Tried to write to index {place} but array is not resizeable and size is: {self._count}")
        return self

    def unstack(self, value: Any, name: Any = None) -> Any:
        tensor = as_tensor(value)
        self._count, self._element = tensor.shape[0], tuple(tensor.shape[1:])
        return self

    def read(self, index: Any, name: Any = None) -> Any:
        return self._of(())

    def stack(self, name: Any = None) -> Any:
        return self._of((self._count if isinstance(self._count, int | Dim) else open_size(),))

    def gather(self, indices: Any, name: Any = None) -> Any:
        return self._of(tuple(as_tensor(indices).shape))

    def concat(self, name: Any = None) -> Any:
        if not self._element:
            return self._of(())
        return KerasTensor((self._count * self._element[0], *self._element[1:]), self.dtype)

    def size(self, name: Any = None) -> Any:
        return KerasTensor((), "int32", [self._count] if isinstance(self._count, int | Dim) else None)

    def close(self, name: Any = None) -> None:
        return None

    identity = mark_used = lambda self, name=None: self

    def _of(self, before: tuple[Any, ...]) -> Any:
        if self._element is None:
            return RUN.get().unknown(Reason.UNDECIDED, "the elements of a TensorArray in which nothing was written")
        return KerasTensor((*before, *self._element), self.dtype)
