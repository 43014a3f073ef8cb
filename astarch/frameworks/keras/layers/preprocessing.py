"""Preprocessing layers, as functions of shapes."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Reason, Unknown
from ...describe import unknown
from ..describing import KerasLayer, KerasTensor, call, described_config, is_open, layer, open_size, plain, refuse, shaped
from ..model.policies import get as get_policy
from ..nested import flatten


class DataLayer(KerasLayer):
    """A layer that may also run outside of models."""

    described_in = "keras.src.layers.preprocessing.data_layer"

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.Rescaling", "keras.src.layers.preprocessing.rescaling")
class Rescaling(DataLayer):
    """Scaled and shifted."""

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        self.scale, self.offset = scale, offset
        self.supports_masking = True
        self._allow_non_tensor_positional_args = True


@layer("keras.layers.Normalization", "keras.src.layers.preprocessing.normalization")
class Normalization(DataLayer):
    """Shifted and scaled by a known or learned mean and variance."""

    def __init__(self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: Any = False, **kwargs: Any) -> None:
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.input_mean, self.input_variance, self.invert = mean, variance, invert
        self.supports_masking = True
        self._allow_non_tensor_positional_args = True
        self.mean = self.variance = None
        if (mean is None) != (variance is None):
            refuse(
                "ValueError",
                f"When setting values directly, both `mean` and `variance` must be set. Received: mean={mean} and variance={variance}",
            )

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        if any(axis < -rank or axis >= rank for axis in self.axis):
            refuse(
                "ValueError",
                f"All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim={rank}, while axis={self.axis}",
            )
        kept = sorted(axis if axis >= 0 else axis + rank for axis in self.axis)
        for axis in kept:
            if is_open(input_shape[axis]):
                refuse("ValueError", f"All `axis` values to be kept must have a known shape. Received axis={self.axis}, "
                       f"inputs.shape={input_shape}, with "
                       f"unknown axis at index {axis}")  # fmt: skip
        shape = tuple(input_shape[axis] for axis in kept)
        if self.input_mean is None:
            self.adapt_mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
            self.adapt_variance = self.add_weight(name="variance", shape=shape, initializer="ones", trainable=False)
            self.count = self.add_weight(name="count", shape=(), dtype="int", initializer="zeros", trainable=False)

    def get_config(self) -> dict[str, Any]:
        return {**described_config(self), "mean": self.input_mean, "variance": self.input_variance}

    def adapt(self, data: Any) -> None:
        if not self.__dict__["built"] and hasattr(data, "shape"):
            self.build(tuple(data.shape))


@layer("keras.layers.CategoryEncoding", "keras.src.layers.preprocessing.category_encoding")
class CategoryEncoding(DataLayer):
    """Whole numbers as ones at their places."""

    def __init__(self, num_tokens: Any = None, output_mode: Any = "multi_hot", sparse: Any = False, **kwargs: Any) -> None:
        output_mode = "multi_hot" if output_mode == "binary" else output_mode
        if output_mode not in ("count", "one_hot", "multi_hot"):
            refuse("ValueError", f"Unknown arg for output_mode: {output_mode}")
        if num_tokens is None:
            refuse(
                "ValueError",
                "num_tokens must be set to use this layer. If the number of tokens is not known beforehand, use the IntegerLookup layer "
                "instead.",
            )
        if isinstance(num_tokens, int) and num_tokens < 1:
            refuse("ValueError", f"`num_tokens` must be >= 1. Received: num_tokens={num_tokens}.")
        self.num_tokens, self.output_mode, self.sparse = num_tokens, output_mode, sparse
        self._allow_non_tensor_positional_args = True
        self._convert_input_args = False

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not input_shape:
            return (self.num_tokens,)
        last = input_shape[-1]
        if self.output_mode == "one_hot" and (not (type(last) is int and last == 1) or len(input_shape) == 1):
            return (*input_shape, self.num_tokens)
        return (*input_shape[:-1], self.num_tokens)

    def compute_output_spec(self, inputs: Any, count_weights: Any = None) -> Any:
        return KerasTensor(CategoryEncoding.compute_output_shape(self, tuple(inputs.shape)), self.compute_dtype, None, True)

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        return shaped(self, inputs)


# --- words and numbers ------------------------------------------------------------------------------------------------


@layer("keras.layers.Discretization", "keras.src.layers.preprocessing.discretization")
class Discretization(DataLayer):
    """Numbers put into bins."""

    def __init__(self, bin_boundaries: Any = None, num_bins: Any = None, epsilon: Any = 0.01, output_mode: Any = "int", sparse: Any = False,
                 dtype: Any = None, name: Any = None) -> None:  # fmt: skip
        if num_bins is None and bin_boundaries is None:
            refuse("ValueError", "You need to set either `num_bins` or `bin_boundaries`.")
        self.bin_boundaries, self.num_bins, self.epsilon, self.output_mode, self.sparse = (
            bin_boundaries,
            num_bins,
            epsilon,
            output_mode,
            sparse,
        )

    def _depth(self) -> Any:
        return len(self.bin_boundaries) + 1 if self.bin_boundaries is not None else self.num_bins

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_mode == "int":
            return input_shape
        depth = self._depth()
        last = input_shape[-1] if input_shape else None
        if self.output_mode == "one_hot" and not (type(last) is int and last == 1):
            return (*input_shape, depth)
        return (*input_shape[:-1], depth)

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = Discretization.compute_output_shape(self, tuple(inputs.shape))
        return KerasTensor(shape, "int32" if self.output_mode == "int" else self.compute_dtype, None, True)


@layer("keras.layers.Hashing", "keras.src.layers.preprocessing.hashing")
class Hashing(DataLayer):
    """Categories put into bins by a hash."""

    takes = ("dtype",)

    def __init__(
        self, num_bins: Any, mask_value: Any = None, salt: Any = None, output_mode: Any = "int", sparse: Any = False, **kwargs: Any
    ) -> None:
        if num_bins is None or (isinstance(num_bins, int) and num_bins <= 0):
            refuse("ValueError", f"The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins={num_bins}.")
        salt = [salt, salt] if isinstance(salt, int) else list(salt) if isinstance(salt, tuple) else salt
        self.num_bins, self.mask_value, self.salt, self.output_mode, self.sparse = num_bins, mask_value, salt, output_mode, sparse
        _hashed_type(self, kwargs.get("dtype"))
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_mode == "int":
            return input_shape
        return (*input_shape[:-1], self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        return KerasTensor(Hashing.compute_output_shape(self, tuple(inputs.shape)), self.compute_dtype, None, True)


def _hashed_type(self: Any, dtype: Any) -> None:
    """Places are int64 unless asked for otherwise."""
    if self.output_mode not in ("int", "one_hot", "multi_hot", "count"):
        refuse("ValueError", f"Invalid value for argument `output_mode`. Received: output_mode={self.output_mode}")
    if dtype is None and self.output_mode == "int":
        self.__dict__["_dtype_policy"] = get_policy("int64")


class _Lookup(DataLayer):
    """Words or numbers by their place in a vocabulary."""

    takes = ("vocabulary_size", "has_input_vocabulary")  # a saved one says so, and a `TextVectorization` of its own
    described_in = "keras.src.layers.preprocessing.index_lookup"

    def _special(self) -> list[Any]:
        """What stands before the words."""
        mask = [self.mask_token] if self.mask_token is not None and self.output_mode == "int" else []
        return [*mask, *[self.oov_token] * self.num_oov_indices]

    def _size(self) -> Any:
        special, words = _Lookup._special(self), self.vocabulary
        if isinstance(words, (list, tuple)):
            return len(words) if list(words[: len(special)]) == special else len(words) + len(special)
        if self.pad_to_max_tokens and self.max_tokens is not None:
            return self.max_tokens
        return _learned_size(self)

    def vocabulary_size(self) -> Any:
        known = isinstance(self.vocabulary, (list, tuple))
        return _Lookup._size(self) if known else unknown("a vocabulary", Reason.OUTSIDE)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        self.vocabulary, self.__dict__["_adapted"] = vocabulary, not isinstance(vocabulary, (list, tuple))

    def adapt(self, data: Any, steps: Any = None) -> None:
        words = list(dict.fromkeys(flatten(data))) if isinstance(data, (list, tuple)) else []
        if words and all(type(word) in (str, int) for word in words):
            most = None if self.max_tokens is None else max(self.max_tokens - len(_Lookup._special(self)), 0)
            self.vocabulary = words[:most]
        else:
            self.vocabulary, self.__dict__["_adapted"] = None, True

    def update_state(self, data: Any) -> None:
        self.__dict__["_adapted"] = True

    def finalize_state(self) -> None:
        pass

    def reset_state(self) -> None:
        pass

    save_assets = load_assets = update_state

    def get_vocabulary(self, include_special_tokens: Any = True) -> Any:
        return unknown("a vocabulary", Reason.OUTSIDE)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_mode == "int":
            return input_shape
        last = input_shape[-1] if input_shape else None
        if self.output_mode == "one_hot" and not (type(last) is int and last == 1):
            return (*input_shape, self._size())
        return (*input_shape[:-1], self._size())

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = _Lookup.compute_output_shape(self, tuple(inputs.shape))
        lost = next((size for size in shape if isinstance(size, Unknown)), None)
        if lost is not None:
            return lost
        dtype = "string" if self.invert else "int64" if self.output_mode == "int" else "float32"
        return KerasTensor(shape, dtype, None, True)

    def call(self, inputs: Any) -> Any:
        made = _Lookup.compute_output_spec(self, inputs)
        return made if isinstance(made, Unknown) else KerasTensor(made.shape, made.dtype)


def _learned_size(self: Any) -> Any:
    """The size of a vocabulary that is not told: of one learned from data not known, of one that is not there yet open."""
    return unknown("a vocabulary", Reason.OUTSIDE) if self.__dict__.get("_adapted") else open_size()


def _start_lookup(self: Any, given: dict[str, Any]) -> None:
    if given["salt"] is not None and "oov_method" in given and given["oov_method"] != "farmhash":
        refuse("ValueError", f"`salt` can only be used when `oov_method='farmhash'`. Received: oov_method={given['oov_method']}")
    if given["pad_to_max_tokens"] and given["max_tokens"] is None:
        refuse("ValueError", "If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None")
    if given["invert"] and given["output_mode"] != "int":
        refuse("ValueError", f"`output_mode` must be `'int'` when `invert` is true. Received: output_mode={given['output_mode']}")
    for name, value in given.items():
        if name not in ("self", "kwargs", "name"):
            setattr(self, name, value)
    self._convert_input_args = False
    self._allow_non_tensor_positional_args = True
    self.supports_jit = False


@layer("keras.layers.StringLookup", "keras.src.layers.preprocessing.string_lookup")
class StringLookup(_Lookup):
    """Words by their place in a vocabulary."""

    def __init__(self, max_tokens: Any = None, num_oov_indices: Any = 1, mask_token: Any = None, oov_token: Any = "[UNK]",  # noqa: S107
                 vocabulary: Any = None,
                 idf_weights: Any = None, invert: Any = False, output_mode: Any = "int", pad_to_max_tokens: Any = False,
                 sparse: Any = False,
                 encoding: Any = "utf-8", name: Any = None, salt: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _start_lookup(self, locals())


@layer("keras.layers.IntegerLookup", "keras.src.layers.preprocessing.integer_lookup")
class IntegerLookup(_Lookup):
    """Numbers by their place in a vocabulary."""

    def __init__(self, max_tokens: Any = None, num_oov_indices: Any = 1, mask_token: Any = None, oov_token: Any = -1,
                 vocabulary: Any = None,
                 vocabulary_dtype: Any = "int64", idf_weights: Any = None, invert: Any = False, output_mode: Any = "int",
                 sparse: Any = False,
                 pad_to_max_tokens: Any = False, oov_method: Any = "floormod", salt: Any = None, name: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        _start_lookup(self, locals())


@layer("keras.layers.TextVectorization", "keras.src.layers.preprocessing.text_vectorization")
class TextVectorization(KerasLayer):
    """Text as sequences of word numbers."""

    def __init__(self, max_tokens: Any = None, standardize: Any = "lower_and_strip_punctuation", split: Any = "whitespace",
                 ngrams: Any = None,
                 output_mode: Any = "int", output_sequence_length: Any = None, pad_to_max_tokens: Any = False, vocabulary: Any = None,
                 idf_weights: Any = None, sparse: Any = False, ragged: Any = False, encoding: Any = "utf-8", name: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        for key, value in locals().items():
            if key not in ("self", "kwargs", "name"):
                setattr(self, key, value)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def adapt(self, data: Any, batch_size: Any = None, steps: Any = None) -> None:
        self.vocabulary, self.__dict__["_adapted"] = None, True

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        self.vocabulary, self.__dict__["_adapted"] = vocabulary, not isinstance(vocabulary, (list, tuple))

    def update_state(self, data: Any) -> None:
        self.__dict__["_adapted"] = True

    def finalize_state(self) -> None:
        pass

    def reset_state(self) -> None:
        pass

    save_assets = load_assets = update_state

    def _words(self) -> Any:
        """How many entries the vocabulary has, those for unknown words and for none among them."""
        words = self.vocabulary
        if not isinstance(words, (list, tuple)):
            return None
        special = ["", "[UNK]"] if self.output_mode == "int" else ["[UNK]"]
        return len(words) if list(words[: len(special)]) == special else len(words) + len(special)

    def vocabulary_size(self) -> Any:
        found = TextVectorization._words(self)
        return unknown("a vocabulary", Reason.OUTSIDE) if found is None else found

    def get_vocabulary(self, include_special_tokens: Any = True) -> Any:
        return unknown("a vocabulary", Reason.OUTSIDE)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.output_mode == "int":
            return (input_shape[0], self.output_sequence_length if self.output_sequence_length is not None else open_size())
        found = TextVectorization._words(self)
        size = (
            self.max_tokens if self.pad_to_max_tokens and self.max_tokens is not None else _learned_size(self) if found is None else found
        )
        return (*(input_shape[:-1] if self.split is None and len(input_shape) > 1 else input_shape), size)

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = TextVectorization.compute_output_shape(self, tuple(inputs.shape))
        lost = next((size for size in shape if isinstance(size, Unknown)), None)
        return lost or KerasTensor(shape, "int64" if self.output_mode == "int" else "float32", None, True)

    def call(self, inputs: Any) -> Any:
        made = TextVectorization.compute_output_spec(self, inputs)
        return made if isinstance(made, Unknown) else KerasTensor(made.shape, made.dtype)


@layer("keras.layers.HashedCrossing", "keras.src.layers.preprocessing.hashed_crossing")
class HashedCrossing(KerasLayer):
    """Crossed categories put into bins."""

    takes = ("dtype",)

    def __init__(
        self, num_bins: Any, output_mode: Any = "int", sparse: Any = False, name: Any = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        self.num_bins, self.output_mode, self.sparse = num_bins, output_mode, sparse
        _hashed_type(self, dtype)
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    def get_config(self) -> dict[str, Any]:
        return {**described_config(self), "dtype": self.dtype}

    def compute_output_shape(self, input_shape: Any) -> Any:
        first = tuple(input_shape[0])
        if self.output_mode == "int":
            return first
        return (*(first[:-1] if len(first) > 1 else first), self.num_bins)


@layer("keras.layers.Pipeline", "keras.src.layers.preprocessing.pipeline")
class Pipeline(KerasLayer):
    """Preprocessing layers one after another."""

    def __init__(self, layers: Any, name: Any = None) -> None:
        self.__dict__["_pipeline_layers"] = layers
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True

    @property
    def layers(self) -> Any:
        return self.__dict__["_pipeline_layers"]

    def get_config(self) -> dict[str, Any]:
        return {"layers": plain(self.__dict__["_pipeline_layers"]), "name": self.__dict__["name"]}

    def call(self, inputs: Any, training: Any = True, mask: Any = None) -> Any:
        for one in self.__dict__["_pipeline_layers"]:
            inputs = call(one, inputs)
        return inputs
