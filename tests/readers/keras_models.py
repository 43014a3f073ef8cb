"""Small models of Keras of every kind: built by Keras to make artifacts, and read as source."""

from __future__ import annotations

import keras
from keras import layers


def small() -> keras.Model:
    x = keras.Input((16, 16, 3), name="image")
    y = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv")(x)
    y = layers.MaxPooling2D(2, name="pool")(y)
    return keras.Model(x, layers.Dense(10, name="fc")(layers.Flatten(name="flat")(y)), name="small")


def residual() -> keras.Model:
    x = keras.Input((8, 8, 3), name="image")
    stem = layers.Conv2D(8, 3, padding="same", name="stem")(x)
    y = layers.BatchNormalization(epsilon=0.002, name="bn")(layers.Conv2D(8, 3, padding="same", use_bias=False, name="conv")(stem))
    y = layers.Add(name="sum")([stem, layers.ReLU(name="act")(y)])
    return keras.Model(x, layers.Dense(5, name="fc")(layers.GlobalAveragePooling2D(name="gap")(y)), name="residual")


def recurrent() -> keras.Model:
    x = keras.Input((7, 8), name="sequence")
    return keras.Model(x, layers.Dense(5, name="fc")(layers.LSTM(16, name="lstm")(x)), name="recurrent")


def embedded() -> keras.Model:
    a, b = keras.Input((5,), dtype="int32", name="tokens"), keras.Input((4,), name="extra")
    y = layers.Concatenate(name="join")([layers.Flatten(name="flat")(layers.Embedding(20, 6, name="embed")(a)), b])
    y = layers.LayerNormalization(name="norm")(layers.Dense(8, activation="gelu", name="hidden")(y))
    return keras.Model([a, b], layers.Dense(2, name="out")(layers.Dropout(0.1, name="drop")(y)), name="embedded")


def chain() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((12,), name="features"),
            layers.Dense(6, activation="tanh", name="first"),
            layers.LeakyReLU(0.1, name="leak"),
            layers.Dense(3, activation="softmax", name="last"),
        ],
        name="chain",
    )


def siamese() -> keras.Model:
    one, two = keras.Input((6,), name="one"), keras.Input((6,), name="two")
    shared = layers.Dense(4, activation="elu", name="shared")
    y = layers.Subtract(name="apart")([shared(one), shared(two)])
    return keras.Model([one, two], layers.Dense(1, activation="sigmoid", name="score")(y), name="siamese")


def unet() -> keras.Model:
    x = keras.Input((8, 8, 1), name="image")
    down = layers.Conv2D(4, 3, padding="same", activation="relu", name="down")(x)
    middle = layers.SeparableConv2D(8, 3, padding="same", activation="silu", name="middle")(layers.AveragePooling2D(2, name="pool")(down))
    up = layers.Conv2DTranspose(4, 2, strides=2, name="up")(middle)
    y = layers.Concatenate(name="skip")([down, up])
    return keras.Model(x, layers.Conv2D(2, 1, name="out")(y), name="unet")


def padded() -> keras.Model:
    x = keras.Input((9, 3), name="signal")
    y = layers.ZeroPadding1D(2, name="pad")(x)
    y = layers.Conv1D(6, 3, dilation_rate=2, padding="causal", activation="selu", name="conv")(y)
    y = layers.GroupNormalization(3, epsilon=0.01, name="norm")(layers.MaxPooling1D(3, strides=2, name="pool")(y))
    y = layers.Bidirectional(layers.GRU(4, name="gru"), name="both")(y)
    return keras.Model(x, layers.Dense(2, name="out")(y), name="padded")


def attentive() -> keras.Model:
    x = keras.Input((6, 8), name="tokens")
    y = layers.Add(name="sum")([x, layers.MultiHeadAttention(2, 4, name="attention")(x, x)])
    y = layers.LayerNormalization(epsilon=1e-6, name="norm")(y)
    return keras.Model(x, layers.Dense(3, name="out")(layers.GlobalMaxPooling1D(name="top")(y)), name="attentive")


def nested() -> keras.Model:
    x = keras.Input((5,), name="features")
    a = keras.Input((4,), name="inner_input")
    inner = keras.Model(a, layers.Dense(4, activation="relu", name="deep")(a), name="inner")
    y = inner(layers.Dense(4, name="before")(x))
    return keras.Model(x, layers.Multiply(name="product")([y, layers.Dense(4, name="beside")(x)]), name="nested")


