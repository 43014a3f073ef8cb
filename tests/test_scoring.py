"""What exact, partial and wrong mean: perfect copies of truth records, and copies with one thing open or changed."""

from __future__ import annotations

import functools
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import pytest

from astarch.ir.architecture import Architecture, Buffer, Call, Module, Parameter
from astarch.ir.dim import Dim
from astarch.ir.graph import Record, TensorType
from astarch.ir.unknown import Reason, Unknown
from scripts.zoo.aligning import align
from scripts.zoo.notation import Verdict, agree, notation
from scripts.zoo.records import IN_REPOSITORY, example_code, read_records, request, scalar
from scripts.zoo.scoring import score

LOST = Unknown(Reason.DATA_DEPENDENT, "nonzero")
SIZE = Dim.symbol("n0", origin="nonzero", minimum=0)


@functools.cache
def records(library: str) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in read_records(IN_REPOSITORY / f"{library}.jsonl.xz")}


def value(theirs: Any) -> Any:
    """A value of an Architecture out of the truth's notation: `notation` the other way round."""
    match theirs:
        case list():
            return TensorType(tuple(theirs))
        case {"tuple": items}:
            return tuple(value(item) for item in items)
        case {"list": items}:
            return [value(item) for item in items]
        case {"dict": items}:
            return {name: value(item) for name, item in items.items()}
        case {"obj": kind, "fields": fields}:
            return Record(kind, {name: value(item) for name, item in fields.items()})
        case str():
            return scalar(theirs) if "=" in theirs else Record(theirs, {})
    return None


def copy_of(record: dict[str, Any]) -> Architecture:
    """The Architecture that says exactly what a record says."""
    first = {name: group[0] for group in record["tied"] for name in group[1:]}
    output = record["output"]
    spread = output.get("tuple", output.get("list")) if isinstance(output, dict) else None
    return Architecture(
        record["id"],
        modules={name: Module(name, kind) for name, kind in record["modules"]},
        parameters={n: Parameter(n, tuple(s), dtype, grad, first.get(n)) for n, s, dtype, grad in record["params"]},
        buffers={n: Buffer(n, tuple(s), dtype, kept) for n, s, dtype, kept in record["buffers"]},
        calls=tuple(
            Call(row[0], tuple(value(item) for item in row[1] or ()), {}, tuple(value(item) for item in row[2] or ()))
            for row in record["calls"]
        ),
        outputs=tuple(value(item) for item in ([output] if spread is None else spread)),
    )


RESNET = "torchvision.models.resnet18"


def resnet() -> tuple[Architecture, dict[str, Any]]:
    record = records("torchvision")[RESNET]
    return copy_of(record), record


@pytest.mark.parametrize("library", ["torchvision", "timm", "transformers", "vit_pytorch"])
def test_a_copy_is_exact(library: str):
    for record in records(library).values():
        result = score(copy_of(record), record)
        assert result.verdict is Verdict.EXACT, (record["id"], result.first)
        assert len(result.verdicts) == (4 if record["forward_error"] else 7)


def changed(mapping: Any, name: str, **changes: Any) -> dict[str, Any]:
    return {key: replace(entry, **changes) if key == name else entry for key, entry in mapping.items()}


