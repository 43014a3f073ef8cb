"""What can never be a tensor is given for one, to every function that torch and we can call: refused where torch refuses it, never elsewhere."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import astarch.frameworks.torch.library  # noqa: F401 - registers every description
from astarch.frameworks.describe import REGISTRY, RUN, Op, Run
from astarch.frameworks.torch.library import TorchLibrary
from astarch.frameworks.torch.misfits import of_an_op
from astarch.interpreter.engine import new_machine, run_deep, use
from astarch.interpreter.imports import load
from astarch.ir.unknown import Unknown
from astarch.source.project import Project
from tests.oracle.torch_oracle import _resolve

PROGRAM = """
import torch
from torch import nn
x, square, row, whole = torch.zeros(3, 4), torch.zeros(4, 4), torch.zeros(4), torch.zeros(3, 4, dtype=torch.int64)
flags, images, batch, places = torch.zeros(3, 4, dtype=torch.bool), torch.zeros(2, 4, 4, 4), torch.zeros(2, 4, 4), torch.zeros(2, dtype=torch.int64)
layer = nn.Linear(2, 2)
class Own:
    pass
def ask(call):
    try:
        value = call()
    except Exception as error:
        return type(error).__name__, None
    return "gives", value
"""
TENSORS = ("x", "square", "row", "whole", "flags", "images", "batch", "places")
LIST = "[x, x]"
ARGUMENTS = (*TENSORS[:5], "1", "(1,)", LIST, *TENSORS[5:], "(3, 4)")
MISFITS = ("(t for t in (x, x))", "'a'", "{'a': x}", "(lambda t: t)", "layer", "[1.0]", "None", "x.sum", "Own", "range(3)", "{}.values()")
MODULES = ("torch", "torch.Tensor", "torch.nn.functional", "torch.linalg", "torch.fft", "torch.special", "torch.nn.init")
#: They change how torch computes from then on, or what others hold.
LEFT_OUT = ("set_", "_", "manual", "use_", "save", "load", "share_memory", "compile", "initial", "backward")


def called(name: str, described: Op, values: dict[str, Any]) -> tuple[str, ...] | None:
    """Arguments with which torch runs it, tensors among them."""
    parameters = inspect.signature(described.function).parameters.values()
    needed = sum(one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD for one in parameters)
    try:
        live = _resolve(name)
    except (AttributeError, LookupError):
        return None
    for chosen in itertools.product((*TENSORS, LIST), *[ARGUMENTS] * (max(needed, 1) - 1)) if needed < 4 else ():
        given = [value.clone() if isinstance(value := values[text], torch.Tensor) else value for text in chosen]
        try:
            live(*given)
        except Exception:
            continue
        return chosen
    return None


def calls(values: dict[str, Any]) -> Iterator[str]:
    """Calls of every function with a misfit in the place of each tensor."""
    for name in sorted(REGISTRY):
        module, _, last = name.rpartition(".")
        if module not in MODULES or last.startswith(LEFT_OUT) or not isinstance(described := REGISTRY[name], Op):
            continue
        chosen = called(name, described, values)
        for place, item in enumerate(chosen or ()):
            if item in TENSORS or item == LIST:
                for misfit in MISFITS:
                    given = [misfit if at == place else text for at, text in enumerate(chosen or ())]
                    yield f"{name}({', '.join(given)})"
                    if item == LIST:
                        yield f"{name}({', '.join([*given[:place], f'[x, {misfit}]', *given[place + 1 :]])})"


def read(source: str) -> list[Any]:
    """The answers of a program as it is read."""
    project = Project([])
    machine = new_machine(None, project)
    library = TorchLibrary(machine)
    machine.libraries = [library]
    run = Run(call=lambda f, *a, **k: machine.call(f, a, k), where=machine.where, stack=machine.stack, strict=False)
    run.state["make"], run.refuse_misfit = library.make, of_an_op

    def work() -> list[Any]:
        token = RUN.set(run)
        try:
            module = load(machine, "__main__", project.snippet(source, "__main__"))
            module.state.run_all()
            return module.namespace["answers"]
        finally:
            RUN.reset(token)

    return run_deep(lambda: use(machine, work))


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[str, str]]:
    """What torch says to each call, and what we say: ``gives``, ``unknown``, or the name of an error."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        values: dict[str, Any] = {}
        exec(PROGRAM, values)
        values |= {text: eval(text, values) for text in ARGUMENTS}
        asked = list(dict.fromkeys(calls(values)))
        source = PROGRAM + "answers = []\n" + "".join(f"answers.append(ask(lambda: {call}))\n" for call in asked)
        exec(source, values)
    said = [answer if type(answer) is Unknown else answer[1] if type(answer[1]) is Unknown else answer[0] for answer in read(source)]
    ours = ["unknown" if type(one) is Unknown else one for one in said]
    return {call: (live[0], own) for call, live, own in zip(asked, values["answers"], ours, strict=True)}


