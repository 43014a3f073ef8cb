"""Fetches the source of a package at a pinned version and unpacks it; nothing of it is ever imported.

Unpacked sources are kept in ``$ASTARCH_ZOO/src/<name>-<version>`` (without the variable: in the user's cache folder)
and shared by everything that reads models.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from .libraries import Library

#: Wheels are taken for one fixed platform: they are read, not run, and every machine then reads the same text.
_ANY_MACHINE = (
    "--only-binary=:all:",
    "--python-version=3.12",
    "--implementation=cp",
    "--platform=any",
    "--platform=manylinux_2_28_x86_64",
    "--platform=manylinux2014_x86_64",
)


class NotFetchedError(RuntimeError):
    """A package could not be fetched; the message says what pip said."""


def home() -> Path:
    """The folder of the zoo: ``$ASTARCH_ZOO`` or the user's cache."""
    if chosen := os.environ.get("ASTARCH_ZOO"):
        return Path(chosen)
    import platformdirs  # only needed without the variable

    return Path(platformdirs.user_cache_dir("astarch")) / "zoo"


def source_folders(library: Library) -> list[Path]:
    """The search path for a library: its own source and what that needs, fetched where missing."""
    return [fetch(requirement) for requirement in library.requirements]


def fetch(requirement: str) -> Path:
    """The folder with the unpacked source of ``name==version``.

    Safe when several processes want the same: each unpacks on its own and the first rename wins.
    """
    name, _, version = requirement.partition("==")
    folder = home() / "src" / f"{name.replace('-', '_')}-{version}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as scratch:
        wheel = _download(requirement, Path(scratch))
        unpacked = Path(scratch) / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked, [member for member in archive.namelist() if _is_read(member)])
        try:
            unpacked.rename(folder)
        except OSError:
            if not folder.is_dir():
                shutil.move(unpacked, folder)
    return folder


def _is_read(member: str) -> bool:
    """Whether a file of a wheel can matter to a reader: compiled libraries (most of its size) cannot."""
    return not member.endswith((".so", ".pyd", ".dll", ".dylib")) and ".libs/" not in member


def _download(requirement: str, scratch: Path) -> Path:
    command = [*_pip(), "download", "--quiet", "--no-deps", *_ANY_MACHINE, "--dest", str(scratch), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        raise NotFetchedError(f"cannot fetch {requirement}\n$ {' '.join(command)}\n{done.stderr.strip()}")
    return wheels[0]


def _pip() -> list[str]:
    """A pip to call: this environment's own, or one that uv brings (environments made by uv have none)."""
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("uv", str(Path(sys.executable).with_name("uv"))):
        if found := shutil.which(name):
            return [found, "tool", "run", "pip"]
    if found := shutil.which("pip3") or shutil.which("pip"):
        return [found]
    raise NotFetchedError("neither pip nor uv is available to fetch sources with")
