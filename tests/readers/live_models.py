"""Small models that are run in another process: good ones, and some that fail in every way."""

from __future__ import annotations

import os
import sys

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(8)
        self.act = nn.ReLU()
        self.fc = nn.Linear(8 * 4 * 4, classes)

    def forward(self, x):
        return self.fc(self.act(self.bn(self.conv(x))).flatten(1))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(40, 16)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 40, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens):
        return self.head(self.norm(self.embed(tokens)))


class Buffered(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.ones(6))
        self.register_buffer("places", torch.arange(5), persistent=False)
        self.inner = nn.Linear(6, 6)
        self.frozen = nn.Parameter(torch.zeros(6), requires_grad=False)

    def forward(self, x):
        return self.inner(x * self.scale + self.frozen)


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Conv2d(3, 4, 4, stride=4)
        self.text = nn.Linear(6, 64)
        self.out = nn.Linear(64, 2)

    def forward(self, image, text):
        return {"logits": self.out(self.image(image).flatten(1) * self.text(text)), "image": image}


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.rate = torch.linspace(0, 1, 3)[1].item()  # a real number: not on the meta device
        self.step = nn.Linear(8, 8)
        self.same = self.step

    def forward(self, x):
        return self.step(self.same(x)) * self.rate


class Loud(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        print('{"framework": "torch"}', flush=True)

    def forward(self, x):
        for _ in range(40000):
            print("noise " * 10)
            print("more \x1b[31mnoise", file=sys.stderr)
        return self.fc(x)


class Raises(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        raise ValueError("a bad \x1b[31mwidth")


class Endless(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        print("building")
        while True:
            pass


class Hungry(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.kept = bytearray(1 << 31)


def leaves():
    sys.exit(3)


def dies():
    print("last words", flush=True)
    os.abort()


def number():
    os.write(1, b"{}")
    return 7


def foreign():
    import no_such_package_anywhere as missing

    return missing
