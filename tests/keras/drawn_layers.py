# ruff: noqa: E501

"""Layers drawn at random: every argument of every public layer of Keras has values here, some that it refuses (after ``!``)."""

from __future__ import annotations

import inspect
import random
from typing import Any

_INITIALIZER = "'zeros' 'glorot_uniform' keras.initializers.Constant(0.5) 'he_normal' keras.initializers.RandomNormal(stddev=0.1) !'nope'"
_REGULARIZER = "None 'l2' keras.regularizers.L1(0.1) keras.regularizers.L1L2(l1=0.1,l2=0.2) !'nope'"
_CONSTRAINT = "None 'non_neg' keras.constraints.MaxNorm(2) keras.constraints.UnitNorm(axis=0)"
_ACTIVATION = "'relu' 'softmax' None 'gelu' 'tanh' keras.activations.selu !'nope'"
_FLAG = "True False"
_FACTOR = "0.5 (0.1,0.3) 0.2 1.0 !'a' !(0.5,0.1)"
#: Values of arguments by name: ``#`` stands for a number or as many as the layer has spatial axes.
ARGUMENTS = {
    "data_format": "'channels_last' 'channels_first' None !'nope'", "seed": "None 1 42", "padding": "'valid' 'same' !'nope'", "strides": "#1-2 #2 !0",
    "activation": _ACTIVATION, "recurrent_activation": _ACTIVATION, "use_bias": _FLAG, "kernel_size": "#1-3 #2 3 !0", "dilation_rate": "1 #1-2",
    "filters": "1 4 6 !0 !-1", "value_range": "(0,255) (0,1)", "factor": _FACTOR, "dropout": "0.0 0.2 0.5", "recurrent_dropout": "0.0 0.3",
    "pool_size": "#2 #1-3 2", "keepdims": _FLAG, "interpolation": "'bilinear' 'nearest' !'nope'", "fill_value": "0.0 1.0",
    "fill_mode": "'constant' 'nearest' 'reflect' 'wrap' !'nope'", "axis": "-1 1 2 !9", "sparse": "False", "groups": "1 2 3 !0", "units": "1 3 8 !0 !-2",
    "scale": _FLAG, "center": _FLAG, "output_mode": "'int' 'one_hot' 'multi_hot' 'count' !'nope'", "return_sequences": _FLAG, "return_state": _FLAG,
    "go_backwards": _FLAG, "stateful": "False", "output_padding": "None 1 0", "depth_multiplier": "1 2 3 !0", "output_size": "#1-3 2 #2", "rate": "0.0 "
    "0.2 0.9 !1.5 !-0.1", "epsilon": "0.001 1e-05", "unit_forget_bias": _FLAG, "unroll": "False", "lora_rank": "None 2", "lora_alpha": "None 4",
    "quantization_config": "None", "num_bins": "3 7", "salt": "None 5 (1,2)", "height": "3 7", "width": "4 9", "max_tokens": "None 20",
    "idf_weights": "None", "invert": "False True", "pad_to_max_tokens": _FLAG, "cropping": "1 #1 !99", "size": "2 #1-3", "negative_slope": "0.1 0.5 0 "
    "!-1.0", "use_scale": _FLAG, "sliding_window": "None", "flash_attention": "None", "use_gate": _FLAG, "input_dim": "5 9", "output_dim": "3 4",
    "mask_zero": _FLAG, "mask_value": "None 0", "mode": "'horizontal' 'vertical' 'horizontal_and_vertical'", "height_factor": "0.2 (-0.1,0.3)",
    "width_factor": "0.2 (-0.1,0.3)", "num_oov_indices": "1 2 0", "mask_token": "None", "oov_token": "'[UNK]'", "encoding": "'utf-8'",
    "noise_shape": "None", "reset_after": _FLAG, "use_cudnn": "'auto'", "alpha": "1.0 0.3", "shared_axes": "None [1] [1,2] 1 !9",
    "max_value": "None 6.0 !-1", "threshold": "0 0.5 !-1", "score_mode": "'dot' 'concat' !'nope'", "head_dim": "4 2", "num_query_heads": "4 2",
    "num_key_value_heads": "2 1 !3", "num_heads": "2 3 1", "key_dim": "4 2", "value_dim": "None 5", "attention_axes": "None 1",
    "tie_weights": _FLAG, "reverse_dtype": "None 'float32'", "logit_soft_cap": "None 30.0", "normalize": _FLAG, "momentum": "0.9 0.99",
    "renorm": "False True", "renorm_clipping": "None", "renorm_momentum": "0.99", "synchronized": "False", "power_iterations": "1 2 !0",
    "num_tokens": "4 6 None", "num_chains": "3", "chain_depth": "[1,3]", "all_ops": _FLAG, "clip_limit": "4.0", "tile_grid_size": "(8,8) (4,4)",
    "bins": "256", "num_ops": "2 3", "brightness_factor": "None 0.2", "contrast_factor": "None 0.2", "saturation_factor": "None 0.2", "hue_factor": "None 0.2",
    "sigma": "1.0 (0.1,1.0)", "x_factor": "0.0 0.2", "y_factor": "0.0 0.2", "crop_to_aspect_ratio": _FLAG, "pad_to_aspect_ratio": _FLAG,
    "antialias": _FLAG, "addition_factor": "0.0 0.5", "threshold_factor": "0.0 0.5", "vocabulary_dtype": "'int64'", "oov_method": "'floormod'",
    "mean": "None 1.0", "variance": "None 2.0", "offset": "0.0 0.5", "standardize": "'lower' None", "split": "'whitespace'",
    "ngrams": "None 2", "output_sequence_length": "None 5", "l1": "0.0 0.1", "l2": "0.0 0.2", "stddev": "0.1 1.0 !-1", "dims": "(2,1) (1,2) !(0,1) !(1,3)",
    "n": "1 3 !'a'", "target_shape": "(-1,) (6,4) (2,-1,3) !(5,5)", "merge_mode": "'concat' 'sum' 'mul' 'ave' None !'nope'", "backward_layer": "None",
    "zero_output_for_mask": "False", "weights": "None", "arguments": "None", "mask": "None", "name": "'probe'", "gptq_unpacked_column_size": "None",
    "fft_length": "None 16 8", "window": "'hann' 'hamming' None !'nope'", "sequence_stride": "4 8", "sequence_length": "None 8", "sampling_rate": "16000",
    "num_mel_bins": "5 8", "min_freq": "20.0", "max_freq": "None", "power_to_db": _FLAG, "top_db": "80.0", "mag_exp": "2.0", "min_power": "1e-10",
    "ref_power": "1.0", "frame_length": "8 5", "frame_step": "4 3", "periodic": _FLAG, "scaling": "'density' 'spectrum' None !'nope'",
    "expand_dims": _FLAG, "max_number": "5 7", "optional": "False", "ragged": "False", "activity_regularizer": _REGULARIZER, "dtype": "'float32' 'float16' "
    "'mixed_float16' !'nope'", "trainable": "True False",
}  # fmt: skip
_ENDINGS = {"_initializer": _INITIALIZER, "_regularizer": _REGULARIZER, "_constraint": _CONSTRAINT}
#: Where an argument means something else.
OF_LAYER = {
    "Activation.activation": "'relu' keras.activations.gelu 'softmax'", "PReLU.alpha_initializer": _INITIALIZER, "Softmax.axis": "-1 1 (1,2)",
    "Concatenate.axis": "-1 1 2 !9", "LayerNormalization.axis": "-1 1 [1,2] (-1,)", "GroupNormalization.groups": "1 2 3 -1 !5 !4",
    "GroupNormalization.axis": "-1", "UnitNormalization.axis": "-1 1 (1,2)", "RMSNormalization.axis": "-1 1 [1,2]", "Normalization.axis": "-1 1 None",
    "BatchNormalization.axis": "-1 1 2 !9", "RandomBrightness.value_range": "(0,255) [0,1]",
    "MultiHeadAttention.output_shape": "None 7 (3,)", "EinsumDense.equation": "'ab,bc->ac' 'abc,cd->abd' '...x,xy->...y' 'abc,cde->abde' !'ab->'",
    "EinsumDense.output_shape": "5 (None,4) (4,) (None,3,4)", "EinsumDense.bias_axes": "None 'c' 'd' 'y' !'q'", "Lambda.function": "lambda[x:x*2]",
    "Lambda.output_shape": "None", "Rescaling.scale": "2.0 0.5", "Rescaling.offset": "0.0 0.5", "Discretization.bin_boundaries": "[0.0,1.0,2.0] None",
    "Discretization.num_bins": "None 4", "Discretization.epsilon": "0.01", "Discretization.output_mode": "'int' 'one_hot' 'multi_hot' 'count'",
    "HashedCrossing.output_mode": "'int' 'one_hot'", "Hashing.output_mode": "'int' 'one_hot'", "CategoryEncoding.output_mode": "'multi_hot' 'one_hot' "
    "'count' !'nope'", "IntegerLookup.vocabulary": "[1,2,3]", "StringLookup.vocabulary": "['a','b']", "TextVectorization.vocabulary": "['a','b']",
    "TextVectorization.output_mode": "'int'", "IntegerLookup.output_mode": "'int' 'one_hot' 'multi_hot' 'count'", "StringLookup.output_mode":
    "'int' 'one_hot' 'multi_hot' 'count'", "Solarization.value_range": "(0,255)", "RandomErasing.scale": "(0.02,0.33)", "RandomPerspective.scale": "1.0",
    "RandomElasticTransform.scale": "1.0", "RandomZoom.height_factor": "0.2 (-0.1,0.3)", "AugMix.alpha": "1.0", "MixUp.alpha": "0.2",
    "RandomRotation.factor": "0.2 (-0.2,0.3)", "RandomContrast.factor": "0.2 (0.1,0.3)", "RandomBrightness.factor": "0.2 (-0.1,0.3)",
    "CutMix.factor": "1.0 0.5", "RandomHue.factor": _FACTOR, "GaussianDropout.rate": "0.1 0.5 !1.5", "SpectralNormalization.layer": "layers.Dense(3) "
    "layers.Conv1D(4,2)", "TimeDistributed.layer": "layers.Dense(3) layers.Conv1D(4,1) layers.Dropout(0.2)",
    "Bidirectional.layer": "layers.LSTM(3) layers.GRU(2,return_sequences=True) layers.SimpleRNN(4,return_state=True) !layers.Dense(3)",
    "RNN.cell": "layers.LSTMCell(3) layers.GRUCell(4) layers.StackedRNNCells([layers.LSTMCell(3),layers.GRUCell(2)]) !layers.Dense(2)",
    "StackedRNNCells.cells": "[layers.LSTMCell(3),layers.LSTMCell(4)]", "Pipeline.layers": "[layers.Rescaling(2.0),layers.Resizing(3,4)]",
    "Dot.axes": "1 2 (1,2) (2,1) !9", "Cropping1D.cropping": "1 (1,2) !(1,2,3)", "Cropping2D.cropping": "1 (1,2) ((1,0),(2,1)) !(1,2,3)",
    "Cropping3D.cropping": "1 (1,1,2) ((1,0),(0,1),(1,1))", "ZeroPadding1D.padding": "1 (1,2) 3", "ZeroPadding2D.padding": "1 (1,2) ((1,0),(2,1)) !(1,2,3)",
    "ZeroPadding3D.padding": "1 (1,1,2) ((1,0),(0,1),(1,1))", "UpSampling1D.size": "1 2 3", "UpSampling2D.interpolation": "'nearest' 'bilinear' 'bicubic'",
    "Resizing.interpolation": "'bilinear' 'nearest' 'bicubic'", "Resizing.fill_mode": "'constant'", "RandomZoom.fill_mode": "'constant' 'nearest'",
    "STFTSpectrogram.padding": "'valid' 'same' !'nope'", "STFTSpectrogram.mode": "'log' 'magnitude' 'psd' 'real' 'imag' 'angle' 'stft' !'nope'",
    "STFTSpectrogram.fft_length": "None 16 8 !4", "MelSpectrogram.fft_length": "16 32", "InputLayer.shape": "(3,) (4,5)", "InputLayer.batch_size": "None 2",
    "InputLayer.batch_shape": "None", "InputLayer.input_tensor": "None", "InputLayer.sparse": "None False", "InputLayer.ragged": "None False",
    "Wrapper.layer": "layers.Dense(3)", "LSTMCell.activation": "'tanh' 'relu'", "Masking.mask_value": "0.0 -1.0", "Conv1D.padding": "'valid' 'same' "
    "'causal' !'nope'", "SeparableConv1D.padding": "'valid' 'same' 'causal'", "DepthwiseConv1D.padding": "'valid' 'same'", "Hashing.mask_value": "None",
    "Discretization.dtype": "None", "HashedCrossing.dtype": "None", "Hashing.dtype": "None", "MaxNumBoundingBoxes.fill_value": "-1",
    "SimpleRNN.activity_regularizer": "None 'l2'", "RandomPosterization.factor": "1.0 (2,5) 8 !0.5", "RandomColorDegeneration.data_format": "None 'channels_last'", "RandomGrayscale.factor": "0.5 1.0 !(0.1,0.3)",
    "IntegerLookup.mask_token": "None 0", "IntegerLookup.oov_token": "-1", "TextVectorization.max_tokens": "None", "TextVectorization.ragged": "False",
    "TextVectorization.sparse": "False", "TextVectorization.pad_to_max_tokens": "False", "ReLU.negative_slope": "0.0 0.5 !-1.0", "ELU.alpha": "1.0 0.3",
    "Reshape.target_shape": "(-1,) (24,) (4,6) (2,-1,3) (-1,2) !(5,5) !(5,-1)", "RepeatVector.n": "1 3", "Embedding.weights": "None",
    "Bidirectional.weights": "None", "StringLookup.num_oov_indices": "1 2", "ReversibleEmbedding.dtype": "'float32'", "GroupQueryAttention.use_bias": _FLAG,
    "TextVectorization.ngrams": "None", "TextVectorization.output_sequence_length": "None 5", "LSTM.stateful": "False", "Attention.dropout": "0.0 0.2",
    "HashedCrossing.sparse": "False", "CenterCrop.height": "3 7", "STFTSpectrogram.window": "'hann' 'hamming' !'nope'", "SpatialDropout1D.name": "'probe'",
    "STFTSpectrogram.data_format": "None 'channels_last'", "Normalization.mean": "None", "Normalization.variance": "None", "RandomErasing.factor": "1.0 0.5",
}  # fmt: skip
_IMAGE = "(2,9,8,3) (None,10,12,4) (None,None,None,3)"
_SPATIAL = {1: "(2,9,4) (None,8,6) (None,None,3) !(None,8)", 2: "(2,9,8,4) (None,8,10,6) (None,None,None,3) !(None,8,6)",
            3: "(2,7,8,6,4) (None,8,6,7,6) !(None,8,6)"}  # fmt: skip
