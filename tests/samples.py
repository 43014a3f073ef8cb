"""Architectures built by hand, for tests of what only sees Architectures."""

from __future__ import annotations

from astarch.ir.architecture import Alternative, Architecture, Assumption, Buffer, Call, Module, Parameter
from astarch.ir.diagnostic import Diagnostic, Note
from astarch.ir.dim import Dim
from astarch.ir.graph import Graph, Node, Record, TensorType
from astarch.ir.span import Span
from astarch.ir.unknown import Reason, Unknown

SMALL_SOURCE = '''"""A small CNN."""

import torch
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(16 * 26 * 26, 10)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = x.view(x.size(0), -1)
        return self.fc(x)
'''
FILE = "examples/small_cnn.py"


def at(line: int, column: int, end: int, file: str = FILE) -> Span:
    return Span(file, line, column, line, end)


def modules(*items: Module) -> dict[str, Module]:
    return {item.name: item for item in items}


def parameters(*items: Parameter) -> dict[str, Parameter]:
    return {item.name: item for item in items}


def small() -> Architecture:
    """The first example of the design, fed with 32×32: one error."""
    x, maps, flat, out = TensorType((1, 3, 32, 32)), TensorType((1, 16, 30, 30)), TensorType((1, 14400)), TensorType((1, 10))
    line = at(12, 19, 46)
    finding = Diagnostic(
        "MDL201",
        "flatten-linear-mismatch",
        "error",
        "`fc` takes 10816 features and gets 14400",
        at(12, 29, 41),
        (
            Note(at(12, 29, 41), "10816 = 16·26·26"),
            Note(at(16, 13, 33), "14400 = 16·30·30, `conv1` makes 30×30 of 32×32 (line 15)"),
        ),
        "a 28×28 input fits this layer; for 32×32 it would be Linear(16 * 30 * 30, 10)",
        module="fc",
    )
    graph = Graph(
        (
            Node(0, "placeholder", "x", output=x),
            Node(1, "call_module", "conv1", (0,), output=maps, at=at(15, 23, 36), macs=388_800),
            Node(2, "call_module", "relu", (1,), output=maps, at=at(15, 13, 37)),
            Node(3, "call_method", "view", (2,), (("0", "1"), ("1", "-1")), output=flat, at=at(16, 13, 33)),
            Node(4, "call_module", "fc", (3,), output=out, at=at(17, 16, 26), macs=108_160),
            Node(5, "output", "output", (4,), output=out),
        ),
    )
    return Architecture(
        target=f"{FILE}:SmallCNN",
        inputs={"x": x},
        modules=modules(
            Module("", "small_cnn.SmallCNN", class_at=at(7, 1, 26)),
            Module("conv1", "torch.nn.modules.conv.Conv2d", {"in_channels": 3, "out_channels": 16, "kernel_size": 3}, at(10, 22, 41)),
            Module("relu", "torch.nn.modules.activation.ReLU", {}, at(11, 21, 30)),
            Module("fc", "torch.nn.modules.linear.Linear", {"in_features": 10816, "out_features": 10}, line),
        ),
        parameters=parameters(
            Parameter("conv1.weight", (16, 3, 3, 3)),
            Parameter("conv1.bias", (16,)),
            Parameter("fc.weight", (10, 10816)),
            Parameter("fc.bias", (10,)),
        ),
        calls=(
            Call("", (x,), {}, (out,), macs=496_960),
            Call("conv1", (x,), {}, (maps,), at(15, 23, 36), macs=388_800, depth=1),
            Call("relu", (maps,), {}, (maps,), at(15, 13, 37), depth=1),
            Call("fc", (flat,), {}, (out,), at(17, 16, 26), macs=108_160, depth=1),
        ),
        graph=graph,
        outputs=(out,),
        diagnostics=(finding,),
    )


def deep(blocks: int = 3) -> Architecture:
    """A token model: symbolic sizes, repeats, a tied weight, a frozen one, a loose parameter, unknowns, an alternative."""
    batch, length, width = Dim.symbol("B"), Dim.symbol("T"), Dim.symbol("config.n_embd")
    ids, hidden = TensorType((batch, length), "int64"), TensorType((batch, length, width))
    logits = TensorType((batch, length, 50257))
    found = [
        Module("", "gpt.GPT", class_at=at(40, 1, 20, "src/gpt/gpt.py")),
        Module(
            "wte", "torch.nn.modules.sparse.Embedding", {"num_embeddings": 50257, "embedding_dim": width}, at(44, 1, 2, "src/gpt/gpt.py")
        ),
        Module("h", "torch.nn.modules.container.ModuleList", {}, at(45, 1, 2, "src/gpt/gpt.py")),
    ]
    held = [Parameter("pos", (1, length, width)), Parameter("wte.weight", (50257, width))]
    calls = [
        Call("", (ids,), {"mask": None}, (Record("gpt.Output", {"logits": logits, "cache": None}),)),
        Call("wte", (ids,), {}, (hidden,), depth=1),
    ]
    for number in range(blocks):
        name = f"h.{number}"
        found += [
            Module(name, "gpt.Block", {"width": width}, at(46, 9, 20, "src/gpt/gpt.py")),
            Module(
                f"{name}.norm", "torch.nn.modules.normalization.LayerNorm", {"normalized_shape": (width,)}, at(20, 9, 20, "src/gpt/gpt.py")
            ),
            Module(
                f"{name}.fc",
                "torch.nn.modules.linear.Linear",
                {"in_features": width, "out_features": 4 * width},
                at(21, 9, 20, "src/gpt/gpt.py"),
            ),
        ]
        held += [
            Parameter(f"{name}.norm.weight", (width,), trainable=False),
            Parameter(f"{name}.fc.weight", (4 * width, width)),
            Parameter(f"{name}.fc.bias", (4 * width,)),
        ]
        calls += [
            Call(name, (hidden,), {}, (hidden,), macs=4 * batch * length * width**2, depth=1),
            Call(f"{name}.norm", (hidden,), {}, (hidden,), depth=2),
            Call(f"{name}.fc", (hidden,), {}, (TensorType((batch, length, 4 * width)),), macs=4 * batch * length * width**2, depth=2),
        ]
    found.append(
        Module(
            "lm_head",
            "torch.nn.modules.linear.Linear",
            {"in_features": width, "out_features": 50257, "bias": False},
            at(47, 9, 20, "src/gpt/gpt.py"),
        )
    )
    held.append(Parameter("lm_head.weight", (50257, width), tied_to="wte.weight"))
    lost = Unknown(Reason.DATA_DEPENDENT, "mask.nonzero()", at(60, 9, 20, "src/gpt/gpt.py"))
    calls.append(Call("lm_head", (hidden, lost), {}, (logits,), macs=50257 * batch * length * width, depth=1))
    return Architecture(
        target="gpt.gpt:GPT(config)",
        inputs={"ids": ids},
        modules=modules(*found),
        parameters=parameters(*held),
        buffers={"mask": Buffer("mask", (1, 1, length, length), "bool", persistent=False), "steps": Buffer("steps", (), "int64")},
        calls=tuple(calls),
        outputs=(Record("gpt.Output", {"logits": logits, "cache": None}),),
        unknown=(lost, Unknown(Reason.EXTERNAL, "flash_attn.flash_attn_func", at(61, 9, 20, "src/gpt/gpt.py"))),
        assumptions=(Assumption("config.n_embd is divisible by config.n_head", at(15, 9, 20, "src/gpt/gpt.py")),),
        alternatives=(Alternative("config.bias", at(22, 9, 20, "src/gpt/gpt.py"), Architecture("gpt.gpt:GPT(config)")),),
    )
