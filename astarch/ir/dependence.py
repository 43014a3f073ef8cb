"""What can be depended on in a file beside its single names."""

from __future__ import annotations

#: Which names there are: who lists them, or takes them all, depends on that.
ALL_NAMES = "*"

#: All that stands there but comments.
ANYTHING = "**"
