"""What a drawing shows: nested boxes, nodes and arrows, repeats folded, as plain data for every form of drawing.

`picture` takes an Architecture through three stages, a file each: `flow` finds the steps of the forward and the arrows
between them, `folding` draws equal neighbours once, `view` closes boxes that are too deep or were asked closed. `columns` breaks
a tall one for paper and screens.
"""

from __future__ import annotations

from .columns import in_columns
from .items import AUTO, Edge, Item, Picture
from .view import in_one, picture

__all__ = ["AUTO", "Edge", "Item", "Picture", "in_columns", "in_one", "picture"]
