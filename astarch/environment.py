"""Where the sources of installed packages stand, found by looking at folders: no interpreter is started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .errors import ReadError

#: What marks the root of a project.
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


def site_packages(python: Path | None = None) -> list[Path]:
    """The folders of installed packages of an environment.

    Args:
        python: Its interpreter, or its root. Without one: the active virtual environment, else the one astarch runs in.
    """
    if python is None:
        active = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
        return _folders(Path(active or sys.prefix))
    root = python.parent.parent if not python.is_dir() else python
    found = _folders(root)
    if not found:
        raise ReadError(f"`{python}` is not the interpreter of an environment: it has no site-packages", "pass .venv/bin/python, or .venv")
    return found


def _folders(root: Path) -> list[Path]:
    unix = sorted(root.glob("lib*/python3*/site-packages"))
    windows = root / "Lib" / "site-packages"
    return [folder for folder in (*unix, windows) if folder.is_dir()]


def project_root(place: Path) -> Path | None:
    """The nearest folder at or above a place that has the marks of a project."""
    place = place.absolute()
    for folder in (place, *place.parents):
        if any((folder / mark).exists() for mark in _MARKS):
            return folder
    return None
