"""Rule: the embedding does not divide into the heads."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import torch_layers
from ..numbers import known_number
from ..rule import Rule, argument


class HeadsDivisibility(Rule):
    """The embedding does not divide into the heads.

    ## Why
    `embed_dim must be divisible by num_heads`: torch refuses to build the layer.
    """

    code = "MDL401"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(100, 8)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(96, 8)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, layer in torch_layers(file, _NAMES):
            width, heads = (known_number(file, argument(call, place, name)) for place, name in enumerate(_NAMES[layer]))
            if width is not None and heads and width % heads:
                given = heads
                near = [head for head in range(1, width + 1) if width % head == 0]
                best = min(near, key=lambda head: abs(head - given))
                yield self.finding(
                    file,
                    call,
                    f"{width} features do not divide into {heads} heads",
                    help=f"{best} heads divide {width}; {width - width % heads + heads} features divide into {heads}",
                )


#: Width and heads, by the names of their parameters.
_NAMES = {
    "MultiheadAttention": ("embed_dim", "num_heads"),
    "TransformerEncoderLayer": ("d_model", "nhead"),
    "TransformerDecoderLayer": ("d_model", "nhead"),
    "Transformer": ("d_model", "nhead"),
}
