"""What exact, partial and wrong mean for Keras: layers, classes, order, weights, output shapes and inbound connections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from astarch.ir.architecture import Architecture

from .notation import Verdict, last_part
from .records import Record

ASPECTS = ("layers", "shapes", "inbound", "weights", "outputs")


def rows(record: Record) -> list[tuple[str, list[Any]]]:
    """Every layer of a record under its full name, nested ones after the one they stand in."""
    found: list[tuple[str, list[Any]]] = []
    nested = record.get("nested") or {}

    def below(path: str, layers: list[Any]) -> None:
        for row in layers:
            name = f"{path}/{row[0]}" if path else row[0]
            found.append((name, row))
            if name in nested:
                below(name, nested[name])

    below("", record["layers"])
    return found


def differences(architecture: Architecture, record: Record) -> Iterator[tuple[str, Verdict, str, str, Any, Any]]:
    """Every difference: aspect, verdict, kind, place, ours, theirs."""
    truth = rows(record)
    ours = [(name, module) for name, module in architecture.modules.items() if name]
    names, wanted = [name for name, _ in ours], [name for name, _ in truth]
    if names != wanted:
        yield from _order(names, wanted)
    modules = dict(ours)
    for name, row in truth:
        module = modules.get(name)
        if module is None:
            continue
        if last_part(module.type) != last_part(row[1]):
            yield "layers", Verdict.WRONG, f"class {last_part(row[1])}", name, module.type, row[1]
        yield from _shapes(name, row[1], module.output_shapes, row[3])
        if module.inbound is not None and list(module.inbound) != list(row[4]):
            yield "inbound", Verdict.WRONG, "inbound", name, list(module.inbound), row[4]
    yield from _weights(architecture, record)
    ours_out, theirs_out = _tensors(architecture.outputs), _recorded(record["output"])
    if ours_out != theirs_out:
        told = [(a, b) for a, b in zip(ours_out, theirs_out, strict=False) if a is not None]
        right = len(ours_out) == len(theirs_out) and all(a == b for a, b in told)
        verdict = Verdict.PARTIAL if right or not ours_out else Verdict.WRONG
        yield "outputs", verdict, "output of the model", "", ours_out, theirs_out


def _tensors(value: Any) -> list[Any]:
    """Shapes and element types of the outputs, flat, in the order of sorted keys; None for one that is not known."""
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _tensors(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _tensors(item)]
    return [] if value is None else [(list(value.shape), value.dtype) if hasattr(value, "dtype") else None]


def _recorded(value: Any) -> list[Any]:
    """The same of a record: ``[shape, element type]``, nested as the model nests its outputs."""
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _recorded(value[key])]
    if len(value) == 2 and isinstance(value[1], str):
        return [(value[0], value[1])]
    return [leaf for item in value for leaf in _recorded(item)]


def _order(names: list[str], wanted: list[str]) -> Iterator[tuple[str, Verdict, str, str, Any, Any]]:
    extra = [name for name in names if name not in set(wanted)]
    missing = [name for name in wanted if name not in set(names)]
    if not names:
        yield "layers", Verdict.PARTIAL, "none at all", "", 0, len(wanted)
    elif extra:
        yield "layers", Verdict.WRONG, "too many", extra[0], extra[:5], missing[:5]
    elif missing:
        yield "layers", Verdict.PARTIAL, "missing", missing[0], len(names), missing[:5]
    else:
        place = next(i for i, (a, b) in enumerate(zip(names, wanted, strict=False)) if a != b)
        yield "layers", Verdict.WRONG, "order", wanted[place], names[place : place + 5], wanted[place : place + 5]


def _shapes(name: str, kind: str, ours: Any, theirs: Any) -> Iterator[tuple[str, Verdict, str, str, Any, Any]]:
    if theirs is None:
        return
    expected = [shape for node in theirs["per_node"] for shape in node] if isinstance(theirs, dict) else theirs
    if ours is None:
        yield "shapes", Verdict.PARTIAL, f"no shape of {last_part(kind)}", name, None, expected
    elif [[size if isinstance(size, int) else None for size in shape] for shape in ours] != expected:
        yield "shapes", Verdict.WRONG, f"shape of {last_part(kind)}", name, [list(shape) for shape in ours], expected


def _weights(architecture: Architecture, record: Record) -> Iterator[tuple[str, Verdict, str, str, Any, Any]]:
    counts: dict[str, int] = {}
    wanted = []
    for path, shape, dtype, trainable in record["weights"]:
        counts[path] = counts.get(path, 0) + 1
        wanted.append((path if counts[path] == 1 else f"{path}#{counts[path]}", tuple(shape), dtype, trainable))
    ours = [(name, p.shape, p.dtype, p.trainable) for name, p in architecture.parameters.items()]
    if ours == wanted:
        count = record.get("n_params")
        if count is not None and architecture.parameter_count != count:
            yield "weights", Verdict.WRONG, "parameter count", "", architecture.parameter_count, count
        return
    for mine, theirs in zip(ours, wanted, strict=False):
        if mine != theirs:
            yield "weights", Verdict.WRONG, "weight", theirs[0], mine, theirs
            return
    verdict = Verdict.WRONG if len(ours) > len(wanted) else Verdict.PARTIAL
    yield "weights", verdict, "number of weights", "", len(ours), len(wanted)


def score_keras(architecture: Architecture, record: Record, aspects: Any = ASPECTS) -> Any:
    """Compare an Architecture with a record of Keras."""
    from .scoring import Finding, Score

    result = Score()
    found: dict[str, list[Finding]] = {aspect: [] for aspect in ASPECTS}
    for aspect, verdict, kind, place, ours, theirs in differences(architecture, record):
        found[aspect].append(Finding(aspect, verdict, kind, place, None, str(ours), str(theirs)))
    for aspect, findings in found.items():
        result.note(aspect, findings)
    return result
