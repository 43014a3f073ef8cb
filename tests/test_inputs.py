"""Inputs are read as users write them and as Python callers pass them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astarch.errors import InputError
from astarch.inputs import InputSpec, as_inputs, parse_input, parse_inputs


@pytest.mark.parametrize(
    ("text", "name", "shape", "dtype"),
    [
        ("1,3,224,224", None, (1, 3, 224, 224), "float32"),
        (" 1, 3 ,8,8 ", None, (1, 3, 8, 8), "float32"),
        ("(1,3)", None, (1, 3), "float32"),
        ("1×3×8", None, (1, 3, 8), "float32"),
        ("5", None, (5,), "float32"),
        ("scalar:int64", None, (), "int64"),
        ("tokens=B,T:int64", "tokens", ("B", "T"), "int64"),
        ("x=1,config.n_embd", "x", (1, "config.n_embd"), "float32"),
        ("mask=1,7:bool", "mask", (1, 7), "bool"),
        ("x=2,2:torch.half", "x", (2, 2), "float16"),
        ("x=0,4", "x", (0, 4), "float32"),
    ],
)
def test_tensor(text: str, name: str | None, shape: tuple[int | str, ...], dtype: str) -> None:
    assert parse_input(text) == InputSpec(name, shape, dtype)


def test_list_of_tensors() -> None:
    spec = parse_input("images=[3,320,320; 3,400,300:uint8]")
    assert spec.name == "images"
    assert spec.items == (InputSpec(None, (3, 320, 320)), InputSpec(None, (3, 400, 300), "uint8"))
    assert parse_input("x=[]").items == ()


@pytest.mark.parametrize("text", ["", "x=", "1,,3", "1,-3", "1,2:floot32", "1,2.5", "[1,2", "[a=1,2]", "1,a b", ":int64", "1," + "9" * 400])
def test_mistakes_are_explained(text: str) -> None:
    with pytest.raises(InputError):
        parse_input(text)


def test_close_names_are_offered() -> None:
    with pytest.raises(InputError, match="did you mean float32"):
        parse_input("1,2:floot32")


def test_order_and_names() -> None:
    assert [spec.name for spec in parse_inputs(["1,2", "y=3"])] == [None, "y"]
    with pytest.raises(InputError, match="twice"):
        parse_inputs(["x=1", "x=2"])
    with pytest.raises(InputError, match="by position first"):
        parse_inputs(["x=1", "2"])


def test_python_values() -> None:
    assert as_inputs(None) == []
    assert as_inputs((1, 3)) == [InputSpec(None, (1, 3))]
    assert as_inputs([1, 3]) == [InputSpec(None, (1, 3))]
    assert as_inputs([(1, 3), ("B", 7)]) == [InputSpec(None, (1, 3)), InputSpec(None, ("B", 7))]
    assert as_inputs("1,3") == [InputSpec(None, (1, 3))]
    assert as_inputs(["1,3", "y=2:int64"]) == [InputSpec(None, (1, 3)), InputSpec("y", (2,), "int64")]
    assert as_inputs({"ids": "B,T:int64"}) == [InputSpec("ids", ("B", "T"), "int64")]
    assert as_inputs(np.zeros((2, 3), "int32")) == [InputSpec(None, (2, 3), "int32")]
    assert as_inputs({"images": [(3, 8, 8), (3, 9, 9)]})[0].items == (InputSpec(None, (3, 8, 8)), InputSpec(None, (3, 9, 9)))


names = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
specs = st.builds(
    InputSpec,
    st.none() | names,
    st.lists(st.integers(0, 10**6) | names.filter(lambda name: name != "scalar"), max_size=5).map(tuple),
    st.sampled_from(["float32", "int64", "bool", "bfloat16"]),
)


@given(specs)
def test_what_is_written_is_read_back(spec: InputSpec) -> None:
    assert parse_input(str(spec)) == spec


@given(st.text(max_size=40))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        parse_input(text)
    except InputError as error:
        assert error.message
