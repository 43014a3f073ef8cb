"""Keras models as graphs: residual blocks, a U with skips, two inputs that meet, attention between sequences."""

import keras
from keras import layers, ops


def block(x, filters, stride=1):
    shortcut = x
    y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    if stride != 1 or shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(shortcut)
    y = layers.Add()([y, shortcut])
    return layers.ReLU()(y)


def residual(size=32, widths=(8, 16), classes=4):
    inputs = keras.Input(shape=(size, size, 3))
    x = layers.Conv2D(widths[0], 3, padding="same")(inputs)
    for i, width in enumerate(widths):
        x = block(x, width, stride=1 if i == 0 else 2)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def u_shape(size=16, classes=2):
    inputs = layers.Input((size, size, 1))
    skips = []
    x = inputs
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    for filters, skip in zip((8, 4), reversed(skips)):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = layers.Concatenate(axis=-1)([x, skip])
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    outputs = layers.Conv2D(classes, 1)(x)
    return keras.Model(inputs=inputs, outputs=outputs, name="u_shape")


def two_inputs(vocabulary=30, length=7, features=5):
    words = keras.Input((length,), dtype="int32", name="words")
    numbers = keras.Input((features,), name="numbers")
    w = layers.Embedding(vocabulary, 8)(words)
    w = layers.Bidirectional(layers.GRU(4))(w)
    n = layers.Dense(8, activation="relu")(numbers)
    both = layers.concatenate([w, n])
    gate = layers.Dense(16, activation="sigmoid")(both)
    x = layers.Multiply()([both, gate])
    score = layers.Dot(axes=1, normalize=True)([w, n])
    return keras.Model([words, numbers], [layers.Dense(3)(x), score])


def translator(source=20, target=25, width=16, heads=2):
    left = keras.Input((6,), dtype="int32")
    right = keras.Input((5,), dtype="int32")
    x = layers.Embedding(source, width)(left)
    y = layers.Embedding(target, width)(right)
    a = layers.MultiHeadAttention(num_heads=heads, key_dim=width // heads)(x, x)
    x = layers.LayerNormalization()(x + a)
    b = layers.MultiHeadAttention(heads, width // heads)(y, x)
    y = layers.LayerNormalization()(layers.add([y, b]))
    y = ops.mean(y, axis=1)
    y = layers.Dense(width * 2)(y)
    y = layers.Reshape((2, width))(y)
    scores = ops.matmul(y, ops.transpose(x, (0, 2, 1)))
    scores = ops.softmax(scores, axis=-1)
    return keras.Model([left, right], layers.Flatten()(ops.matmul(scores, x)))


RUNS = {
    "residual()": [((2, 32, 32, 3), "float32")],
    "u_shape()": [((1, 16, 16, 1), "float32")],
    "two_inputs()": [((2, 7), "int32"), ((2, 5), "float32")],
    "translator()": [((2, 6), "int32"), ((2, 5), "int32")],
}
