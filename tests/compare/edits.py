"""Models, and edits that people make to them, for holding what `astarch diff` says against what torch says."""

# ruff: noqa: E501 - an edit stands on one line

from __future__ import annotations

from dataclasses import dataclass

RESNET = """
import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width, out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(width, out, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.short = nn.Identity() if stride == 1 else nn.Sequential(nn.Conv2d(width, out, 1, stride), nn.BatchNorm2d(out))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + self.short(x))


class Net(nn.Module):
    def __init__(self, width=8, classes=5):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.Sequential(Block(width, width), Block(width, 2 * width, 2), Block(2 * width, 2 * width))
        self.drop = nn.Dropout(0.1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2 * width, classes)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        x = torch.flatten(self.pool(x), 1)
        return self.fc(self.drop(x))
"""

VIT = """
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        a = (q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1)
        return self.proj((a @ v).transpose(1, 2).reshape(b, n, c))


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class Layer(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim, 2 * dim)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Net(nn.Module):
    def __init__(self, dim=16, heads=4, depth=3, classes=5):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, 8, 8)
        self.cls_token = nn.Parameter(torch.randn(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.randn(1, 17, dim))
        self.layers = nn.ModuleList([Layer(dim, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], dim=1)
        x = x + self.pos_embed
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x)[:, 0])
"""

GPT = """
import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, dim, heads, context):
        super().__init__()
        self.heads = heads
        self.ln = nn.LayerNorm(dim)
        self.q = nn.Linear(dim, dim, bias=False)
        self.k = nn.Linear(dim, dim, bias=False)
        self.v = nn.Linear(dim, dim, bias=False)
        self.out = nn.Linear(dim, dim)
        self.register_buffer("mask", torch.tril(torch.ones(context, context)), persistent=False)

    def forward(self, x):
        b, t, c = x.shape
        y = self.ln(x)
        q, k, v = (f(y).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        a = q @ k.transpose(-2, -1) / 2.0
        a = a.masked_fill(self.mask[:t, :t] == 0, float("-inf"))
        y = (F.softmax(a, dim=-1) @ v).transpose(1, 2).reshape(b, t, c)
        return x + self.out(y)


class Net(nn.Module):
    def __init__(self, vocab=40, dim=16, heads=4, depth=2, context=16, tie=True):
        super().__init__()
        self.wte = nn.Embedding(vocab, dim)
        self.wpe = nn.Embedding(context, dim)
        self.h = nn.ModuleList([Layer(dim, heads, context) for _ in range(depth)])
        self.ln_f = nn.LayerNorm(dim)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        if tie:
            self.lm_head.weight = self.wte.weight
        self.register_buffer("scale", torch.tensor(0.5))

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for layer in self.h:
            x = layer(x)
        return self.lm_head(self.ln_f(x)) * self.scale
"""

MLP = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=12, hidden=12, classes=4, slope=0.1):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(width, hidden),
            nn.LeakyReLU(slope),
            nn.Linear(hidden, hidden),
            nn.LeakyReLU(slope),
            nn.Linear(hidden, classes),
        )
        self.gain = nn.Parameter(torch.ones(classes))

    def forward(self, x, temperature=1.0):
        return self.net(x) * self.gain / temperature
"""

SOURCES = {"resnet": RESNET, "vit": VIT, "gpt": GPT, "mlp": MLP}
INPUTS = {"resnet": "2,3,32,32", "vit": "2,3,32,32", "gpt": "2,7:int64", "mlp": "3,12"}


@dataclass(frozen=True)
class Edit:
    """A named edit: the model, and what is replaced by what, everywhere."""

    name: str
    model: str
    replaced: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The edited source."""
        text = SOURCES[self.model]
        for old, new in self.replaced:
            assert old in text, f"{self.name}: `{old}` is not there"
            text = text.replace(old, new)
        return text


