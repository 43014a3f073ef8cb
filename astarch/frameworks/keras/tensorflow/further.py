"""Functions of TensorFlow that models use now and then: losses over paths, cosine transforms, cut out boxes, words, branches by number."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ....ir.unknown import Unknown
from ...describe import REGISTRY, RUN, refuse, require, unknown
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of
from ..ops.reduction import axis_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor
from .images import pictures
from .kinds import ANY, FLOATS, NUMBERS, PLACES, REAL, WIDE, ranked, taken, taken_together
from .operation import tf_op
from .windows import convolution, depthwise_conv2d

_WORDS = frozenset({"string"})


# --- windows and pictures ---------------------------------------------------------------------------------------------


@tf_op("nn.separable_conv2d")
def separable_conv2d(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any, data_format: Any = None,
                     dilations: Any = None, name: Any = None) -> Any:  # fmt: skip
    """A window over every channel, then the channels together."""
    apart = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    return convolution(apart, pointwise_filter, 1, "VALID", data_format)


@tf_op("image.crop_and_resize")
def crop_and_resize(image: Any, boxes: Any, box_indices: Any, crop_size: Any, method: Any = "bilinear", extrapolation_value: Any = 0.0,
                    name: Any = None) -> Any:  # fmt: skip
    """Boxes cut out of pictures, each brought to one size."""
    given, places = ranked(taken(image, REAL), 4), ranked(taken(boxes, frozenset({"float32"})), 2)
    if method not in ("bilinear", "nearest"):
        refuse("ValueError", f"method must be bilinear or nearest: {method}")
    indices = ranked(taken(box_indices, frozenset({"int32"})), 1)
    if not require(same(indices[0], places[0]) is not False, f"box_indices has incompatible shape: {indices} for boxes {places}"):
        return unknown("boxes without pictures")
    require(same(places[1], 4) is not False, f"boxes must have 4 columns: {places}")
    found = sizes(crop_size)
    if len(found) != 2:
        refuse("ValueError", f"crop_size must have two elements: {found}")
    return KerasTensor((places[0], *found, given[3]), "float32")


@tf_op("image.image_gradients")
def image_gradients(image: Any) -> Any:
    """Differences down and across."""
    x = taken(image, NUMBERS)
    ranked(x, 4)
    return x.like(), x.like()


def _same_pictures(name: str) -> None:
    def apply(image: Any, seed: Any) -> Any:
        return pictures(image).like()

    apply.__doc__ = "Pictures that may be turned over."
    tf_op(name)(apply)


for _name in ("image.stateless_random_flip_left_right", "image.stateless_random_flip_up_down"):
    _same_pictures(_name)


# --- signals ----------------------------------------------------------------------------------------------------------


def _cosines(name: str) -> None:
    def apply(input: Any, type: Any = 2, n: Any = None, axis: Any = -1, norm: Any = None, name: Any = None) -> Any:
        x = taken(input, WIDE)
        if axis != -1 or type not in (1, 2, 3, 4) or norm not in (None, "ortho") or (type == 1 and norm == "ortho"):
            refuse("ValueError", f"type {type}, norm {norm} and axis {axis} do not go together")
        if len(x.shape) < 1:
            refuse("ValueError", "Input must have rank of at least 1")
        return x.like() if n is None else x.like((*x.shape[:-1], n))

    apply.__doc__ = "A transform into cosines, or back."
    tf_op(name)(apply)


for _name in ("signal.dct", "signal.idct"):
    _cosines(_name)


def _shifted(name: str) -> None:
    def apply(x: Any, axes: Any = None, name: Any = None) -> Any:
        given = taken(x, ANY)
        if not given.shape:
            refuse("InvalidArgumentError", "input must be 1-D or higher")
        for axis in () if axes is None else (axes,) if isinstance(axes, int) else axes:
            axis_of(axis, len(given.shape))
        return given.like()

    apply.__doc__ = "Halves of axes exchanged."
    tf_op(name)(apply)


for _name in ("signal.fftshift", "signal.ifftshift"):
    _shifted(_name)


@tf_op("signal.overlap_and_add")
def overlap_and_add(signal: Any, frame_step: Any, name: Any = None) -> Any:
    """Frames laid over each other."""
    x, step = taken(signal, NUMBERS), scalar(frame_step)
    if len(x.shape) < 2:
        refuse("ValueError", "signal should have rank of at least 2")
    return x.like((*x.shape[:-2], (x.shape[-2] - 1) * step + x.shape[-1]))


@tf_op("signal.linear_to_mel_weight_matrix")
def linear_to_mel_weight_matrix(num_mel_bins: Any = 20, num_spectrogram_bins: Any = 129, sample_rate: Any = 8000,
                                lower_edge_hertz: Any = 125.0, upper_edge_hertz: Any = 3800.0, dtype: Any = "float32",
                                name: Any = None) -> Any:  # fmt: skip
    """What every frequency gives to every tone."""
    return KerasTensor((num_spectrogram_bins, num_mel_bins), str(getattr(dtype, "name", dtype)))


@tf_op("signal.mfccs_from_log_mel_spectrograms")
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: Any = None) -> Any:
    """Cosines of tones."""
    x = taken(log_mel_spectrograms, WIDE)
    if len(x.shape) < 1:
        refuse("ValueError", "Input must have rank of at least 1")
    return x.like()


# --- words ------------------------------------------------------------------------------------------------------------


@tf_op("strings.lower")
def lower(input: Any, encoding: Any = "", name: Any = None) -> Any:
    """Small letters."""
    return taken(input, _WORDS).like()


@tf_op("strings.upper")
def upper(input: Any, encoding: Any = "", name: Any = None) -> Any:
    """Large letters."""
    return taken(input, _WORDS).like()


@tf_op("strings.strip")
def strip(input: Any, name: Any = None) -> Any:
    """Without spaces around."""
    return taken(input, _WORDS).like()


@tf_op("strings.regex_replace")
def regex_replace(input: Any, pattern: Any, rewrite: Any, replace_global: Any = True, name: Any = None) -> Any:
    """Parts replaced."""
    return taken(input, _WORDS).like()


@tf_op("strings.length")
def length(input: Any, unit: Any = "BYTE", name: Any = None) -> Any:
    """How long each is."""
    return taken(input, _WORDS).like(dtype="int32")


@tf_op("strings.to_hash_bucket_fast")
def to_hash_bucket_fast(input: Any, num_buckets: Any, name: Any = None) -> Any:
    """A bin for each."""
    return taken(input, _WORDS).like(dtype="int64")


# --- numbers ----------------------------------------------------------------------------------------------------------


@tf_op("identity_n")
def identity_n(input: Any, name: Any = None) -> Any:
    """Each itself."""
    return [as_tensor(one).like() for one in input]


@tf_op("shape_n")
def shape_n(input: Any, out_type: Any = "int32", name: Any = None) -> Any:
    """The shape of each."""
    taken_together(ANY, *input)
    return [KerasTensor((len(shape_of(one)),), str(getattr(out_type, "name", out_type))) for one in input]


@tf_op("math.betainc")
def betainc(a: Any, b: Any, x: Any, name: Any = None) -> Any:
    """The regularized incomplete beta integral."""
    kind = taken_together(WIDE, a, b, x)
    shapes = {tuple(shape_of(one)) for one in (a, b, x)} - {()}
    if len(shapes) > 1:
        refuse("ValueError", f"Shapes must be equal: {shapes}")
    return KerasTensor(next(iter(shapes), ()), kind)


@tf_op("math.invert_permutation")
def invert_permutation(x: Any, name: Any = None) -> Any:
    """Where each number stands."""
    given = taken(x, PLACES)
    ranked(given, 1)
    return given.like()


def _growing(name: str) -> None:
    def apply(x: Any, name: Any = None) -> Any:
        taken(x, REAL)
        return KerasTensor((), "bool")

    apply.__doc__ = "Whether each is larger than, or at least as large as, the one before."
    tf_op(name)(apply)


for _name in ("math.is_strictly_increasing", "math.is_non_decreasing"):
    _growing(_name)


@tf_op("nn.ctc_loss")
def ctc_loss(labels: Any, logits: Any, label_length: Any, logit_length: Any, logits_time_major: Any = True, unique: Any = None,
             blank_index: Any = None, name: Any = None) -> Any:  # fmt: skip
    """How unlikely labels are, whatever steps they stand at."""
    steps = ranked(taken(logits, FLOATS), 3)
    return as_tensor(logits).like((steps[1 if logits_time_major else 0],))


# --- functions of the program -----------------------------------------------------------------------------------------


@tf_op("switch_case", lenient=True)
def switch_case(branch_index: Any, branch_fns: Any, default: Any = None, name: Any = "switch_case") -> Any:
    """One of several, by number."""
    functions = (
        list(branch_fns.values()) if isinstance(branch_fns, dict) else [one[1] if isinstance(one, tuple) else one for one in branch_fns]
    )
    return _agreed([RUN.get().call(one) for one in (*functions, *(() if default is None else (default,)))])


@tf_op("case", lenient=True)
def case(pred_fn_pairs: Any, default: Any = None, exclusive: Any = False, strict: Any = False, name: Any = "case") -> Any:
    """The first of which the condition holds."""
    functions = [pair[1] for pair in pred_fn_pairs]
    return _agreed([RUN.get().call(one) for one in (*functions, *(() if default is None else (default,)))])


def _agreed(found: list[Any]) -> Any:
    """What all branches give; unknown where they give different things."""
    lost = next((one for one in found if isinstance(one, Unknown)), None)
    if lost is not None or not all(isinstance(one, KerasTensor) for one in found):
        return lost or unknown("which branch is taken")
    first = found[0]
    alike = all(tuple(one.shape) == tuple(first.shape) and one.dtype == first.dtype for one in found)
    return first.like() if alike else unknown("which branch is taken")


@tf_op("custom_gradient", lenient=True)
def custom_gradient(f: Any = None) -> Any:
    """A function with a gradient of its own: calls give the first of what it returns."""
    return REGISTRY["keras.ops.custom_gradient"].function(f)


@tf_op("no_op")
def no_op(name: Any = None) -> None:
    """Nothing."""


@tf_op("group", lenient=True)
def group(*inputs: Any, **kwargs: Any) -> None:
    """All of them, for what they do."""
