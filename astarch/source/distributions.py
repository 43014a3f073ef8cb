"""What is installed beside the source that is read: the metadata that wheels leave next to their packages.

A package that an installed distribution requires is installed as well, even when its source is not on the search path.
"""

from __future__ import annotations

import os
import re

#: Packages that are not imported under the name they are distributed by.
_IMPORTED_AS = {"PIL": "pillow", "yaml": "pyyaml", "cv2": "opencv-python", "sklearn": "scikit-learn", "skimage": "scikit-image",
                "bs4": "beautifulsoup4", "dateutil": "python-dateutil", "attr": "attrs"}  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def normalized(name: str) -> str:
    """The name of a distribution as names are compared.

    >>> normalized("Nystrom_attention")
    'nystrom-attention'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution_of(package: str) -> str:
    """The distribution that brings a package, as far as names tell."""
    return _IMPORTED_AS.get(package) or normalized(package)


class Distributions:
    """The distributions on a search path.

    Attributes:
        versions: The version of each that lies there.
        required: What these require under all circumstances.
    """

    def __init__(self, search_path: list[str]) -> None:
        self.versions: dict[str, str] = {}
        self.required: set[str] = set()
        for folder in search_path:
            for name in _metadata_folders(folder):
                self._read(os.path.join(folder, name, "METADATA"))

    def _read(self, path: str) -> None:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                head = file.read(200_000).partition("\n\n")[0]
        except OSError:
            return
        fields = [line.partition(": ") for line in head.split("\n")]
        named = {key: value for key, _, value in reversed(fields)}
        self.versions.setdefault(normalized(named.get("Name", "")), named.get("Version", ""))
        for key, _, value in fields:
            if key == "Requires-Dist" and ";" not in value and (found := _NAME.match(value)):
                self.required.add(normalized(found[0]))


def _metadata_folders(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    except OSError:
        return []
