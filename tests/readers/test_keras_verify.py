"""Keras sources against everything that Keras and TensorFlow saved of them: confirmed where they are the same, never where they are not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import astarch
from astarch.ir.architecture import Architecture
from astarch.ir.verification import Status, Verdict, Verification
from readers import literals

SOURCE = Path(__file__).with_name("keras_models.py")
NAMES = [
    "small",
    "residual",
    "recurrent",
    "embedded",
    "chain",
    "siamese",
    "unet",
    "padded",
    "attentive",
    "nested",
    "enlarged",
    "timed",
    "crossed",
    "looped",
    "unnamed",
    "unnamed_pair",
    "unnamed_twins",
    "unnamed_text",
]
WHOLE = (".keras", ".h5")
WEIGHTS = (".weights.h5", "_checkpoint.index")
SAVED = ("_export", "_saved")
GRAPHS = (*SAVED, "_frozen.pb", "_whole.pb")
LITE = (".tflite", "_open.tflite")
#: What a graph does not hold of a model, by what is said of it.
INPUT, TRAINED, GONE = "names of its own", "an inference shows nothing of it", "it leaves no operation behind"
EACH, LAST = "the graph does not keep it", "whether a layer of its own does it cannot be seen"
FOLDED = ("folded into the weights", "a norm is folded", "the graph holds the result alone")
OPEN: dict[str, tuple[str, ...]] = {
    "residual": (TRAINED,), "embedded": (GONE, TRAINED), "nested": (GONE,), "timed": (EACH,), "looped": (EACH,),
}  # fmt: skip
#: Models that end in an activation: a converter to TFLite gives the last operation the name of the result.
ENDS = ("chain", "siamese", "crossed", "enlarged", "unnamed")


def left_open(form: str, name: str) -> tuple[str, ...]:
    """Why a graph does not confirm a model though both compute the same."""
    found = set(OPEN.get(name, ()))
    if form in ("_saved", "_open.tflite") and not name.startswith("unnamed"):
        found.add(INPUT)
    if form in LITE and name in ENDS:
        found.add(GONE if (form, name) == (".tflite", "enlarged") else LAST)
    if form in LITE and name == "unnamed_twins":
        found.add(GONE)
    if EACH in found and form in ("_frozen.pb", "_whole.pb", ".tflite"):
        found.add("nothing there is called")
    if (form, name) == (".tflite", "residual"):
        found = set(FOLDED)
    if (form, name) == ("_open.tflite", "residual"):
        found.add(LAST)
    return tuple(sorted(found))


Files = tuple[Path, Any]


@cache
def artifact(path: str) -> Architecture:
    return astarch.read(path)


def held(source: Architecture, files: Files, name: str, form: str) -> Verification:
    return astarch.verify(source, artifact(str(files[0] / f"{name}{form}")))


def forms_of(files: Files, name: str) -> list[str]:
    return [form for form in (*WHOLE, *WEIGHTS, *GRAPHS, *LITE) if (files[0] / f"{name}{form}").exists()]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_contradicted(keras_files: Files, name: str) -> None:
    """What Keras itself saved confirms the source to the last fact; what is left of a graph never says no."""
    source = astarch.read(f"{SOURCE}:{name}")
    assert not source.unknown
    forms = forms_of(keras_files, name)
    assert {*WHOLE, *WEIGHTS, *GRAPHS} <= set(forms)
    for form in forms:
        found = held(source, keras_files, name, form)
        assert not found.of(Status.CONTRADICTED), (form, found.of(Status.CONTRADICTED)[:3])
        assert found.of(Status.CONFIRMED), form
        if form in WHOLE:
            assert found.verdict is Verdict.CONFIRMED, (form, found.of(Status.ABSENT)[:3])


@pytest.mark.parametrize("form", [*GRAPHS, *LITE])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_confirmed(keras_files: Files, name: str, form: str) -> None:
    """Every model by every graph, except for what that graph does not hold, and nothing else."""
    if form in LITE and not (keras_files[0] / f"{name}{form}").exists():
        assert name in ("recurrent", "padded", "looped", "unnamed_text")  # these need operations that TFLite does not have
        return
    found = held(astarch.read(f"{SOURCE}:{name}"), keras_files, name, form)
    reasons = left_open(form, name)
    assert found.verdict is (Verdict.CONFIRMED if reasons == () else Verdict.CONSISTENT), found.of(Status.ABSENT)
    assert found.computes
    assert not found.hides
    absent = found.of(Status.ABSENT)
    assert all(any(reason in fact.note for reason in reasons) for fact in absent), absent
    assert all(any(reason in fact.note for fact in absent) for reason in reasons), absent


@pytest.mark.parametrize("name", NAMES)
def test_checkpoints_name_every_weight(keras_files: Files, name: str) -> None:
    """The object paths of a checkpoint are found again in the source: layer by layer, weight by weight."""
    source = astarch.read(f"{SOURCE}:{name}")
    found = held(source, keras_files, name, "_checkpoint.index")
    assert {fact.subject for fact in found.facts} == set(source.parameters)
    paths = {fact.subject: fact.found_at.rpartition(".")[2].lstrip("_") for fact in found.facts}
    assert all(subject.endswith(f"/{last}") for subject, last in paths.items())


#: A name for each difference: the model, what is replaced in its source, and the formats that show it. In no format is it confirmed.
NAMED = (*WHOLE, *SAVED)
SEEDS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "filters": ("small", "Conv2D(8, 3, strides=2", "Conv2D(9, 3, strides=2", (*NAMED, *WEIGHTS, "_frozen.pb", ".tflite")),
    "kernel": ("small", "Conv2D(8, 3, strides=2", "Conv2D(8, 5, strides=2", (*NAMED, *WEIGHTS, "_frozen.pb", ".tflite")),
    "stride": ("small", "strides=2, ", "strides=1, ", (*WHOLE, *WEIGHTS, *GRAPHS, *LITE)),
    "padding": ("small", 'padding="same"', 'padding="valid"', (*WHOLE, *WEIGHTS, *GRAPHS, *LITE)),
    "activation": ("small", 'activation="relu"', 'activation="tanh"', (*WHOLE, *GRAPHS, *LITE)),
    "no activation": ("small", ', activation="relu"', "", (*WHOLE, *GRAPHS, *LITE)),
    "pool kind": ("small", "layers.MaxPooling2D(2", "layers.AveragePooling2D(2", (*WHOLE, *GRAPHS, *LITE)),
    "pool size": ("small", "MaxPooling2D(2,", 'MaxPooling2D(4, strides=2, padding="same",', (*WHOLE, *GRAPHS, *LITE)),
    "units": ("small", "layers.Dense(10", "layers.Dense(11", (*NAMED, *WEIGHTS, "_frozen.pb", ".tflite")),
    "renamed": ("small", 'name="fc"', 'name="head"', (*NAMED, "_frozen.pb")),
    "missing layer": ("small", '    y = layers.MaxPooling2D(2, name="pool")(y)\n', "", (*NAMED, *WEIGHTS, "_frozen.pb", *LITE)),
    "layer more": ("small", 'layers.Flatten(name="flat")(y)', 'layers.Dense(128, name="more")(layers.Flatten(name="flat")(y))',
                   (*NAMED, *WEIGHTS, "_frozen.pb", *LITE)),
    "dtype": ("small", 'layers.Dense(10, name="fc")', 'layers.Dense(10, dtype="float16", name="fc")', (*NAMED, *WEIGHTS)),
    "frozen": ("small", 'layers.Dense(10, name="fc")', 'layers.Dense(10, trainable=False, name="fc")', NAMED),
    "epsilon": ("residual", "epsilon=0.002", "epsilon=0.001", (*WHOLE, *GRAPHS)),
    "momentum": ("residual", "epsilon=0.002", "epsilon=0.002, momentum=0.9", WHOLE),
    "bias": ("residual", "use_bias=False, ", "", (*NAMED, *WEIGHTS)),
    "merge": ("residual", "layers.Add", "layers.Multiply", (*WHOLE, *GRAPHS)),
    "skip": ("residual", "([stem, layers.ReLU", "([y, layers.ReLU", (*WHOLE, *GRAPHS)),
    "global pool": ("residual", "layers.GlobalAveragePooling2D", "layers.GlobalMaxPooling2D", (*WHOLE, *GRAPHS)),
    "hidden size": ("recurrent", "layers.LSTM(16", "layers.LSTM(12", (*NAMED, *WEIGHTS, "_frozen.pb")),
    "cell": ("recurrent", "layers.LSTM(16", "layers.GRU(16", (*NAMED, *WEIGHTS, "_frozen.pb")),
    "recurrent activation": ("recurrent", "LSTM(16,", 'LSTM(16, recurrent_activation="relu",', (*WHOLE, *GRAPHS)),
    "backwards": ("recurrent", "LSTM(16,", "LSTM(16, go_backwards=True,", WHOLE),
    "vocabulary": ("embedded", "layers.Embedding(20", "layers.Embedding(21", (*NAMED, *WEIGHTS, "_frozen.pb")),
    "concat order": ("embedded", 'layers.Flatten(name="flat")(layers.Embedding(20, 6, name="embed")(a)), b]',
                     'b, layers.Flatten(name="flat")(layers.Embedding(20, 6, name="embed")(a))]', (*WHOLE, *SAVED)),
    "rate": ("embedded", "layers.Dropout(0.1", "layers.Dropout(0.2", WHOLE),
    "gelu": ("embedded", 'activation="gelu"', 'activation="relu"', (*WHOLE, *GRAPHS)),
    "slope": ("chain", "LeakyReLU(0.1", "LeakyReLU(0.3", (*WHOLE, *GRAPHS, *LITE)),
    "order": ("chain", '            layers.LeakyReLU(0.1, name="leak"),\n            layers.Dense(3, activation="softmax", name="last"),\n',
              '            layers.Dense(3, activation="softmax", name="last"),\n            layers.LeakyReLU(0.1, name="leak"),\n',
              (*WHOLE, *GRAPHS, *LITE)),
    "not shared": ("siamese", "[shared(one), shared(two)]", '[shared(one), layers.Dense(4, activation="elu", name="own")(two)]',
                   (*NAMED, *WEIGHTS, "_frozen.pb")),
    "called once": ("siamese", "[shared(one), shared(two)]", "[shared(one), shared(one)]", WHOLE),
    "transposed kernel": ("unet", "Conv2DTranspose(4, 2, strides=2", 'Conv2DTranspose(4, 4, strides=2, padding="same"',
                          (*NAMED, *WEIGHTS, "_frozen.pb", *LITE)),
    "skip order": ("unet", "([down, up])", "([up, down])", (*WHOLE, *GRAPHS)),
    "dilation": ("padded", "dilation_rate=2", "dilation_rate=1", (*WHOLE, *GRAPHS)),
    "zero padding": ("padded", "ZeroPadding1D(2", "ZeroPadding1D((1, 3)", (*WHOLE, *GRAPHS)),
    "groups": ("padded", "GroupNormalization(3", "GroupNormalization(2", WHOLE),
    "inner layer": ("padded", 'layers.GRU(4, name="gru")', 'layers.GRU(4, name="gru", activation="relu")', (*WHOLE, *GRAPHS)),
    "heads": ("attentive", "MultiHeadAttention(2, 4", "MultiHeadAttention(4, 2", (*NAMED, *WEIGHTS)),
    "causal": ("attentive", "(x, x)])", "(x, x, use_causal_mask=True)])", WHOLE),
    "enlarging": ("enlarged", "UpSampling2D(2", "UpSampling2D(3", WHOLE),
    "interpolation": ("enlarged", 'interpolation="bilinear"', 'interpolation="nearest"', WHOLE),
    "crop": ("enlarged", "Cropping2D(1", "Cropping2D(((0, 2), (1, 1))", WHOLE),
    "multiplier": ("enlarged", "depth_multiplier=2", "depth_multiplier=1", (*NAMED, *WEIGHTS, "_frozen.pb")),
    "shared axes": ("enlarged", "shared_axes=[1, 2]", "shared_axes=[1]", (*NAMED, *WEIGHTS, "_frozen.pb")),
    "wide": ("enlarged", "dilation_rate=2", "dilation_rate=1", (*WHOLE, *GRAPHS)),
    "step units": ("timed", "layers.Dense(5", "layers.Dense(4", (*NAMED, *WEIGHTS)),
    "step activation": ("timed", 'Dense(5, activation="relu"', 'Dense(5, activation="tanh"', (*WHOLE, *GRAPHS)),
    "turned": ("timed", 'layers.Permute((2, 1), name="turn")', 'layers.Reshape((5, 8), name="turn")', WHOLE),
    "asked and given": ("crossed", "(a, b)\n", "(b, a)\n", (*WHOLE, *SAVED)),
    "seeing ahead": ("crossed", "use_causal_mask=True", "use_causal_mask=False", WHOLE),
    "head size": ("crossed", "MultiHeadAttention(2, 4", "MultiHeadAttention(4, 2", (*NAMED, *WEIGHTS)),
    "value size": ("crossed", "value_dim=5", "value_dim=6", (*NAMED, *WEIGHTS)),
    "loop kernel": ("looped", "ConvLSTM2D(5, 3", "ConvLSTM2D(5, 5", (*NAMED, *WEIGHTS)),
    "loop padding": ("looped", 'ConvLSTM2D(5, 3, padding="same"', "ConvLSTM2D(5, 3", WHOLE),
    "unseen name": ("small", 'layers.Flatten(name="flat")', 'layers.Flatten(name="plain")', WHOLE),
    "input name": ("small", 'name="image"', 'name="picture"', (".keras", ".h5")),
    "one for two": ("unnamed_twins", "second(two)", "first(two)", WHOLE),
    "inner activation": ("nested", 'layers.Dense(4, activation="relu", name="deep")', 'layers.Dense(4, name="deep")', (*WHOLE, *GRAPHS)),
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_differences_are_never_confirmed(keras_files: Files, tmp_path: Path, seed: str) -> None:
    name, old, new, shown = SEEDS[seed]
    text = SOURCE.read_text(encoding="utf-8")
    start = text.index(f"def {name}(")
    end = text.index("\n\n\n", start)
    assert old in text[start:end]
    changed = tmp_path / "changed.py"
    changed.write_text(text[:start] + text[start:end].replace(old, new) + text[end:], encoding="utf-8")
    source = astarch.read(f"{changed}:{name}")
    assert source.modules
    forms = forms_of(keras_files, name)
    assert set(shown) <= set(forms)
    for form in forms:
        verdict = held(source, keras_files, name, form).verdict
        assert verdict is not Verdict.CONFIRMED, form
        if form in shown:
            assert verdict is Verdict.CONTRADICTED, form


@pytest.mark.parametrize("name", NAMES)
def test_no_other_literal_is_confirmed(keras_files: Files, tmp_path: Path, name: str) -> None:
    """Whatever number or word of a model is changed, except what the whole model is called: nothing confirms it."""
    path, count = tmp_path / "changed.py", 0
    for text, said in literals.changed(SOURCE, name):
        path.write_text(text, encoding="utf-8")
        source = astarch.read(f"{path}:{name}")
        if source.modules and not said.startswith(f"'{name}'"):
            count += 1
            for form in (".keras", "_export", "_whole.pb", ".tflite"):
                if (keras_files[0] / f"{name}{form}").exists():
                    assert held(source, keras_files, name, form).verdict is not Verdict.CONFIRMED, (form, said)
    assert count > 5


#: What tf2onnx made, and why it does not confirm a model.
TF2ONNX: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("small", "chain", "siamese", "unet", "attentive", "unnamed", "unnamed_pair"), ()),
    "residual": FOLDED,
    "nested": (GONE,),
    "timed": (EACH, GONE, "nothing there is called"),
}


@pytest.mark.parametrize("name", TF2ONNX)
def test_tf2onnx(tmp_path: Path, name: str) -> None:
    """What tf2onnx 1.17 made of a model, in channels first: confirmed, and nothing that is written otherwise."""
    exported = artifact(str(SOURCE.with_name("samples") / f"tf2onnx_{name}.onnx"))
    found, reasons = astarch.verify(astarch.read(f"{SOURCE}:{name}"), exported), TF2ONNX[name]
    assert found.verdict is (Verdict.CONSISTENT if reasons else Verdict.CONFIRMED)
    assert found.computes
    absent = found.of(Status.ABSENT)
    assert all(any(reason in fact.note for reason in reasons) for fact in absent), absent
    assert all(any(reason in fact.note for fact in absent) for reason in reasons), absent
    path, count = tmp_path / "changed.py", 0
    for text, said in literals.changed(SOURCE, name):
        path.write_text(text, encoding="utf-8")
        source = astarch.read(f"{path}:{name}")
        if source.modules and not said.startswith(f"'{name}'"):
            count += 1
            assert astarch.verify(source, exported).verdict is not Verdict.CONFIRMED, said
    assert count > 5


def test_both_places_are_named(keras_files: Files, tmp_path: Path) -> None:
    changed = tmp_path / "changed.py"
    changed.write_text(SOURCE.read_text(encoding="utf-8").replace("strides=2, padding", "strides=1, padding"), encoding="utf-8")
    source = astarch.read(f"{changed}:small")
    fact = next(fact for fact in held(source, keras_files, "small", "_saved").of(Status.CONTRADICTED) if fact.about == "strides")
    assert (fact.subject, fact.expected, fact.found) == ("conv", [1, 1], [2, 2])
    assert "strides=1" in changed.read_text(encoding="utf-8").splitlines()[fact.expected_at.line - 1]
    assert fact.found_at.startswith("small_1/conv_1/")


#: What the configuration of these does not say all of; what is changed of each, and the formats that show it.
OTHERS = {
    "scaled": ("Scale(3.0", "Scale(4.0", WHOLE),
    "functions": ("layers.Dense(4", "layers.Dense(5", (*WHOLE, *WEIGHTS, "_export")),
    "own": ('Own(name="own")', 'Own(9, name="own")', (*WHOLE, *WEIGHTS, "_export")),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_said(keras_files: Files, tmp_path: Path, name: str) -> None:
    """Layers and models of one's own, and functions between layers: consistent at most, contradicted where they differ."""
    old, new, shown = OTHERS[name]
    text = SOURCE.read_text(encoding="utf-8")
    start = text.index(f"def {name}(")
    changed = tmp_path / "changed.py"
    changed.write_text(text[:start] + text[start:].replace(old, new, 1), encoding="utf-8")
    assert changed.read_text(encoding="utf-8") != text
    for form in (*WHOLE, *WEIGHTS, "_export"):
        path = keras_files[0] / f"{name}{form}"
        found = astarch.verify(f"{SOURCE}:{name}", path)
        assert found.verdict is Verdict.CONSISTENT, (form, found.of(Status.CONTRADICTED)[:3])
        assert found.of(Status.CONFIRMED), form
        other = astarch.verify(f"{changed}:{name}", path).verdict
        assert other is (Verdict.CONTRADICTED if form in shown else Verdict.CONSISTENT), form
