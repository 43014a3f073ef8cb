"""Where each description stands, kept from one run to the next, so that a run imports only the files it needs."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import msgspec

from .. import frameworks
from ..frameworks.describe import REGISTRY
from ..source.cache import default_folder

_decoder = msgspec.msgpack.Decoder(dict[str, str])


@cache
def open_catalogue() -> None:
    """Tell the registry what the last run learned, if the descriptions are the same still; else learn it now."""
    path = default_folder() / f"catalogue-{_fingerprint()}"
    try:
        places = _decoder.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        places = {}
    ours = f"{frameworks.__name__}."
    if places and all(place.startswith(ours) for place in places.values()):
        REGISTRY.expect(places)
        return
    from ..frameworks.torch import library  # noqa: F401 # pyright: ignore[reportUnusedImport] - importing it imports every description

    apart = f"{ours}keras."  # brings all of its own when a program first names it
    _keep(path, {name: place for name, place in REGISTRY.places.items() if place.startswith(ours) and not place.startswith(apart)})


def _keep(path: Path, places: dict[str, str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(msgspec.msgpack.encode(places))
        temporary.replace(path)
    except OSError:
        return  # a folder that cannot be written to only makes the next run slower


def _fingerprint() -> str:
    """Changes when any file of descriptions does."""
    digest = hashlib.blake2b(digest_size=12)
    for folder in sorted(_folders(Path(frameworks.__path__[0]))):
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                digest.update(f"{entry.path}:{status.st_mtime_ns}:{status.st_size};".encode())
    return digest.hexdigest()


def _folders(root: Path) -> list[str]:
    return [folder for folder, _, _ in os.walk(root) if "__pycache__" not in folder]
