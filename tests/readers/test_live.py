"""`verify --against live`: the model runs in another process, and only there, only when asked, within limits."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

import astarch
from astarch import api, cli
from astarch.compare.confirmation import confirm
from astarch.errors import AstarchError, InputError, ReadError, TargetError
from astarch.ir.architecture import Architecture
from astarch.ir.verification import Status, Verdict
from astarch.ir.verify import problems

SOURCE = Path(__file__).with_name("live_models.py")
INPUTS: dict[str, Any] = {
    "Net(5)": ["1,3,8,8"],
    "Tied": ["tokens=2,7:int64"],
    "Buffered": ["3,6"],
    "TwoInputs": ["1,3,16,16", "1,6"],
    "Twice": ["1,8"],
    "Loud": ["1,4"],
}


@pytest.fixture(scope="module")
def live() -> Callable[[str], Architecture]:
    """Each model is run once."""
    return cache(lambda name: api.run_live(f"{SOURCE}:{name}", inputs=INPUTS[name], python=sys.executable))


@pytest.mark.parametrize("name", INPUTS)
def test_nothing_is_contradicted(live: Any, name: str) -> None:
    source = astarch.read(f"{SOURCE}:{name}", inputs=INPUTS[name])
    ran = live(name)
    assert not source.unknown
    assert not problems(ran)
    found = confirm(source, ran)
    assert not found.of(Status.CONTRADICTED)
    assert not found.of(Status.ABSENT)
    assert found.verdict is Verdict.CONSISTENT  # the operations between the modules are not recorded
    assert list(ran.modules) == list(source.modules)
    assert [call.module for call in ran.calls] == [call.module for call in source.calls]
    assert {name: item.tied_to for name, item in ran.parameters.items()} == {name: item.tied_to for name, item in source.parameters.items()}
    assert str(ran.outputs) == str(source.outputs)
    assert str(dict(ran.inputs)) == str(dict(source.inputs))


def test_the_device_is_said(live: Any) -> None:
    """On the meta device where it can be, else on the CPU, which is said."""
    assert not live("Net(5)").assumptions
    assert any("CPU" in assumption.message for assumption in live("Twice").assumptions)
    assert live("Twice").modules["same"].shared_with == "step"
    assert "torch" in live("Net(5)").attributes["format"]


#: The model, what is replaced in its source, and what of it the live model contradicts.
SEEDS: dict[str, tuple[str, str, str, tuple[str, str]]] = {
    "channels": ("Net(5)", "nn.Conv2d(3, 8, 3", "nn.Conv2d(3, 9, 3", ("conv.weight", "shape")),
    "stride": ("Net(5)", "stride=2", "stride=1", ("conv", "stride")),
    "epsilon": ("Net(5)", "nn.BatchNorm2d(8)", "nn.BatchNorm2d(8, eps=0.01)", ("bn", "eps")),
    "activation": ("Net(5)", "nn.ReLU()", "nn.Tanh()", ("act", "class")),
    "missing call": ("Net(5)", "self.act(self.bn(self.conv(x)))", "self.bn(self.conv(x))", ("act", "call")),
    "order": ("Net(5)", "self.act(self.bn(self.conv(x)))", "self.bn(self.act(self.conv(x)))", ("bn", "call")),
    "renamed": ("Net(5)", "self.fc", "self.head", ("head", "module")),
    "flattened": ("Net(5)", ".flatten(1)", ".flatten(1).double().float()[:, :].unsqueeze(0)", ("fc", "inputs of its call")),
    "tying": ("Tied", "        self.head.weight = self.embed.weight\n", "", ("head.weight", "tie")),
    "argument type": ("Tied", "self.norm(self.embed(tokens))", "self.norm(self.embed(tokens).double())", ("norm", "inputs of its call")),
    "dtype": ("Buffered", "torch.ones(6)", "torch.ones(6, dtype=torch.float64)", ("scale", "dtype")),
    "not saved": ("Buffered", ", persistent=False", "", ("places", "saved")),
    "lost buffer": ("Buffered", '        self.register_buffer("places", torch.arange(5), persistent=False)\n', "", ("places", "name")),
    "new buffer": ("Buffered", "        self.inner", "        self.more = nn.Buffer(torch.ones(1))\n        self.inner", ("more", "name")),
    "kind": ("Buffered", 'self.register_buffer("scale", torch.ones(6))', "self.scale = nn.Parameter(torch.ones(6))", ("scale", "kind")),
    "trained": ("Buffered", ", requires_grad=False", "", ("frozen", "trained")),
    "output": ("TwoInputs", '"image": image}', '"image": image.flatten(1)}', ("", "outputs of its call")),
    "used once": ("Twice", "self.step(self.same(x))", "self.step(x)", ("step", "call")),
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_differences_are_contradicted(live: Any, tmp_path: Path, seed: str) -> None:
    name, old, new, shown = SEEDS[seed]
    text = SOURCE.read_text(encoding="utf-8")
    start = text.index(f"class {name.partition('(')[0]}(")
    end = text.index("\n\n\n", start)
    assert old in text[start:end]
    changed = tmp_path / "changed.py"
    changed.write_text(text[:start] + text[start:end].replace(old, new) + text[end:], encoding="utf-8")
    found = confirm(astarch.read(f"{changed}:{name}", inputs=INPUTS[name]), live(name))
    assert found.verdict is Verdict.CONTRADICTED
    assert shown in {(fact.subject, fact.about) for fact in found.of(Status.CONTRADICTED)}


# --- failures ---------------------------------------------------------------------------------------------------------


def failed(name: str, **options: Any) -> AstarchError:
    with pytest.raises(AstarchError) as caught:
        api.run_live(f"{SOURCE}:{name}", **{"python": sys.executable, **options})
    assert "\x1b" not in str(caught.value)
    assert "\n" not in caught.value.message
    return caught.value


def test_its_own_traceback() -> None:
    error = failed("Raises", inputs=["1,4"])
    assert error.message == "the live model raised when it was called: ValueError: a bad ?[31mwidth"
    line = next(i for i, text in enumerate(SOURCE.read_text(encoding="utf-8").splitlines(), 1) if "raise ValueError" in text)
    assert f'{SOURCE}", line {line}, in forward' in error.hint


def test_time() -> None:
    begun = monotonic()
    error = failed("Endless", time_limit=6)
    assert error.message == "the live model was stopped after 6 seconds"
    assert "--time-limit" in error.hint
    assert monotonic() - begun < 30


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep to the limit")
def test_memory() -> None:
    assert failed("Hungry", memory_limit=1500).message == "the live model needed more than 1500 MiB when it was built"


def test_it_leaves() -> None:
    assert failed("leaves").message == "the live model raised when it was built: SystemExit: 3"


def test_it_dies() -> None:
    error = failed("dies")
    assert "was ended by SIGABRT" in error.message
    assert "last words" in error.hint


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("number", "is a int, neither a module of torch nor a layer of Keras"),
        ("foreign", "needs the package `no_such_package_anywhere`"),
        ("nn.Linear", "cannot be called without arguments"),
    ],
)
def test_what_is_no_model(name: str, message: str) -> None:
    assert message in failed(name).message


def test_a_python_without_frameworks(tmp_path: Path) -> None:
    """And one that is none."""
    assert "there is no Python" in failed("Net", python=tmp_path / "python").message
    program = tmp_path / "silent"
    program.write_text("#!/bin/sh\nexit 4\n", encoding="utf-8")
    program.chmod(0o755)
    assert failed("Net", python=program).message == "the live model ended with code 4, without an answer"
    program.write_text("#!/bin/sh\necho '[]'\n", encoding="utf-8")
    assert "without an answer" in failed("Net", python=program).message
    program.write_text("#!/bin/sh\necho '{}'\n", encoding="utf-8")
    assert "not understood" in failed("Net", python=program).message
    program.write_text("#!/bin/sh\nexec cat /dev/zero\n", encoding="utf-8")
    assert "larger than can be told" in failed("Net", python=program).message
    program.write_text("no program", encoding="utf-8")
    assert "cannot be started" in failed("Net", python=program).message


def test_what_cannot_be_asked() -> None:
    assert isinstance(failed("Net", inputs=["B,3,8,8"]), InputError)
    assert isinstance(failed("Net", export="onnx"), ReadError)
    with pytest.raises(TargetError):
        api.run_live("main:net.py:Net")
    with pytest.raises(TargetError):
        astarch.verify(Architecture("net.py:Net"), "live")
    with pytest.raises(ReadError):
        api.run_live("nothing_here.py:Net")


# --- the command ------------------------------------------------------------------------------------------------------


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(["verify", *arguments])
    return int(end.value.code or 0)


def test_command_and_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The model is saved on the way, and what was saved confirms the source."""
    saved = tmp_path / "net.pt2"
    given = [f"{SOURCE}:Net(5)", "--python", sys.executable, "--input", "1,3,8,8"]
    assert command(*given, "--against", "live", "--export", "pt2", "-o", str(saved), "--time-limit", "100") == 0
    assert "against the live model (torch 2" in capsys.readouterr().out
    assert astarch.verify(f"{SOURCE}:Net(5)", saved).verdict is Verdict.CONFIRMED
    assert command(f"{SOURCE}:Net(5)", "--against", str(saved), "--time-limit", "100") == 2
    assert command(str(tmp_path), "--against", "live") == 2
    assert command(f"{SOURCE}:Raises", "--python", sys.executable, "--input", "1,4", "--against", "live") == 2
    assert "ValueError: a bad" in capsys.readouterr().err


