"""What is known of a tensor: its sizes, its element type and, when it is small, its values.

A `Tensor` is a value of the running program, so it has identity (a tied weight is one object under two
names) and the program may hang attributes on it. Each framework derives its own class from it and gives
that class the operators of its language.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from .dim import Dim

#: A size: a number, or a polynomial in named sizes.
Size = int | Dim

#: Tensors with at most this many elements keep their values when those are known exactly.
KEPT_VALUES = 1024


class Shape(tuple[Any, ...]):
    """The sizes of a tensor, in order; what ``tensor.shape`` is in the program."""

    __slots__ = ()

    def numel(self) -> Size:
        """The number of elements: the product of the sizes."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return Shape(found) if type(index) is slice else found

    def __add__(self, other: Any) -> Shape:
        return Shape((*self, *other))

    def __mul__(self, count: Any) -> Shape:
        return Shape(tuple(self) * count)


class Tensor:
    """A tensor as far as it is known.

    Args:
        shape: The sizes, numbers or polynomials.
        dtype: Element type by its canonical name, such as ``"float32"``.
        data: The elements in row-major order when they are known exactly and few, else None.

    Attributes:
        kind: Dotted public name of the framework's class; operations are looked up under it.
        node: Index of the graph node that made it, or None.
    """

    kind: ClassVar[str] = ""
    shape: Shape
    dtype: str
    data: list[Any] | None
    node: int | None
    requires_grad: bool

    if TYPE_CHECKING:  # from the framework that describes it

        def __getitem__(self, index: Any) -> Any: ...
        def __setitem__(self, index: Any, value: Any) -> None: ...

    def __init__(self, shape: Any, dtype: str = "float32", data: list[Any] | None = None) -> None:
        self.shape = shape if type(shape) is Shape else Shape(shape)
        self.dtype = dtype
        self.data = data
        self.node = None
        self.requires_grad = False

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> Size:
        """The number of elements."""
        return self.shape.numel()

    def __repr__(self) -> str:
        return f"{self.dtype}{list(self.shape)}"

    def __bool__(self) -> bool:
        raise TypeError("the truth of a tensor must be asked of the framework that describes it")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError(f"{type(self).__name__} is not iterable")
