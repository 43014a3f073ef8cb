"""What a layer does, told from its name: the colours of drawings."""

from __future__ import annotations

import re
from typing import NamedTuple


class Ink(NamedTuple):
    """The colours of a family: of the area, of its border, of the text; on white, and on black."""

    fill: str
    line: str
    text: str
    dark_fill: str
    dark_line: str
    dark_text: str


INKS = {
    "convolution": Ink("#dbeafe", "#60a5fa", "#1e3a8a", "#172c52", "#3b82f6", "#bfdbfe"),
    "linear": Ink("#ede9fe", "#a78bfa", "#4c1d95", "#2b2053", "#8b5cf6", "#ddd6fe"),
    "attention": Ink("#fce7f3", "#f472b6", "#831843", "#471a34", "#ec4899", "#fbcfe8"),
    "recurrent": Ink("#ffedd5", "#fb923c", "#7c2d12", "#47240f", "#f97316", "#fed7aa"),
    "embedding": Ink("#ccfbf1", "#2dd4bf", "#134e4a", "#103935", "#14b8a6", "#99f6e4"),
    "normalization": Ink("#dcfce7", "#4ade80", "#14532d", "#133420", "#22c55e", "#bbf7d0"),
    "activation": Ink("#fef9c3", "#facc15", "#713f12", "#3d3110", "#eab308", "#fef08a"),
    "pooling": Ink("#ffe4e6", "#fb7185", "#881337", "#451722", "#f43f5e", "#fecdd3"),
    "dropout": Ink("#f1f5f9", "#cbd5e1", "#475569", "#1e2530", "#475569", "#cbd5e1"),
    "operation": Ink("#f8fafc", "#cbd5e1", "#475569", "#1a1f29", "#475569", "#cbd5e1"),
    "parameter": Ink("#f8fafc", "#94a3b8", "#475569", "#1a1f29", "#64748b", "#cbd5e1"),
    "terminal": Ink("#0f172a", "#0f172a", "#f8fafc", "#e2e8f0", "#e2e8f0", "#0f172a"),
    "mark": Ink("#475569", "#475569", "#f8fafc", "#94a3b8", "#94a3b8", "#0f172a"),
    "container": Ink("#ffffff", "#cbd5e1", "#64748b", "#12161e", "#3b4556", "#94a3b8"),
    "other": Ink("#f5f5f4", "#a8a29e", "#292524", "#26231f", "#78716c", "#e7e5e4"),
}

#: The first pattern found in a class name decides.
_NAMES = tuple(
    (re.compile(pattern, re.IGNORECASE), family)
    for pattern, family in (
        (r"norm(?!al)|frn|^bn$", "normalization"),
        (r"drop|stochasticdepth|identity", "dropout"),
        (r"attention|attn", "attention"),
        (r"lstm|gru|rnn|recurrent|mamba|ssm", "recurrent"),
        (r"pool|upsample|resize|pixelshuffle|interpolate|unfold", "pooling"),
        (r"embed|positional|rotary", "embedding"),
        (r"conv", "convolution"),
        (r"linear|dense|conv1d|bilinear|mlp|feedforward|projection", "linear"),
        (r"relu|gelu|silu|sigmoid|tanh|softmax|softplus|swish|mish|activation|elu$|^act", "activation"),
        (r"^(sequential|modulelist|moduledict|functional|inputlayer)$", "container"),
    )
)


def family(type: str) -> str:
    """What a class does.

    >>> family("Conv2d"), family("LayerNorm"), family("SmallNet")
    ('convolution', 'normalization', 'other')
    """
    return next((name for pattern, name in _NAMES if pattern.search(type)), "other")
