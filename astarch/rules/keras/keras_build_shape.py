"""Rule: a weight is made as wide as the wrong axis of the input."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, dotted_text
from ..rule import Rule, argument, constant, replace

_PRODUCTS = ("keras.ops.matmul", "keras.ops.dot", "tensorflow.matmul", "tensorflow.linalg.matmul", "keras.backend.dot")


class KerasBuildShape(Rule):
    """A weight is made as wide as an axis of the input that it is not multiplied with.

    ## Why
    `input_shape[0]` is the number of examples, which Keras does not know: it raises `Shapes used to initialize variables must be
    fully-defined`. A product takes the last axis; in a layer for sequences or images `input_shape[1]` is another.

    ## Fix
    Unsafe: the last axis.
    """

    code = "MDL714"
    framework = "keras"
    bad = (
        """
    class Project(keras.layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[0], 4))

        def call(self, x):
            return keras.ops.matmul(x, self.kernel)
    """,
        """
    class Project(keras.layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[1], 4))
            self.scale = self.add_weight(shape=(input_shape[2],))

        def call(self, x):
            return keras.ops.matmul(x * self.scale, self.kernel) + keras.ops.matmul(x, self.kernel)
    """,
    )
    good = (
        """
    class Project(keras.layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], 4))

        def call(self, x):
            return keras.ops.matmul(x, self.kernel)
    """,
        """
    class Project(keras.layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], 4))
            self.scale = self.add_weight(shape=(input_shape[2],))

        def call(self, x):
            return keras.ops.matmul(x * self.scale, self.kernel) + keras.ops.matmul(x, self.kernel)
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        build, call = cls.methods.get("build"), cls.forward
        if build is None or call is None or len(build.args.args) != 2 or len(call.args.args) < 2:
            return
        shape, taken = build.args.args[1].arg, call.args.args[1].arg
        if _is_given(cls, build, shape) or _is_many(cls, build, call, shape, taken):
            return
        axes = [constant(node.slice) for node in _indices(cls, build, shape)]
        rank = max([axis + 1 for axis in axes if isinstance(axis, int) and axis > 0], default=0)
        for one in cls.assigned:
            made = one.value
            if one.method is not build or not isinstance(made, ast.Call) or dotted_text(made.func) != "self.add_weight":
                continue
            sizes = argument(made, -1, "shape") or argument(made, 0, "shape")
            first = sizes.elts[0] if isinstance(sizes, (ast.Tuple, ast.List)) and len(sizes.elts) == 2 else None
            if not isinstance(first, ast.Subscript) or dotted_text(first.value) != shape:
                continue
            product = None if _is_given(cls, call, taken) else _product(cls, call, taken, one.name)
            axis = constant(first.slice)
            if product is None or axis not in (0, 1) or (axis == 1 and rank < 3):
                continue
            what = "the number of examples" if axis == 0 else "not the last axis"
            yield self.finding(
                cls.file,
                first,
                f"`{shape}[{axis}]` is {what}: the product with `self.{one.name}` takes `{shape}[-1]`",
                notes=[(product, "multiplied here")],
                fix=replace(cls.file, first.slice, "-1", "take the last axis"),
            )


def _indices(cls: ClassSource, build: Definition, shape: str) -> list[ast.Subscript]:
    return [node for node in cls.file.within(build, ast.Subscript) if dotted_text(node.value) == shape]


def _is_given(cls: ClassSource, function: Definition, name: str) -> bool:
    """Whether a function gives its argument another value."""
    return any(node.id == name and not isinstance(node.ctx, ast.Load) for node in cls.file.within(function, ast.Name))


def _is_many(cls: ClassSource, build: Definition, call: Definition, shape: str, taken: str) -> bool:
    """Whether the layer takes several inputs in one: its shape is a list of shapes."""
    if any(isinstance(cls.file.parents[node], (ast.Subscript, ast.Attribute, ast.Starred)) for node in _indices(cls, build, shape)):
        return True
    for node in cls.file.within(call, ast.Name):
        around = cls.file.parents[node]
        if node.id == taken and isinstance(around, (ast.Subscript, ast.Assign, ast.For, ast.Starred)):
            return True
    return False


def _product(cls: ClassSource, call: Definition, taken: str, weight: str) -> ast.expr | None:
    """Where `call` multiplies what it is given with a weight."""
    for node in cls.file.within(call, ast.Call):
        sides = node.args[:2] if cls.file.resolve(node.func) in _PRODUCTS and len(node.args) == 2 and not node.keywords else []
        if [dotted_text(side) for side in sides] == [taken, f"self.{weight}"]:
            return node
    for node in cls.file.within(call, ast.BinOp):
        if isinstance(node.op, ast.MatMult) and [dotted_text(node.left), dotted_text(node.right)] == [taken, f"self.{weight}"]:
            return node
    return None
