"""Small models of every kind: built by torch to make artifacts, and read as source."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(8 * 4 * 4, 10)

    def forward(self, x):
        x = self.pool(self.relu(self.conv(x)))
        return self.fc(x.flatten(1))


class NormCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.LeakyReLU(0.2), nn.AvgPool2d(2))
        self.head = nn.Linear(8 * 7 * 7, 4)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


class Block(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(width)
        self.act = nn.ReLU()

    def forward(self, x):
        y = self.act(self.bn1(self.conv1(x)))
        return self.act(self.bn2(self.conv2(y)) + x)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.blocks = nn.Sequential(Block(8), Block(8))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.fc(x.mean((2, 3)))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.middle = nn.Conv2d(8, 16, 3, padding=1)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.out = nn.Conv2d(16, 2, 1)

    def forward(self, x):
        skip = torch.relu(self.down(x))
        y = self.up(torch.relu(self.middle(self.pool(skip))))
        return self.out(torch.cat([skip, y], 1))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 4, 1)
        self.b = nn.Conv2d(3, 4, 3, padding=1)
        self.c = nn.Conv2d(3, 4, 5, padding=2)
        self.out = nn.Conv2d(12, 2, 1)

    def forward(self, x):
        return self.out(torch.cat([self.a(x), self.b(x), self.c(x)], dim=1))


class Depthwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.depth = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8)
        self.point = nn.Conv2d(8, 16, 1)
        self.norm = nn.GroupNorm(4, 16)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.norm(self.point(self.depth(x))))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 8)
        self.lstm = nn.LSTM(8, 16, num_layers=2, batch_first=True, bidirectional=True)
        self.out = nn.Linear(32, 5)

    def forward(self, tokens):
        y, _ = self.lstm(self.embed(tokens))
        return self.out(y)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 12, batch_first=True)
        self.out = nn.Linear(12, 3)

    def forward(self, x):
        return self.out(self.gru(x)[0])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(16, 4, batch_first=True)
        self.norm = nn.LayerNorm(16)
        self.up = nn.Linear(16, 32)
        self.act = nn.GELU()
        self.down = nn.Linear(32, 16)

    def forward(self, x):
        x = x + self.attn(x, x, x, need_weights=False)[0]
        return x + self.down(self.act(self.up(self.norm(x))))


class TiedGPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(40, 16)
        self.wpe = nn.Embedding(12, 16)
        self.q = nn.Linear(16, 16)
        self.k = nn.Linear(16, 16)
        self.v = nn.Linear(16, 16)
        self.ln = nn.LayerNorm(16)
        self.head = nn.Linear(16, 40, bias=False)
        self.head.weight = self.wte.weight
        self.register_buffer("places", torch.arange(12), persistent=False)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(self.places[: tokens.shape[1]])
        q, k, v = self.heads(self.q(x)), self.heads(self.k(x)), self.heads(self.v(x))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + y.transpose(1, 2).reshape(x.shape)
        return self.head(self.ln(x))

    def heads(self, x):
        return x.view(x.shape[0], x.shape[1], 4, 4).transpose(1, 2)


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Conv2d(3, 4, 4, stride=4)
        self.text = nn.Linear(6, 64)
        self.out = nn.Linear(64, 2)

    def forward(self, image, text):
        return self.out(torch.tanh(self.image(image).flatten(1) * self.text(text)))


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(10, 20), nn.ReLU(), nn.Dropout(0.3), nn.Linear(20, 20), nn.Sigmoid(), nn.Linear(20, 2))

    def forward(self, x):
        return self.layers(x)


#: The models and what their forward is given.
INPUTS = {
    "SmallCNN": ["1,3,16,16"],
    "NormCNN": ["1,3,16,16"],
    "Residual": ["1,3,8,8"],
    "UNet": ["1,3,8,8"],
    "Inception": ["1,3,8,8"],
    "Depthwise": ["1,8,8,8"],
    "Tagger": ["1,7:int64"],
    "Recurrent": ["1,7,8"],
    "Attention": ["1,7,16"],
    "TiedGPT": ["1,7:int64"],
    "TwoInputs": ["1,3,16,16", "1,6"],
    "Perceptron": ["1,10"],
}
