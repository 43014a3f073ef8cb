"""Whole Keras programs drawn at random: sequential, functional and subclassed ones, with blocks that are shared, nested and written anew."""

from __future__ import annotations

import random
from collections.abc import Callable

Shape = tuple[int | None, ...]
_ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "softmax", "elu", "swish", "linear")

#: Layers: how many axes they take (the batch not counted), how many come out, and how they are written.
_TABLE = """
1>1 layers.Dense({units})
1>1 layers.Dense({units}, activation='{act}', use_bias={flag})
1>1 layers.Dropout({rate})
1>1 layers.BatchNormalization(scale={flag}, center={flag})
1>1 layers.LayerNormalization()
1>1 layers.Activation('{act}')
1>1 layers.ReLU({cap})
1>1 layers.PReLU()
1>2 layers.RepeatVector({small})
1>2 layers.Reshape((1, -1))
1>1 layers.Rescaling(0.5)
1>1 layers.GaussianNoise({rate})
1>1 layers.UnitNormalization()
1>1 layers.RMSNormalization()
1>1 layers.Dense({units}, kernel_regularizer='l2', kernel_initializer='he_normal', trainable={flag})
1>1 layers.SpectralNormalization(layers.Dense({units}))
1>1 layers.Dense({units}, dtype='{dtype}')
1>1 layers.EinsumDense('ab,bc->ac', output_shape={units}, bias_axes='c')
1>1 layers.Flatten()
2>2 layers.LSTM({units}, return_sequences={flag2})
2>1 layers.GRU({units})
2>1 layers.SimpleRNN({units}, use_bias={flag})
2>2 layers.Bidirectional(layers.LSTM({units}, return_sequences=True), merge_mode='{merge}')
2>2 layers.Conv1D({units}, {small}, padding='{pad}', strides={stride})
2>2 layers.Dense({units}, activation='{act}')
2>2 layers.MaxPooling1D({small}, padding='same')
2>1 layers.GlobalAveragePooling1D(keepdims={no})
2>1 layers.GlobalMaxPooling1D()
2>1 layers.Flatten()
2>2 layers.Permute((2, 1))
2>2 layers.TimeDistributed(layers.Dense({units}))
2>2 layers.SeparableConv1D({units}, {small})
2>2 layers.ZeroPadding1D({small})
2>2 layers.UpSampling1D({small})
2>2 layers.LayerNormalization(epsilon=1e-5)
2>2 layers.SpatialDropout1D({rate})
2>2 layers.DepthwiseConv1D({small}, padding='same')
2>2 layers.Masking()
2>2 layers.RNN(layers.LSTMCell({units}), return_sequences=True)
2>1 layers.Reshape((-1,))
2>2 layers.Softmax(axis=1)
2>2 layers.Conv1DTranspose({units}, {small}, strides={stride})
2>2 layers.Cropping1D((0, 1))
3>3 layers.Conv2D({units}, {small}, padding='{pad}', strides={stride})
3>3 layers.Conv2D({units}, ({small}, 1), use_bias={flag}, activation='{act}')
3>3 layers.SeparableConv2D({units}, {small}, padding='same')
3>3 layers.BatchNormalization()
3>3 layers.DepthwiseConv2D({small}, padding='same', depth_multiplier={stride})
3>3 layers.MaxPooling2D(padding='same')
3>3 layers.AveragePooling2D({small}, strides=1, padding='same')
3>1 layers.GlobalAveragePooling2D()
3>1 layers.Flatten()
3>3 layers.Conv2DTranspose({units}, {small}, strides={stride}, padding='{pad}')
3>3 layers.UpSampling2D()
3>3 layers.ReLU()
3>3 layers.ZeroPadding2D(((1, 0), (0, 1)))
3>3 layers.GroupNormalization(1)
3>3 layers.SpatialDropout2D({rate})
3>3 layers.Resizing({size}, {size})
3>3 layers.Dense({units})
3>3 layers.Permute((3, 1, 2))
3>3 layers.LeakyReLU({rate})
3>3 layers.RandomFlip()
3>3 layers.GlobalMaxPooling2D(keepdims={flag})
3>2 layers.TimeDistributed(layers.LSTM({units}))
3>3 layers.LayerNormalization(axis=[1, 2])
3>2 layers.ConvLSTM1D({units}, 1)
3>3 layers.Conv2D({units}, 1, groups=1, name='{name}')
"""
_LAYERS: dict[int, list[tuple[str, int]]] = {}
for _line in _TABLE.strip().splitlines():
    _LAYERS.setdefault(int(_line[0]), []).append((_line[4:], int(_line[2])))