def enlarged() -> keras.Model:
    x = keras.Input((8, 8, 3), name="image")
    y = layers.Conv2D(2, 3, dilation_rate=2, name="wide")(layers.UpSampling2D(2, name="up")(x))
    y = layers.UpSampling2D((2, 1), interpolation="bilinear", name="smooth")(y)
    y = layers.Cropping2D(1, name="crop")(layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, name="depth")(y))
    return keras.Model(x, layers.PReLU(shared_axes=[1, 2], name="bent")(y), name="enlarged")


def timed() -> keras.Model:
    x = keras.Input((4, 6), name="steps")
    y = layers.TimeDistributed(layers.Dense(5, activation="relu", name="inner"), name="each")(x)
    y = layers.Permute((2, 1), name="turn")(layers.UpSampling1D(2, name="up")(y))
    return keras.Model(x, layers.Conv1D(3, 3, dilation_rate=2, padding="causal", name="conv")(y), name="timed")


def crossed() -> keras.Model:
    a, b = keras.Input((6, 8), name="asked"), keras.Input((5, 8), name="given")
    y = layers.MultiHeadAttention(2, 4, name="first")(a, b)
    y = layers.MultiHeadAttention(2, 3, value_dim=5, output_shape=7, name="second")(y, y, use_causal_mask=True)
    y = layers.GlobalAveragePooling1D(name="mean")(y)
    return keras.Model([a, b], layers.Dense(3, activation="softplus", name="out")(y), name="crossed")


def looped() -> keras.Model:
    x = keras.Input((4, 6, 6, 3), name="clip")
    y = layers.TimeDistributed(layers.Conv2D(4, 3, padding="same", activation="relu", name="inner"), name="each")(x)
    y = layers.ConvLSTM2D(5, 3, padding="same", name="loop")(y)
    return keras.Model(x, layers.Conv2D(2, 1, name="out")(y), name="looped")


# --- as most people write them: Keras gives the names ---


def unnamed() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def unnamed_pair() -> keras.Model:
    one, two = keras.Input((6,)), keras.Input((5,))
    y = layers.Concatenate()([layers.Dense(4, activation="relu")(one), layers.Dense(3, activation="tanh")(two)])
    return keras.Model([one, two], layers.Dense(2)(layers.LayerNormalization()(y)))


def unnamed_twins() -> keras.Model:
    one, two = keras.Input((6,)), keras.Input((6,))
    first = layers.Dense(4, activation="relu")
    second = layers.Dense(4, activation="relu")
    return keras.Model([one, two], layers.Subtract()([first(one), second(two)]))


def unnamed_text() -> keras.Model:
    x = keras.Input((7,), dtype="int32")
    y = layers.LSTM(5)(layers.Embedding(12, 4)(x))
    return keras.Model(x, layers.Dense(1, activation="sigmoid")(y))


MODELS = (small, residual, recurrent, embedded, chain, siamese, unet, padded, attentive, nested, enlarged, timed, crossed, looped,
          unnamed, unnamed_pair, unnamed_twins, unnamed_text)  # fmt: skip

# --- what a configuration does not say all of ---


class Scale(layers.Layer):
    def __init__(self, factor=2.0, **given):
        super().__init__(**given)
        self.factor = factor

    def build(self, shape):
        self.amount = self.add_weight(shape=(shape[-1],), name="amount")

    def call(self, x):
        return x * self.amount * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


class Own(keras.Model):
    def __init__(self, width=8, **given):
        super().__init__(**given)
        self.hidden = layers.Dense(width, activation="relu", name="hidden")
        self.norm = layers.BatchNormalization(name="norm")
        self.outer = layers.Dense(2, name="outer")

    def call(self, x):
        return self.outer(self.norm(self.hidden(x)))


def scaled() -> keras.Model:
    x = keras.Input((8,), name="x")
    return keras.Model(x, layers.Dense(2, name="out")(Scale(3.0, name="scale")(x)), name="scaled")


def functions() -> keras.Model:
    x = keras.Input((8,), name="x")
    y = layers.Dense(4, name="first")(x)
    z = keras.ops.sqrt(keras.ops.square(y) + 1.0) * 2
    return keras.Model(x, layers.Dense(2, name="last")(z - y), name="functions")


def own() -> keras.Model:
    return Own(name="own")


#: These with the shape that builds them.
OTHERS = ((scaled, (1, 8)), (functions, (1, 8)), (own, (1, 5)))
