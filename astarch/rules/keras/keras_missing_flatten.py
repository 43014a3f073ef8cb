"""Rule: a classifier gives a class for every place of the image."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import keras_layer
from ..rule import Rule, argument, constant, insert_before

#: Losses over classes, by the names that `compile` takes.
_NAMED = ("categorical_crossentropy", "sparse_categorical_crossentropy")
_CLASSES = ("CategoricalCrossentropy", "SparseCategoricalCrossentropy")

#: Layers that keep the places of an image apart, and those of them that make fewer.
_KEEPING = frozenset({"Conv2D", "Conv3D", "SeparableConv2D", "DepthwiseConv2D", "BatchNormalization", "LayerNormalization", "Activation",
                      "ReLU", "LeakyReLU", "PReLU", "Dropout", "SpatialDropout2D", "GaussianNoise", "ZeroPadding2D"})  # fmt: skip
_POOLING = frozenset({f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (2, 3)})


class KerasMissingFlatten(Rule):
    """A classifier of images has no `Flatten`, and gives a class for every place.

    ## Why
    `Dense` works on the last axis of whatever it is given: after a convolution the model gives `batch×6×6×10`, and the loss fails on
    labels of one class for each image, or broadcasts them.

    ## Known problems
    Only models that are written as one list, or by `add`, and compiled in the same function are looked at. Labels for every place of
    an image that was made smaller by pooling would be right.

    ## Fix
    Unsafe: a `Flatten`; the weights of the dense layer get another shape.
    """

    code = "MDL715"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    bad = (
        """
    def build():
        model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                keras.layers.Conv2D(32, 3, activation="relu"),
                keras.layers.MaxPooling2D(),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(loss="sparse_categorical_crossentropy")
        return model
    """,
        """
    def build():
        model = keras.Sequential()
        model.add(keras.layers.Conv2D(32, 3, activation="relu"))
        model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.Dense(10, activation="softmax"))
        model.compile(loss="sparse_categorical_crossentropy")
        return model
    """,
    )
    good = (
        """
    def build():
        model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                keras.layers.Conv2D(32, 3, activation="relu"),
                keras.layers.MaxPooling2D(),
                keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(loss="sparse_categorical_crossentropy")
        return model
    """,
        """
    def build():
        model = keras.Sequential()
        model.add(keras.layers.Conv2D(32, 3, activation="relu"))
        model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.Flatten())
        model.add(keras.layers.Dense(10, activation="softmax"))
        model.compile(loss="sparse_categorical_crossentropy")
        return model
    """,
    )

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call in (call for name in ("keras.Sequential", "keras.models.Sequential") for call in file.called.get(name, ())):
            stack = _stack(file, call)
            if stack is None or not _is_classifier(file, stack):
                continue
            kinds = [keras_layer(file, layer) for layer in stack.layers]
            first = next((place for place, kind in enumerate(kinds) if kind == "Dense"), len(kinds))
            before, after = kinds[:first], kinds[first:]
            if not set(before) <= _KEEPING | _POOLING or not set(after) <= {"Dense", "Dropout", "BatchNormalization", "Activation", "ReLU"}:
                continue
            if not _POOLING & set(before) or not any(kind.startswith(("Conv", "Separable")) for kind in before):
                continue
            dense, last = stack.layers[first], stack.layers[-1]
            ends = kinds[-1] == "Dense" and constant(argument(last, 1, "activation")) == "softmax"
            if not ends and not (kinds[-1] == "Activation" and constant(argument(last, 0, "activation")) == "softmax"):
                continue
            yield self.finding(
                file,
                dense,
                "this works on every place of the image by itself: the model gives a class for each, and the loss takes one",
                notes=[(stack.loss, "one class for each image")],
                fix=insert_before(file, stack.places[first], _flatten(file, stack, dense), "flatten before it"),
            )


class _Stack(NamedTuple):
    """A sequential model as it is written: its layers, each with what a layer before it is put before, and the loss it is trained with."""

    layers: list[ast.Call]
    places: list[ast.expr | ast.stmt]
    loss: ast.expr
    name: str


def _stack(file: File, call: ast.Call) -> _Stack | None:
    """The layers of a model that is made, and compiled, in one function, straight down."""
    statement = file.parents[call]
    body = getattr(file.function_of(call) or file.tree, "body", [])
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(target, ast.Name) or statement not in body or (call.args and not isinstance(call.args[0], ast.List)):
        return None
    layers = list(call.args[0].elts) if call.args and isinstance(call.args[0], ast.List) else []
    places: list[ast.expr | ast.stmt] = list(layers)
    losses: list[ast.expr] = []
    for later in body[body.index(statement) + 1 :]:
        if not any(isinstance(node, ast.Name) and node.id == target.id for node in ast.walk(later)):
            continue
        done = later.value if isinstance(later, (ast.Expr, ast.Assign)) else None
        method = done.func if isinstance(done, ast.Call) else None
        if not isinstance(done, ast.Call) or not isinstance(method, ast.Attribute) or not _names(method.value, target.id):
            break
        if method.attr == "add" and len(done.args) == 1 and not losses:
            layers.append(done.args[0])
            places.append(later)
        elif method.attr == "compile":
            loss = argument(done, 1, "loss")
            losses += [loss] if loss is not None else []
        elif method.attr != "summary":
            break
    made = [layer for layer in layers if isinstance(layer, ast.Call)]
    if len(made) != len(layers) or len(losses) != 1:
        return None
    kept = [place for place, layer in enumerate(made) if not file.resolve(layer.func).endswith(("Input", "InputLayer"))]
    return _Stack([made[at] for at in kept], [places[at] for at in kept], losses[0], target.id)


def _names(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_classifier(file: File, stack: _Stack) -> bool:
    """Whether it is trained to tell classes apart."""
    kind = file.resolve(stack.loss.func).rpartition(".")[2] if isinstance(stack.loss, ast.Call) else ""
    return constant(stack.loss) in _NAMED or kind in _CLASSES


def _flatten(file: File, stack: _Stack, dense: ast.Call) -> str:
    """The text that goes before the first dense layer."""
    made = f"{file.source(dense.func).removesuffix('Dense')}Flatten()"
    place = stack.places[stack.layers.index(dense)]
    return f"{made}, " if isinstance(place, ast.expr) else f"{stack.name}.add({made})\n{' ' * place.col_offset}"