#: Functions of tensors that leave the number of axes alone; the first ones the shape too.
_OPS = """
ops.relu({x})
{x} * 2 + 1
ops.tanh({x}) - {x}
ops.softmax({x}, axis=-1)
-{x}
ops.abs({x})
keras.activations.silu({x})
ops.clip({x}, 0.0, 1.0)
ops.concatenate([{x}, {x}], axis=-1)
ops.sum({x}, axis=1, keepdims=True)
ops.flip({x}, axis=1)
ops.repeat({x}, 2, axis=1)
{x} / (1 + ops.square({x}))
ops.cast({x}, 'float32')
ops.roll({x}, 1, axis=1)
{x} ** 2
ops.pad({x}, [(0, 0), (1, 1)] + [(0, 0)] * (len({x}.shape) - 2))
""".strip().splitlines()
_MERGES = """
layers.Add()([{a}, {b}])
layers.Multiply()([{a}, {b}])
layers.Concatenate()([{a}, {b}])
{a} + {b}
layers.Average()([{a}, {b}])
layers.add([{a}, {b}])
ops.maximum({a}, {b})
layers.concatenate([{a}, {b}])
layers.Subtract()([{a}, {b}])
""".strip().splitlines()


#: Expressions of a tensor, with the axes that go in and come out.
_CALLS = """
2>2 layers.MultiHeadAttention({small}, {units})({x}, {x})
2>2 layers.MultiHeadAttention(2, {units}, dropout=0.1, use_bias={flag})({x}, {x}, use_causal_mask=True)
2>2 layers.GroupQueryAttention(2, 2, {small})({x}, {x})
2>2 layers.Attention(use_scale={flag})([{x}, {x}])
2>2 layers.AdditiveAttention()([{x}, {x}])
2>1 layers.LSTM({units}, return_state=True)({x})[1]
2>2 layers.GRU({units}, return_sequences=True, return_state=True)({x})[0]
2>1 layers.Bidirectional(layers.GRU({units}))({x})
1>1 layers.Dot(axes=1)([{x}, {x}])
2>2 layers.Dot(axes=2)([{x}, {x}])
1>2 {x}[:, None, :]
2>1 {x}[:, 0]
2>1 {x}[:, -1, :]
2>2 {x}[:, ::2]
3>2 {x}[:, :, 0]
3>3 {x}[..., :1]
2>2 ops.transpose({x}, (0, 2, 1))
3>1 ops.mean({x}, axis=(1, 2))
1>1 ops.split({x}, 1, axis=-1)[0]
2>2 ops.matmul({x}, ops.transpose({x}, (0, 2, 1)))
2>2 ops.einsum('abc,abd->acd', {x}, {x})
2>1 ops.max({x}, axis=1)
3>2 ops.max({x}, axis=-1)
1>1 ops.one_hot(ops.argmax({x}, axis=-1), {units})
1>1 ops.where({x} > 0, {x}, 0.0)
1>2 ops.stack([{x}, {x}], axis=1)
2>2 ops.expand_dims({x}, axis=-1)[..., 0]
1>1 ops.reshape({x}, (-1, {x}.shape[-1]))
3>2 ops.reshape({x}, (-1, {x}.shape[1] * {x}.shape[2], {x}.shape[3]))
1>1 layers.Normalization(mean=0.0, variance=1.0)({x})
1>1 layers.Discretization(bin_boundaries=[0.0, 1.0], output_mode='{mode}')({x})
1>1 layers.CategoryEncoding({units}, output_mode='multi_hot')(ops.cast({x}, 'int32'))
1>2 layers.Embedding(7, {units}, mask_zero={flag})(ops.cast({x}, 'int32'))
1>1 layers.Lambda(lambda t: t * 2)({x})
3>3 layers.Lambda(lambda t: ops.concatenate([t, t], -1), name='{name}')({x})
3>3 layers.Conv2D({units}, {small})(layers.ZeroPadding2D(1)({x}))
3>3 layers.multiply([{x}, layers.Dense({x}.shape[-1], activation='sigmoid')(layers.GlobalAveragePooling2D(keepdims=True)({x}))])
3>3 layers.concatenate([layers.Conv2D({units}, k, padding='same')({x}) for k in (1, 3)])
2>2 layers.Concatenate(axis=1)([{x}, {x}])
2>2 layers.TimeDistributed(keras.Sequential([layers.Dense({units}), layers.Dropout({rate})]))({x})
3>3 layers.RandomRotation(0.1)(layers.RandomZoom(0.1)({x}))
1>1 keras.activations.relu({x}, max_value=6.0)
1>1 keras.layers.Activation(keras.activations.gelu)({x})
2>2 layers.LayerNormalization()({x} + layers.MultiHeadAttention(1, {units})({x}, {x}))
2>2 layers.Conv1D({units}, {small}, padding='causal', dilation_rate={stride})({x})
1>1 layers.Minimum()([{x}, {x} * 2])
1>1 keras.ops.nn.log_softmax({x})
2>2 keras.ops.numpy.cumsum({x}, axis=1)
"""
_EXPRESSIONS: dict[int, list[tuple[str, int]]] = {}
for _line in _CALLS.strip().splitlines():
    _EXPRESSIONS.setdefault(int(_line[0]), []).append((_line[4:], int(_line[2])))
