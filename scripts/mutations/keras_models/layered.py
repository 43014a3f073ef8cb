"""Keras models of layers in a row: a small network of images, one of sequences, one of spectra."""

import keras
from keras import layers


def small_cnn(size=28, classes=10, width=8):
    return keras.Sequential(
        [
            keras.Input((size, size, 1)),
            layers.Conv2D(width, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(width * 2, kernel_size=3, padding="same"),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.3),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def tagger(vocabulary=50, width=16, hidden=12, tags=5):
    model = keras.Sequential()
    model.add(keras.Input((9,), dtype="int32"))
    model.add(layers.Embedding(vocabulary, width))
    model.add(layers.Bidirectional(layers.LSTM(hidden, return_sequences=True)))
    model.add(layers.GRU(hidden, return_sequences=True))
    model.add(layers.TimeDistributed(layers.Dense(tags)))
    return model


def decoder(latent=6, size=8):
    return keras.Sequential(
        [
            layers.Input((latent,)),
            layers.Dense(size * size * 4, activation="relu"),
            layers.Reshape((size, size, 4)),
            layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
            layers.UpSampling2D(2),
            layers.Cropping2D(((2, 2), (2, 2))),
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
        ]
    )


def spectra(length=64, bands=3):
    model = keras.Sequential(name="spectra")
    model.add(layers.Input(shape=(length, bands)))
    for width in (8, 16):
        model.add(layers.Conv1D(width, 5, strides=2, padding="same"))
        model.add(layers.LayerNormalization())
        model.add(layers.ReLU())
    model.add(layers.Flatten())
    model.add(layers.Dense(32))
    model.add(layers.Reshape((4, 8)))
    model.add(layers.Permute((2, 1)))
    model.add(layers.LSTM(6))
    model.add(layers.Dense(1))
    return model


RUNS = {
    "small_cnn()": [((2, 28, 28, 1), "float32")],
    "tagger()": [((2, 9), "int32")],
    "decoder()": [((2, 6), "float32")],
    "spectra()": [((2, 64, 3), "float32")],
}
