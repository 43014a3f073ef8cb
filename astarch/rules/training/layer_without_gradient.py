"""Rule: a layer that an optimizer holds, and that no gradient reaches."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule


class LayerWithoutGradient(Rule):
    """A layer is called, its weights are given to an optimizer, and nothing leads back to them from any loss.

    ## Why
    `.data`, `.item()`, `detach()` or a `no_grad` on the way cut what comes before: these weights stay what they were at first, while the
    others learn around them.

    ## Known problems
    Only programs that are run as a whole and of which nothing is left open. A layer that is kept as it is on purpose wants
    `requires_grad_(False)`, which says so.
    """

    code = "MDL670"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Linear(4, 8)
            self.decoder = nn.Linear(8, 4)

        def forward(self, x):
            return self.decoder(F.relu(self.encoder(x).data))

    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    x = torch.randn(8, 4)
    for _ in range(2):
        optimizer.zero_grad()
        F.mse_loss(net(x), x).backward()
        optimizer.step()
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Linear(4, 8)
            self.decoder = nn.Linear(8, 4)

        def forward(self, x):
            return self.decoder(F.relu(self.encoder(x)))

    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    x = torch.randn(8, 4)
    for _ in range(2):
        optimizer.zero_grad()
        F.mse_loss(net(x), x).backward()
        optimizer.step()
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for kind, span in architecture.attributes.get("idle layers", ()):
            if os.path.abspath(span.file) == os.path.abspath(file.path):  # noqa: PTH100
                message = f"no gradient reaches the weights of this `{kind}`, which an optimizer holds: they are never trained"
                yield self.finding(file, span._replace(file=file.path), message)
