"""Networks over sequences: recurrent layers with packed states, attention written out, a transformer with a class token."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Tagger(nn.Module):
    def __init__(self, vocabulary=50, width=16, hidden=24, tags=7, layers=2):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width, padding_idx=0)
        self.lstm = nn.LSTM(width, hidden, num_layers=layers, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.attend = nn.Linear(2 * hidden, 1)
        self.out = nn.Linear(2 * hidden, tags)

    def forward(self, tokens):
        x = self.dropout(self.embedding(tokens))
        states, (h, c) = self.lstm(x)
        weights = F.softmax(self.attend(states), dim=1)
        summary = (weights * states).sum(dim=1)
        return self.out(states), self.out(summary)


class Decoder(nn.Module):
    def __init__(self, hidden=12, vocabulary=30, steps=3):
        super().__init__()
        self.steps = steps
        self.embed = nn.Embedding(vocabulary, hidden)
        self.cell = nn.GRUCell(hidden, hidden)
        self.project = nn.Linear(hidden, vocabulary)

    def forward(self, first, state):
        outputs = []
        token = first
        for _ in range(self.steps):
            state = self.cell(self.embed(token), state)
            logits = self.project(state)
            token = logits.argmax(dim=-1)
            outputs.append(logits)
        return torch.stack(outputs, dim=1)


class SelfAttention(nn.Module):
    def __init__(self, dim, heads=4):
        super().__init__()
        assert dim % heads == 0
        self.heads = heads
        self.head_dim = dim // heads
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x, mask=None):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.heads, self.head_dim).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        scores = torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        x = (scores.softmax(dim=-1) @ v).transpose(1, 2).reshape(B, N, C)
        return self.proj(x)


class Layer(nn.Module):
    def __init__(self, dim, heads, ratio=2):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = SelfAttention(dim, heads=heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, dim * ratio), nn.GELU(), nn.Linear(dim * ratio, dim))

    def forward(self, x, mask=None):
        x = x + self.attn(self.norm1(x), mask)
        return x + self.mlp(self.norm2(x))


class Vision(nn.Module):
    def __init__(self, image=32, patch=8, dim=32, depth=2, heads=4, classes=10):
        super().__init__()
        self.patches = (image // patch) ** 2
        self.embed = nn.Conv2d(3, dim, kernel_size=patch, stride=patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, self.patches + 1, dim))
        self.blocks = nn.ModuleList([Layer(dim, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    def forward_features(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        cls = self.cls_token.expand(x.shape[0], -1, -1)
        x = torch.cat((cls, x), dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def forward(self, x):
        x = self.forward_features(x)
        return self.head(x[:, 0])


class Cross(nn.Module):
    def __init__(self, dim=16, memory=24, heads=2):
        super().__init__()
        self.attention = nn.MultiheadAttention(dim, heads, kdim=memory, vdim=memory, batch_first=True)
        self.norm = nn.LayerNorm(dim)
        self.encoder = nn.TransformerEncoderLayer(dim, nhead=heads, dim_feedforward=32, batch_first=True)
        self.score = nn.Bilinear(dim, memory, 3)

    def forward(self, x, context):
        y, weights = self.attention(x, context, context)
        x = self.encoder(self.norm(x + y))
        return self.score(x.mean(dim=1), context.mean(dim=1)), weights


class Channels(nn.Module):
    def __init__(self, bands=4, hidden=16, length=64):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(bands, hidden, kernel_size=5, stride=2, padding=2),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Conv1d(hidden, hidden * 2, kernel_size=3, stride=2, padding=1),
            nn.GroupNorm(4, hidden * 2),
        )
        self.mean = nn.Linear(hidden * 2 * (length // 4), 8)
        self.spread = nn.Linear(hidden * 2 * (length // 4), 8)
        self.grow = nn.Linear(8, hidden * 2 * (length // 4))
        self.decode = nn.Sequential(
            nn.ConvTranspose1d(hidden * 2, hidden, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose1d(hidden, bands, 4, stride=2, padding=1),
        )

    def encode(self, x):
        h = self.net(x)
        flat = torch.flatten(h, start_dim=1)
        return self.mean(flat), self.spread(flat), h.shape

    def forward(self, x):
        mean, spread, shape = self.encode(x)
        z = mean + torch.exp(0.5 * spread) * torch.randn_like(spread)
        back = self.decode(self.grow(z).view(shape))
        return back, mean, spread


RUNS = {
    "Tagger()": [((2, 9), "int64")],
    "Decoder()": [((2,), "int64"), ((2, 12), "float32")],
    "Vision()": [((2, 3, 32, 32), "float32")],
    "Cross()": [((2, 5, 16), "float32"), ((2, 7, 24), "float32")],
    "Channels()": [((2, 4, 64), "float32")],
}