@pytest.mark.parametrize(
    ("part", "aspect", "changes", "verdict"),
    [
        ("modules", "modules", {"type": "torch.nn.modules.conv.Conv1d"}, "wrong"),
        ("modules", "modules", {"type": "elsewhere.Conv2d"}, "exact"),
        ("modules", "modules", {"type": ""}, "partial"),
        ("parameters", "parameters", {"shape": (64, 3, 7, 8)}, "wrong"),
        ("parameters", "parameters", {"shape": (64, 3, 7)}, "wrong"),
        ("parameters", "parameters", {"shape": (64, 3, 7, SIZE)}, "partial"),
        ("parameters", "parameters", {"shape": None}, "partial"),
        ("parameters", "parameters", {"dtype": "float16"}, "wrong"),
        ("parameters", "parameters", {"trainable": False}, "wrong"),
        ("parameters", "tied", {"tied_to": "fc.weight"}, "wrong"),
        ("buffers", "buffers", {"persistent": False}, "wrong"),
        ("buffers", "buffers", {"shape": (65,)}, "wrong"),
        ("buffers", "buffers", {"dtype": ""}, "partial"),
    ],
)
def test_a_changed_fact(part: str, aspect: str, changes: dict[str, Any], verdict: str):
    architecture, record = resnet()
    name = {"modules": "conv1", "parameters": "conv1.weight", "buffers": "bn1.running_mean"}[part]
    result = score(replace(architecture, **{part: changed(getattr(architecture, part), name, **changes)}), record)
    assert result.verdict.name.lower() == verdict
    assert result.verdicts[aspect].name.lower() == verdict
    assert verdict == "exact" or result.first.place == name


@pytest.mark.parametrize("part", ["modules", "parameters", "buffers"])
def test_left_out_is_partial_and_too_much_or_out_of_order_is_wrong(part: str):
    architecture, record = resnet()
    entries = list(getattr(architecture, part).items())

    def verdict(kept: list[Any]) -> Verdict:
        return score(replace(architecture, **{part: dict(kept)}), record).verdicts[part]

    assert verdict(entries[:3] + entries[4:]) is Verdict.PARTIAL
    assert verdict([]) is Verdict.PARTIAL
    assert verdict([*entries, ("more", replace(entries[-1][1], name="more"))]) is Verdict.WRONG
    assert verdict([*entries[:3], entries[4], entries[3], *entries[5:]]) is Verdict.WRONG


def test_calls_left_out_too_many_and_out_of_order():
    architecture, record = resnet()
    calls = list(architecture.calls)
    for kept, verdict in (
        (calls[:5] + calls[6:], Verdict.PARTIAL),
        ([], Verdict.PARTIAL),
        ([*calls, calls[-1]], Verdict.WRONG),
        ([*calls[:2], calls[3], calls[2], *calls[4:]], Verdict.WRONG),
    ):
        assert score(replace(architecture, calls=tuple(kept)), record).verdicts["calls"] is verdict


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (TensorType((1, 64, 112, 112)), "exact"),
        (TensorType((1, 64, 112, 111)), "wrong"),
        (TensorType((1, 64, 112)), "wrong"),
        (TensorType((1, 64, 112, SIZE)), "partial"),
        (LOST, "partial"),
        (None, "wrong"),
        (3, "wrong"),
    ],
)
def test_the_shape_of_a_call(output: Any, verdict: str):
    architecture, record = resnet()
    calls = list(architecture.calls)
    calls[1] = replace(calls[1], outputs=(output,))
    result = score(replace(architecture, calls=tuple(calls)), record)
    assert result.verdicts["shapes"].name.lower() == verdict
    assert result.verdicts["calls"] is Verdict.EXACT


def test_what_went_wrong_first_in_time_comes_first():
    architecture, record = resnet()
    bad = (TensorType((1, 7)),)
    wrong = ("", "layer1", "layer1.0", "layer1.0.bn1")
    calls = [replace(call, outputs=bad) if call.module in wrong else call for call in architecture.calls]
    found = score(replace(architecture, calls=tuple(calls)), record)
    assert found.first.place == "layer1.0.bn1"


def test_a_size_that_data_decides_agrees_only_where_the_library_needed_data():
    record = records("torchvision")["torchvision.models.fasterrcnn_resnet50_fpn"]
    architecture = copy_of(record)

    def opened(call: Call) -> Call:
        outputs = tuple(TensorType((SIZE, *item.shape[1:])) if isinstance(item, TensorType) else item for item in call.outputs)
        return replace(call, outputs=outputs) if call.module == "roi_heads.box_head" else call

    architecture = replace(architecture, calls=tuple(opened(call) for call in architecture.calls))
    assert score(architecture, record).verdict is Verdict.EXACT
    assert score(architecture, record | {"forward_device": "meta"}).verdict is Verdict.PARTIAL


