"""Parametrized modules against torch itself: class names, tree, parameters, buffers and the order of calls."""

# ruff: noqa: E501 - one program, one line
from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.test_numpy import read

PROGRAMS = {
    "weight norm": "m = P.weight_norm(nn.Conv1d(4, 6, 3)); x = torch.zeros(2, 4, 9)",
    "weight norm dim": "m = P.weight_norm(nn.Conv1d(4, 6, 3, bias=False), dim=2); x = torch.zeros(2, 4, 9)",
    "weight norm none": "m = P.weight_norm(nn.Linear(4, 6), dim=None); x = torch.zeros(2, 4)",
    "weight norm inside": "m = nn.Sequential(P.weight_norm(nn.Linear(4, 6), 'weight'), nn.ReLU(), nn.Linear(6, 2)); x = torch.zeros(2, 4)",
    "weight norm transposed": "m = P.weight_norm(nn.ConvTranspose1d(4, 6, 3)); x = torch.zeros(2, 4, 9)",
    "spectral norm": "m = P.spectral_norm(nn.Conv2d(4, 6, 3)); x = torch.zeros(2, 4, 9, 9)",
    "spectral norm transposed": "m = P.spectral_norm(nn.ConvTranspose2d(4, 6, 3)); x = torch.zeros(2, 4, 9, 9)",
    "spectral norm bias": "m = P.spectral_norm(nn.Linear(4, 6), 'bias'); x = torch.zeros(2, 4)",
    "spectral norm embedding": "m = P.spectral_norm(nn.Embedding(4, 6)); x = torch.zeros(2, 4, dtype=torch.long)",
    "orthogonal": "m = P.orthogonal(nn.Linear(4, 4)); x = torch.zeros(2, 4)",
    "orthogonal tall": "m = P.orthogonal(nn.Linear(4, 6), use_trivialization=False); x = torch.zeros(2, 4)",
    "orthogonal wide": "m = P.orthogonal(nn.Linear(6, 4), orthogonal_map='cayley'); x = torch.zeros(2, 6)",
    "two": "m = P.spectral_norm(P.weight_norm(nn.Linear(4, 6)), 'bias'); x = torch.zeros(2, 4)",
    "on top": "m = P.spectral_norm(P.weight_norm(nn.Linear(4, 6))); x = torch.zeros(2, 4)",
    "removed": "m = R.remove_parametrizations(P.weight_norm(nn.Linear(4, 6)), 'weight'); x = torch.zeros(2, 4)",
    "removed spectral": "m = R.remove_parametrizations(P.spectral_norm(nn.Linear(4, 6)), 'weight', leave_parametrized=False); x = torch.zeros(2, 4)",
    "one of two removed": "m = R.remove_parametrizations(P.spectral_norm(P.weight_norm(nn.Linear(4, 6)), 'bias'), 'weight'); x = torch.zeros(2, 4)",
    "own": """
class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)
m = nn.Linear(4, 4)
R.register_parametrization(m, 'weight', Symmetric())
x = torch.zeros(2, 4)
""",
    "own with several": """
class RankOne(nn.Module):
    def forward(self, x, y):
        return x.unsqueeze(-1) @ y.unsqueeze(-2)
    def right_inverse(self, Z):
        return Z[..., :, 0], Z[..., 0, :]
m = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5))
R.register_parametrization(m[1], 'weight', RankOne(), unsafe=True)
x = torch.zeros(2, 3)
""",
    "copied": "import copy; m = nn.Sequential(*[copy.deepcopy(P.weight_norm(nn.Linear(4, 4))) for _ in range(2)]); x = torch.zeros(2, 4)",
    "initialized": "m = P.weight_norm(nn.Linear(4, 6)); nn.init.zeros_(m.parametrizations.weight.original0); x = torch.zeros(2, 4)",
    "legacy weight norm": "m = nn.utils.weight_norm(nn.Conv1d(4, 6, 3)); x = torch.zeros(2, 4, 9)",
    "legacy weight norm dim": "m = nn.utils.weight_norm(nn.Linear(4, 6), dim=None); x = torch.zeros(2, 4)",
    "legacy weight norm removed": "m = nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(4, 6))); x = torch.zeros(2, 4)",
    "legacy spectral norm": "m = nn.utils.spectral_norm(nn.Conv2d(4, 6, 3)); x = torch.zeros(2, 4, 9, 9)",
    "legacy spectral norm transposed": "m = nn.utils.spectral_norm(nn.ConvTranspose2d(4, 6, 3)); x = torch.zeros(2, 4, 9, 9)",
    "legacy spectral norm removed": "m = nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(4, 6))); x = torch.zeros(2, 4)",
    "fused": "m = nn.utils.fusion.fuse_conv_bn_eval(nn.Conv2d(3, 4, 3, bias=False).eval(), nn.BatchNorm2d(4).eval()); x = torch.zeros(1, 3, 8, 8)",
    "skip_init": "m = nn.utils.skip_init(nn.Linear, 4, 6); x = torch.zeros(2, 4)",
    "pruned": "import torch.nn.utils.prune as prune; m = prune.l1_unstructured(nn.Linear(4, 6), 'weight', amount=0.3); x = torch.zeros(2, 4)",
    "prune removed": "import torch.nn.utils.prune as prune; m = prune.remove(prune.identity(nn.Linear(4, 6), 'weight'), 'weight'); x = torch.zeros(2, 4)",
    "state dict": "m = P.weight_norm(nn.Linear(4, 6)); x = torch.zeros(2, 4); keys = list(m.state_dict())",
    "questions": "m = P.weight_norm(nn.Linear(4, 6)); x = torch.zeros(2, 4); "
                 "keys = [R.is_parametrized(m), R.is_parametrized(m, 'bias'), hasattr(m, 'weight_g'), isinstance(m, nn.Linear), "
                 "type(m).__name__, tuple(m.weight.shape), isinstance(m.weight, nn.Parameter), R.type_before_parametrizations(m) is nn.Linear]",
}  # fmt: skip

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.utils.parametrizations as P\nimport torch.nn.utils.parametrize as R\n"
TAIL = """
m.eval()
for module in m.modules():
    module.register_forward_pre_hook(lambda module, args: entered.append([n for n, o in m.named_modules() if o is module][0]))
y = m(x)
result = [
    [(n, type(o).__module__, type(o).__name__) for n, o in m.named_modules()],
    [(n, tuple(p.shape), p.requires_grad) for n, p in m.named_parameters()],
    [(n, tuple(b.shape)) for n, b in m.named_buffers()],
    entered, tuple(y.shape), keys,
]
"""


@pytest.mark.parametrize("name", PROGRAMS)
def test_like_torch(name: str) -> None:
    source = f"{HEAD}keys = None\nentered = []\n{PROGRAMS[name].strip()}\n{TAIL}"
    theirs: dict[str, Any] = {"__name__": "__main__"}
    exec(source, theirs)
    ours = read(source)
    for found, wanted in zip(ours["result"], theirs["result"], strict=True):
        assert found == wanted
