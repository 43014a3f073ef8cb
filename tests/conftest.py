"""Property tests draw the same cases in every run: a failure is a fault of the change, and more are drawn by
``ASTARCH_FRESH=1``, which is how rare corners are looked for."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("fresh", deadline=None)
settings.load_profile("fresh" if os.environ.get("ASTARCH_FRESH") else "steady")