#: What programs do with TensorFlow's own functions inside ``call``.
_TENSORFLOW = """
tf.nn.relu({x})
tf.concat([{x}, {x}], axis=-1)
{x} - tf.reduce_mean({x}, axis=-1, keepdims=True)
tf.square({x}) * 0.5
tf.cast({x}, tf.float32)
tf.math.softplus({x})
tf.clip_by_value({x}, -1.0, 1.0)
tf.where({x} > 0, {x}, tf.zeros_like({x}))
tf.stop_gradient({x})
tf.keras.backend.mean({x}, axis=-1, keepdims=True) + {x}
tf.nn.l2_normalize({x}, axis=-1)
tf.roll({x}, 1, axis=0)
tf.gather({x}, [0], axis=-1)
tf.ensure_shape({x}, {x}.shape)
""".strip().splitlines()
#: What some programs set before anything else.
_SETTINGS = """
keras.mixed_precision.set_global_policy('mixed_float16')
keras.config.set_dtype_policy('mixed_bfloat16')
keras.config.set_floatx('float64')
keras.utils.set_random_seed(3)
keras.backend.clear_session()
keras.config.set_image_data_format('channels_first')
""".strip().splitlines()


class Drawing:
    """One program as it is being written."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.classes: list[str] = []
        self.count = 0

    def name(self, start: str = "v") -> str:
        """A name of its own."""
        self.count += 1
        return f"{start}{self.count}"

    def one_of(self, *values: str) -> str:
        """One of the values."""
        return self.random.choice(values)

    def expression(self, rank: int, x: str) -> tuple[str, int]:
        """An expression of a tensor with so many axes, and how many axes come out."""
        text, after = self.random.choice(_EXPRESSIONS[rank])
        return self.filled(text, x=x), after

    def layer(self, rank: int) -> tuple[str, int]:
        """A layer for what has so many axes, and how many axes come out."""
        text, after = self.random.choice(_LAYERS[rank])
        return self.filled(text), after

    def filled(self, text: str, **given: str) -> str:
        """The text with arguments."""
        return text.format(
            units=self.random.randint(1, 6), act=self.one_of(*_ACTIVATIONS), flag=self.one_of("True", "False"), flag2="True", no="False",
            rate=self.one_of("0.1", "0.5", "0"), small=self.random.randint(1, 3), pad=self.one_of("same", "valid"),
            merge=self.one_of("concat", "sum", "ave"), stride=self.random.randint(1, 2), cap=self.one_of("", "6.0"),
            size=self.random.randint(3, 9), name=self.name("named_"),
            dtype=self.one_of("float32", "mixed_float16", "bfloat16"),
            mode=self.one_of("int", "one_hot", "multi_hot"), **given,
        )  # fmt: skip

    def shape(self, rank: int) -> Shape:
        """The shape of an input of so many axes."""
        sizes: list[int | None] = [self.random.randint(5, 9) for _ in range(rank - 1)]
        if rank > 1 and self.random.random() < 0.2:
            sizes[0] = None
        return (*sizes, self.random.randint(2, 5))

    def run(self) -> str:
        """The program."""
        style: Callable[[Drawing], None] = self.random.choice([sequential, functional, functional, functional, subclassed, subclassed])
        style(self)
        if self.random.random() < 0.15:
            self.lines.append(self.one_of("model.trainable = False", "model.layers[-1].trainable = False"))
        if self.random.random() < 0.2:
            self.classes.insert(0, self.random.choice(_SETTINGS))
        return "\n".join([*self.classes, *self.lines, ""])


def sequential(of: Drawing) -> None:
    """``keras.Sequential`` of a list, or by ``add``, with an input or built by its shape."""
    rank = of.random.randint(1, 3)
    shape = of.shape(rank)
    steps, _ = chain(of, rank, of.random.randint(1, 5))
    way = of.random.randint(0, 2)
    if way == 0:
        of.lines.append(f"model = keras.Sequential([keras.Input({shape}), {', '.join(steps)}], name='net')")
    elif way == 1:
        of.lines += ["model = keras.Sequential()", f"model.add(keras.Input({shape}))", *(f"model.add({step})" for step in steps)]
    else:
        of.lines += [f"model = keras.Sequential([{', '.join(steps)}])", f"model.build({(None, *shape)})"]


def chain(of: Drawing, rank: int, count: int) -> tuple[list[str], int]:
    """Layers one after another."""
    steps = []
    for _ in range(count):
        step, rank = of.layer(rank)
        steps.append(step)
    return steps, rank


def functional(of: Drawing) -> None:
    """``keras.Model(inputs, outputs)`` with branches, shared layers and nested models."""
    inputs = [of.name("i") for _ in range(of.random.randint(1, 2))]
    ranks = {name: of.random.randint(1, 3) for name in inputs}
    named = of.random.random() < 0.3
    of.lines += [f"{name} = keras.Input({of.shape(ranks[name])}{f', name={name!r}' if named else ''})" for name in inputs]
    values, shared = dict(ranks), list[tuple[str, int, int]]()
    for _ in range(of.random.randint(2, 7)):
        _grow(of, values, shared)
    outputs = list(values)[-of.random.randint(1, 2) :]
    ends = (
        outputs[0]
        if len(outputs) == 1
        else of.one_of(str(outputs).replace("'", ""), "{" + ", ".join(f"'o_{o}': {o}" for o in outputs) + "}")
    )
    starts = inputs[0] if len(inputs) == 1 else str(inputs).replace("'", "")
    of.lines.append(f"model = keras.Model({starts}, {ends})")
    if of.random.random() < 0.2:
        of.lines.append(of.one_of("model = keras.models.clone_model(model)", "model = keras.Model.from_config(model.get_config())",
                                  "model = keras.Model(model.input, model.layers[-1].output)"))  # fmt: skip


def _grow(of: Drawing, values: dict[str, int], shared: list[tuple[str, int, int]]) -> None:
    """One more tensor."""
    source = of.random.choice(list(values)[-3:])
    rank, made, kind = values[source], of.name(), of.random.random()
    fitting = [one for one in shared if one[1] == rank]
    if kind < 0.4:
        text, after = of.layer(rank)
        of.lines.append(f"{made} = {text}({source})")
    elif kind < 0.5:
        text, after = of.expression(rank, source)
        of.lines.append(f"{made} = {text}")
    elif kind < 0.57:
        of.lines.append(f"{made} = {of.random.choice(_OPS).format(x=source)}")
        after = rank
    elif kind < 0.65 and fitting:
        layer, _, after = of.random.choice(fitting)
        of.lines.append(f"{made} = {layer}({source})")
    elif kind < 0.75:
        text, after = of.layer(rank)
        layer = of.name("shared")
        of.lines += [f"{layer} = {text}", f"{made} = {layer}({source})"]
        shared.append((layer, rank, after))
    elif kind < 0.85:
        other = of.random.choice([name for name, axes in values.items() if axes == rank])
        of.lines.append(f"{made} = {of.random.choice(_MERGES).format(a=source, b=other)}")
        after = rank
    elif kind < 0.95:
        layer, after = _nested(of, rank)
        of.lines.append(f"{made} = {layer}({source})")
        shared.append((layer, rank, after))
    else:
        layer, after = block(of, rank)
        of.lines.append(f"{made} = {layer}({source})")
    values[made] = after


def _nested(of: Drawing, rank: int) -> tuple[str, int]:
    """A model inside."""
    made = of.name("inner")
    steps, after = chain(of, rank, of.random.randint(1, 3))
    of.lines.append(f"{made} = keras.Sequential([{', '.join(steps)}], name='{made}')")
    return made, after


def block(of: Drawing, rank: int) -> tuple[str, int]:
    """A layer of the program's own, with layers, weights or both; how it is made, and how many axes come out."""
    name = of.name("Block")
    steps, after = chain(of, rank, of.random.randint(1, 3))
    weight, kept = of.random.random() < 0.4, of.one_of("list", "attributes", "dict")
    start = ["        super().__init__(**kwargs)"]
    if kept == "list":
        start.append(f"        self.steps = [{', '.join(steps)}]")
        body = ["        for step in self.steps:", "            x = step(x)"]
    elif kept == "dict":
        start.append("        self.steps = {" + ", ".join(f"'s{n}': {step}" for n, step in enumerate(steps)) + "}")
        body = [f"        x = self.steps['s{n}'](x)" for n in range(len(steps))]
    else:
        start += [f"        self.step{n} = {step}" for n, step in enumerate(steps)]
        body = [f"        x = self.step{n}(x)" for n in range(len(steps))]
    lines = [f"class {name}(layers.Layer):", "    def __init__(self, **kwargs):", *start]
    if weight:
        lines += [
            "    def build(self, input_shape):",
            "        self.scale = self.add_weight(shape=(input_shape[-1],), initializer='ones', name='scale')",
        ]
        body.insert(0, "        x = x * self.scale")
    of.classes += [*lines, "    def call(self, x, training=None):", *body, "        return x"]
    return f"{name}()", after


