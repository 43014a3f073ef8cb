"""Sources against what torch saved of them: confirmed where they are the same, never where they are not."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import astarch
from astarch import api, cli
from astarch.ir.verification import Status, Verdict
from astarch.render import verification as render
from readers import literals, models
from readers.models import INPUTS

SOURCE = Path(models.__file__)
FORMS = ["state.pt", "old.pt", "checkpoint.pt", "safetensors", "whole.pt", "trace.pt", "script.pt", "pt2", "legacy.onnx", "dynamo.onnx"]

#: What a graph does not hold of a model, by what no fact says more than that it is not there; all other models are confirmed.
FOLDED = "folded into the weights"
LEFT_OPEN: dict[tuple[str, str], tuple[str, ...]] = {
    ("legacy.onnx", "NormCNN"): (FOLDED, "no operation of the artifact stands in it"),
    ("dynamo.onnx", "NormCNN"): (FOLDED,),
    ("legacy.onnx", "Residual"): (FOLDED, "no operation of the artifact stands in it", "gives the convolution a bias anyway"),
    ("dynamo.onnx", "Residual"): (FOLDED, "gives the convolution a bias anyway"),
    **dict.fromkeys(
        (("legacy.onnx", "TiedGPT"), ("dynamo.onnx", "TiedGPT")),
        (
            "computed with it beforehand",
            "it is not saved",
            "the exporter made copies",
            "tensors in its place",
            "no operation of the artifact stands in it",
            "which buffers are saved",
        ),
    ),
    ("trace.pt", "TiedGPT"): ("which buffers are saved",),
    ("script.pt", "TiedGPT"): ("which buffers are saved",),
    ("legacy.onnx", "Perceptron"): ("no operation of the artifact stands in it", "dropout is gone"),
    ("dynamo.onnx", "Perceptron"): ("no operation of the artifact stands in it", "dropout is gone"),
}
PROGRAMS = ("pt2", "trace.pt", "script.pt", "legacy.onnx", "dynamo.onnx")


@pytest.mark.parametrize("name", INPUTS)
def test_nothing_is_contradicted(workshop: Any, name: str) -> None:
    source = astarch.read(f"{SOURCE}:{name}", inputs=INPUTS[name])
    assert not source.unknown
    for form in FORMS:
        found = astarch.verify(source, workshop.file(name, form))
        assert not found.of(Status.CONTRADICTED), (form, found.of(Status.CONTRADICTED)[:3])
        assert found.of(Status.CONFIRMED), form


@pytest.mark.parametrize("form", PROGRAMS)
@pytest.mark.parametrize("name", INPUTS)
def test_what_is_confirmed(workshop: Any, name: str, form: str) -> None:
    """Every model by every format that holds its operations, except for what that format does not hold, and nothing else."""
    found = astarch.verify(astarch.read(f"{SOURCE}:{name}", inputs=INPUTS[name]), workshop.file(name, form))
    reasons = LEFT_OPEN.get((form, name), ())
    assert found.verdict is (Verdict.CONSISTENT if reasons else Verdict.CONFIRMED)
    assert not found.hides
    assert any((fact.subject, fact.about, fact.status) == ("forward", "computation", Status.CONFIRMED) for fact in found.facts)
    absent = found.of(Status.ABSENT)
    assert all(any(reason in fact.note for reason in reasons) for fact in absent), absent
    assert all(any(reason in fact.note for fact in absent) for reason in reasons), absent


#: A name for each difference: the model, what is replaced in its source, and the formats that show it. In no format is it confirmed.
NAMED = ("state.pt", "safetensors", "whole.pt", "trace.pt", "script.pt", "pt2")
GRAPHS = ("trace.pt", "script.pt", "pt2")
ONNX = ("legacy.onnx", "dynamo.onnx")
SEEDS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "channels": ("SmallCNN", "nn.Conv2d(3, 8, 3, stride=2", "nn.Conv2d(3, 9, 3, stride=2", (*NAMED, *ONNX)),
    "kernel": ("SmallCNN", "nn.Conv2d(3, 8, 3, stride=2, padding=1)", "nn.Conv2d(3, 8, 5, stride=2, padding=2)", (*NAMED, *ONNX)),
    "stride": ("SmallCNN", "stride=2, padding=1", "stride=1, padding=1", (*GRAPHS, *ONNX, "whole.pt")),
    "padding": ("SmallCNN", "stride=2, padding=1", "stride=2, padding=2", (*GRAPHS, *ONNX, "whole.pt")),
    "dilation": ("Depthwise", "padding=2, dilation=2, groups=8", "padding=2, dilation=1, groups=8", (*GRAPHS, *ONNX, "whole.pt")),
    "groups": ("Depthwise", "groups=8", "groups=1", (*NAMED, *ONNX)),
    "default stride": ("SmallCNN", "stride=2, padding=1", "padding=1", (*GRAPHS, *ONNX, "whole.pt")),
    "missing layer": ("SmallCNN", "self.pool(self.relu(self.conv(x)))", "self.pool(self.conv(x))", (*GRAPHS, *ONNX)),
    "removed layer": ("Perceptron", "nn.Linear(20, 20), ", "", (*NAMED, *ONNX)),
    "renamed": ("SmallCNN", "self.conv", "self.stem", (*NAMED, *ONNX)),
    "order": ("SmallCNN", "self.pool(self.relu(self.conv(x)))", "self.relu(self.pool(self.conv(x)))", (*GRAPHS, *ONNX)),
    "activation": ("SmallCNN", "nn.ReLU()", "nn.Tanh()", (*GRAPHS, *ONNX, "whole.pt")),
    "function": ("TwoInputs", "torch.tanh", "torch.sigmoid", (*GRAPHS, *ONNX)),
    "slope": ("NormCNN", "nn.LeakyReLU(0.2)", "nn.LeakyReLU(0.1)", (*GRAPHS, *ONNX, "whole.pt")),
    "pool kind": ("NormCNN", "nn.AvgPool2d(2)", "nn.MaxPool2d(2)", (*GRAPHS, *ONNX, "whole.pt")),
    "pool size": ("Residual", "x.mean((2, 3))", "x.amax((2, 3))", (*GRAPHS, *ONNX)),
    "bias": ("NormCNN", "bias=False", "bias=True", NAMED),
    "norm groups": ("Depthwise", "nn.GroupNorm(4, 16)", "nn.GroupNorm(8, 16)", (*GRAPHS, *ONNX, "whole.pt")),
    "epsilon": ("NormCNN", "nn.BatchNorm2d(8)", "nn.BatchNorm2d(8, eps=0.01)", (*GRAPHS, "whole.pt")),
    "heads": ("Attention", "nn.MultiheadAttention(16, 4", "nn.MultiheadAttention(16, 8", ("whole.pt", "pt2", *ONNX)),
    "gelu": ("Attention", "nn.GELU()", 'nn.GELU("tanh")', (*GRAPHS, *ONNX, "whole.pt")),
    "norm first": ("Attention", "self.up(self.norm(x))", "self.up(x)", (*GRAPHS, *ONNX)),
    "tying": ("TiedGPT", "        self.head.weight = self.wte.weight\n", "", ("state.pt", "whole.pt", "trace.pt", "script.pt", "pt2")),
    "layers": ("Tagger", "num_layers=2", "num_layers=1", (*NAMED, *ONNX)),
    "direction": (
        "Tagger",
        "bidirectional=True)\n        self.out = nn.Linear(32",
        "bidirectional=False)\n        self.out = nn.Linear(16",
        (*NAMED, *ONNX),
    ),
    "hidden": (
        "Recurrent",
        "nn.GRU(8, 12, batch_first=True)\n        self.out = nn.Linear(12",
        "nn.GRU(8, 10, batch_first=True)\n        self.out = nn.Linear(10",
        (*NAMED, *ONNX),
    ),
    "batch first": ("Recurrent", "nn.GRU(8, 12, batch_first=True)", "nn.GRU(8, 12)", (*GRAPHS, *ONNX, "whole.pt")),
    "cell": ("Recurrent", "nn.GRU(8, 12", "nn.LSTM(8, 12", (*NAMED, *ONNX)),
    "dtype": ("SmallCNN", "nn.Linear(8 * 4 * 4, 10)", "nn.Linear(8 * 4 * 4, 10, dtype=torch.float16)", (*NAMED, *ONNX)),
    "concat order": ("UNet", "torch.cat([skip, y], 1)", "torch.cat([y, skip], 1)", (*GRAPHS, *ONNX)),
    "skip": ("Residual", "self.bn2(self.conv2(y)) + x", "self.bn2(self.conv2(y)) + y", GRAPHS),
    "swapped": ("Inception", "self.a(x), self.b(x), self.c(x)", "self.b(x), self.a(x), self.c(x)", (*GRAPHS, *ONNX)),
    "pool padding": ("SmallCNN", "nn.MaxPool2d(2)", "nn.MaxPool2d(3, stride=2, padding=1)", (*GRAPHS, *ONNX, "whole.pt")),
    "rounding": ("SmallCNN", "nn.MaxPool2d(2)", "nn.MaxPool2d(2, ceil_mode=True)", (*GRAPHS, *ONNX, "whole.pt")),
    "padding mode": ("SmallCNN", "padding=1)", 'padding=1, padding_mode="circular")', (*GRAPHS, *ONNX, "whole.pt")),
    "turned": ("TwoInputs", "self.image(image).flatten(1)", "self.image(image).transpose(2, 3).flatten(1)", ONNX),
    "scaled": ("TwoInputs", "* self.text(text)", "* self.text(text) * 0.5", (*GRAPHS, *ONNX)),
    "norm epsilon": ("Attention", "nn.LayerNorm(16)", "nn.LayerNorm(16, eps=1e-06)", (*GRAPHS, *ONNX, "whole.pt")),
    "momentum": ("NormCNN", "nn.BatchNorm2d(8)", "nn.BatchNorm2d(8, momentum=0.3)", (*GRAPHS, "whole.pt")),
    "shortcut": ("Attention", "x + self.down", "self.norm(x) + self.down", (*GRAPHS, *ONNX)),
    "frozen": (
        "SmallCNN",
        "self.relu = nn.ReLU()",
        "self.relu = nn.ReLU()\n        self.conv.weight.requires_grad_(False)",
        (*GRAPHS, "whole.pt"),
    ),
    "no bias": ("UNet", "nn.ConvTranspose2d(16, 8, 2, stride=2)", "nn.ConvTranspose2d(16, 8, 2, stride=2, bias=False)", NAMED),
    "steps": ("Recurrent", "self.gru(x)[0]", "self.gru(x.flip(1))[0]", ()),
    "kernel of a shortcut": ("Inception", "nn.Conv2d(3, 4, 1)", "nn.Conv2d(3, 4, (1, 3), padding=(0, 1))", (*NAMED, *ONNX)),
    "dropout": ("Perceptron", "nn.Dropout(0.3)", "nn.Dropout(0.5)", ("whole.pt",)),
    "embedding": ("Tagger", "nn.Embedding(30, 8)", "nn.Embedding(31, 8)", (*NAMED, *ONNX)),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_differences_are_never_confirmed(workshop: Any, tmp_path: Path, seed: str) -> None:
    name, old, new, shown = SEEDS[seed]
    text = SOURCE.read_text(encoding="utf-8")
    start = text.index(f"class {name}(")
    end = text.index("\n\n\n", start)
    start = text.index("class Block(") if name == "Residual" else start
    assert old in text[start:end]
    changed = tmp_path / "changed.py"
    changed.write_text(text[:start] + text[start:end].replace(old, new) + text[end:], encoding="utf-8")
    source = astarch.read(f"{changed}:{name}", inputs=INPUTS[name])
    for form in FORMS:
        verdict = astarch.verify(source, workshop.file(name, form)).verdict
        assert verdict is not Verdict.CONFIRMED, form
        if form in shown:
            assert verdict is Verdict.CONTRADICTED, form
        elif form in ("state.pt", "safetensors"):
            assert verdict is Verdict.CONSISTENT, form


@pytest.mark.parametrize("name", INPUTS)
def test_no_other_literal_is_confirmed(workshop: Any, tmp_path: Path, name: str) -> None:
    """Whatever number or word of a model is changed: nothing confirms it, except where the result is not made otherwise."""
    artifacts = {form: astarch.read(str(workshop.file(name, form))) for form in ("pt2", "trace.pt", "script.pt", *ONNX)}
    path, count = tmp_path / "changed.py", 0
    for text, said in literals.changed(SOURCE, name):
        path.write_text(text, encoding="utf-8")
        source = astarch.read(f"{path}:{name}", inputs=INPUTS[name])
        if source.modules and "need_weights" not in said:  # whether an attention gives its weights too, when nobody takes them
            count += 1
            for form, artifact in artifacts.items():
                assert astarch.verify(source, artifact).verdict is not Verdict.CONFIRMED, (form, said)
    assert count > 5


def test_sizes_that_double_are_not_followed(tmp_path: Path) -> None:
    """Lists of sizes that double sixty times, numbers that are squared as often: no answer takes longer than another."""
    import onnx
    from onnx import TensorProto, helper

    nodes = [helper.make_node("Constant", [], [name], value=helper.make_tensor("v", TensorProto.INT64, [1], [9])) for name in ("c0", "m0")]
    for place in range(60):
        nodes.append(helper.make_node("Concat", [f"c{place}"] * 2, [f"c{place + 1}"], axis=0))
        nodes.append(helper.make_node("Mul", [f"m{place}"] * 2, [f"m{place + 1}"]))
    nodes.append(helper.make_node("ConstantOfShape", ["m4"], ["z"], value=helper.make_tensor("v", TensorProto.INT64, [1], [1])))
    nodes.append(helper.make_node("Relu", ["x"], ["y"]))
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 10]) for name in ("x", "y")]
    onnx.save(helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:])), tmp_path / "large.onnx")
    start = time.perf_counter()
    assert astarch.verify(f"{SOURCE}:Perceptron", tmp_path / "large.onnx").verdict is not Verdict.CONFIRMED
    assert time.perf_counter() - start < 5


def test_both_places_are_named(workshop: Any, tmp_path: Path) -> None:
    changed = tmp_path / "changed.py"
    changed.write_text(SOURCE.read_text(encoding="utf-8").replace("stride=2, padding=1", "stride=1, padding=1"), encoding="utf-8")
    found = astarch.verify(f"{changed}:SmallCNN", workshop.file("SmallCNN", "pt2"))
    fact = next(fact for fact in found.of(Status.CONTRADICTED) if fact.about == "stride")
    assert (fact.subject, fact.expected, fact.found) == ("conv", 1, [2, 2])
    assert fact.expected_at.file == str(changed)
    assert "stride=1" in changed.read_text(encoding="utf-8").splitlines()[fact.expected_at.line - 1]
    assert fact.found_at == "aten.conv2d.default"


def test_averages_and_prefixes(workshop: Any, tmp_path: Path) -> None:
    import torch

    state = workshop.live("SmallCNN").state_dict()
    path = tmp_path / "trained.ckpt"
    torch.save({"ema": state, "state_dict": {f"model._orig_mod.{key}": value for key, value in state.items()}, "optimizer": {}}, path)
    read = astarch.read(str(path))
    assert read.attributes["under"] == "state_dict"
    assert [other.condition for other in read.alternatives] == ["the weights are `ema`"]
    found = astarch.verify(f"{SOURCE}:SmallCNN", path)
    assert found.verdict is Verdict.CONSISTENT
    assert any("prefix" in note for note in found.notes)


def test_shards(workshop: Any, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    state = workshop.live("SmallCNN").state_dict()
    where = {key: f"model-0000{place % 2}.safetensors" for place, key in enumerate(state)}
    for file in set(where.values()):
        save_file({key: state[key] for key in state if where[key] == file}, tmp_path / file)
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}), encoding="utf-8")
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["SmallCNN"], "width": 8}), encoding="utf-8")
    for target in (tmp_path, tmp_path / "model.safetensors.index.json"):
        assert astarch.verify(f"{SOURCE}:SmallCNN", target).verdict is Verdict.CONSISTENT
    assert astarch.read(str(tmp_path)).modules[""].arguments["width"] == 8


@pytest.mark.parametrize(("target", "code"), [("SmallCNN", 0), ("NormCNN", 1), ("Nothing", 2)])
def test_exit_codes(workshop: Any, capsys: pytest.CaptureFixture[str], target: str, code: int) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["verify", f"{SOURCE}:{target}", "--against", str(workshop.file("SmallCNN", "pt2")), "-f", "json"])
    captured = capsys.readouterr()
    assert end.value.code == code
    if code < 2:
        assert json.loads(captured.out)["verdict"] == ("confirmed" if code == 0 else "contradicted")


def test_renderings(workshop: Any) -> None:
    found = astarch.verify(f"{SOURCE}:NormCNN", workshop.file("SmallCNN", "pt2"))
    text = render.to_text(found)
    assert text.startswith("✗ contradicted:")
    assert "the source says" in text
    markdown = render.to_markdown(found)
    assert "| What | Source | Artifact | Where |" in markdown
    data = render.to_data(found)
    assert data["counts"]["contradicted"] == len([fact for fact in data["facts"] if fact["status"] == "contradicted"])


def test_which_one_it_is(workshop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Among all models of a folder, the one with exactly these tensors."""
    with pytest.raises(SystemExit) as end:
        cli.main(["verify", str(SOURCE.parent), "--against", str(workshop.file("Tagger", "safetensors"))])
    assert end.value.code == 0
    assert [line.rpartition(":")[2] for line in capsys.readouterr().out.split()] == ["Tagger"]


