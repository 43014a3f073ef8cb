"""The JSON report: it fits its schema, states the contract's keys, and can be read back."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
import samples

from astarch.errors import ReadError
from astarch.ir.architecture import Architecture, Call, Module
from astarch.ir.dim import Dim, maximum
from astarch.ir.graph import Record, TensorType
from astarch.ir.text import to_text
from astarch.ir.unknown import Reason, Unknown
from astarch.readers.report import formula, read_report
from astarch.render.json import schema, to_data, to_json

VALIDATOR = jsonschema.Draft202012Validator(schema())
LOST = Unknown(Reason.DATA_DEPENDENT, "nonzero")
KERAS = Architecture(
    "k.py:net",
    "keras",
    modules={
        "": Module("", "keras.Functional"),
        "a/b": Module("a/b", "keras.layers.Dense", {"units": 3}, output_shapes=((None, 3),), inbound=("a",), trainable=False),
    },
)
VALUES = Architecture(
    "v.py:V",
    inputs={"x": TensorType((1, LOST)), "images": [TensorType((3, 8, 8)), TensorType((3, 9, 9), "uint8")]},
    modules={"": Module("", "V", {"a": LOST, "b": (1, None), "c": {"d/e": 1.5}, "f": float("inf"), "g": len})},
    calls=(Call("", (None, LOST, True, 2, 0.5, "t", (TensorType(()),), {"k/~": [LOST]}), {"m": Record("R", {"z": None})}, (LOST,)),),
    outputs=(Record("pkg.Out", {"logits": TensorType((1, 2), "float16"), "rest": (None, LOST)}),),
)
ALL = [samples.small(), samples.deep(2), KERAS, VALUES, Architecture("e.py:E")]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("architecture", ALL, ids=lambda a: a.target)
def test_fits_the_schema(architecture: Architecture) -> None:
    text = to_json(architecture, version="1")
    VALIDATOR.validate(json.loads(text))
    assert json.loads(text) == json.loads(to_json(architecture, version="1", indent=False)) == to_data(architecture, version="1")


@pytest.mark.parametrize("architecture", ALL, ids=lambda a: a.target)
def test_reads_back(architecture: Architecture) -> None:
    again = read_report(to_data(architecture))
    assert to_json(again) == to_json(architecture)
    if architecture is not VALUES:  # arguments that JSON does not hold come back as texts
        assert to_text(again) == to_text(architecture).replace("(config.n_embd,)", "['config.n_embd']").replace(
            "=config.n_embd", "='config.n_embd'"
        ).replace("=4*config.n_embd", "='4*config.n_embd'")


def test_the_keys_of_the_contract() -> None:
    data = to_data(samples.small(), version="0.1.0")
    assert list(data)[:4] == ["schema", "astarch", "target", "framework"]
    assert data["inputs"] == {"x": {"shape": [1, 3, 32, 32], "dtype": "float32"}}
    assert data["modules"][1]["name"] == "conv1"
    assert data["modules"][1]["arguments"] == {"in_channels": 3, "out_channels": 16, "kernel_size": 3}
    assert data["modules"][1]["defined_at"]["line"] == 10
    assert data["parameters"][0] == {"name": "conv1.weight", "shape": [16, 3, 3, 3], "dtype": "float32", "trainable": True}
    assert data["calls"][1]["inputs"] == [[1, 3, 32, 32]]
    assert data["calls"][1]["outputs"] == [[1, 16, 30, 30]]
    assert data["outputs"] == [[1, 10]]
    assert data["parameter_count"] == 108_618
    assert data["macs"] == 496_960
    assert data["flops"] == 993_920
    assert to_data(samples.deep(1))["buffers"][0] == {"name": "mask", "shape": [1, 1, "T", "T"], "dtype": "bool", "persistent": False}


def test_unknown_is_null_and_its_reason_points_at_it() -> None:
    data = to_data(VALUES)
    (entry,) = data["unknown"]
    assert entry["reason"] == "data-dependent"
    assert entry["fields"] == [
        "/inputs/x/shape/1",
        "/modules/0/arguments/a",
        "/calls/0/inputs/1",
        "/calls/0/inputs/7/dict/k~1~0/list/0",
        "/calls/0/outputs/0",
        "/outputs/0/fields/rest/tuple/1",
    ]
    for pointer in entry["fields"]:
        at = data
        for part in pointer[1:].split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            at = at[int(part)] if isinstance(at, list) else at[part]
        assert at is None


def test_values_of_calls() -> None:
    call = to_data(VALUES)["calls"][0]
    assert call["inputs"] == [None, None, "bool=True", "int=2", "float=0.5", "str=t", {"tuple": [[]]}, {"dict": {"k/~": {"list": [None]}}}]
    assert call["keywords"] == {"m": {"obj": "R", "fields": {"z": None}}}


def test_formulas_read_back() -> None:
    batch, height = Dim.symbol("B"), Dim.symbol("config.h")
    for size in (7, batch, 8 * batch**2 + 5 * batch - 1, (height - 1) // 32 + 1, maximum(batch, height), -batch + 3):
        assert str(formula(str(size))) == str(size)
    for wrong in ("1 +", "f(x)", "'a'", "(" * 500):
        with pytest.raises(ReadError):
            formula(wrong)


def test_other_schemas_are_refused() -> None:
    with pytest.raises(ReadError, match="schema 1"):
        read_report({"schema": 2})


def test_equal_reports_are_equal_texts() -> None:
    assert to_json(samples.deep(3)) == to_json(samples.deep(3))
    assert to_json(samples.small()) != to_json(replace(samples.small(), target="other"))
