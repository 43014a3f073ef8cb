"""Sound as spectrograms."""

from __future__ import annotations

import math
from typing import Any

from ..describing import KerasLayer, data_format_of, layer, refuse
from ..model.checking import InputSpec
from ..windows import conv_sizes
from .preprocessing import DataLayer

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@layer("keras.layers.MelSpectrogram", "keras.src.layers.preprocessing.mel_spectrogram")
class MelSpectrogram(DataLayer):
    """How loud each band of the mel scale is, over time."""

    def __init__(self, fft_length: Any = 2048, sequence_stride: Any = 512, sequence_length: Any = None, window: Any = "hann",
                 sampling_rate: Any = 16000, num_mel_bins: Any = 128, min_freq: Any = 20.0, max_freq: Any = None, power_to_db: Any = True,
                 top_db: Any = 80.0, mag_exp: Any = 2.0, min_power: Any = 1e-10, ref_power: Any = 1.0, **kwargs: Any) -> None:  # fmt: skip
        self.fft_length, self.sequence_stride, self.sequence_length = fft_length, sequence_stride, sequence_length or fft_length
        if isinstance(fft_length, int) and isinstance(self.sequence_length, int) and fft_length < self.sequence_length:
            refuse("ValueError", f"`fft_length` must be greater than or equal to `sequence_length`. Received: `sequence_length`="
                   f"{self.sequence_length}, `fft_length`={fft_length}.")  # fmt: skip
        self.window, self.sampling_rate, self.num_mel_bins, self.min_freq = window, sampling_rate, num_mel_bins, min_freq
        self.max_freq = max_freq or sampling_rate // 2
        self.power_to_db, self.top_db, self.mag_exp = power_to_db, top_db, mag_exp
        self.min_power, self.ref_power = min_power, ref_power

    def compute_output_shape(self, input_shape: Any) -> Any:
        step = self.sequence_stride
        return (*input_shape[:-1], self.num_mel_bins, (input_shape[-1] + step + 1) // step)


@layer("keras.layers.STFTSpectrogram", "keras.src.layers.preprocessing.stft_spectrogram")
class STFTSpectrogram(KerasLayer):
    """How loud each frequency is, over time: convolutions with waves that are not trained by default."""

    def __init__(self, mode: Any = "log", frame_length: Any = 256, frame_step: Any = None, fft_length: Any = None, window: Any = "hann",
                 periodic: Any = False, scaling: Any = "density", padding: Any = "valid", expand_dims: Any = False,
                 data_format: Any = None, **kwargs: Any) -> None:  # fmt: skip
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            refuse("ValueError", "`frame_step` should be a positive integer not greater than `frame_length`. Received "
                   f"frame_step={frame_step}, frame_length={frame_length}")  # fmt: skip
        if fft_length is not None and fft_length < frame_length:
            refuse("ValueError", f"`fft_length` should be not less than `frame_length`. Received fft_length={fft_length}, "
                   f"frame_length={frame_length}")  # fmt: skip
        if mode not in _MODES or scaling not in (None, "density", "spectrum") or padding not in ("valid", "same"):
            refuse("ValueError", f"Mode, scaling or padding is invalid. Received: mode={mode}, scaling={scaling}, padding={padding}")
        self.mode, self.frame_length, self.frame_step, self.fft_length = mode, frame_length, frame_step, fft_length
        self.window, self.periodic, self.scaling, self.padding, self.expand_dims = window, periodic, scaling, padding, expand_dims
        self.__dict__["_step"] = frame_step or frame_length // 2
        self.__dict__["_bins"] = (fft_length or 2 ** math.ceil(math.log2(frame_length))) // 2 + 1
        self.data_format = data_format_of(data_format)
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Any) -> None:
        for part, without in (("real", "imag"), ("imag", "real")):
            if self.mode != without:
                made = self.add_weight(name=f"{part}_kernel", shape=(self.frame_length, 1, self.__dict__["_bins"]), initializer="zeros")
                setattr(self, f"{part}_kernel", made)

    def compute_output_shape(self, input_shape: Any) -> Any:
        last = self.data_format == "channels_last"
        length, channels = (input_shape[1], input_shape[2]) if last else (input_shape[2], input_shape[1])
        bins = self.__dict__["_bins"] * (2 if self.mode == "stft" else 1)
        (frames,) = conv_sizes((length,), (self.frame_length,), (self.__dict__["_step"],), self.padding, (1,))
        if self.expand_dims:
            return (input_shape[0], frames, bins, channels) if last else (input_shape[0], channels, frames, bins)
        return (input_shape[0], frames, bins * channels) if last else (input_shape[0], bins * channels, frames)
