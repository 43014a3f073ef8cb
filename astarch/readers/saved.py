"""Reading a saved model: the reader is chosen by what the file holds, not by what it is called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ..errors import ReadError
from ..ir.architecture import Architecture
from .opening import head_of, refuse
from .products import counted

#: The readers in the order in which they are asked; those that recognise by contents come before those that go by the name.
READERS = (
    "torchscript", "exported", "keras_archive", "numpy_archive", "checkpoint", "hdf5", "gguf", "tflite", "safetensors", "saved_model",
    "huggingface_folder", "tensorflow_checkpoint", "graphdef", "onnx",
)  # fmt: skip


def read_saved(path: Path) -> Architecture:
    """Everything that a saved model says of itself.

    Raises:
        ReadError: It is missing, damaged, no saved model, or one that would run code when it is loaded.
    """
    if not path.exists():
        raise ReadError(f"there is no saved model `{path}`")
    folder = path.is_dir()
    head = b"" if folder else head_of(path)
    for name in READERS:
        reader = import_module(f".{name}", __package__)
        if reader.reads(path, head):
            return _guarded(path, lambda path, read=reader.read: counted(read(path)))
    if folder:
        refuse(path, "is a folder that holds no saved model", "give the file, or the folder of a SavedModel")
    raise ReadError(f"`{path}` is no saved model that is known", f"known are {', '.join(READERS)}")


def holds_model(folder: Path) -> bool:
    """Whether a folder is a saved model itself: a SavedModel, or weights beside their configuration."""
    return folder.is_dir() and any(
        import_module(f".{name}", __package__).reads(folder, b"") for name in ("saved_model", "huggingface_folder")
    )


def _guarded(path: Path, read: Callable[[Path], Architecture]) -> Architecture:
    """What a reader did not foresee is still a refusal of the file, never a crash."""
    try:
        return read(path)
    except ReadError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        RecursionError,
        MemoryError,
        OSError,
        EOFError,
    ) as error:
        refuse(path, f"is damaged in a way that was not foreseen: {type(error).__name__}: {str(error)[:200]}", "please report it")