_VECTOR = "(2,4) (None,6) (None,5,4) (3,4,4,6)"
_SEQUENCE = "(2,5,4) (None,7,6) (None,None,3) !(None,4)"
#: The shapes that layers are called with, where their names do not tell; several inputs are joined by ``+`` (a list) or ``&`` (arguments).
INPUTS = {
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), "(None,4)+(None,4) (2,3,4)+(2,3,4) (2,3,4)+(2,1,4) (None,3,4)+(4,) !(2,3)+(2,4)"),
    "Concatenate": "(None,3,4)+(None,3,4) (2,3,4)+(2,3,5) (2,3,4)+(2,3,4)+(2,3,4) !(2,3)+(2,3,4)", "Dot": "(2,3,3)+(2,3,3) (None,4,4)+(None,4,4) (2,3,4)+(2,4,3)",
    **dict.fromkeys(("Attention", "AdditiveAttention"), "(2,5,4)+(2,7,4) (None,5,4)+(None,7,4)+(None,7,4) !(2,5,4)"),
    **dict.fromkeys(("MultiHeadAttention", "GroupQueryAttention"), "(2,5,8)&(2,7,8) (None,5,8)&(None,7,6)&(None,7,6)"),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "SpatialDropout1D", "RepeatVector_"), _SEQUENCE), "TimeDistributed": "(2,5,4) (2,3,5,4)",
    **dict.fromkeys(("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"), "cell"), "RepeatVector": "(2,4) (None,6) !(2,3,4)",
    **{f"ConvLSTM{n}D": "(2,3," + ",".join(["7", "8", "6"][:n]) + ",4)" for n in (1, 2, 3)}, "Permute": "(2,3,4) (None,5,6)", "Reshape": "(2,24) (None,4,6) (None,24)",
    "Embedding": "(2,5)int32 (None,7)int32", "ReversibleEmbedding": "(2,5)int32 (None,7)int32", "SpatialDropout2D": _SPATIAL[2], "SpatialDropout3D": _SPATIAL[3],
    "SpectralNormalization": "(2,5,4) (None,7,6)", "EinsumDense": "(2,4) (None,5,4) (2,3,4)", "Flatten": "(2,3,4) (None,5,6) (None,None,3) (None,)", "Masking": "(2,3,4)",
    "Normalization": "(None,3) (2,3,4)", "Discretization": "(None,3) (2,1)", "CategoryEncoding": "(None,3)int32 (2,1)int32 (None,)int32 (2,3,4)int32",
    "Hashing": "(None,3)int32 (2,1)int32", "HashedCrossing": "(2,1)int32+(2,1)int32", "IntegerLookup": "(None,3)int32 (2,1)int32", "StringLookup": "(None,3)string (2,1)string",
    "TextVectorization": "(None,1)string (None,)string", "InputLayer": "none", "STFTSpectrogram": "(None,40,1) (2,30,1) (2,30) (None,40,2)", "MelSpectrogram": "(None,40) (2,50)",
    "Pipeline": "(2,9,8,3)", "Solarization": _IMAGE, "Rescaling": _VECTOR, "RandomCrop": "(2,9,12,3)", "UnitNormalization": "(2,3,4) (None,5,6)",
    "GroupNormalization": "(2,5,6) (None,4,5,6) (None,12)", "RMSNormalization": "(2,3,4) (None,5,6)", "PReLU": "(2,3,4) (None,5,6,2)", "Softmax": "(2,3,4) (None,5,6)",
    "BatchNormalization": "(2,3,4) (None,5,6) (2,4,4,3) (None,5)", "LayerNormalization": "(2,3,4) (None,5,6) (None,7)",
}  # fmt: skip
_PICTURES = {
    "MaxNumBoundingBoxes",
    "RandAugment",
    "AutoContrast",
    "AugMix",
    "CenterCrop",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix",
    "Equalization",
    "MixUp",
    "Resizing",
}
#: Not called here: bases, what is no layer, and models of other frameworks.
APART = {"Layer", "Wrapper", "InputSpec", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"}
#: Builds a layer, calls it, and tells its weights, outputs and configuration.
PROBE = """def K(shape, dtype='float32'):
    return keras.Input(batch_shape=shape, dtype=dtype)
def flat(value):
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in flat(item)]
    return [(tuple(value.shape), keras.backend.standardize_dtype(value.dtype))]
def states(size, within=False):
    if isinstance(size, (list, tuple)):
        return [states(one, True) for one in size]
    return K((2, size)) if within else [K((2, size))]
def probe(make, call):
    keras.backend.clear_session()
    layer = make()
    outputs = call(layer)
    weights = [(w.path, tuple(w.shape), keras.backend.standardize_dtype(w.dtype), w.trainable) for w in layer.weights]
    return [weights, flat(outputs) if outputs is not None else [], layer.get_config()]
"""


def axes_of(layer: str) -> int:
    """How many spatial axes a layer has, from its name."""
    return (
        int(layer[-2])
        if layer.endswith("D") and layer[-2:-1].isdigit()
        else int(name[0])
        if (name := layer.partition("Conv")[2][:1]).isdigit()
        else 2
    )


def choices_of(layer: str, parameter: str) -> str:
    """The values an argument of a layer is drawn from; an unknown argument is an error, so that none is forgotten."""
    plain = layer.replace("Convolution", "Conv")
    found = OF_LAYER.get(f"{plain}.{parameter}") or ARGUMENTS.get(parameter)
    return found if found is not None else next(values for ending, values in _ENDINGS.items() if parameter.endswith(ending))


def _pick(source: random.Random, choices: str, axes: int) -> str:
    options = choices.split(" ")
    good, bad = [one for one in options if one[:1] != "!"], [one[1:] for one in options if one[:1] == "!"]
    found = source.choice(bad) if bad and source.random() < 0.07 else source.choice(good)
    if found.startswith("#"):
        low, _, high = found[1:].partition("-")
        one = [str(source.randint(int(low), int(high or low))) for _ in range(axes)]
        return one[0] if source.random() < 0.4 else f"({','.join(one)},)"
    return found.replace("lambda[", "lambda ").replace("]", "") if found.startswith("lambda[") else found


def inputs_of(layer: str) -> str:
    """The shapes a layer is called with."""
    if layer in INPUTS:
        return INPUTS[layer]
    if layer in ("RandomColorDegeneration", "RandomPosterization"):
        return "(2,9,8,3) (None,10,12,3)"
    if layer.startswith("Random") or layer in _PICTURES:
        return _IMAGE
    windows = ("Conv", "Pool", "Crop", "Padding", "Sampling", "Depthwise", "Separable")
    return _SPATIAL[axes_of(layer)] if any(word in layer for word in windows) else _VECTOR


def _call(text: str) -> str:
    """How a layer is called with these inputs."""
    if text == "none":
        return "lambda layer: None"
    if text == "cell":
        return "lambda layer: layer(K((2, 5)), states(layer.state_size))[0]"

    def one(shape: str) -> str:
        place, _, dtype = shape.partition(")")
        return f"K({place}), '{dtype or 'float32'}')"

    if "&" in text:
        return f"lambda layer: layer({', '.join(map(one, text.split('&')))})"
    return f"lambda layer: layer([{', '.join(map(one, text.split('+')))}])" if "+" in text else f"lambda layer: layer({one(text)})"


def drawn(layer: str, live: Any, count: int, seed: object = 0) -> list[str]:
    """That many programs that build a layer of Keras, with arguments at random."""
    source = random.Random(f"{seed}{layer}")
    parameters = [p for p in inspect.signature(live.__init__).parameters.values() if p.name != "self" and p.kind is not p.VAR_KEYWORD]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in inspect.signature(live.__init__).parameters.values())
    found = []
    for _ in range(count):
        given = {}
        for parameter in parameters:
            wanted = parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
            if wanted or source.random() < 0.3:
                given[parameter.name] = _pick(source, choices_of(layer, parameter.name), axes_of(layer))
        if takes_any and source.random() < 0.15:
            extra = source.choice(["dtype", "trainable"])
            given.setdefault(extra, _pick(source, choices_of(layer, extra), 2))
        if takes_any and source.random() < 0.03:
            given["unheard_of"] = "1"
        if takes_any or "name" in given:
            given["name"] = "'probe'"
        text = ", ".join(f"{name}={value}" for name, value in given.items())
        found.append(f"probe(lambda: layers.{layer}({text}), {_call(_pick(source, inputs_of(layer), 2))})")
    return found