def edit(name: str, model: str, *replaced: tuple[str, str]) -> Edit:
    return Edit(name, model, replaced)


EDITS = (
    edit("rename an attribute", "resnet", ("self.fc", "self.classifier")),
    edit("rename a container", "resnet", ("self.blocks", "self.layers")),
    edit("rename inside a block", "resnet", ("conv1", "first"), ("bn1", "first_norm")),
    edit("swap an activation", "resnet", ("F.relu(y + ", "F.gelu(y + ")),
    edit("function to layer", "resnet", ("F.relu(self.bn1(self.conv1(x)))", "nn.ReLU(inplace=True)(self.bn1(self.conv1(x)))")),
    edit("change a stride", "resnet", ("self.stem = nn.Conv2d(3, width, 3, padding=1)", "self.stem = nn.Conv2d(3, width, 3, stride=2, padding=1)")),
    edit("change the padding", "resnet", ("self.stem = nn.Conv2d(3, width, 3, padding=1)", "self.stem = nn.Conv2d(3, width, 3)")),
    edit("wrap in Sequential", "resnet", ("self.stem = nn.Conv2d(3, width, 3, padding=1)", "self.stem = nn.Sequential(nn.Conv2d(3, width, 3, padding=1))")),
    edit("widen by the default", "resnet", ("width=8", "width=12")),
    edit("add a bias", "resnet", ("self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)", "self.conv2 = nn.Conv2d(out, out, 3, padding=1)")),
    edit("change dropout", "resnet", ("nn.Dropout(0.1)", "nn.Dropout(0.5)")),
    edit("remove dropout", "resnet", ("        self.drop = nn.Dropout(0.1)\n", ""), ("self.fc(self.drop(x))", "self.fc(x)")),
    edit("change eps of a norm", "resnet", ("self.bn2 = nn.BatchNorm2d(out)", "self.bn2 = nn.BatchNorm2d(out, eps=1e-2)")),
    edit("change momentum of a norm", "resnet", ("self.bn2 = nn.BatchNorm2d(out)", "self.bn2 = nn.BatchNorm2d(out, momentum=0.01)")),
    edit("norm without statistics", "resnet", ("self.bn1 = nn.BatchNorm2d(out)", "self.bn1 = nn.BatchNorm2d(out, track_running_stats=False)")),
    edit("rename a class", "resnet", ("Block(", "ResidualBlock(")),
    edit("one block more", "resnet", ("Block(2 * width, 2 * width))", "Block(2 * width, 2 * width), Block(2 * width, 2 * width))")),
    edit("forget the shortcut", "resnet", ("F.relu(y + self.short(x))", "F.relu(y)")),
    edit("flatten by view", "resnet", ("torch.flatten(self.pool(x), 1)", "self.pool(x).view(x.shape[0], -1)")),
    edit("register in another order", "resnet",
         ("        self.conv1 = nn.Conv2d(width, out, 3, stride=stride, padding=1, bias=False)\n        self.bn1 = nn.BatchNorm2d(out)\n",
          "        self.bn1 = nn.BatchNorm2d(out)\n        self.conv1 = nn.Conv2d(width, out, 3, stride=stride, padding=1, bias=False)\n")),
    edit("split qkv", "vit", ("self.qkv = nn.Linear(dim, 3 * dim)", "self.q = nn.Linear(dim, dim)\n        self.kv = nn.Linear(dim, 2 * dim)"),
         ("self.qkv(x).reshape", "torch.cat([self.q(x), self.kv(x)], -1).reshape")),
    edit("post norm", "vit", ("x = x + self.attn(self.norm1(x))", "x = self.norm1(x + self.attn(x))")),
    edit("another scale", "vit", ("self.scale = (dim // heads) ** -0.5", "self.scale = dim ** -0.5")),
    edit("other heads", "vit", ("heads=4", "heads=2")),
    edit("rename a parameter", "vit", ("cls_token", "class_token")),
    edit("mlp as Sequential", "vit", ("self.mlp = Mlp(dim, 2 * dim)", "self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))")),
    edit("tanh gelu", "vit", ("nn.GELU()", "nn.GELU(approximate='tanh')")),
    edit("list to Sequential", "vit", ("nn.ModuleList([Layer(dim, heads) for _ in range(depth)])", "nn.Sequential(*[Layer(dim, heads) for _ in range(depth)])")),
    edit("mean instead of token", "vit", ("self.norm(x)[:, 0]", "self.norm(x).mean(1)")),
    edit("swap two norms", "vit", ("self.attn(self.norm1(x))", "self.attn(self.normX(x))"), ("self.mlp(self.norm2(x))", "self.mlp(self.norm1(x))"), ("normX", "norm2")),
    edit("untie", "gpt", ("tie=True", "tie=False")),
    edit("make a buffer persistent", "gpt", ("persistent=False", "persistent=True")),
    edit("make a buffer transient", "gpt", ('self.register_buffer("scale", torch.tensor(0.5))', 'self.register_buffer("scale", torch.tensor(0.5), persistent=False)')),
    edit("rename the blocks, with a persistent mask", "gpt", ("self.h ", "self.blocks "), ("in self.h:", "in self.blocks:"), ("persistent=False", "persistent=True")),
    edit("merge q, k and v", "gpt", ("        self.k = nn.Linear(dim, dim, bias=False)\n        self.v = nn.Linear(dim, dim, bias=False)\n", ""),
         ("self.q = nn.Linear(dim, dim, bias=False)", "self.qkv = nn.Linear(dim, 3 * dim, bias=False)"),
         ("for f in (self.q, self.k, self.v))", "for f in self.qkv_parts())"),
         ("    def forward(self, x):\n        b, t, c = x.shape\n        y = self.ln(x)", "    def qkv_parts(self):\n        return [lambda y, i=i: self.qkv(y).chunk(3, -1)[i] for i in range(3)]\n\n    def forward(self, x):\n        b, t, c = x.shape\n        y = self.ln(x)")),
    edit("wrong mask", "gpt", ("torch.tril(torch.ones(context, context))", "torch.tril(torch.ones(context, context), 1)")),
    edit("gpt names", "gpt", ("self.h ", "self.blocks "), ("in self.h:", "in self.blocks:"), ("self.ln_f", "self.final_norm"), ("self.wte", "self.token_embedding"),
         ("self.wpe", "self.position_embedding")),
    edit("shorter context", "gpt", ("context=16", "context=8")),
    edit("insert a layer", "mlp", ("            nn.LeakyReLU(slope),\n            nn.Linear(hidden, classes)", "            nn.LeakyReLU(slope),\n            nn.Dropout(0.2),\n            nn.Linear(hidden, classes)")),
    edit("change a default", "mlp", ("slope=0.1", "slope=0.2")),
    edit("reorder operands", "mlp", ("self.net(x) * self.gain / temperature", "self.gain * self.net(x) / temperature")),
    edit("order of operations", "mlp", ("self.net(x) * self.gain / temperature", "self.net(x * 2) * self.gain / temperature")),
    edit("tie two layers", "mlp", ("        self.gain", "        self.net[2].weight = self.net[0].weight\n        self.gain")),
    edit("parameter to buffer", "mlp", ("self.gain = nn.Parameter(torch.ones(classes))", "self.register_buffer('gain', torch.ones(classes))")),
    edit("another element type", "mlp", ("self.gain = nn.Parameter(torch.ones(classes))", "self.gain = nn.Parameter(torch.ones(classes, dtype=torch.float64))")),
    edit("freeze", "mlp", ("torch.ones(classes))", "torch.ones(classes), requires_grad=False)")),
    edit("another signature", "mlp", ("def forward(self, x, temperature=1.0)", "def forward(self, x, mask=None, temperature=1.0)")),
)  # fmt: skip
