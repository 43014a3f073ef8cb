"""The libraries whose models are read: pinned, with the pure-Python packages their source needs to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Library:
    """One library.

    Args:
        name: As in the names of truth files: ``torchvision``.
        requirement: What pip is asked for: ``torchvision==0.28.0``.
        reads: Requirements whose source the library's own source refers to. What frameworks describe
            (torch, numpy, einops) is not among them.
        framework: ``torch`` or ``keras``.
    """

    name: str
    requirement: str
    reads: tuple[str, ...] = ()
    framework: str = "torch"

    @property
    def requirements(self) -> tuple[str, ...]:
        """Everything to fetch, the library itself first."""
        return (self.requirement, *self.reads)


_TORCHVISION = "torchvision==0.28.0"
_HUB = "huggingface_hub==2.4.0"
_TIMM = "timm==1.0.31"
_KERAS = "keras==3.15.1"

LIBRARIES = {
    library.name: library
    for library in (
        Library("torchvision", _TORCHVISION),
        Library("timm", _TIMM, (_TORCHVISION, _HUB)),
        Library("transformers", "transformers==5.23.0", (_HUB, _TIMM, _TORCHVISION)),
        Library("vit_pytorch", "vit_pytorch==1.26.11", ("nystrom-attention==0.0.14", _TORCHVISION)),
        Library("keras_applications", _KERAS, framework="keras"),
        Library("keras_hub_backbones", "keras_hub==0.32.0", (_KERAS,), framework="keras"),
        Library("keras_hub_backbones_testcfg", "keras_hub==0.32.0", (_KERAS,), framework="keras"),
    )
}
