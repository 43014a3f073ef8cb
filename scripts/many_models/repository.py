"""Makes the repository: half of its models use the block, some of them through another file."""

from __future__ import annotations

import subprocess
from pathlib import Path

BLOCK = """import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    \"\"\"The block that half of the models share.\"\"\"

    def __init__(self, width, out):
        super().__init__()
        self.conv = nn.Conv2d(width, out, 3, padding=1)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))
"""
STAGE = """from torch import nn

from .block import Block


def stage(width, out, depth):
    return nn.Sequential(Block(width, out), *[Block(out, out) for _ in range(depth - 1)])
"""
MODEL = """from torch import nn
{imports}


class Net{number}(nn.Module):
    def __init__(self, classes={classes}, width={width}):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.body = {body}
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, x):
        return self.head(self.pool(self.body(self.stem(x))).flatten(1))
"""
WAYS = (
    ("from .block import Block", "nn.Sequential(Block(width, width), Block(width, 2 * width))"),
    ("from .stage import stage", "stage(width, 2 * width, 3)"),
    ("", "nn.Sequential(nn.Conv2d(width, 2 * width, 3, padding=1), nn.BatchNorm2d(2 * width), nn.ReLU())"),
    ("", "nn.Conv2d(width, 2 * width, 1)"),
)


def git(root: Path, *words: str) -> str:
    """A git command, in the repository."""
    settings = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *settings, "-C", str(root), *words], check=True, capture_output=True, text=True).stdout.strip()


def made(root: Path, count: int) -> set[str]:
    """Make it, commit it, and change the block in the working tree: the names of the models that this touches.

    The block itself is a part of others, and no model.
    """
    package = root / "nets"
    package.mkdir(parents=True)
    git(root, "init", "-q")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "block.py").write_text(BLOCK, encoding="utf-8")
    (package / "stage.py").write_text(STAGE, encoding="utf-8")
    affected: set[str] = set()
    for number in range(count):
        imports, body = WAYS[number % len(WAYS)]
        text = MODEL.format(number=number, imports=imports, body=body, classes=10 + number % 7, width=8 + 4 * (number % 5))
        (package / f"net{number}.py").write_text(text, encoding="utf-8")
        affected |= {f"Net{number}"} if imports else set()
    git(root, "add", "-A")
    git(root, "commit", "-qm", "models")
    changed = BLOCK.replace("self.norm(self.conv(x))", "self.conv(self.norm(x))").replace("BatchNorm2d(out)", "BatchNorm2d(width)")
    (package / "block.py").write_text(changed, encoding="utf-8")
    return affected
