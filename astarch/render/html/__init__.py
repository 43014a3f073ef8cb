"""One page of HTML per model that opens anywhere and asks no network for anything.

The page holds the data of the report, a drawing laid out in the browser by dagre (MIT, `dagre.LICENSE.txt`), and the sources.
"""

from __future__ import annotations

from .page import to_html

__all__ = ["to_html"]