def subclassed(of: Drawing) -> None:
    """A class derived from `keras.Model`, called on an array."""
    rank = of.random.randint(1, 3)
    shape = tuple(size or 6 for size in of.shape(rank))
    parts, after = [], rank
    for _ in range(of.random.randint(1, 3)):
        kind = of.random.random()
        text, next_ = block(of, after) if kind < 0.4 else _inner(of, after) if kind < 0.6 else of.layer(after)
        parts.append(text)
        after = next_
    lines = ["class Net(keras.Model):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        self.part{n} = {part}" for n, part in enumerate(parts)]
    lines += ["    def call(self, x):"]
    for n in range(len(parts)):
        lines.append(f"        x = self.part{n}(x)")
        if of.random.random() < 0.3:
            lines.append(f"        x = {of.random.choice([*_OPS[:8], *_TENSORFLOW]).format(x='x')}")
    of.classes += [*lines, "        return x"]
    of.lines += ["model = Net()", f"model(np.zeros({(2, *shape)}, 'float32'))"]


def _inner(of: Drawing, rank: int) -> tuple[str, int]:
    steps, after = chain(of, rank, of.random.randint(1, 3))
    return f"keras.Sequential([{', '.join(steps)}])", after


def program(seed: int) -> str:
    """The program of a number."""
    return Drawing(seed).run()
