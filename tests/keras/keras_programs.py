# ruff: noqa: ISC004
# fmt: off

"""Programs on which Keras and astarch must agree: a line for each layer, and whole models of every style."""

from __future__ import annotations

#: ``(shapes of the inputs, layer)``: the model is the layer called on inputs of these shapes.
LAYERS: list[tuple[list[tuple[object, ...]], str]] = [
    *[([(8,)], text) for text in (
        "Dense(3)", "Dense(3, use_bias=False, activation='relu', name='d')", "Dense(0)", "Dense('a')", "Activation('relu')",
        "Activation('nope')",
        "ReLU(6.0)", "ReLU(-1)", "LeakyReLU()", "LeakyReLU(negative_slope=-1)", "ELU()", "PReLU()", "Softmax()", "Dropout(0.5)",
        "Dropout(2)", "Dropout(0)",
        "AlphaDropout(0.3)", "GaussianDropout(0.3)", "GaussianNoise(0.3)", "ActivityRegularization(l1=0.1)", "Identity()", "Flatten()",
        "Reshape((2, 4))",
        "Reshape((2, -1))", "Reshape((3, -1))", "Reshape((-1, -1))", "RepeatVector(3)", "RepeatVector('a')", "BatchNormalization()",
        "BatchNormalization(center=False, scale=False)", "BatchNormalization(renorm=True)", "BatchNormalization(axis=[1])",
        "LayerNormalization()",
        "LayerNormalization(rms_scaling=True)", "RMSNormalization()", "UnitNormalization()", "GroupNormalization(groups=4)",
        "GroupNormalization(groups=3)",
        "Lambda(lambda x: x * 2)", "Lambda(lambda x: ops.concatenate([x, x], -1))", "Lambda(lambda x: x, output_shape=(5,))",
        "Permute((1,))",
        "Permute((2,))", "Masking()", "Rescaling(1 / 255)", "Normalization()", "Normalization(mean=1.0, variance=2.0)",
        "Normalization(mean=1.0)",
        "CategoryEncoding(5)", "CategoryEncoding(5, output_mode='one_hot')", "CategoryEncoding()", "Discretization(bin_boundaries=[0.0, "
        "1.0])",
        "Dense(3, foo=1)", "Dense(3, name='a/b')", "Dense(4, dtype='mixed_float16')", "Dense(4, dtype='float16')",
        "Dense(4, trainable=False)",
        "EinsumDense('ab,bc->ac', output_shape=5, bias_axes='c')", "EinsumDense('ab,bc->ad', output_shape=5)",
        "SpectralNormalization(layers.Dense(4))",
        "Conv1D(3, 2)", "LSTM(3)", "Dense(3, kernel_initializer='nope')", "Dense(3, kernel_regularizer='l2')",
        "Dense(3, bias_constraint='non_neg')",
        "Dense(3, lora_rank=2)",
    )],
    *[([(10, 8)], text) for text in (
        "Dense(3)", "Conv1D(4, 3)", "Conv1D(4, 3, padding='causal', strides=2)", "Conv1D(4, 3, padding='same', dilation_rate=2)",
        "Conv1D(4, 3, groups=2)",
        "Conv1D(4, 3, groups=3)", "Conv1D(4, 11)", "Conv1D(4, 3, padding='full')", "Conv1D(4, 3, strides=2, dilation_rate=2)",
        "Conv1DTranspose(4, 3)",
        "Conv1DTranspose(4, 3, strides=2, padding='same')", "Conv1DTranspose(4, 3, strides=2, output_padding=1)", "SeparableConv1D(4, 3)",
        "SeparableConv1D(4, 3, depth_multiplier=2)", "DepthwiseConv1D(3)", "DepthwiseConv1D(3, depth_multiplier=2, padding='same', "
        "strides=2)",
        "MaxPooling1D()", "MaxPooling1D(3, strides=2, padding='same')", "AveragePooling1D(2)", "AveragePooling1D(20)",
        "GlobalMaxPooling1D()",
        "GlobalAveragePooling1D(keepdims=True)", "AdaptiveAveragePooling1D(3)", "AdaptiveMaxPooling1D(5)", "UpSampling1D(3)",
        "ZeroPadding1D(2)",
        "ZeroPadding1D((1, 2))", "Cropping1D((1, 2))", "Cropping1D(5)", "SpatialDropout1D(0.2)", "LSTM(3)",
        "LSTM(3, return_sequences=True)",
        "LSTM(3, return_state=True)", "LSTM(3, use_bias=False)", "GRU(3)", "GRU(3, reset_after=False)", "GRU(3, return_sequences=True, "
        "return_state=True)",
        "SimpleRNN(3)", "SimpleRNN(0)", "RNN(layers.LSTMCell(4))", "RNN([layers.LSTMCell(4), layers.GRUCell(5)])",
        "RNN([layers.SimpleRNNCell(4), layers.SimpleRNNCell(5)], return_sequences=True, return_state=True)",
        "Bidirectional(layers.LSTM(3))",
        "Bidirectional(layers.GRU(3, return_sequences=True), merge_mode='sum')", "Bidirectional(layers.LSTM(3, return_state=True), "
        "merge_mode=None)",
        "Bidirectional(layers.LSTM(3), merge_mode='x')", "TimeDistributed(layers.Dense(3))", "Permute((2, 1))",
        "LayerNormalization(axis=[1, 2])",
        "EinsumDense('abc,cde->abde', output_shape=(None, 2, 3), bias_axes='de')", "EinsumDense('...x,xy->...y', output_shape=4, "
        "bias_axes='y')",
        "PReLU(shared_axes=[1])", "BatchNormalization(axis=1)", "Reshape((4, 20))", "Reshape((4, 21))", "Softmax(axis=1)",
        "Flatten(data_format='channels_first')",
        "Dot(axes=1)", "Concatenate()",
    )],
    *[([(12, 14, 6)], text) for text in (
        "Conv2D(4, 3)", "Conv2D(4, (3, 2), strides=(2, 1), padding='same')", "Conv2D(4, 3, data_format='channels_first')",
        "Conv2D(4, 3, groups=3)",
        "Conv2D(4, 3, dilation_rate=(2, 1))", "Conv2D(-1, 3)", "Conv2D(4, 0)", "Conv2D(4, (3, 3, 3))", "Conv2D(6, 3, groups=6, "
        "use_bias=False)",
        "Conv2DTranspose(4, 3)", "Conv2DTranspose(4, 2, strides=2)", "Conv2DTranspose(4, 3, strides=2, padding='same', output_padding=1)",
        "Conv2DTranspose(4, 4, strides=2, padding='same')", "Conv2DTranspose(4, 3, dilation_rate=2)", "DepthwiseConv2D(3)",
        "DepthwiseConv2D(3, depth_multiplier=2, strides=2)", "SeparableConv2D(5, 3, padding='same')", "MaxPooling2D()",
        "MaxPooling2D((3, 2), strides=1)",
        "AveragePooling2D(3, padding='same')", "GlobalAveragePooling2D()", "GlobalMaxPooling2D(keepdims=True, "
        "data_format='channels_first')",
        "AdaptiveAveragePooling2D((2, 3))", "AdaptiveMaxPooling2D(2)", "UpSampling2D()", "UpSampling2D((2, 3), interpolation='bilinear')",
        "UpSampling2D(2, interpolation='x')", "ZeroPadding2D()", "ZeroPadding2D(((1, 2), (3, 4)))", "ZeroPadding2D((1, 2, 3))",
        "Cropping2D(((1, 2), (3, 4)))",
        "Cropping2D(7)", "SpatialDropout2D(0.3)", "Flatten()", "Reshape((-1, 6))", "Permute((3, 1, 2))", "Resizing(5, 7)",
        "CenterCrop(5, 7)",
        "RandomCrop(5, 7)", "RandomFlip()", "RandomRotation(0.2)", "RandomZoom(0.2)", "RandomContrast(0.2)", "RandomBrightness(0.2)",
        "RandomTranslation(0.1, 0.1)", "BatchNormalization(axis=1)", "GroupNormalization(3)", "LayerNormalization(axis=-1)",
        "UnitNormalization()",
        "TimeDistributed(layers.Conv1D(3, 2))", "ConvLSTM1D(3, 2)", "ConvLSTM1D(3, 2, return_sequences=True, padding='same')",
        "Rescaling(2.0, 1.0)",
        "Solarization()", "AutoContrast()", "RandomErasing()", "MixUp()", "CutMix()", "RandAugment()", "AugMix()", "Dense(3)",
    )],
    *[([(6, 7, 8, 4)], text) for text in (
        "Conv3D(3, 2)", "Conv3D(3, 3, strides=2, padding='same')", "Conv3DTranspose(3, 2, strides=2)", "MaxPooling3D()",
        "AveragePooling3D(2)",
        "GlobalMaxPooling3D()", "AdaptiveAveragePooling3D(2)", "UpSampling3D()", "ZeroPadding3D()", "Cropping3D()", "SpatialDropout3D(0.2)",
        "TimeDistributed(layers.Conv2D(3, 2))", "ConvLSTM2D(3, 3)", "ConvLSTM2D(3, 3, return_state=True)",
    )],
    *[([(None, None, 3)], text) for text in (
        "Conv2D(4, 3)", "Conv2D(4, 3, strides=2, padding='same')", "MaxPooling2D()", "Flatten()", "GlobalAveragePooling2D()",
        "UpSampling2D()",
        "ZeroPadding2D()", "Resizing(4, 4)", "Reshape((-1, 3))", "Cropping2D(1)", "Conv2DTranspose(4, 3, strides=2)",
    )],
    *[([(None, 5)], text) for text in ("LSTM(3, return_sequences=True)", "Conv1D(3, 2)", "Dense(2)", "TimeDistributed(layers.Dense(2))",
                                       "Reshape((-1,))",
                                       "Bidirectional(layers.LSTM(4, return_sequences=True))", "GlobalMaxPooling1D()", "RepeatVector(2)")],
    *[([(4, 6), (4, 6)], text) for text in ("Add()", "Subtract()", "Multiply()", "Average()", "Maximum()", "Minimum()", "Concatenate()",
                                            "Concatenate(axis=1)",
                                            "Dot(axes=2)", "Dot(axes=(1, 1))", "Dot(axes=(1, 2))", "Attention()",
                                            "Attention(use_scale=True, score_mode='concat')",
                                            "AdditiveAttention()", "Attention(score_mode='x')", "Dense(2)")],
    *[([(4, 6), (6,)], text) for text in ("Add()", "Multiply()", "Concatenate()", "Dot(axes=(2, 1))")],
    *[([(4, 6), (1, 6), (4, 1)], text) for text in ("Add()", "Maximum()", "Subtract()", "Concatenate(axis=1)")],
    *[([(4, 6), (5, 6)], text) for text in ("Add()", "Concatenate(axis=1)", "Concatenate()", "Attention()", "Dot(axes=2)")],
    *[([(None, 6), (4, 6)], text) for text in ("Add()", "Concatenate(axis=1)")],
]

