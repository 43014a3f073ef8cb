"""Keras models as classes: layers with weights of their own, a transformer, an autoencoder with two parts."""

import keras
from keras import layers, ops


class Patches(layers.Layer):
    def __init__(self, patch, width, **kwargs):
        super().__init__(**kwargs)
        self.patch = patch
        self.project = layers.Dense(width)

    def call(self, images):
        shape = ops.shape(images)
        x = ops.reshape(images, (shape[0], images.shape[1] // self.patch, self.patch, images.shape[2] // self.patch, self.patch, 3))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        count = (images.shape[1] // self.patch) * (images.shape[2] // self.patch)
        x = ops.reshape(x, (shape[0], count, self.patch * self.patch * 3))
        return self.project(x)


class Position(layers.Layer):
    def build(self, input_shape):
        self.table = self.add_weight(shape=(input_shape[-2], input_shape[-1]), initializer="random_normal", name="table")

    def call(self, x):
        return x + self.table


class Encoder(layers.Layer):
    def __init__(self, width, heads, ratio=2, rate=0.1):
        super().__init__()
        self.norm1 = layers.LayerNormalization(epsilon=1e-6)
        self.attention = layers.MultiHeadAttention(heads, width // heads)
        self.norm2 = layers.LayerNormalization(epsilon=1e-6)
        self.grow = layers.Dense(width * ratio, activation="gelu")
        self.shrink = layers.Dense(width)
        self.drop = layers.Dropout(rate)

    def call(self, x, training=None):
        h = self.norm1(x)
        h = self.attention(h, h)
        x = x + self.drop(h, training=training)
        h = self.grow(self.norm2(x))
        return x + self.shrink(h)


class Vision(keras.Model):
    def __init__(self, patch=4, width=16, depth=2, heads=2, classes=5):
        super().__init__()
        self.patches = Patches(patch, width)
        self.position = Position()
        self.blocks = [Encoder(width, heads) for _ in range(depth)]
        self.norm = layers.LayerNormalization()
        self.head = layers.Dense(classes)

    def call(self, images):
        x = self.position(self.patches(images))
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.head(ops.mean(x, axis=1))


class Squeeze(layers.Layer):
    def __init__(self, ratio=2):
        super().__init__()
        self.ratio = ratio
        self.pool = layers.GlobalAveragePooling2D(keepdims=True)

    def build(self, input_shape):
        channels = input_shape[-1]
        self.reduce = layers.Dense(channels // self.ratio, activation="relu")
        self.expand = layers.Dense(channels, activation="sigmoid")
        self.reduce.build((None, 1, 1, channels))
        self.expand.build((None, 1, 1, channels // self.ratio))

    def call(self, x):
        s = self.expand(self.reduce(self.pool(x)))
        return x * s


class Autoencoder(keras.Model):
    def __init__(self, latent=6, size=8):
        super().__init__()
        self.size = size
        self.down = layers.Conv2D(4, 3, strides=2, padding="same")
        self.squeeze = Squeeze()
        self.flatten = layers.Flatten()
        self.mean = layers.Dense(latent)
        self.spread = layers.Dense(latent)
        self.grow = layers.Dense(size // 2 * size // 2 * 4)
        self.up = layers.Conv2DTranspose(1, 3, strides=2, padding="same")

    def encode(self, x):
        h = self.flatten(self.squeeze(self.down(x)))
        return self.mean(h), self.spread(h)

    def call(self, x):
        mean, spread = self.encode(x)
        z = mean + ops.exp(0.5 * spread)
        h = ops.reshape(self.grow(z), (-1, self.size // 2, self.size // 2, 4))
        return self.up(h), mean


RUNS = {
    "Vision()": [((2, 8, 8, 3), "float32")],
    "Autoencoder()": [((2, 8, 8, 1), "float32")],
}