def test_nothing_is_refused_that_torch_takes(answers: dict[str, tuple[str, str]]) -> None:
    assert len(answers) >= 10_000
    assert sum(live == "gives" for live, _ in answers.values()) >= 80
    assert not {call: both for call, both in answers.items() if both[0] == "gives" and both[1].endswith("Error")}


def test_what_torch_refuses_is_refused(answers: dict[str, tuple[str, str]]) -> None:
    refused = {call: own for call, (live, own) in answers.items() if live != "gives"}
    missed = {call: own for call, own in refused.items() if own in ("gives", "unknown")}
    assert len(missed) <= 0.03 * len(refused), missed


#: Sizes, strides, channels that are no whole numbers.
NO_SIZES = """
nn.Linear(4.0, 2); nn.Linear(None, 2); nn.Linear((4,), 2); nn.Embedding(3, None); nn.Embedding(3.0, 2); nn.BatchNorm2d(None);
nn.BatchNorm2d(4.0); nn.LayerNorm(4.0); nn.LayerNorm(None); nn.GroupNorm(2, 4.0); nn.Conv2d(4, 4.0, 3); nn.Conv2d(4, None, 3);
nn.ConvTranspose2d(4, (4, 4), 1); nn.Conv3d("a", 4, 1); nn.MultiheadAttention(4.0, 2); nn.Bilinear(2, 3, 4.0); nn.PReLU(4.0);
nn.LSTMCell(4, 3.0); nn.Conv2d(4, 4, (3.0, 3)); nn.Conv2d(4, 4, 3, stride=None)(images); nn.Conv2d(4, 4, 3, dilation=(None, 1))(images);
F.max_pool2d(images, (2.0, 2)); F.avg_pool2d(images, (2, None)); F.max_pool2d(images, ((2, 2), 2)); F.unfold(images, (2.0, 2));
F.conv2d(images, images, stride=(1.0, 1)); F.conv2d(images, images, padding=(1, None)); F.fold(batch, (3.0, 3), 2);
F.lp_pool2d(images, 2, (2.0, 2)); nn.MaxPool2d((2, "a"))(images); nn.Conv2d(4, 4, 3, groups=1.0)(images); nn.Conv2d(4, 6, [3, 3])(images);
F.max_pool2d(images, [2, 2]); F.conv2d(images, images, padding="same"); F.unfold(images, [2, 2])
"""


def test_what_is_no_size() -> None:
    asked = [text.strip() for text in NO_SIZES.split(";")]
    source = (
        "import torch.nn.functional as F\n"
        + PROGRAM
        + "answers = []\n"
        + "".join(f"answers.append(ask(lambda: {call}))\n" for call in asked)
    )
    values: dict[str, Any] = {}
    exec(source, values)
    live = {call: answer[0] for call, answer in zip(asked, values["answers"], strict=True)}
    assert {call: answer[0] for call, answer in zip(asked, read(source), strict=True)} == live
    assert list(live.values()).count("TypeError") >= 25


#: Numbers in quotes, and other things that are no numbers, for axes, counts and sizes.
NO_NUMBERS = """
torch.flatten(x, '1'); x.flatten(None); nn.Flatten('1')(x); x.softmax('1'); nn.Softmax('1')(x); torch.cat([x, x], '1'); x.transpose('0', 1);
x.permute(1, '0'); x.squeeze('1'); x.unsqueeze('1'); torch.stack([x, x], '1'); x.repeat('1', 1); x.expand('3', -1); nn.Dropout('0.5')(x);
nn.GroupNorm('2', 4)(x); nn.MultiheadAttention('4', 2)(x, x, x); nn.PixelShuffle('2')(images); x.narrow('1', 0, 1); x.select('1', 0);
x.flip('1'); x.topk('1'); F.glu(x, '1'); x.index_select('1', places); x.split([1, '3'], 1); x.unbind('1'); x.flatten(layer); x.view('3', -1);
x.transpose(layer, 1); x.unsqueeze(x.sum); x.view(x, -1); x.reshape(row, 4); x.view(x.shape, -1); torch.zeros(x.shape, 3); x.flatten(0);
x.softmax(-1); x.view(torch.tensor(3), -1); nn.Conv2d(4, 4, 3, padding='same')(images); F.interpolate(images, scale_factor=2, mode='nearest')
"""


def test_what_is_no_number_is_refused() -> None:
    """Exactly what torch refuses; the last ones it takes."""
    asked = [" ".join(call.split()) for call in NO_NUMBERS.split(";")]
    source = PROGRAM.replace("from torch import nn", "from torch import nn\nimport torch.nn.functional as F")
    source += "answers = []\n" + "".join(f"answers.append(ask(lambda: {call}))\n" for call in asked)
    values: dict[str, Any] = {}
    with torch.no_grad():
        exec(source, values)
    live, ours = ([answer if type(answer) is Unknown else answer[0] for answer in answers] for answers in (values["answers"], read(source)))
    assert {call: (a, b) for call, a, b in zip(asked, live, ours, strict=True) if (a == "gives") != (b == "gives")} == {}
