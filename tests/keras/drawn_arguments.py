"""Calls drawn at random: a template such as ``{x}, axis={axis}`` filled with tensors and arguments that mostly, not always, fit."""

from __future__ import annotations

import random
import re
from typing import Any

KINDS = ["float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool", "complex64"]
FLOATS = ["float32", "float32", "float64", "float16", "bfloat16"]
#: ``T`` makes a tensor whose elements nobody knows: flowing ones, and the symbolic ones of functional models.
#: ``Z`` makes one of zeros, for places and classes.
FLOWING = """def T(shape, dtype):
    return tf.cast(tf.random.uniform(shape, 1.0, 2.0), dtype)
def Z(shape, dtype):
    return tf.cast(tf.random.uniform(shape), dtype)
"""
SYMBOLIC = """def T(shape, dtype):
    return keras.KerasTensor(shape, dtype)
Z = T
"""


class Drawn:
    """Draws the arguments of one call after the other; each may refer to what was drawn before it.

    Args:
        seed: What the calls depend on.
        opened: Whether sizes may be None.
    """

    def __init__(self, seed: Any, opened: bool = False) -> None:
        self.random = random.Random(str(seed))
        self.opened = opened
        self.shape: list[Any] = []
        self.kind = "float32"
        self.rank = 0

    def calls(self, name: str, template: str, count: int) -> list[str]:
        """That many calls of a function."""
        found = []
        for _ in range(count):
            self.shape, self.kind = [], "float32"
            given = re.sub(r"\{(\w+)\}", lambda match: str(getattr(self, match[1])()), template)
            found.append(f"{name}({given})")
        return found

    # --- tensors

    def sometimes(self, share: float = 0.15) -> bool:
        return self.random.random() < share

    def size(self) -> Any:
        return None if self.opened and self.sometimes(0.1) else self.random.choice([1, 2, 3, 4, 6])

    def sizes(self, low: int, high: int) -> list[Any]:
        return [self.size() for _ in range(self.random.randint(low, high))]

    def tensor(self, shape: list[Any], kind: str) -> str:
        """The text of a tensor, which the arguments after it refer to."""
        self.shape, self.kind, self.rank = shape, kind, len(shape)
        return self.other(shape, kind)

    def other(self, shape: list[Any], kind: str) -> str:
        return f"T({tuple(shape)}, '{kind}')"

    def zeros(self, shape: list[Any], kind: str) -> str:
        return f"Z({tuple(shape)}, '{kind}')"

    def u(self) -> str:
        """A tensor of one axis at least, of any element type."""
        return self.tensor(self.sizes(1, 4), self.random.choice(["float32", "int32", *KINDS]))

    def x(self) -> str:
        """A tensor of any rank and element type."""
        return self.tensor(self.sizes(0, 4), self.random.choice(["float32", "int32", *KINDS]))

    def f(self) -> str:
        """A tensor of floating numbers, mostly."""
        return self.tensor(self.sizes(0, 4), "int32" if self.sometimes(0.1) else self.random.choice(FLOATS))

    def g(self) -> str:
        """A tensor of one axis at least, of floating numbers, mostly."""
        return self.tensor(self.sizes(1, 4), "int32" if self.sometimes(0.1) else self.random.choice(FLOATS))

    def z(self) -> str:
        """A tensor of complex numbers, mostly."""
        return self.tensor(self.sizes(1, 4), "float32" if self.sometimes(0.1) else "complex64")

    def real(self) -> str:
        """A tensor of single floats of one axis at least."""
        return self.tensor(self.sizes(1, 4), "float32")

    def w(self) -> str:
        """A tensor of whole numbers, mostly."""
        return self.tensor(self.sizes(0, 3), self.random.choice(["int32", "int32", "int64", "int8", "uint8", "float32", "bool"]))

    def i(self) -> str:
        """A tensor of int32."""
        return self.zeros(self.sizes(0, 2), "int32")

    def truth(self) -> str:
        """A tensor of truth values."""
        return self.tensor(self.sizes(0, 3), "bool" if not self.sometimes(0.1) else "int32")

    def v(self) -> str:
        """A vector."""
        return self.tensor(self.sizes(1, 1), self.random.choice(FLOATS))

    def matrix(self) -> str:
        """Matrices."""
        return self.tensor(
            self.sizes(1, 4) if self.sometimes(0.1) else self.sizes(2, 4), self.random.choice(["float32", "float32", "float64"])
        )

    def square(self) -> str:
        """Square matrices, mostly."""
        side = self.random.choice([1, 2, 3, 4])
        shape = [*self.sizes(0, 2), side, side]
        return self.tensor(shape[:-1] if self.sometimes(0.1) else [*shape[:-1], side + 1] if self.sometimes(0.1) else shape,
                           self.random.choice(["float32", "float32", "float64"]))  # fmt: skip

    def rank3(self) -> str:
        return self.tensor(self.sizes(3, 3) if not self.sometimes(0.1) else self.sizes(2, 4), "float32")

    def image(self) -> str:
        """An image or a batch of them, of three channels mostly."""
        shape = [self.random.randint(3, 9), self.random.randint(3, 9), self.random.choice([3, 3, 3, 1, 4])]
        if self.sometimes(0.6):
            shape.insert(0, 2)
        return self.tensor(
            shape[1:] if self.sometimes(0.05) else shape, self.random.choice(["float32", "float32", "float32", "uint8", "int32"])
        )

    def images(self) -> str:
        """A batch of images of some channels; never of another rank, for which TensorFlow ends the process."""
        shape = [2, self.random.randint(4, 9), self.random.randint(4, 9), self.random.choice([1, 2, 3, 4])]
        return self.tensor(shape, "float32")

    def large(self) -> str:
        """A batch of images larger than any window."""
        return self.tensor([2, self.random.randint(9, 12), self.random.randint(9, 12), self.random.choice([1, 2, 3])], "float32")

    def waves(self) -> str:
        """Batches of long signals."""
        return self.tensor([*self.sizes(0, 2), self.random.randint(8, 20)], "float64" if self.sometimes(0.1) else "float32")

    def signal(self) -> str:
        """A batch of sequences of some channels."""
        return self.tensor([2, self.random.randint(4, 9), self.random.choice([1, 2, 3])], "float32")

    def volume(self) -> str:
        """A batch of volumes."""
        return self.tensor([2, *[self.random.randint(4, 6)] * 3, self.random.choice([1, 2, 3])], "float32")

    # --- what goes with the tensor drawn before

    def y(self) -> str:
        """A number, or a tensor that stretches with the first, mostly."""
        if self.sometimes(0.15):
            return self.number()
        shape = [1 if self.sometimes(0.2) else size for size in self.shape]
        shape = shape[self.random.randint(0, len(shape)) :] if self.sometimes(0.3) else shape
        if shape and self.sometimes(0.1):
            shape[-1] = 5
        return self.other(shape, self.random.choice(KINDS) if self.sometimes(0.15) else self.kind)

    def same(self) -> str:
        """A tensor of the same shape and type, mostly."""
        shape = [*self.shape, 2] if self.sometimes(0.07) else self.shape
        return self.other(shape, self.random.choice(["float32", "int32"]) if self.sometimes(0.1) else self.kind)

    def alike(self) -> str:
        """A tensor that differs in at most one axis."""
        shape = list(self.shape)
        if shape and self.sometimes(0.5):
            shape[self.random.randrange(len(shape))] = 3
        return self.other(shape, self.kind)

    def second(self) -> str:
        """A factor for a matrix product, mostly."""
        shape = [*self.shape[:-2], self.shape[-1] if self.shape else 2, self.size()]
        shape = shape[-2:] if self.sometimes(0.3) else shape
        if self.sometimes(0.15):
            shape[-2] = 5
        return self.other(shape, "float16" if self.sometimes(0.05) else self.kind)

    def last(self) -> str:
        """A vector for the last axis, mostly."""
        return self.other(
            [5 if self.sometimes(0.15) or not self.shape else self.shape[-1]], "float64" if self.sometimes(0.05) else self.kind
        )

    def rows(self) -> str:
        """A right side for a system of equations."""
        shape = [*self.shape[:-1], self.random.choice([1, 2, 3])]
        return self.other([*shape[:-2], 7, shape[-1]] if self.sometimes(0.15) and len(shape) > 1 else shape, self.kind)

    def classes(self) -> str:
        """Whole-number classes for scores."""
        return self.zeros(
            self.shape[:-1] if not self.sometimes(0.15) else [*self.shape, 2], "int32" if not self.sometimes(0.1) else "float32"
        )

    def whole(self) -> str:
        """Whole numbers of the same shape."""
        return self.other(self.shape if not self.sometimes(0.1) else [*self.shape, 2], "int32" if not self.sometimes(0.1) else "float32")

    def mask(self) -> str:
        """Truth for the leading axes of the first."""
        return self.other(self.shape[: self.random.randint(1, max(1, len(self.shape)))], "bool")

    def ids(self) -> str:
        """A row number for every element of the first axis."""
        size = self.shape[0] if self.shape else 2
        return self.zeros([size if not self.sometimes(0.15) else 7], "int32" if not self.sometimes(0.1) else "float32")

    def window(self) -> str:
        """Weights of a convolution for the tensor before."""
        spatial = [self.random.choice([1, 2, 3]) for _ in self.shape[1:-1]]
        channels = 5 if self.sometimes(0.12) else self.shape[-1]
        return self.other([*spatial, channels, self.random.choice([1, 2, 6])], "float16" if self.sometimes(0.03) else self.kind)

    def window_back(self) -> str:
        """Weights of a transposed convolution for the tensor before."""
        spatial = [self.random.choice([1, 2, 3]) for _ in self.shape[1:-1]]
        return self.other([*spatial, self.random.choice([1, 2, 6]), 5 if self.sometimes(0.12) else self.shape[-1]], self.kind)

    # --- plain arguments

    def number(self) -> str:
        return self.random.choice(["1", "2", "0.5", "1.5", "-3", "True"])

    def decimal(self) -> str:
        return self.random.choice(["0.5", "1.5", "2.0", "0.1"])

    def n(self) -> str:
        return self.random.choice(["1", "2", "3"])

    def size2(self) -> str:
        return f"({self.random.randint(1, 8)}, {self.random.randint(1, 8)})"

    def axis(self) -> str:
        rank = len(self.shape)
        return str(rank + 1 if self.sometimes(0.1) else self.random.randint(-rank, rank - 1) if rank else self.random.choice([0, -1]))

    def new_axis(self) -> str:
        rank = len(self.shape) + 1
        return str(rank + 1 if self.sometimes(0.1) else self.random.randint(-rank, rank - 1))

    def axes(self) -> str:
        """One axis, several or None."""
        if self.sometimes(0.2):
            return "None"
        if self.sometimes(0.4) and self.shape:
            return str(sorted(self.random.sample(range(len(self.shape)), self.random.randint(1, len(self.shape)))))
        return self.axis()

    def some_axes(self) -> str:
        """Several axes."""
        if not self.shape or self.sometimes(0.1):
            return "[0, 5]"
        return str(sorted(self.random.sample(range(len(self.shape)), self.random.randint(1, len(self.shape)))))

    def order(self) -> str:
        """An order of the axes."""
        found = list(range(len(self.shape)))
        self.random.shuffle(found)
        return str(tuple(found[:-1] if self.sometimes(0.1) and found else found))

    def flag(self) -> str:
        return self.random.choice(["True", "False"])

    def dtype(self) -> str:
        return repr(self.random.choice(["float32", "float16", "int32", "int64", "bool", "float64", "uint8", "complex64"]))

    def real_dtype(self) -> str:
        return repr(self.random.choice(["float32", "float16", "float64"]))

    def new_shape(self) -> str:
        """Sizes for the elements of the first, mostly."""
        total = 1
        for size in self.shape:
            total *= size or 1
        found = self.random.choice([[total], [-1], [1, total], [-1, 1], [2, -1], list(reversed(self.shape)), [total, -1], [5, -1]])
        return str(tuple(found))

    def some_sizes(self) -> str:
        return str(tuple(self.sizes(0, 3))).replace("None", "2")

    def wider(self) -> str:
        """Sizes that the first stretches to, mostly."""
        shape = [self.random.choice([2, 3]) if size == 1 else size for size in self.shape]
        return str((*self.sizes(0, 1), *(shape if not self.sometimes(0.15) else [*shape, 5]))).replace("None", "2")

    def pairs(self) -> str:
        """How much to pad each axis."""
        return str([[self.random.randint(0, 2), self.random.randint(0, 2)] for _ in range(len(self.shape) + self.sometimes(0.1))])

    def times(self) -> str:
        """A number for each axis."""
        return str([self.random.randint(1, 3) for _ in range(len(self.shape) + self.sometimes(0.1))])

    def starts(self) -> str:
        return str([0 for _ in self.shape])

    def lengths(self) -> str:
        return str([self.random.choice([-1, 1, size or 1, (size or 1) + (4 if self.sometimes(0.1) else 0)]) for size in self.shape])

    def padding(self) -> str:
        return repr(self.random.choice(["SAME", "VALID", "VALID", "SAME", "wrong"] if self.sometimes(0.2) else ["SAME", "VALID"]))

    def small_padding(self) -> str:
        return repr(self.random.choice(["same", "valid"]))

    def strides(self) -> str:
        """A number, or one for each axis."""
        one = self.random.choice([1, 1, 2, 3])
        return self.random.choice([str(one), str([one] * max(1, len(self.shape) - 2))])

    def parts(self) -> str:
        """A number of parts, or their sizes."""
        return self.random.choice(["1", "2", "3", "[1, 1]", "[1, 2]", "[2, -1]"])

    def cuts(self) -> str:
        return self.random.choice(["1", "2", "3", "[1]", "[1, 2]"])

    def form(self) -> str:
        """Where the channels stand."""
        return self.random.choice(["'channels_last'", "'channels_last'", "'channels_first'", "'nowhere'"])

    def word(self) -> str:
        """How edges are padded, in Keras' words."""
        return self.random.choice(["'same'", "'valid'", "'valid'", "'causal'"])

    def method(self) -> str:
        """How sizes are changed."""
        return self.random.choice(["'bilinear'", "'nearest'", "'nothing'"])
