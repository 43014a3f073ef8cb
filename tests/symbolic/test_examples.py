"""The GPT among the examples: its total and its shapes as formulas, and the numbers of GPT-2."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from astarch import read
from astarch.api import settings
from astarch.cli import commands
from astarch.ir.graph import TensorType

FILE = Path(__file__).parents[2] / "examples" / "nano_gpt.py"
GPT = f"{FILE}:GPT"
#: What GPT-2 has, the head tied to the embedding, as its authors count.
PUBLISHED = {"gpt2": 124_439_808, "gpt2-medium": 354_823_168, "gpt2-large": 774_030_080, "gpt2-xl": 1_557_611_200}


def test_formulas() -> None:
    found = read(GPT, inputs="auto")
    assert str(found.parameter_count) == (
        "12*config.n_embd**2*config.n_layer + config.block_size*config.n_embd + 13*config.n_embd*config.n_layer"
        " + config.n_embd*config.vocab_size + 2*config.n_embd"
    )
    assert found.unknown == ()
    assert found.alternatives == ()
    assert {str(item.fact) for item in found.requirements} == {"config.n_embd%config.n_head == 0", "T <= config.block_size"}
    logits, loss = found.outputs[0]
    assert [str(size) for size in logits.shape] == ["B", "T", "config.vocab_size"]
    assert loss is None
    block = next(call for call in found.calls if call.module == "transformer.h.{i}")
    assert isinstance(block.outputs[0], TensorType)
    assert [str(size) for size in block.outputs[0].shape] == ["B", "T", "config.n_embd"]
    assert str(block.times) == str(found.modules["transformer.h.{i}"].times) == "config.n_layer"
    assert found.parameters["lm_head.weight"].tied_to == "transformer.wte.weight"


def test_presets() -> None:
    table = settings(GPT, inputs="auto")
    assert {preset.name: found.parameter_count for preset, found in table.columns if preset.name != "defaults"} == PUBLISHED
    for preset, found in table.columns:
        numbers = table.formula.at(**preset.values)
        assert numbers.parameter_count == found.parameter_count
        assert str(numbers.macs) == str(found.macs)
        assert numbers.outputs == found.outputs
        assert sum(module.times for module in numbers.modules.values()) == len(found.modules)


def test_the_report() -> None:
    shown = CliRunner().invoke(commands, ["show", GPT, "--width", "200"]).output
    assert "n_layer*(12*n_embd**2 + 13*n_embd) + n_embd*(block_size + vocab_size + 2) unique" in shown
    assert "{i} ×config.n_layer" in shown
    for name, count in PUBLISHED.items():
        assert name in shown
        assert f"{count:,}" in shown
