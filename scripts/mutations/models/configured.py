"""Networks of a configuration: layers by name, results by key, properties, functions of a class, a loop over stages."""

import math
from collections import OrderedDict
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    width: int = 24
    heads: int = 4
    depth: int = 2
    patch: int = 8
    size: int = 32
    rates: tuple = (1, 2, 4)
    heads_of: dict = field(default_factory=lambda: {"color": 3, "kind": 7})
    gated: bool = True

    @property
    def tokens(self):
        return (self.size // self.patch) ** 2

    @property
    def head_width(self):
        return self.width // self.heads


def window(x, size: int):
    b, h, w, c = x.shape
    x = x.view(b, h // size, size, w // size, size, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, size * size, c)


class Patches(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.project = nn.Conv2d(3, config.width, kernel_size=config.patch, stride=config.patch)
        self.place = nn.Parameter(torch.zeros(1, config.tokens + 1, config.width))
        self.first = nn.Parameter(torch.zeros(1, 1, config.width))
        nn.init.trunc_normal_(self.place, std=0.02)

    def forward(self, pixels):
        x = self.project(pixels).flatten(2).transpose(1, 2)
        first = self.first.expand(x.shape[0], -1, -1)
        return torch.cat([first, x], dim=1) + self.place


class Mixing(nn.Module):
    def __init__(self, config: Config, dropout: float = 0.0):
        super().__init__()
        self.config = config
        self.scale = 1.0 / math.sqrt(config.head_width)
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=False)
        self.out = nn.Linear(config.width, config.width)
        self.drop = nn.Dropout(dropout)
        self.gate = nn.Linear(config.width, config.heads) if config.gated else None

    def split(self, x):
        b, n, _ = x.shape
        return x.reshape(b, n, 3, self.config.heads, self.config.head_width).permute(2, 0, 3, 1, 4)

    def forward(self, x, mask=None):
        q, k, v = self.split(self.qkv(x)).unbind(0)
        scores = torch.matmul(q, k.transpose(-2, -1)) * self.scale
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, -1e9)
        y = self.drop(scores.softmax(dim=-1)) @ v
        if self.gate is not None:
            y = y * torch.sigmoid(self.gate(x)).transpose(1, 2).unsqueeze(-1)
        y = y.transpose(1, 2).reshape(x.shape)
        return self.out(y), scores


class Layer(nn.Module):
    def __init__(self, config: Config, ratio=4):
        super().__init__()
        hidden = int(config.width * ratio)
        self.norms = nn.ModuleList([nn.LayerNorm(config.width) for _ in range(2)])
        self.mixing = Mixing(config)
        self.mlp = nn.Sequential(
            OrderedDict([("up", nn.Linear(config.width, hidden)), ("act", nn.GELU()), ("down", nn.Linear(hidden, config.width))])
        )

    def forward(self, x, mask=None):
        y, scores = self.mixing(self.norms[0](x), mask=mask)
        x = x + y
        return x + self.mlp(self.norms[1](x)), scores


class Heads(nn.Module):
    def __init__(self, width, sizes):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})

    @staticmethod
    def pooled(x):
        return x[:, 0]

    def forward(self, x):
        x = self.pooled(x)
        return {name: head(x) for name, head in self.heads.items()}


class Recognizer(nn.Module):
    def __init__(self, config=Config()):
        super().__init__()
        self.patches = Patches(config)
        self.layers = nn.ModuleList([Layer(config) for _ in range(config.depth)])
        self.norm = nn.LayerNorm(config.width)
        self.heads = Heads(config.width, config.heads_of)

    def forward(self, pixels, mask=None):
        x = self.patches(pixels)
        kept = []
        for layer in self.layers:
            x, scores = layer(x, mask)
            kept.append(scores)
        found = self.heads(self.norm(x))
        return found["color"], found["kind"], torch.stack(kept, dim=1)


class Windowed(nn.Module):
    def __init__(self, channels=12, size=4, classes=5):
        super().__init__()
        self.size = size
        self.stem = nn.Conv2d(3, channels, 3, stride=2, padding=1)
        self.norm = nn.LayerNorm(channels)
        self.score = nn.Linear(channels, 1)
        self.head = nn.Linear(channels, classes)

    def forward(self, x):
        x = F.gelu(self.stem(x)).permute(0, 2, 3, 1)
        b = x.size(0)
        x = window(self.norm(x), self.size)
        weights = F.softmax(self.score(x), dim=1)
        x = (x * weights).sum(dim=1)
        x = x.view(b, x.shape[0] // b, -1)
        return self.head(x.mean(1))


class Waves(nn.Module):
    """A stack of dilated convolutions over time, each with a skip."""

    def __init__(self, channels=8, rates=(1, 2, 4), steps=3):
        super().__init__()
        self.enter = nn.Conv1d(1, channels, kernel_size=1)
        self.stages = nn.ModuleList()
        for i in range(len(rates)):
            self.stages.append(
                nn.ModuleDict(
                    {
                        "filter": nn.Conv1d(channels, channels, 3, padding=rates[i], dilation=rates[i]),
                        "gate": nn.Conv1d(channels, channels, 3, padding=rates[i], dilation=rates[i]),
                        "skip": nn.Conv1d(channels, channels * 2, 1),
                    }
                )
            )
        self.memory = nn.GRU(channels * 2, channels, num_layers=2, batch_first=True, bidirectional=True)
        self.leave = nn.Linear(channels * 2, steps)

    def forward(self, x):
        x = self.enter(x)
        total = 0
        for stage in self.stages:
            y = torch.tanh(stage["filter"](x)) * torch.sigmoid(stage["gate"](x))
            total = total + stage["skip"](y)
            x = x + y
        y, last = self.memory(total.transpose(1, 2))
        forth, back = last[-2], last[-1]
        return self.leave(y), torch.cat((forth, back), dim=-1)


RUNS = {
    "Recognizer()": [((2, 3, 32, 32), "float32")],
    "Recognizer(Config(gated=False, depth=1))": [((2, 3, 32, 32), "float32"), ((2, 17), "int64")],
    "Windowed()": [((2, 3, 16, 16), "float32")],
    "Waves()": [((2, 1, 20), "float32")],
}
