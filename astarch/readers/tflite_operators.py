"""TFLite's operators by number, and the slots of their options, from its schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMES = """ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED
HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1
RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD
UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM
STRIDED_SLICE BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ARG_MAX
MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG
SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN
FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V
UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM
CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL
CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU
DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST
BITWISE_XOR RIGHT_SHIFT"""

#: Operators by number.
OPERATORS = dict(enumerate(_NAMES.split()))

PADDINGS: dict[Any, str] = {0: "SAME", 1: "VALID"}

ACTIVATIONS: dict[Any, str] = {0: "NONE", 1: "RELU", 2: "RELU_N1_TO_1", 3: "RELU6", 4: "TANH", 5: "SIGN_BIT"}

_ACTIVATION = ("fused_activation_function", "<b", 0)
_STRIDES = [("padding", "<b", 0), ("stride_w", "<i", 0), ("stride_h", "<i", 0)]
_DILATION = [("dilation_w_factor", "<i", 1), ("dilation_h_factor", "<i", 1)]
_POOL = [*_STRIDES, ("filter_width", "<i", 0), ("filter_height", "<i", 0), _ACTIVATION]

_LSTM = [_ACTIVATION, ("cell_clip", "<f", 0.0), ("proj_clip", "<f", 0.0)]
_REDUCE = [("keep_dims", "<?", False)]

#: The slots of an operator's options: name, form, default; the form "[i" is a list of numbers, "s" a text.
OPTIONS: Mapping[str, list[tuple[str, str, Any]]] = {
    "CONV_2D": [*_STRIDES, _ACTIVATION, *_DILATION],
    "DEPTHWISE_CONV_2D": [*_STRIDES, ("depth_multiplier", "<i", 0), _ACTIVATION, *_DILATION],
    "TRANSPOSE_CONV": [*_STRIDES, _ACTIVATION],
    "MAX_POOL_2D": _POOL,
    "AVERAGE_POOL_2D": _POOL,
    "FULLY_CONNECTED": [_ACTIVATION, ("weights_format", "<b", 0), ("keep_num_dims", "<?", False)],
    "SOFTMAX": [("beta", "<f", 0.0)],
    "CONCATENATION": [("axis", "<i", 0), _ACTIVATION],
    "ADD": [_ACTIVATION],
    "SUB": [_ACTIVATION],
    "MUL": [_ACTIVATION],
    "DIV": [_ACTIVATION],
    "LEAKY_RELU": [("alpha", "<f", 0.0)],
    "GELU": [("approximate", "<?", False)],
    "BATCH_MATMUL": [("adj_x", "<?", False), ("adj_y", "<?", False)],
    "MEAN": _REDUCE,
    **dict.fromkeys(("SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL"), _REDUCE),
    "RESHAPE": [("new_shape", "[i", ())],
    "SQUEEZE": [("squeeze_dims", "[i", ())],
    "STRIDED_SLICE": [(f"{mask}_mask", "<i", 0) for mask in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")],
    "PACK": [("values_count", "<i", 0), ("axis", "<i", 0)],
    "UNPACK": [("num", "<i", 0), ("axis", "<i", 0)],
    **{key: [("num_splits", "<i", 0)] for key in ("SPLIT", "SPLIT_V")},
    "VAR_HANDLE": [("container", "s", ""), ("shared_name", "s", "")],
    "LSTM": [*_LSTM, ("kernel_type", "<b", 0)],
    "UNIDIRECTIONAL_SEQUENCE_LSTM": [*_LSTM, ("time_major", "<?", False)],
    "ONE_HOT": [("axis", "<i", 0)],
    "WHILE": [("cond_subgraph_index", "<i", 0), ("body_subgraph_index", "<i", 0)],
    "IF": [("then_subgraph_index", "<i", 0), ("else_subgraph_index", "<i", 0)],
    "CALL_ONCE": [("init_subgraph_index", "<i", 0)],
    "CONV_3D": [
        ("padding", "<b", 0),
        *((f"stride_{side}", "<i", 0) for side in "dwh"),
        _ACTIVATION,
        *((f"dilation_{side}_factor", "<i", 1) for side in "dwh"),
    ],
    "CUMSUM": [("exclusive", "<?", False), ("reverse", "<?", False)],
    **{key: [("block_size", "<i", 0)] for key in ("DEPTH_TO_SPACE", "SPACE_TO_DEPTH")},
    "L2_NORMALIZATION": [_ACTIVATION],
    "GATHER": [("axis", "<i", 0), ("batch_dims", "<i", 0)],
    "RESIZE_BILINEAR": [
        ("new_height", "<i", 0),
        ("new_width", "<i", 0),
        ("align_corners", "<?", False),
        ("half_pixel_centers", "<?", False),
    ],
    "RESIZE_NEAREST_NEIGHBOR": [("align_corners", "<?", False), ("half_pixel_centers", "<?", False)],
}
