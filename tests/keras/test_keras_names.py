"""Every public name of Keras' modules that build models is described, and layers of other frameworks are refused as Keras refuses them."""

from __future__ import annotations

import inspect
import types

import pytest

keras = pytest.importorskip("keras")

from tests.keras.drawn_layers import APART  # noqa: E402
from tests.keras.keras_oracle import live, ours, values  # noqa: E402

MODULES = (
    "layers",
    "activations",
    "initializers",
    "regularizers",
    "constraints",
    "losses",
    "metrics",
    "optimizers",
    "random",
    "backend",
    "config",
)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_described(module: str) -> None:
    held = getattr(keras, module)
    names = [name for name, value in vars(held).items() if not name.startswith("_") and not isinstance(value, types.ModuleType)]
    assert len(names) > 5
    texts = [f"str(type(keras.{module}.{name}))" for name in names]
    lost = [text for text, told in zip(texts, values(texts, "")[1], strict=True) if not isinstance(told, str) or told.startswith("unknown")]
    assert not lost


def test_every_member_of_every_layer_is_there() -> None:
    classes = {name: value for name, value in vars(keras.layers).items() if inspect.isclass(value) and issubclass(value, keras.Layer)}
    texts = {
        f"hasattr({place}.{name}, {member!r})": f"{name}.{member}"
        for place, held in (("layers", classes), ("keras", {"Model": keras.Model, "Sequential": keras.Sequential}))
        for name, value in held.items()
        for member in dir(value)
        if not member.startswith("_")
    }
    assert len(texts) > 5000
    told = values(list(texts), "")[1]
    assert [member for member, found in zip(texts.values(), told, strict=True) if found is not True] == []


def test_every_public_layer_is_drawn_or_called_here() -> None:
    classes = {name for name, value in vars(keras.layers).items() if inspect.isclass(value)}
    assert classes >= APART
    assert APART - {"Layer", "Wrapper", "InputSpec"} == {
        text.removeprefix("layers.").partition("(")[0].partition(".")[0] for _, text in FOREIGN
    }


#: Layers of other frameworks: what comes before, and how they are made. What a file or an absent package decides is not known to us.
FOREIGN = [
    ("", "layers.TFSMLayer('nowhere')"), ("", "layers.TFSMLayer()"), ("", "layers.TFSMLayer('nowhere', foo=1)"), ("", "layers.TFSMLayer(3)"),
    ("", "layers.TFSMLayer('nowhere', 'serve', None, False, 'probe', 'float32')"), ("", "layers.TFSMLayer('nowhere', name='a/b')"),
    ("", "layers.TFSMLayer.from_config({'filepath': 'x'})"), ("", "layers.JaxLayer()"), ("", "layers.JaxLayer(lambda x: x)"),
    ("", "layers.JaxLayer(lambda inputs, what: inputs)"), ("", "layers.JaxLayer(lambda params, inputs: inputs)"),
    ("", "layers.JaxLayer(lambda params, inputs: inputs, lambda shape: shape)"), ("", "layers.JaxLayer(lambda inputs: inputs)"),
    ("", "layers.JaxLayer(lambda params, inputs: inputs, lambda rng, inputs: {}, seed=3, name='probe')"), ("", "layers.FlaxLayer()"),
    ("", "layers.FlaxLayer(None)"), ("", "layers.FlaxLayer(None, None, None, name='a/b')"), ("", "layers.TorchModuleWrapper()"),
    ("", "layers.TorchModuleWrapper(3)"), ("import torch", "layers.TorchModuleWrapper(torch.nn.ReLU())"),
    ("import torch", "layers.TorchModuleWrapper(torch.nn.Linear(3, 4))"), ("import torch", "layers.TorchModuleWrapper(torch.nn.LazyLinear(4))"),
    ("import torch", "layers.TorchModuleWrapper(torch.nn.Linear(3, 4).requires_grad_(False), output_shape=(None, 4))"),
    ("import torch", "layers.TorchModuleWrapper(torch.nn.Linear(3, 4, dtype=torch.float16).requires_grad_(False), 'probe', (None, 4))"),
    ("import torch", "layers.TorchModuleWrapper(torch.nn.BatchNorm1d(3, affine=False), output_shape=(None, 3), what=1)"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "layer"), FOREIGN)
def test_layers_of_other_frameworks(before: str, layer: str) -> None:
    if before:
        pytest.importorskip("torch")
    program = f"{before}\nmodel = keras.Sequential([keras.Input((3,)), {layer}])\n"
    theirs, told = live(program), ours(program)
    if isinstance(told, str) and told.startswith("unknown"):
        assert "comes from outside the program" in told
    elif isinstance(theirs, str):
        assert isinstance(told, str), theirs
        assert told.startswith("raises"), theirs
    else:
        assert told == theirs


@pytest.mark.parametrize("given", ["vocabulary=[3, 5], vocabulary_size=4, has_input_vocabulary=True", "vocabulary=[3], vocabulary_sizes=4"])
def test_what_saved_lookups_say_of_themselves_is_taken(given: str) -> None:
    program = f"model = keras.Sequential([keras.Input((3,), dtype='int64'), layers.IntegerLookup({given})])\n"
    theirs, told = live(program), ours(program)
    assert told == theirs or (isinstance(theirs, str) and isinstance(told, str) and told.startswith("raises")), (told, theirs)