def test_calls_are_not_compared_where_the_library_failed():
    record = next(record for record in records("vit_pytorch").values() if record["forward_error"])
    architecture = replace(copy_of(record), calls=(), outputs=None)
    assert score(architecture, record).verdict is Verdict.EXACT


def test_tied_parameters():
    record = next(record for record in records("vit_pytorch").values() if record["tied"])
    architecture = copy_of(record)
    parted = {name: replace(parameter, tied_to=None) for name, parameter in architecture.parameters.items()}
    assert score(replace(architecture, parameters=parted), record).verdicts["tied"] is Verdict.WRONG
    lost = {name: parameter for name, parameter in architecture.parameters.items() if parameter.tied_to is None}
    assert score(replace(architecture, parameters=lost), record).verdicts["tied"] is Verdict.PARTIAL


def test_no_outputs_and_spread_outputs():
    architecture, record = resnet()
    assert score(replace(architecture, outputs=None), record).verdicts["outputs"] is Verdict.PARTIAL
    assert score(replace(architecture, outputs=(LOST,)), record).verdicts["outputs"] is Verdict.PARTIAL
    assert score(replace(architecture, outputs=(TensorType((1, 999)),)), record).verdicts["outputs"] is Verdict.WRONG
    pair = record | {"output": {"tuple": [[1, 2], None]}}
    assert score(replace(architecture, outputs=(TensorType((1, 2)), None)), pair).verdicts["outputs"] is Verdict.EXACT
    assert score(replace(architecture, outputs=((TensorType((1, 2)), None),)), pair).verdicts["outputs"] is Verdict.EXACT


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        (OrderedDict(out=TensorType((1,))), {"obj": "collections.OrderedDict", "fields": {"out": [1]}}, "exact"),
        (Record("a.Output", {"x": TensorType((1,)), "y": None}), {"obj": "b.Output", "fields": {"x": [1]}}, "exact"),
        (Record("a.Output", {}), {"obj": "b.Output", "fields": {"x": [1]}}, "partial"),
        (Record("a.Other", {"x": TensorType((1,))}), {"obj": "b.Output", "fields": {"x": [1]}}, "wrong"),
        (Record("a.Cache", {"layers": [1]}), "transformers.cache_utils.Cache", "exact"),
        ((1, 2), {"tuple": ["int=1", "int=2"]}, "exact"),
        ([1, 2], {"tuple": ["int=1", "int=2"]}, "wrong"),
        (True, "int=1", "wrong"),
        (True, "bool=True", "exact"),
        (SIZE, "int=1", "partial"),
        ({"a": LOST}, {"dict": {"a": [1]}}, "partial"),
        ({"a": None}, {"dict": {"a": None, "b": None}}, "partial"),
        ("same", "str=same", "exact"),
        (TensorType(()), [], "exact"),
        (TensorType(()), None, "wrong"),
    ],
)
def test_values(ours: Any, theirs: Any, verdict: str):
    assert agree(notation(ours), theirs).name.lower() == verdict


def test_alignment_of_repeated_names():
    side = align(["a", "b", "a"], ["a", "b", "b", "a"])
    assert side.pairs == [(0, 0), (1, 1), (2, 3)]
    assert side.missing == [(2, "b")]
    assert not side.extra


def test_requests(tmp_path: Any):
    assert request(records("torchvision")[RESNET], tmp_path).target == "torchvision.models.resnet:resnet18(weights=None)"
    record = next(r for r in records("transformers").values() if "use" not in r["kwargs"])
    asked = request(record, tmp_path)
    assert asked.target == f"{record['builder']}(config)"
    assert asked.names == {"config": f"{record['kwargs']['config']}()"} or record["kwargs"]["config_kwargs"]
    for record in records("vit_pytorch").values():
        asked = request(record, tmp_path)
        assert asked.target.endswith(f".py:{record['var']}")
        assert f"{record['var']} = " in example_code(record)
        compile(example_code(record), record["id"], "exec")
