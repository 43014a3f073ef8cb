# ruff: noqa: E501, ISC004, SIM905, W291

"""Calls of `keras.ops` on which Keras and astarch must agree: ``a`` (2, 3, 4), ``b`` (2, 3, 4), ``m`` (5, 4, 6), ``s`` (5, 4, 4), ``i`` whole, ``t`` truth."""

from __future__ import annotations

UNARY = (
    "abs absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil conj conjugate cos cosh deg2rad erf erfinv exp exp2 expm1 floor "
    "i0 isfinite "
    "isinf isnan isneginf isposinf isreal log log10 log1p log2 log_sigmoid logical_not negative rad2deg ravel real imag reciprocal relu "
    "relu6 rsqrt selu "
    "sigmoid sign signbit silu sin sinc sinh softplus softsign sqrt square swish tan tanh tanh_shrink trunc zeros_like ones_like "
    "hard_sigmoid hard_silu "
    "hard_tanh sparse_plus sparse_sigmoid fliplr flipud all any amax amin argmax argmin max min mean median prod std sum var nansum "
    "nanmean copy ndim size "
    "argsort sort cumsum cumprod count_nonzero logsumexp softmax log_softmax sparsemax gelu elu celu leaky_relu soft_shrink hard_shrink "
    "squareplus "
    "nan_to_num round stop_gradient angle nanmax nanmin nanprod nanstd nanvar nanargmax nanargmin nancumsum nancumprod ptp trace tril "
    "triu transpose "
    "squeeze normalize nonzero diagflat unstack erfc"
).split()
BINARY = (
    "add subtract multiply divide true_divide floor_divide mod power maximum minimum arctan2 equal not_equal less less_equal greater "
    "greater_equal "
    "logical_and logical_or logical_xor isclose hypot logaddexp logaddexp2 divide_no_nan heaviside allclose vdot outer kron fmax fmin "
    "fmod nextafter"
).split()
KINDS = ("float32", "int32", "bool", "float16", "int8", "uint8", "bfloat16", "int64")
#: Calls with arguments of their own.
CALLS = [
    "ops.reshape(a, (-1, 12))", "ops.reshape(a, (4, 6))", "ops.reshape(a, (5, 5))", "ops.reshape(x, (-1, 2, 4))", "ops.reshape(x, (2, -1))",
    "ops.transpose(a, (2, 0, 1))", "ops.transpose(a, (0, 1))", "ops.moveaxis(a, 0, -1)", "ops.moveaxis(a, (0, 1), (1, 0))",
    "ops.swapaxes(a, 0, 2)",
    "ops.expand_dims(a, 0)", "ops.expand_dims(a, (0, -1))", "ops.squeeze(a[:1], 0)", "ops.squeeze(a, 0)", "ops.broadcast_to(a, (5, 2, 3, "
    "4))",
    "ops.repeat(a, 2, axis=1)", "ops.repeat(a, 2)", "ops.tile(a, (2, 1, 3))", "ops.tile(a, 2)", "ops.pad(a, ((1, 1), (0, 2), (3, 0)))",
    "ops.pad(a, 1)",
    "ops.pad(a, ((1, 2),))", "ops.concatenate([a, b], axis=1)", "ops.concatenate([a, b[:1]], axis=1)", "ops.concatenate([x, x], axis=0)",
    "ops.stack([a, b], axis=-1)", "ops.hstack([a, b])", "ops.vstack([a, b])", "ops.dstack([a, b])", "ops.split(a, 2, axis=-1)",
    "ops.split(a, [1, 3], axis=-1)",
    "ops.split(a, 3, axis=-1)", "ops.array_split(a, 3, axis=-1)", "ops.hsplit(a, 3)", "ops.vsplit(a, 2)", "ops.dsplit(a, 2)",
    "ops.take(a, [0, 1], axis=1)",
    "ops.take(a, i[0], axis=1)", "ops.take(a, [1, 2])", "ops.take_along_axis(a, i, axis=1)", "a[0]", "a[:, 1:]", "a[..., 0]",
    "a[:, None, ::2]", "a[-1, 0, 1]",
    "a[5]", "a[0, 0, 0, 0]", "x[:, 1]", "x[:, ::-1]", "x[2:]", "x[..., None]", "ops.flip(a, 1)", "ops.roll(a, 2, 0)", "ops.rot90(a)",
    "ops.diag(m[0])",
    "ops.diagonal(a)", "ops.diagonal(a, offset=1, axis1=1, axis2=2)", "ops.meshgrid(a[0, 0], a[0, 1])", "ops.meshgrid(a[0, 0], m[0, 0], "
    "indexing='ij')",
    "ops.matmul(a, ops.transpose(b, (0, 2, 1)))", "ops.matmul(a, b)", "ops.matmul(a, m[0])", "ops.matmul(a[0, 0], m)", "ops.dot(a, m[0])",
    "ops.inner(a, b)",
    "ops.tensordot(a, m, axes=[[2], [1]])", "ops.tensordot(a, b, axes=3)", "ops.einsum('abc,abd->acd', a, b)", "ops.einsum('abc->cab', a)",
    "ops.einsum('...i,ij->...j', a, m[0])", "ops.einsum('ab,bc->ac', a, b)", "ops.cross(a[..., :3], b[..., :3])", "ops.correlate(a[0, 0], "
    "b[0, 0])",
    "ops.linalg.det(s)", "ops.linalg.inv(s)", "ops.linalg.cholesky(s)", "ops.linalg.qr(m)", "ops.linalg.svd(m)", "ops.linalg.svd(m, "
    "full_matrices=False)",
    "ops.linalg.eigh(s)", "ops.linalg.norm(m, axis=-1)", "ops.linalg.norm(m, axis=(1, 2), keepdims=True)", "ops.linalg.solve(s, s)",
    "ops.linalg.det(m)",
    "ops.linalg.pinv(m)", "ops.linalg.matrix_rank(m)", "ops.linalg.lu_factor(s)", "ops.logdet(s)", "ops.slogdet(s)",
    "ops.sum(a, axis=(0, 2))", "ops.mean(a, axis=-1, keepdims=True)", "ops.max(x, axis=1)", "ops.mean(a, axis=5)", "ops.argmax(a, axis=1, "
    "keepdims=True)",
    "ops.cumsum(a, axis=1)", "ops.quantile(a, 0.5, axis=1)", "ops.quantile(a, [0.1, 0.9], axis=1)", "ops.average(a, axis=1)",
    "ops.diff(a, axis=1)",
    "ops.top_k(a, 2)", "ops.in_top_k(i[0, 0], a[0], 2)", "ops.searchsorted(a[0, 0], b[0, 0])", "ops.histogram(a, 5)",
    "ops.where(t, a, b)", "ops.where(t, a, 1)", "ops.where(t, i, 0.5)", "ops.clip(a, 0, 1)", "ops.one_hot(i, 7)", "ops.one_hot(i, 7, "
    "axis=0, dtype='int8')",
    "ops.multi_hot(i[0], 7)", "ops.cast(a, 'int8')", "ops.cast(i, 'bool')", "ops.full_like(a, 3)", "ops.full_like(a, 3, dtype='int32')",
    "ops.glu(a)",
    "ops.glu(a, axis=1)", "ops.conv(g, k)", "ops.conv(g, k, strides=2, padding='same')", "ops.conv(g, k, dilation_rate=2)",
    "ops.depthwise_conv(g, k[..., :2])",
    "ops.conv_transpose(g, ops.transpose(k, (0, 1, 3, 2)), strides=2)", "ops.separable_conv(g, k[..., :2], ops.reshape(k, (1, 1, 6, 18)))",
    "ops.max_pool(g, 2)", "ops.average_pool(g, 3, 1, padding='same')", "ops.max_pool(g, 20)", 
    "ops.image.resize(g, (4, 5))", "ops.image.rgb_to_grayscale(g)", "ops.image.rgb_to_hsv(g)", "ops.image.extract_patches(g, 3)",
    "ops.image.extract_patches(g, (2, 3), strides=1, padding='same')", "ops.image.pad_images(g, 1, 2, 3, 4)", "ops.image.crop_images(g, "
    "1, 2, 3, 1)",
    "ops.image.crop_images(g, top_cropping=1, left_cropping=2, target_height=3, target_width=4)", "ops.image.gaussian_blur(g)",
    "ops.image.sobel_edges(g)",
    "ops.depth_to_space(ops.concatenate([g, g, g, g], -1), 2)", "ops.space_to_depth(g, 2)", "ops.unfold(ops.transpose(g, (0, 3, 1, 2)), 2)",
    "ops.moments(a, axes=[0])", "ops.moments(a, axes=[0, 1], keepdims=True)", "ops.layer_normalization(a)", "ops.rms_normalization(a)",
    "ops.binary_crossentropy(a, b)", "ops.categorical_crossentropy(a, b)", "ops.sparse_categorical_crossentropy(i[..., 0], a)",
    "ops.psnr(a, b, 1.0)",
    "ops.dot_product_attention(q, q, q)", "ops.dot_product_attention(a, a, a)", "ops.segment_sum(a, i[:, 0, 0], 5)", "ops.segment_max(a, "
    "i[:, 0, 0])",
    "ops.extract_sequences(a, 2, 1)", "ops.fft((a, b))", "ops.rfft(a)", "ops.irfft((a, b))", "ops.stft(g[..., 0], 4, 2, 4)",
    "ops.cdist(a, b)",
    "ops.slice(a, (0, 1, 0), (1, 2, 3))", "ops.slice_update(a, (0, 0, 0), b[:1])", "ops.scatter(i[0], a[0, :, 0], (10,) * 4)",
    "ops.scatter_update(a, i, b[0, 0])",
    "ops.unstack(a, axis=1)", "ops.unstack(x)", "ops.select([t, t], [a, b])", "ops.bitwise_and(i, i)", "ops.left_shift(i, 1)",
    "ops.append(a, b)",
    "ops.append(a, b, axis=1)", "ops.vander(a[0, 0])", "ops.isin(a, b)", "ops.trapezoid(a)", "ops.percentile(a, 50)", "ops.gcd(i, i)",
    "ops.lcm(i, i)",
    "ops.ldexp(a, i)", "ops.view(a, 'int32')", "ops.saturate_cast(a, 'uint8')", "ops.cond(t[0, 0, 0], lambda: a, lambda: b)",
    "ops.vectorized_map(lambda e: e * 2, a)", "ops.map(lambda e: e[0], a)", "ops.while_loop(lambda c: c < 3, lambda c: c + 1, i[0, 0, 0])",
    "ops.scan(lambda c, e: (c, e * 2), a[0], a)", "ops.associative_scan(lambda p, q: p + q, a)", "ops.argpartition(a, 1)",
    "ops.bincount(i[0, 0])",
    "ops.polar(a, b)", "ops.view_as_complex(ops.stack([a, b], -1))", "ops.threshold(a, 0.5, 0.0)", "ops.unravel_index(i, (3, 4))",
    "ops.batch_normalization(a, a[0, 0], a[0, 0], -1)", "ops.tril(a, 1)", "ops.convert_to_tensor(a)", "a + 1", "a + 1.5", "i + 1",
    "i + 1.5", "i / 2", "i // 2",
    "t + 1", "a + i", "-a", "abs(a)", "a ** 2", "2 ** a", "1 - a", "a @ m[0]", "a > b", "~t", "t & t", "a != b", "a % 2", "i - t", 
]  # fmt: skip
INPUTS = """a = keras.KerasTensor((2, 3, 4))
b = keras.KerasTensor((2, 3, 4))
m = keras.KerasTensor((5, 4, 6))
s = keras.KerasTensor((5, 4, 4))
x = keras.KerasTensor((None, 4, 2))
g = keras.KerasTensor((2, 8, 10, 3))
k = keras.KerasTensor((3, 3, 3, 6))
q = keras.KerasTensor((2, 5, 4, 8))
i = keras.KerasTensor((2, 3, 4), 'int32')
t = keras.KerasTensor((2, 3, 4), 'bool')
"""
