"""Tickets sorted by title, body and tags at once: three inputs meet, two answers leave."""

import keras
from keras import layers


def build(words=10_000, tags=12, departments=4):
    title = keras.Input((None,), name="title")
    body = keras.Input((None,), name="body")
    tagged = keras.Input((tags,), name="tags")
    embed = layers.Embedding(words, 64, name="words")
    said = layers.LSTM(128, name="read_title")(embed(title))
    told = layers.Bidirectional(layers.LSTM(32), name="read_body")(embed(body))
    everything = layers.concatenate([said, told, tagged], name="together")
    everything = layers.Dense(64, activation="relu", name="think")(everything)
    everything = layers.Dropout(0.3, name="forget")(everything)
    priority = layers.Dense(1, activation="sigmoid", name="priority")(everything)
    department = layers.Dense(departments, activation="softmax", name="department")(everything)
    return keras.Model([title, body, tagged], [priority, department], name="tickets")
