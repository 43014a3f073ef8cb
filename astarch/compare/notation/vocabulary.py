"""What composite operations are made of: each taken apart once, for sources and for all formats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .index_notation import Notation, Unproven, Value, rounded

#: Functions of one element that are themselves.
PLAIN = frozenset(
    (
        *("relu", "sigmoid", "tanh", "exp", "log", "sqrt", "rsqrt", "erf", "abs", "sin", "cos", "floor", "ceil", "round", "sign"),
        *("softplus", "softsign", "selu", "hardsigmoid", "log1p", "expm1", "tan", "atan", "sinh", "cosh", "asin", "acos", "logical_not"),
    )
)


class Vocabulary(Notation):
    """The composite operations in terms of the simple ones.

    Attributes:
        folded: By the kernel of a convolution into which a norm after it was folded: the kernel and the bias that this made.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folded: dict[int, tuple[Value, Value]] = {}

    def function(self, name: str, value: Value, *settings: Any) -> Value:
        """A function of every element, by the name it has everywhere."""
        if name in ("erf", "tanh", "sin") and value.factor < 0:  # they are odd
            return self.each(name, value.times(-1.0)).times(-1.0)
        if name == "log" and (raised := self._raised(value)) is not None:
            return self.each("softplus", raised)
        if name == "erfc":
            return self.subtract(self.number(1.0), self.function("erf", value))
        if name in ("silu", "swish"):
            return self.multiply(value, self.each("sigmoid", value))
        if name == "gelu":
            return self._gelu(value, *settings)
        if name == "relu6":
            return self.each("clip", value, 0.0, 6.0)
        if name == "mish":
            return self.multiply(value, self.each("tanh", self.each("softplus", value)))
        if name == "hardswish":
            return self.multiply(value, self.each("hardsigmoid", value))
        if name == "square":
            return self.multiply(value, value)
        if name == "neg":
            return value.times(-1.0)
        if name == "reciprocal":
            return self.quotient(self.number(1.0), value)
        if name in PLAIN or settings:
            return self.each(name, value, *settings)
        raise Unproven(name)

    def _raised(self, value: Value) -> Value | None:
        """What the exponential is of, in one more than an exponential."""
        form = self.form(value.head)
        if value.factor != 1.0 or form[:3] != ("together", "add", ()) or len(form[3]) != 2:
            return None
        for one, other in ((0, 1), (1, 0)):
            inner, factor = form[3][other]
            if self.form(form[3][one][0]) != ("one",) or form[3][one][1] != 1.0 or self.form(inner)[:2] != ("each", "exp") or factor != 1.0:
                continue
            runs = [run[other] for run in form[4]]
            dims = tuple(tuple((runs[axis][0], runs[axis][1] * stride, steps) for axis, stride, steps in atoms) for atoms in value.dims)
            _, _, _, head, share = self.form(inner)
            return Value(head, dims, share)
        return None

    def _gelu(self, value: Value, approximate: str = "none") -> Value:
        if approximate == "tanh":
            cube = self.multiply(self.multiply(value, value), value)
            inner = self.add(value, cube.times(0.044715)).times(math.sqrt(2 / math.pi))
            bent = self.each("tanh", inner)
        else:
            bent = self.each("erf", value.times(1 / math.sqrt(2)))
        return self.multiply(value, self.add(bent, self.number(1.0))).times(0.5)

    def power(self, value: Value, exponent: Value) -> Value:
        """A power; those that are products and roots as such."""
        known = self.number_beside(exponent, value)
        if known == 2.0:
            return self.multiply(value, value)
        if known == 3.0:
            return self.multiply(self.multiply(value, value), value)
        if known == 1.0:
            return value
        if known == 0.5:
            return self.each("sqrt", value)
        return self.together("pow", value, exponent)

    def quotient(self, one: Value, other: Value) -> Value:
        """A quotient; by a root as the product with what is one through it."""
        form = self.form(other.head)
        if form[:2] == ("each", "sqrt") and other.factor == 1.0:
            root = self.head(("each", "rsqrt", *form[2:]), self.sizes(other.head))
            return self.multiply(one, Value(root, other.dims))
        return self.divide(one, other)

    def subtract(self, one: Value, other: Value) -> Value:
        """The difference."""
        return self.add(one, other.times(-1.0))

    # --- layers -------------------------------------------------------------------------------------------------------

    def linear(self, value: Value, weight: Value, bias: Value | None) -> Value:
        """What a weight of outputs by inputs makes of the last axis."""
        signs = "abcdefgh"[: len(value.dims) - 1]
        found = self.contract(value, weight, (f"{signs}k", "nk", f"{signs}n"))
        return found if bias is None else self.add(found, bias)

    def conv(
        self,
        value: Value,
        kernel: Value,
        bias: Value | None,
        *,
        stride: Sequence[int],
        padding: Sequence[tuple[int, int]],
        dilation: Sequence[int],
        groups: int,
        transposed: bool = False,
        more: Sequence[int] = (),
    ) -> Value:
        """A convolution of batch, channels, space with outputs, inputs, space (transposed: inputs, outputs, space).

        `more` is what a transposed one adds at the end of each axis.
        """
        rank = len(value.dims) - 2
        sizes, taps = value.shape[2:], kernel.shape[2:]
        sides = [n for n in range(rank) if (sizes[n], taps[n], stride[n], dilation[n], *padding[n]) != (1, 1, 1, 1, 0, 0)]
        if not transposed and len(sides) < rank:  # an axis of one place that nothing is done along
            flat = [item.shaped((*item.shape[:2], *(item.shape[2 + n] for n in sides))) for item in (value, kernel)]
            found = self.conv(flat[0], flat[1], None, stride=[stride[n] for n in sides], padding=[padding[n] for n in sides],
                              dilation=[dilation[n] for n in sides], groups=groups)  # fmt: skip
            space = iter(found.shape[2:])
            found = found.shaped((*found.shape[:2], *(next(space) if n in sides else 1 for n in range(rank))))
            return found if bias is None else self.add(found, bias.shaped((bias.shape[0], *(1,) * rank)))
        if not len(taps) == len(stride) == len(padding) == len(dilation) == rank:
            raise Unproven("settings of a convolution")
        if transposed:
            more = more or (0,) * rank
            space = [
                (size - 1) * step - sum(pad) + wide * (tap - 1) + 1 + end
                for size, step, pad, wide, tap, end in zip(sizes, stride, padding, dilation, taps, more, strict=True)
            ]
            padding = [(start, pad_end - end) for (start, pad_end), end in zip(padding, more, strict=True)]
            channels = kernel.shape[1] * groups
        else:
            space = [
                (size + sum(pad) - wide * (tap - 1) - 1) // step + 1
                for size, step, pad, wide, tap in zip(sizes, stride, padding, dilation, taps, strict=True)
            ]
            channels = kernel.shape[0]
        settings = (transposed, tuple(stride), tuple(padding), tuple(dilation), groups)
        roles = range(rank + 2)
        found = self.whole("conv", [(value, roles), (kernel, roles)], settings, (value.shape[0], channels, *space))
        return found if bias is None else self.add(found, bias.shaped((channels, *(1,) * rank)))

    def pool(
        self,
        name: str,
        value: Value,
        kernel: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[tuple[int, int]],
        dilation: Sequence[int],
        settings: tuple[Any, ...],
        ceil: bool = False,
    ) -> Value:
        """The largest or the mean in windows of space, of batch, channels, space."""
        space: list[int] = []
        for size, tap, step, pad, wide in zip(value.shape[2:], kernel, stride, padding, dilation, strict=True):
            over = size + sum(pad) - wide * (tap - 1) - 1
            count = (-(-over // step) if ceil else over // step) + 1
            space.append(count - 1 if ceil and (count - 1) * step >= size + pad[0] else count)
        bare = not ceil and not any(map(any, padding))
        if bare and {*kernel, *stride} == {1}:
            return value
        settings = (False,) if bare and name == "avg_pool" else settings  # whether padding counts, where there is none
        own = (tuple(kernel), tuple(stride), tuple(padding), tuple(dilation), ceil, *settings)
        return self.whole(name, [(value, range(len(value.dims)))], own, (*value.shape[:2], *space))

    def normalized(self, value: Value, dims: Sequence[int], epsilon: float) -> Value:
        """With a mean of nothing and a variance of one along some axes."""
        away = self.subtract(value, self.reduce("mean", value, dims, True))
        spread = self.reduce("mean", self.multiply(away, away), dims, True)
        return self.multiply(away, self.each("rsqrt", self.add(spread, self.number(epsilon))))

    def standardized(self, value: Value, mean: Value, variance: Value, epsilon: float, scale: Value | None, shift: Value | None) -> Value:
        """With means and variances that were learned, for each channel of the second axis."""
        sides = (-1, *(1,) * (len(value.dims) - 2))

        def wide(item: Value) -> Value:
            return item.shaped((item.shape[0], *sides[1:]))

        found = self.multiply(self.subtract(value, wide(mean)), self.each("rsqrt", self.add(wide(variance), self.number(epsilon))))
        return self.affine(found, None if scale is None else wide(scale), None if shift is None else wide(shift))

    def affine(self, value: Value, scale: Value | None, shift: Value | None) -> Value:
        """Times the one, plus the other."""
        if scale is not None:
            value = self.multiply(value, scale)
        return value if shift is None else self.add(value, shift)

    def grouped(self, value: Value, groups: int, epsilon: float, scale: Value | None, shift: Value | None) -> Value:
        """Normalized in groups of channels, the second axis."""
        count, channels, *space = value.shape
        flat = value.shaped((count, groups, channels // groups * math.prod(space)))
        found = self.normalized(flat, (2,), epsilon).shaped(value.shape)
        ones = (1,) * len(space)
        wide = [None if item is None else item.shaped((channels, *ones)) for item in (scale, shift)]
        return self.affine(found, *wide)

    def attention(self, query: Value, key: Value, value: Value, scale: float, mask: Value | None = None) -> tuple[Value, Value]:
        """The weights that queries give to keys, and the values they take; the last two axes are places and features."""
        signs = "abcdefgh"[: len(query.dims) - 2]
        scores = self.contract(query, key, (f"{signs}mk", f"{signs}nk", f"{signs}mn")).times(scale)
        if mask is not None:
            scores = self.add(scores, mask)
        weights = self.along("softmax", scores, (-1,))
        return self.contract(weights, value, (f"{signs}mn", f"{signs}nk", f"{signs}mk")), weights

    def batch_normalized(
        self, value: Value, mean: Value, variance: Value, shift: Value | None, scale: Value | None, epsilon: float
    ) -> Value:
        """As ``tf.nn.batch_normalization`` does it: one product, one sum."""
        share = self.each("rsqrt", self.add(variance, self.number(epsilon)))
        if scale is not None:
            share = self.multiply(share, scale)
        away = self.multiply(mean, share).times(-1.0)
        return self.add(self.multiply(value, share), away if shift is None else self.add(shift, away))

    def window(self, kind: str, value: Value, taps: Sequence[int], stride: Sequence[int], padding: Sequence[tuple[int, int]]) -> Value:
        """A pool of batch, channels, space that counts no padding; what has but one place and a window of one is left out."""
        sides = [n for n, size in enumerate(value.shape[2:]) if (size, taps[n], stride[n]) != (1, 1, 1)]
        shape = value.shape
        flat = value.shaped((*shape[:2], *(shape[2 + n] for n in sides)))
        taken, steps, pads = [taps[n] for n in sides], [stride[n] for n in sides], [padding[n] for n in sides]
        found = self.pool(kind, flat, taken, steps, pads, [1] * len(sides), (False,) if kind == "avg_pool" else ())
        space = iter(found.shape[2:])
        return found.shaped((*shape[:2], *(next(space) if n in sides else 1 for n in range(len(taps)))))

    def widened(self, value: Value, pads: Sequence[tuple[int, int]], fill: float) -> Value:
        """With more places before and after some axes."""
        wide = [dim for dim, pad in enumerate(pads) if tuple(pad) != (0, 0)]
        if not wide:
            return value
        rest = [dim for dim in range(len(pads)) if dim not in wide]
        sizes = [value.shape[dim] + sum(pads[dim]) for dim in wide]
        own = tuple((tuple(pads[dim]), fill) for dim in wide)
        found = self.whole("pad", [(value, (*wide, *rest))], own, (*sizes, *(value.shape[dim] for dim in rest)))
        order = [*wide, *rest]
        return found.turned([order.index(dim) for dim in range(len(pads))])

    def repeated(self, value: Value, dim: int, times: int) -> Value:
        """Every place of an axis several times."""
        if times == 1:
            return value
        shape = list(value.shape)
        parts = self.spread(value.shaped((*shape[: dim + 1], 1, *shape[dim + 1 :])), dim + 1, times)
        shape[dim] *= times
        return parts.shaped(shape)

    def spread(self, value: Value, dim: int, times: int) -> Value:
        """An axis of one place, as one of several that are all the same."""
        if value.shape[dim] != 1:
            raise Unproven("repetition")
        head = self.head(("spread", value.head, times), (times, *self.sizes(value.head)))
        dims = [tuple((axis + 1, stride, steps) for axis, stride, steps in atoms) for atoms in value.dims]
        dims[dim] = ((0, 1, times),)
        return Value(head, tuple(dims), value.factor)

    def tiled(self, value: Value, times: Sequence[int]) -> Value:
        """Axes of one place several times."""
        for dim, count in enumerate(times):
            value = value if count == 1 else self.spread(value, dim, count)
        return value

    def stretched(self, value: Value, shape: Sequence[int]) -> Value:
        """With its axes of one place as wide as another tensor's, and new ones before them."""
        known = self.constant(value)
        if known is not None:
            return self.filled(known, shape)
        found = value.shaped((*(1,) * (len(shape) - len(value.dims)), *value.shape))
        for dim, (have, want) in enumerate(zip(found.shape, shape, strict=True)):
            if have != want:
                found = self.spread(found, dim, want)
        return found

    def sampled(self, kind: str, corners: bool, value: Value, sizes: Sequence[int], scales: Sequence[float]) -> Value:
        """An image of batch, channels, space in another size, by the size or so many times larger."""
        shape = (*value.shape[:2], *sizes)
        times = tuple(rounded(float(scale)) for scale in scales)
        return self.whole("sample", [(value, range(len(shape)))], (kind, corners and kind != "nearest", times), shape)

    def resized(self, kind: str, value: Value, sizes: Sequence[int]) -> Value:
        """An image of batch, height, width, channels in another size."""
        return self.whole("resize", [(value, range(4))], (kind,), (value.shape[0], *sizes, value.shape[3]))

    def chosen(self, condition: Value, one: Value, other: Value) -> Value:
        """The one where a condition holds, else the other; what is as good as infinitely little is one number."""
        low = self.number_beside(other, one)
        return self.together("select", condition, one, self.number(-1e30) if low is not None and low < -1e30 else other)

    def below(self, rows: int, columns: int) -> Value:
        """Where a place does not come after another."""
        return self.leaf(("below", rows, columns), (rows, columns))

    def causal(self, queries: int, keys: int) -> Value:
        """What keeps a place from seeing those after it."""
        return self.leaf(("causal", queries, keys), (queries, keys))

    def recurrent(self, kind: str, value: Value, owner: str, names: list[str], hidden: int, bias: bool) -> tuple[Value, Value]:
        """One layer of a recurrent network, of places, batch, features: what it gives for all places, and at the last one.

        `names` are the endings of the names of its weights, one for each direction; the initial state is nothing.
        """
        places, count, _ = value.shape
        own = (owner, tuple(names), hidden, bias)
        given = [(value, range(3))]
        found = self.whole(kind, given, (*own, "all"), (places, count, len(names) * hidden))
        return found, self.whole(kind, given, (*own, "last"), (len(names), count, hidden))

    def repeated_step(self, places: Value, before: Sequence[Value], after: Sequence[Value], item: Value) -> tuple[Value, Value]:
        """What a step gives that is done for every place of the first axis: for all of them, and at the last one.

        The step is written with `leaf(("place",))` of one place, and with `leaf(("state", n))` for what it passes on to the next.
        """
        form = (
            "loop",
            places.head, rounded(places.factor), places.dims,
            tuple((value.head, rounded(value.factor)) for value in before),
            tuple((value.head, rounded(value.factor), value.dims) for value in after),
            (item.head, rounded(item.factor), item.dims),
        )  # fmt: skip
        return self.leaf((*form, "all"), (places.shape[0], *item.shape)), self.leaf((*form, "last"), item.shape)

    def reversed(self, value: Value, dim: int) -> Value:
        """The places of an axis the other way round."""
        order = [dim, *(place for place in range(len(value.dims)) if place != dim)]
        found = self.whole("reversed", [(value, order)], (), [value.shape[place] for place in order])
        return found.turned([order.index(place) for place in range(len(order))])

    # --- constants ----------------------------------------------------------------------------------------------------

    def valued(self, value: Value | float) -> Value:
        """A number as a value."""
        return value if isinstance(value, Value) else self.number(value)

    def constants(self, values: list[Any], shape: Sequence[int]) -> Value:
        """A tensor of known elements; of one number where they are all the same."""
        if values and all(value == values[0] for value in values) and isinstance(values[0], (int, float)):
            return self.filled(float(values[0]), shape)
        if _is_causal(values, shape):
            return self.causal(*shape[-2:]).shaped(shape)
        if _is_below(values, shape):
            return self.stretched(self.below(*shape[-2:]), shape)
        return self.leaf(("constants", tuple(values)), shape)


def _is_below(values: Sequence[Any], shape: Sequence[int]) -> bool:
    """Whether elements say in every matrix where a place does not come after another."""
    if len(shape) < 2 or len(values) != math.prod(shape) or min(shape[-2:]) < 2:
        return False
    rows, columns = shape[-2:]
    return all(value == float(number % columns <= number // columns % rows) for number, value in enumerate(values))


def _is_causal(values: Sequence[Any], shape: Sequence[int]) -> bool:
    """Whether elements are nothing up to the diagonal, and infinitely little after it."""
    if len(shape) < 2 or math.prod(shape[:-2]) != 1 or len(values) != math.prod(shape):
        return False
    rows, columns = shape[-2:]
    return all((values[row * columns + column] == 0) if column <= row else values[row * columns + column] < -1e30
               for row in range(rows) for column in range(columns))  # fmt: skip