#: Layers called in another way: the whole program.
MODELS: dict[str, str] = {
    "embedding": "x = keras.Input((None,), dtype='int32')\ny = layers.Embedding(10, 4, mask_zero=True)(x)\ny = layers.LSTM(3)(y)\nmodel = "
    "keras.Model(x, y)",
    "masked": "x = keras.Input((5,), dtype='int32')\ny = layers.Embedding(10, 4, mask_zero=True)(x)\nz = layers.Embedding(10, 4, "
    "mask_zero=True)(x)\n"
              "y = layers.Add()([y, z])\ny = layers.GlobalAveragePooling1D()(y)\ny = y != 0\nmodel = keras.Model(x, y)",
    "reversible": "e = layers.ReversibleEmbedding(10, 4, tie_weights=False)\nx = keras.Input((5,), dtype='int32')\nmodel = keras.Model(x, "
    "e(e(x), reverse=True))",
    "attention": "q = keras.Input((5, 8))\nv = keras.Input((7, 6))\ny, s = layers.MultiHeadAttention(2, 4)(q, v, "
    "return_attention_scores=True)\n"
                 "model = keras.Model([q, v], [y, s])",
    "attention shapes": "q = keras.Input((5, 8))\ny = layers.MultiHeadAttention(2, 4, value_dim=3, output_shape=7, use_bias=False, "
    "dropout=0.1)(q, q)\n"
                        "model = keras.Model(q, y)",
    "attention gate": "q = keras.Input((5, 8))\ny = layers.MultiHeadAttention(2, 4, use_gate=True)(q, q)\nmodel = keras.Model(q, y)",
    "attention axes": "q = keras.Input((5, 6, 8))\ny = layers.MultiHeadAttention(2, 4, attention_axes=(1, 2))(q, q)\nmodel = "
    "keras.Model(q, y)",
    "grouped": "q = keras.Input((5, 8))\ny = layers.GroupQueryAttention(4, 4, 2)(q, q)\nmodel = keras.Model(q, y)",
    "grouped badly": "q = keras.Input((5, 8))\ny = layers.GroupQueryAttention(4, 4, 3)(q, q)\nmodel = keras.Model(q, y)",
    "operators": "x = keras.Input((4, 6))\ny = (x + 1) * 2 - x / 3\ny = y @ ops.transpose(x, (0, 2, 1))\ny = -abs(y) ** 2\ny = y[:, 0] // "
    "2 % 3\nz = (y > 0) & ~(y < 1)\n"
                 "model = keras.Model(x, [y, z])",
    "ops": "x = keras.Input((4, 6))\ny = ops.relu(x)\ny = ops.reshape(y, (-1, 24))\ny = ops.expand_dims(y, 1)\ny = ops.concatenate([y, "
    "y], axis=1)\n"
           "y = ops.mean(y, axis=1)\ny = keras.activations.gelu(y)\nmodel = keras.Model(x, y)",
    "shared": "d = layers.Dense(4)\na = keras.Input((4,))\nb = keras.Input((4,))\nmodel = keras.Model([a, b], [d(a), d(d(b))])",
    "nested": "a = keras.Input((4,), name='in')\ninner = keras.Model(a, layers.Dense(3)(a), name='inner')\nb = keras.Input((4,))\n"
              "model = keras.Model(b, layers.Dense(2)(inner(b)))",
    "nested twice": "inner = keras.Sequential([layers.Dense(3), layers.Dense(4)])\nb = keras.Input((4,))\nmodel = keras.Model(b, "
    "inner(inner(b)))",
    "intermediate": "a = keras.Input((4,))\nx = layers.Dense(3, name='x')(a)\ny = layers.Dense(2)(x)\nfull = keras.Model(a, y)\n"
                    "model = keras.Model(full.input, [full.get_layer('x').output, full.output])",
    "from the middle": "a = keras.Input((4,))\nx = layers.Dense(3, name='x')(a)\ny = layers.Dense(2)(x)\nz = layers.Dense(2)(y)\nmodel = "
    "keras.Model(x, z)",
    "extended": "base = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(5)])\nbase.trainable = False\n"
                "x = layers.Dropout(0.2)(base.output)\nmodel = keras.Model(base.input, layers.Dense(1)(x))",
    "frozen": "base = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.BatchNormalization()])\nbase.layers[0].trainable = "
    "False\nmodel = base",
    "sequential": "model = keras.Sequential()\nmodel.add(keras.Input((28, 28, 1)))\nmodel.add(layers.Conv2D(8, "
    "3))\nmodel.add(layers.Flatten())\nmodel.add(layers.Dense(2))",
    "sequential unbuilt": "model = keras.Sequential([layers.Dense(3), layers.Dense(2)])\nmodel.build((None, 5))",
    "sequential shape": "model = keras.Sequential([layers.Dense(3, input_shape=(5,)), layers.Dense(2)])",
    "sequential twice": "a = layers.Dense(3, name='a')\nb = layers.Dense(3, name='a')\nmodel = keras.Sequential([a, b])",
    "subclassed": "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.a = layers.Dense(4)\n       "
    " self.blocks = [layers.Dense(4) for _ in range(2)]\n"
                  "        self.named = {'x': layers.Dense(3)}\n    def call(self, x):\n        x = self.a(x)\n        for b in "
                  "self.blocks:\n            x = b(x) + x\n"
                  "        return self.named['x'](x)\nmodel = Net()\nmodel(np.zeros((2, 6)))",
    "subclassed called": "class Block(layers.Layer):\n    def __init__(self, n, **kwargs):\n        super().__init__(**kwargs)\n        "
    "self.n = n\n        self.norm = layers.LayerNormalization()\n"
                         "    def build(self, input_shape):\n        self.w = self.add_weight(shape=(input_shape[-1], self.n), "
                         "name='w')\n        self.norm.build((None, self.n))\n"
                         "    def call(self, x):\n        return self.norm(ops.matmul(x, self.w))\nx = keras.Input((5,))\nmodel = "
                         "keras.Model(x, Block(3)(Block(4, name='b')(x)))",
    "layer without build": "class Block(layers.Layer):\n    def __init__(self):\n        super().__init__()\n        self.d = "
    "layers.Dense(3)\n        self.e = layers.Dense(2)\n"
                           "    def call(self, x, training=None):\n        return ops.concatenate([self.d(x), self.e(x)], axis=-1)\n"
                           "x = keras.Input((5,))\nmodel = keras.Model(x, Block()(x))",
    "compute_output_shape": "class Up(layers.Layer):\n    def call(self, x):\n        return ops.repeat(x, 2, axis=1)\n    def "
    "compute_output_shape(self, s):\n        return (s[0], s[1] * 2)\n"
                            "x = keras.Input((5,))\nmodel = keras.Model(x, Up()(x))",
    "late state": "class Late(layers.Layer):\n    def call(self, x):\n        self.d = layers.Dense(3)\n        return self.d(x)\nx = "
    "keras.Input((5,))\ny = Late()(x)\n"
                  "l = layers.Dense(2)\nl(x)\nl.extra = layers.Dense(3)\nmodel = keras.Model(x, y)",
    "no super": "class Bad(layers.Layer):\n    def __init__(self):\n        self.d = layers.Dense(3)\nx = keras.Input((5,))\nmodel = "
    "keras.Model(x, Bad()(x))",
    "disconnected": "a = keras.Input((4,))\nb = keras.Input((4,))\nmodel = keras.Model(a, layers.Dense(2)(b))",
    "dict": "a = keras.Input((4,), name='b')\nb = keras.Input((4,), name='a')\nmodel = keras.Model({'b': a, 'a': b}, "
    "{'out': layers.Dense(2)(a), 'and': layers.Add()([a, b])})",
    "mixed": "keras.mixed_precision.set_global_policy('mixed_float16')\nx = keras.Input((4,))\nmodel = keras.Model(x, layers.Dense(2, "
    "dtype='float32')(layers.Dense(3)(x)))",
    "channels_first": "keras.config.set_image_data_format('channels_first')\nx = keras.Input((3, 16, 16))\nmodel = keras.Model(x, "
    "layers.MaxPooling2D()(layers.ZeroPadding2D()(x)))",
    "random": "class Noise(layers.Layer):\n    def __init__(self):\n        super().__init__()\n        self.seed = "
    "keras.random.SeedGenerator(1)\n"
              "    def call(self, x):\n        return x + keras.random.normal(ops.shape(x), seed=self.seed)\nx = keras.Input((4,))\nmodel "
              "= keras.Model(x, Noise()(x))",
    "lambda tf": "x = keras.Input((4, 4))\nmodel = keras.Model(x, layers.Lambda(lambda t: tf.reduce_sum(tf.nn.relu(t), axis=1))(x))",
    "tf on symbolic": "x = keras.Input((4, 4))\nmodel = keras.Model(x, tf.nn.relu(x))",
    "class of functional": "class Net(keras.Model):\n    def __init__(self, n):\n        a = keras.Input((4,))\n        self.d = "
    "layers.Dense(n)\n        x = layers.Dense(5)(a)\n"
                           "        super().__init__(a, self.d(x))\n        self.n = n\nmodel = Net(3)",
    "tracking order": "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n        self.z = layers.Dense(2)\n   "
    "     self.a = layers.Dense(3)\n"
                      "    def call(self, x):\n        return self.z(self.a(x))\nmodel = Net()\nmodel(np.zeros((1, 4)))",
    "variable": "class V(layers.Layer):\n    def __init__(self):\n        super().__init__()\n        self.v = "
    "keras.Variable(np.zeros((3, 4)), name='v')\n        self.u = self.add_weight(shape=(2,), trainable=False)\n"
                "    def call(self, x):\n        return ops.matmul(x, self.v)\nx = keras.Input((3,))\nmodel = keras.Model(x, V()(x))",
    "autoencoder": "e = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(4, 3, strides=2, padding='same'), layers.Flatten(), "
    "layers.Dense(2)], name='encoder')\n"
                   "d = keras.Sequential([keras.Input((2,)), layers.Dense(196), layers.Reshape((14, 14, 1)), layers.Conv2DTranspose(1, 3, "
                   "strides=2, padding='same')], name='decoder')\n"
                   "x = keras.Input((28, 28, 1))\nmodel = keras.Model(x, d(e(x)), name='ae')",
}  # fmt: skip


def program_of(shapes: list[tuple[object, ...]], layer: str) -> str:
    """The program of a model of one layer."""
    inputs = "\n".join(f"i{n} = keras.Input({shape})" for n, shape in enumerate(shapes))
    given = "i0" if len(shapes) == 1 else f"[{', '.join(f'i{n}' for n in range(len(shapes)))}]"
    return f"{inputs}\nmodel = keras.Model({given}, layers.{layer}({given}))"