def test_nearest_models(workshop: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where none has exactly these tensors, how near the nearest come; in one file of several models as well, in every form."""
    import torch

    state = dict(workshop.live("UNet").state_dict())
    state["out.weight"] = torch.zeros(3, 16, 1, 1)
    path = tmp_path / "other.pt"
    torch.save(state, path)
    found = api.which(SOURCE, path)
    assert (found[0].target.rpartition(":")[2], found[0].different, found[0].compared) == ("UNet", 1, 8)
    assert not any(match.exact for match in found)
    for form, word in (("text", "7 of 8 tensors are the same"), ("markdown", "7 of 8 tensors are the same"), ("json", '"different": 1')):
        with pytest.raises(SystemExit) as end:
            cli.main(["verify", str(SOURCE), "--against", str(path), "-f", form])
        assert end.value.code == 1
        assert word in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        cli.main(["verify", str(SOURCE), "--against", str(tmp_path / "nothing.pt")])
    assert end.value.code == 2


GPT = """
from dataclasses import dataclass
from torch import nn


@dataclass
class Config:
    width: int = 8
    layers: int = 2

    @classmethod
    def small(cls):
        return cls(width=16, layers=3)


LARGE = Config(width=32, layers=4)


class Net(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(config.width, config.width) for _ in range(config.layers))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""


@pytest.mark.parametrize(("width", "layers", "expected"), [(8, 2, "defaults"), (16, 3, "small"), (32, 4, "LARGE"), (16, 4, None)])
def test_which_preset_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str], width: int, layers: int, expected: str | None) -> None:
    """Among the settings that a project has for a config, the one with exactly these tensors."""
    from safetensors.torch import save_file
    from torch import nn

    (tmp_path / "net.py").write_text(GPT, encoding="utf-8")
    state = nn.ModuleDict({"layers": nn.ModuleList(nn.Linear(width, width) for _ in range(layers))}).state_dict()
    save_file(state, tmp_path / "weights.safetensors")
    found = api.which(tmp_path / "net.py", tmp_path / "weights.safetensors")
    assert [match.preset for match in found if match.exact] == ([expected] if expected else [])
    with pytest.raises(SystemExit) as end:
        cli.main(["verify", str(tmp_path), "--against", str(tmp_path / "weights.safetensors")])
    assert end.value.code == (0 if expected else 1)
    assert (f"net.py:Net with the preset {expected}\n" in capsys.readouterr().out) is bool(expected)
    verified = astarch.verify(f"{tmp_path / 'net.py'}:Net", tmp_path / "weights.safetensors")
    assert not verified.of(Status.CONTRADICTED)  # with no preset that fits, how many layers there are is open
    assert any(f"preset `{expected}`" in note for note in verified.notes) is bool(expected)
    for given, verdict in ((width, Verdict.CONSISTENT), (width + 1, Verdict.CONTRADICTED)):
        told = {"config.width": given, "config.layers": layers}
        assert astarch.verify(f"{tmp_path / 'net.py'}:Net", tmp_path / "weights.safetensors", set=told).verdict is verdict


def test_long_reports_are_short(workshop: Any) -> None:
    """What says the same is said once, what is many is counted; all of it on demand, in the width there is."""
    found = astarch.verify(f"{SOURCE}:Residual", workshop.file("Perceptron", "safetensors"))
    text = render.to_text(found, width=80)
    assert "more, which --all lists" in text
    assert len(render.to_text(found, every=True).splitlines()) > len(text.splitlines())
    tail = text[text.index("\nConfirmed") :]
    assert max(map(len, tail.splitlines())) <= 80


def test_models_of_other_packages(workshop: Any, tmp_path: Path) -> None:
    """A project that only calls another package's builders: they are looked for where its imports are."""
    package = tmp_path / "packages" / "zoo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "mine.py").write_text("from zoo import UNet\n\n\ndef build():\n    return UNet()\n", encoding="utf-8")
    found = api.which(project, workshop.file("UNet", "safetensors"), search_path=[tmp_path / "packages"])
    assert [(match.target.rpartition(":")[2], match.exact) for match in found] == [("build", True)]