def test_only_the_word_runs_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of that name is read like any other; nothing starts a process."""
    monkeypatch.chdir(tmp_path)
    Path("live").write_bytes(b"nothing")
    started: list[str] = []
    monkeypatch.setattr("subprocess.Popen.__init__", lambda *given, **options: started.append("one"))
    with pytest.raises(ReadError):
        astarch.verify(f"{SOURCE}:Net(5)", str(tmp_path / "live"))
    assert not started


# --- Keras ------------------------------------------------------------------------------------------------------------

MODELS = '''"""Models of Keras that are run in another process."""
import keras
from keras import layers


def small():
    x = keras.Input((16, 16, 3), name="image")
    y = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv")(x)
    y = layers.BatchNormalization(name="bn")(layers.MaxPooling2D(2, name="pool")(y))
    return keras.Model(x, layers.Dense(10, name="fc")(layers.Flatten(name="flat")(y)), name="small")


class Own(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.hidden = layers.Dense(8, name="hidden")
        self.out = layers.Dense(2, name="out")

    def call(self, x):
        return self.out(self.hidden(x))
'''
KERAS_SEEDS = {
    "channels": ("small", "layers.Conv2D(8", "layers.Conv2D(9", ("conv", "output shapes")),
    "stride": ("small", "strides=2", "strides=1", ("conv", "output shapes")),
    "layer": ("small", "layers.MaxPooling2D", "layers.AveragePooling2D", ("pool", "class")),
    "name": ("small", 'name="fc"', 'name="head"', ("fc", "module")),
    "width": ("Own", "layers.Dense(8", "layers.Dense(9", ("hidden", "output shapes")),
}


def tensorflow() -> str:
    return os.environ.get("ASTARCH_TEST_TENSORFLOW", sys.executable)


@pytest.mark.parametrize(("name", "given"), [("small", ["1,16,16,3"]), ("small", None), ("Own", ["2,5"])])
def test_keras(tmp_path: Path, name: str, given: Any) -> None:
    file = tmp_path / "made.py"
    file.write_text(MODELS, encoding="utf-8")
    ran = api.run_live(f"{file}:{name}", inputs=given, python=tensorflow())
    assert not problems(ran)
    found = confirm(astarch.read(f"{file}:{name}", inputs=given), ran)
    assert not found.of(Status.CONTRADICTED)
    assert {"shape", "class", "output shapes", "trained"} <= {fact.about for fact in found.of(Status.CONFIRMED)}
    for place, (about, old, new, shown) in enumerate(KERAS_SEEDS.values()):
        if about == name:
            changed = tmp_path / f"changed{place}.py"  # a file once read stays read
            changed.write_text(MODELS.replace(old, new), encoding="utf-8")
            other = confirm(astarch.read(f"{changed}:{name}", inputs=given), ran)
            assert shown in {(fact.subject, fact.about) for fact in other.of(Status.CONTRADICTED)}


def test_keras_failures_and_export(tmp_path: Path) -> None:
    file = tmp_path / "made.py"
    file.write_text(MODELS, encoding="utf-8")
    with pytest.raises(ReadError, match="give the shape of its input"):
        api.run_live(f"{file}:Own", python=tensorflow())
    saved = tmp_path / "saved"
    api.run_live(f"{file}:small", inputs=["1,16,16,3"], python=tensorflow(), export="saved_model", output=saved)
    assert {"conv/kernel", "fc/bias"} <= set(astarch.read(str(saved)).parameters)
