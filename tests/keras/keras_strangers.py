"""Programs as strangers write them: functional, subclassed and both, with `keras.ops` and `tf.*`, policies, tracked containers."""

from __future__ import annotations

PROGRAMS = {
    "residual network": """
def block(x, filters, stride=1):
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
    for i, s in enumerate((stride, 1)):
        x = layers.Conv2D(filters, 3, strides=s, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
        x = layers.BatchNormalization()(x)
        if i == 0:
            x = layers.ReLU()(x)
    return layers.Activation("relu")(layers.add([x, shortcut]))
inputs = keras.Input((32, 32, 3))
x = layers.Rescaling(1 / 255.0)(inputs)
x = layers.Conv2D(16, 7, strides=2, padding="same")(x)
for filters, repeat in ((16, 2), (32, 2)):
    for n in range(repeat):
        x = block(x, filters, 2 if n == 0 and filters > 16 else 1)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(10, activation="softmax", name="predictions")(x), name="resnet")
""",
    "transformer": """
class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)
    def call(self, inputs, training=None):
        attn = self.dropout1(self.att(inputs, inputs), training=training)
        out1 = self.layernorm1(inputs + attn)
        return self.layernorm2(out1 + self.dropout2(self.ffn(out1), training=training))
class TokenAndPositionEmbedding(layers.Layer):
    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)
    def call(self, x):
        positions = ops.arange(start=0, stop=ops.shape(x)[-1], step=1)
        return self.token_emb(x) + self.pos_emb(positions)
inputs = layers.Input(shape=(20,), dtype="int32")
x = TokenAndPositionEmbedding(20, 100, 8)(inputs)
x = TransformerBlock(8, 2, 16)(x)
x = layers.GlobalAveragePooling1D()(x)
x = layers.Dropout(0.1)(x)
model = keras.Model(inputs=inputs, outputs=layers.Dense(2, activation="softmax")(x))
""",
    "u-net": """
def double_conv(x, n):
    for _ in range(2):
        x = layers.Conv2D(n, 3, padding="same", activation="relu")(x)
    return x
inputs = keras.Input((64, 64, 3))
skips, x = [], inputs
for n in (8, 16):
    x = double_conv(x, n)
    skips.append(x)
    x = layers.MaxPooling2D()(x)
x = double_conv(x, 32)
for n, skip in zip((16, 8), reversed(skips)):
    x = layers.Conv2DTranspose(n, 2, strides=2, padding="same")(x)
    x = layers.Concatenate()([x, skip])
    x = double_conv(x, n)
model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
""",
    "variational autoencoder": """
class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)
    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch, dim = ops.shape(z_mean)[0], ops.shape(z_mean)[1]
        epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon
def encoder():
    i = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(i)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    m, v = layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)
    return keras.Model(i, [m, v, Sampling()([m, v])], name="encoder")
def decoder():
    i = keras.Input(shape=(2,))
    x = layers.Reshape((7, 7, 8))(layers.Dense(7 * 7 * 8, activation="relu")(i))
    x = layers.Conv2DTranspose(8, 3, activation="relu", strides=2, padding="same")(x)
    return keras.Model(i, layers.Conv2DTranspose(1, 3, activation="sigmoid", strides=2, padding="same")(x), name="decoder")
class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total = keras.metrics.Mean(name="total_loss")
    @property
    def metrics(self):
        return [self.total]
    def call(self, x):
        return self.decoder(self.encoder(x)[2])
model = VAE(encoder(), decoder())
model(np.zeros((1, 28, 28, 1), "float32"))
""",
    "siamese": """
def tower():
    i = keras.Input((16,))
    return keras.Model(i, layers.Dense(4)(layers.Dense(8, activation="relu")(i)), name="tower")
t = tower()
a, b = keras.Input((16,), name="left"), keras.Input((16,), name="right")
u, v = t(a), t(b)
d = layers.Lambda(lambda p: ops.abs(p[0] - p[1]))([u, v])
s = ops.sqrt(ops.sum(ops.square(u - v), axis=1, keepdims=True))
model = keras.Model([a, b], [layers.Dense(1, activation="sigmoid")(d), s])
""",
    "mixed precision": """
keras.mixed_precision.set_global_policy("mixed_float16")
class Low(layers.Layer):
    def __init__(self, rank, **kwargs):
        super().__init__(**kwargs)
        self.rank = rank
    def build(self, shape):
        self.a = self.add_weight(shape=(shape[-1], self.rank), initializer="glorot_uniform", name="a")
        self.b = self.add_weight(shape=(self.rank, shape[-1]), initializer="zeros", name="b")
        self.scale = self.add_weight(shape=(), initializer="ones", name="scale", trainable=False, dtype="float32", autocast=False)
    def call(self, x):
        return x + ops.matmul(ops.matmul(x, self.a), self.b)
i = keras.Input((12,))
x = Low(3)(layers.Dense(8)(i))
x = layers.LayerNormalization()(x)
model = keras.Model(i, layers.Activation("softmax", dtype="float32")(layers.Dense(4)(x)))
""",
    "channels first": """
keras.config.set_image_data_format("channels_first")
i = keras.Input((3, 20, 20))
x = layers.BatchNormalization(axis=1)(layers.Conv2D(4, 3, padding="same")(i))
x = layers.DepthwiseConv2D(3, strides=2)(layers.ReLU()(x))
x = layers.UpSampling2D()(layers.AveragePooling2D()(x))
x = layers.ZeroPadding2D(((1, 0), (0, 1)))(x)
model = keras.Model(i, layers.Dense(2)(layers.Flatten()(layers.GlobalMaxPooling2D(keepdims=True)(x))))
""",
    "sequence to sequence": """
enc_in = keras.Input((None, 7), name="enc")
_, h, c = layers.LSTM(6, return_state=True, name="encoder")(enc_in)
dec_in = keras.Input((None, 9), name="dec")
y, _, _ = layers.LSTM(6, return_sequences=True, return_state=True, name="decoder")(dec_in, initial_state=[h, c])
model = keras.Model([enc_in, dec_in], layers.Dense(9, activation="softmax")(y))
""",
    "vision transformer": """
class Patches(layers.Layer):
    def __init__(self, patch_size):
        super().__init__()
        self.patch_size = patch_size
    def call(self, images):
        s = ops.shape(images)
        patches = keras.ops.image.extract_patches(images, size=self.patch_size)
        n = (s[1] // self.patch_size) * (s[2] // self.patch_size)
        return ops.reshape(patches, (s[0], n, self.patch_size * self.patch_size * s[3]))
    def get_config(self):
        return {**super().get_config(), "patch_size": self.patch_size}
class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(units=dim)
        self.position_embedding = layers.Embedding(input_dim=num_patches, output_dim=dim)
    def call(self, patch):
        positions = ops.expand_dims(ops.arange(start=0, stop=self.num_patches, step=1), axis=0)
        return self.projection(patch) + self.position_embedding(positions)
i = keras.Input((32, 32, 3))
x = PatchEncoder(16, 8)(Patches(8)(i))
for _ in range(2):
    x1 = layers.LayerNormalization(epsilon=1e-6)(x)
    x2 = layers.Add()([layers.MultiHeadAttention(num_heads=2, key_dim=8, dropout=0.1)(x1, x1), x])
    x3 = layers.LayerNormalization(epsilon=1e-6)(x2)
    for units in (16, 8):
        x3 = layers.Dropout(0.1)(layers.Dense(units, activation=keras.activations.gelu)(x3))
    x = layers.Add()([x3, x2])
x = layers.Flatten()(layers.LayerNormalization(epsilon=1e-6)(x))
model = keras.Model(inputs=i, outputs=layers.Dense(5)(x))
""",
    "mixer": """
def mlp(x, hidden, out):
    return layers.Dense(out)(layers.Dense(hidden, activation="gelu")(x))
i = keras.Input((16, 12))
x = i
for k in range(2):
    y = layers.Permute((2, 1))(layers.LayerNormalization()(x))
    y = layers.Permute((2, 1))(mlp(y, 8, 16))
    x = x + y
    x = x + mlp(layers.LayerNormalization()(x), 24, 12)
model = keras.Model(i, layers.GlobalAveragePooling1D()(x))
""",
    "tracked containers": """
class Net(keras.Model):
    def __init__(self, widths=(4, 6)):
        super().__init__()
        self.stages = [{"conv": layers.Dense(w), "norm": layers.BatchNormalization()} for w in widths]
        self.heads = {"b": layers.Dense(2), "a": layers.Dense(3)}
        self.pair = (layers.Dense(5), layers.Dropout(0.5))
        self.extra = [self.add_weight(shape=(n,), name=f"extra{n}") for n in (2, 3)]
    def call(self, x, training=False):
        for stage in self.stages:
            x = ops.relu(stage["norm"](stage["conv"](x), training=training))
        x = self.pair[1](self.pair[0](x))
        return {name: head(x) for name, head in self.heads.items()}
model = Net()
model(np.ones((2, 7), "float32"))
""",
    "tensorflow in a layer": """
class Attend(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.W1 = layers.Dense(units)
        self.W2 = layers.Dense(units)
        self.V = layers.Dense(1)
    def call(self, values, query):
        query = tf.expand_dims(query, 1)
        score = self.V(tf.nn.tanh(self.W1(values) + self.W2(query)))
        weights = tf.nn.softmax(score, axis=1)
        context = tf.reduce_sum(weights * values, axis=1)
        b = tf.shape(values)[0]
        return tf.reshape(context, [b, -1]), tf.squeeze(weights, -1)
v, q = keras.Input((5, 6)), keras.Input((4,))
c, w = Attend(3)(v, q)
model = keras.Model([v, q], [layers.Dense(2)(c), w])
""",
    "squeeze and excite": """
def se(x, ratio=4):
    n = x.shape[-1]
    s = layers.GlobalAveragePooling2D(keepdims=True)(x)
    s = layers.Conv2D(max(1, n // ratio), 1, activation="swish")(s)
    return layers.Multiply()([x, layers.Conv2D(n, 1, activation="sigmoid")(s)])
i = keras.Input((24, 24, 3))
x = layers.SeparableConv2D(8, 3, activation="relu6")(i)
x = se(x)
x = layers.Dropout(0.2, noise_shape=(None, 1, 1, 1))(x)
model = keras.Model(i, keras.layers.Dense(3)(layers.GlobalMaxPool2D()(x)))
""",
    "attention pooling": """
@keras.saving.register_keras_serializable(package="mine")
class Pool(keras.layers.Layer):
    def build(self, input_shape):
        d = input_shape[-1]
        self.query = self.add_weight(name="query", shape=(d, 1), initializer="uniform", regularizer="l2", dtype="float32")
        self.steps = self.add_weight(name="steps", shape=(), dtype="int64", initializer="zeros", trainable=False)
        super().build(input_shape)
    def call(self, x, mask=None):
        a = ops.softmax(ops.squeeze(ops.matmul(x, self.query), -1), axis=-1)
        return ops.einsum("bt,btd->bd", a, x)
    def compute_output_shape(self, s):
        return (s[0], s[2])
i = keras.Input((None,), dtype="int32")
x = layers.Embedding(30, 8, mask_zero=True)(i)
x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(x)
model = keras.Model(i, layers.Dense(1, "sigmoid")(Pool(name="pool")(x)))
""",
    "from another model's layers": """
base = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(4, 3, name="c1"), layers.BatchNormalization(name="n"), layers.ReLU(),
                         layers.Conv2D(8, 3, name="c2"), layers.Flatten(), layers.Dense(5, name="top")], name="base")
for l in base.layers[:3]:
    l.trainable = False
x = base.get_layer("c2").output
x = layers.GlobalAveragePooling2D(name="pool")(x)
x = layers.Dense(3, name="new_top")(x)
model = keras.Model(inputs=base.inputs, outputs=[x, base.layers[-1].output], name="tuned")
""",
    "dilated convolutions": """
def residual(x, n, rate):
    t = layers.Conv1D(n, 2, dilation_rate=rate, padding="causal", activation="tanh")(x)
    s = layers.Conv1D(n, 2, dilation_rate=rate, padding="causal", activation="sigmoid")(x)
    z = layers.Multiply()([t, s])
    skip = layers.Conv1D(n, 1)(z)
    return layers.Add()([x, skip]), skip
i = keras.Input((None, 1))
x, skips = layers.Conv1D(6, 2, padding="causal")(i), []
for rate in [2 ** k for k in range(3)]:
    x, s = residual(x, 6, rate)
    skips.append(s)
model = keras.Model(i, layers.Conv1D(4, 1)(layers.ReLU()(layers.Add()(skips))))
""",
    "keras two": """
m = tf.keras.models.Sequential()
m.add(tf.keras.layers.Conv2D(4, (3, 3), activation=tf.nn.relu, input_shape=(28, 28, 1)))
m.add(tf.keras.layers.MaxPool2D((2, 2)))
m.add(tf.keras.layers.Flatten())
m.add(tf.keras.layers.Dense(8, activation=tf.nn.relu, kernel_regularizer=tf.keras.regularizers.l2(1e-4)))
m.add(tf.keras.layers.Dropout(0.5))
m.add(tf.keras.layers.Dense(10, activation=tf.nn.softmax))
m.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model = m
""",
    "a cell of one's own": """
class MinimalRNNCell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="uniform", name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(self.units, self.units), initializer="uniform", name="recurrent_kernel")
    def call(self, inputs, states):
        h = ops.matmul(inputs, self.kernel)
        output = h + ops.matmul(states[0], self.recurrent_kernel)
        return output, [output]
i = keras.Input((None, 5))
y = layers.RNN([MinimalRNNCell(8), MinimalRNNCell(4)], return_sequences=True)(i)
model = keras.Model(i, layers.TimeDistributed(layers.Dense(2))(y))
""",
    "graph convolution": """
class GraphConv(layers.Layer):
    def __init__(self, units, activation="relu", **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, keras.activations.get(activation)
    def build(self, input_shape):
        features, adjacency = input_shape
        self.w = self.add_weight(shape=(features[-1], self.units), name="w")
        self.b = self.add_weight(shape=(self.units,), name="b", initializer="zeros")
        self.built = True
    def call(self, inputs):
        x, a = inputs
        degree = ops.sum(a, axis=-1, keepdims=True)
        return self.activation(ops.matmul(a / ops.maximum(degree, 1.0), x) @ self.w + self.b)
x, a = keras.Input((6, 4)), keras.Input((6, 6))
h = GraphConv(8)([x, a])
h = GraphConv(3, activation=None)([h, a])
model = keras.Model([x, a], ops.max(h, axis=1))
""",
    "subclass inside functional inside subclass": """
class Inner(keras.Model):
    def __init__(self, n, name=None):
        super().__init__(name=name)
        self.d = layers.Dense(n)
    def call(self, x):
        return tf.nn.leaky_relu(self.d(x), alpha=0.1)
class Outer(keras.Model):
    def __init__(self):
        super().__init__()
        i = keras.Input((6,))
        self.core = keras.Model(i, layers.BatchNormalization()(Inner(4, name="inner")(i)))
        self.bias = self.add_weight(shape=(4,), name="bias")
        self.head = layers.Dense(1)
    def build(self, input_shape):
        self.late = layers.Dense(4)
        self.late.build((None, 4))
        self.built = True
    def call(self, x):
        return self.head(self.late(self.core(x)) + self.bias)
model = Outer()
model(np.zeros((3, 6), "float32"))
""",
    "shared layers and slices": """
i = keras.Input((12, 8))
d = layers.Dense(8, activation="relu", name="shared")
left, right = ops.split(i, 2, axis=1)
l, r = d(left), d(right)
z = d(l) + d(r)[:, ::-1]
g = z[..., :4] * ops.sigmoid(z[..., 4:])
first = z[:, 0]
model = keras.Model(i, [ops.concatenate([g, g], axis=-1), layers.Dense(2)(first), layers.Flatten()(g)])
""",
    "time and masks": """
i = keras.Input((None, 6))
x = layers.Masking(mask_value=-1.0)(i)
x = layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode="sum")(x)
x = layers.TimeDistributed(layers.Dense(3, activation="relu"))(x)
x = layers.SpatialDropout1D(0.1)(x)
x = layers.LSTM(2, go_backwards=True)(x)
model = keras.Model(i, layers.RepeatVector(3)(x))
""",
    "whole numbers": """
class Bins(layers.Layer):
    def call(self, x):
        n = tf.cast(tf.shape(x)[1], x.dtype)
        ids = tf.range(4)
        half = tf.cast(ids / 2, tf.float32)
        return tf.reduce_mean(x, axis=1) / n, tf.one_hot(tf.argmax(x, axis=-1), 4) + half
i = keras.Input((5, 4))
a, b = Bins()(i)
model = keras.Model(i, [a, b])
""",
    "types that do not meet": """
class Wrong(layers.Layer):
    def call(self, x):
        return x * tf.range(4)
i = keras.Input((5, 4))
model = keras.Model(i, Wrong()(i))
""",
    "what trains it": """
class MyLoss(keras.losses.Loss):
    def call(self, y, p):
        return ops.mean(y - p)
class Acc(keras.metrics.Metric):
    def __init__(self, name="acc", **kw):
        super().__init__(name=name, **kw)
        self.total = self.add_weight(name="total", initializer="zeros")
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.d = layers.Dense(2)
        self.loss_fn = MyLoss()
        self.acc = Acc()
        self.trackers = [keras.metrics.Mean(name="m"), tf.keras.metrics.Accuracy()]
        self.opt = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 100))
    @property
    def metrics(self): return [self.acc]
    def call(self, x):
        return self.d(x)
model = Net()
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model(np.zeros((1, 3), "float32"))
""",
    "a policy inside a layer": """
class Inner(layers.Layer):
    def __init__(self):
        super().__init__(dtype="float32")
        self.d = layers.Dense(3, dtype="mixed_float16")
        self.e = layers.Dense(3)
        self.w = self.add_weight(shape=(3,), name="w")
    def call(self, x):
        return self.d(x), self.e(x), self.d(x) * self.w
i = keras.Input((12,))
model = keras.Model(i, Inner()(i))
""",
    "weights read in half precision": """
keras.mixed_precision.set_global_policy("mixed_float16")
class Low(layers.Layer):
    def build(self, shape):
        self.a = self.add_weight(shape=(shape[-1], 3), name="a")
        self.k = self.add_weight(shape=(3,), name="k", autocast=False)
    def call(self, x):
        return ops.matmul(x, self.a), tf.matmul(x, self.a), ops.matmul(x, self.a) + self.k
i = keras.Input((12,))
model = keras.Model(i, Low()(layers.Dense(8)(i)))
""",
    "from configurations": """
l = layers.LSTM.from_config(layers.LSTM(4, return_sequences=True).get_config())
d = layers.Dense.from_config(layers.Dense(3, activation="relu", dtype="mixed_float16").get_config())
c = layers.ConvLSTM1D.from_config(layers.ConvLSTM1D(3, 2, padding="same").get_config())
i = keras.Input((5, 6))
j = keras.Input((4, 7, 2))
model = keras.Model([i, j], [d(l(i)), c(j)])
""",
    "convolutions made one's own": """
class Standardized(layers.Conv2D):
    def convolution_op(self, inputs, kernel):
        mean, var = ops.moments(kernel, axes=[0, 1, 2], keepdims=True)
        return super().convolution_op(inputs, (kernel - mean) / ops.sqrt(var + 1e-10))
class Wide(layers.Conv1D):
    def call(self, inputs):
        return super().call(ops.pad(inputs, [[0, 0], [1, 1], [0, 0]]))
    def compute_output_shape(self, s):
        return (s[0], s[1], self.filters)
i = keras.Input((8, 8, 3)); j = keras.Input((9, 2))
model = keras.Model([i, j], [Standardized(4, 3)(i), Wide(5, 3)(j)])
""",
    "a variable Keras does not know": """
class V(layers.Layer):
    def __init__(self):
        super().__init__()
        self.t = tf.Variable(tf.zeros([4, 3]), name="t")
        self.d = layers.Dense(4)
    def call(self, x):
        return tf.matmul(self.d(x), self.t)
i = keras.Input((5,))
model = keras.Model(i, V()(i))
""",
    "losses of layers": """
class A(layers.Layer):
    def call(self, x):
        self.add_loss(ops.mean(x))
        self.add_loss(1e-2 * ops.sum(ops.square(x)))
        return x
i = keras.Input((5,))
x = A()(layers.Dense(3, kernel_regularizer=keras.regularizers.L2(0.1))(i))
x = layers.ActivityRegularization(l1=0.1)(x)
model = keras.Model(i, x)
""",
    "older spellings": """
from tensorflow.keras.models import Model, Sequential
from tensorflow.keras.layers import Input, Dense, BatchNormalization, LeakyReLU, Conv2D, Embedding, GRU, InputLayer
import tensorflow.keras.backend as K
a = Input(shape=[10])
x = Dense(units=5)(a)
x = LeakyReLU(0.2)(x)
x = BatchNormalization(momentum=0.8)(x)
s = Sequential(name='s')
s.add(InputLayer(shape=(10,)))
s.add(Dense(3, input_dim=10))
e = Embedding(20, 4)(Input((7,), name='ids'))
model = Model(inputs=a, outputs=[x, s(a)])
""",
    "functions as layers": """
i = keras.Input((4, 6))
x = layers.Lambda(lambda t: tf.reduce_max(t, axis=-1, keepdims=True), output_shape=(4, 1), name='m')(i)
y = layers.Lambda(lambda t, s: t * s, arguments={'s': 3.0})(x)
model = keras.Model(i, y)
""",
    "one layer in several models": """
d = layers.Dense(4, name='d')
a, b = keras.Input((4,), name='a'), keras.Input((4,), name='b')
u, v = d(a), d(b)
m1 = keras.Model(a, u)
m2 = keras.Model([a, b], layers.Concatenate()([u, v]))
c = keras.Input((4,))
model = keras.Model(c, [m1(c), m2([c, c]), d(m1(c))])
""",
    "inputs in a dict": """
class M(keras.Model):
    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(10, 4)
        self.d = layers.Dense(2)
    def call(self, inputs, training=None, mask=None):
        e = self.emb(inputs['ids'])
        m = tf.cast(inputs['mask'], e.dtype)[..., tf.newaxis]
        pooled = tf.math.divide_no_nan(tf.reduce_sum(e * m, 1), tf.reduce_sum(m, 1))
        return self.d(pooled)
model = M()
model({'ids': np.zeros((2, 5), 'int32'), 'mask': np.ones((2, 5), 'int32')})
""",
    "features at several sizes": """
class Encoder(keras.Model):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.convs = [layers.Conv2D(f, 3, strides=2, padding='same', name=f'c{k}') for k, f in enumerate(filters)]
        self.norms = {f'n{k}': layers.GroupNormalization(2) for k in range(len(filters))}
    def call(self, x):
        outs = []
        for k, c in enumerate(self.convs):
            x = tf.nn.silu(self.norms[f'n{k}'](c(x)))
            outs.append(x)
        return outs
i = keras.Input((16, 16, 3))
p, q = Encoder([4, 8], name='enc')(i)
q = tf.keras.layers.UpSampling2D()(q)
model = keras.Model(i, layers.Conv2D(2, 1)(layers.Concatenate()([p, q])))
""",
    "many operations": """
i = keras.Input((6, 8))
a = ops.softmax(ops.einsum('bij,bkj->bik', i, i) / 8 ** 0.5)
b = ops.matmul(a, i)
c = ops.where(b > 0, b, ops.zeros_like(b))
d = ops.take(c, [0, 2], axis=1)
e = ops.pad(d, [[0, 0], [1, 1], [0, 0]])
f = ops.cumsum(e, axis=1) + ops.logsumexp(e, axis=-1, keepdims=True)
g = ops.argmax(f, axis=-1)
h = ops.one_hot(g, 8) * f
k = ops.stack(ops.unstack(h, axis=1), axis=2)
l = ops.tile(k[:, :, :1], (1, 1, 3))
model = keras.Model(i, [ops.var(l, axis=(1, 2)), ops.sort(k), ops.top_k(h, 2)[0], ops.norm(h, axis=-1)])
""",
}
