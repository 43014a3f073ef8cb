"""Targets are read as users write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astarch.errors import TargetError
from astarch.targets import parse_target


@pytest.mark.parametrize(
    ("text", "path", "expression", "revision"),
    [
        ("model.py:Net", "model.py", "Net", ""),
        ("model.py", "model.py", "", ""),
        ("a b/model.py:Net(3, sizes={'a': 1})", "a b/model.py", "Net(3, sizes={'a': 1})", ""),
        ("model.py:Net(x[1:2])", "model.py", "Net(x[1:2])", ""),
        ("model.py:(lambda: Net(1))()", "model.py", "(lambda: Net(1))()", ""),
        ("timm.models.resnet:resnet50(num_classes=10)", "timm.models.resnet", "resnet50(num_classes=10)", ""),
        ("HEAD~1:net.py:Net", "net.py", "Net", "HEAD~1"),
        ("main:src/net.py:Net(10)", "src/net.py", "Net(10)", "main"),
        ("v1.2:pkg.net:Net", "pkg.net", "Net", "v1.2"),
        ("origin/main:net.py", "net.py", "", "origin/main"),
        (r"C:\work\net.py:Net", r"C:\work\net.py", "Net", ""),
        ("notes.ipynb:model", "notes.ipynb", "model", ""),
        ("weights.safetensors", "weights.safetensors", "", ""),
        ("out/saved_model", "out/saved_model", "", ""),
    ],
)
def test_parts(text: str, path: str, expression: str, revision: str) -> None:
    target = parse_target(text)
    assert (target.path, target.expression, target.revision) == (path, expression, revision)
    assert str(target) == text


def test_kinds() -> None:
    assert parse_target("a.py:N").is_source
    assert parse_target("a.b:N").is_module
    assert parse_target("a.onnx").is_artifact
    assert not parse_target("a.b:N").is_source


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("  ", "empty"),
        (":Net", "colon"),
        ("model.py:", "colon"),
        ("model.py:Net(", "not a Python expression"),
        ("model.py:x = 1", "not a Python expression"),
        ("what is this:Net", "neither"),
        ("what is this", "neither"),
        ("model.py:" + "(" * 5000 + ")" * 5000, "not a Python expression"),
    ],
)
def test_mistakes_are_explained(text: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        parse_target(text)


@given(st.text(max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    try:
        assert parse_target(text).text == text
    except TargetError as error:
        assert error.message
