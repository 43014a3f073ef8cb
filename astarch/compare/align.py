"""Bringing the names of two models together: prefixes that wrappers and training scripts put before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

#: What DataParallel, compile, Lightning and averaging put before every name.
PREFIXES = ("module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "ema_model.", "state_dict.")

#: What stands inside of names when a part was wrapped.
_INNER = ("._orig_mod.", "._fsdp_wrapped_module.", "._checkpoint_wrapped_module.")


def aligned(source: Sequence[str], artifact: Sequence[str]) -> tuple[dict[str, str], str]:
    """The artifact's names as the source would write them, and how that was done.

    >>> aligned(["fc.weight"], ["module.fc.weight"])
    ({'module.fc.weight': 'fc.weight'}, 'the prefix `module.` of the artifact is left out')
    """
    wanted = set(source)
    best: tuple[int, dict[str, str], str] = (-1, {}, "")
    for change, said in _changes(source, artifact):
        names = {name: change(name) for name in artifact}
        if len(set(names.values())) < len(names):
            continue
        score = sum(name in wanted for name in names.values())
        if score > best[0]:
            best = (score, names, said)
    return best[1], best[2]


def numbered(source: Sequence[str], artifact: Sequence[str]) -> dict[str, str] | None:
    """The artifact's names as the source would write them, where it only numbers the tensors of each layer; None where that is not sure.

    >>> numbered(["conv/kernel", "conv/bias"], ["conv/0", "conv/1"])
    {'conv/0': 'conv/kernel', 'conv/1': 'conv/bias'}
    """
    groups: dict[str, list[str]] = {}
    for name in source:
        groups.setdefault(name.rpartition("/")[0], []).append(name)
    found: dict[str, str] = {}
    for name in artifact:
        layer, _, place = name.rpartition("/")
        fitting = [names for path, names in groups.items() if path == layer or path.endswith(f"/{layer}") or path.startswith(f"{layer}/")]
        if len(fitting) != 1 or not place.isdecimal() or int(place) >= len(fitting[0]):
            return None
        found[name] = fitting[0][int(place)]
    return found if len(set(found.values())) == len(found) else None


def partly_numbered(source: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Those of the artifact's names that are numbers below a layer, as that layer calls its weights: of a class that is not known.

    >>> partly_numbered(["s/w", "fc/kernel"], {"s/0": "s/0", "fc/kernel": "fc/kernel"})
    {'s/0': 's/w'}
    """
    loose = [name for name, written in names.items() if written not in source and written.rpartition("/")[2].isdecimal()]
    return (numbered(source, loose) or {}) if loose else {}


def _changes(source: Sequence[str], artifact: Sequence[str]) -> Iterable[tuple[Callable[[str], str], str]]:
    yield (lambda name: name), ""
    yield _inside, "wrappers inside of names are left out"
    prefix = ""
    while True:
        found = next((one for one in PREFIXES if artifact and all(name.startswith(prefix + one) for name in artifact)), None)
        if found is None:
            break
        prefix += found
        yield _without(prefix), f"the prefix `{prefix}` of the artifact is left out"
    for one in PREFIXES:
        yield _without(one), f"the prefix `{one}` of the artifact is left out"
        yield _with(one), f"the prefix `{one}` of the source is put before the artifact's names"
    if any("/cell/" in name for name in artifact):
        yield _celled(source), "cells are matched by their layer: the file does not keep their names"
    for sign in "./":
        whole = _shared(artifact, sign)
        if whole:
            yield _without(f"{whole}{sign}"), f"the prefix `{whole}{sign}` of the artifact is left out"
        whole = _shared(source, sign)
        if whole:
            yield _with(f"{whole}{sign}"), f"the prefix `{whole}{sign}` of the source is put before the artifact's names"


def _shared(names: Sequence[str], sign: str) -> str:
    """The beginning that all names have in common, as far as whole parts between signs go, without the last sign."""
    if not names:
        return ""
    parts = [name.split(sign)[:-1] for name in (min(names), max(names))]
    same = 0
    while same < min(map(len, parts)) and parts[0][same] == parts[1][same]:
        same += 1
    return sign.join(parts[0][:same])


def _celled(source: Sequence[str]) -> Callable[[str], str]:
    """A recurrent layer's ``lstm/cell/kernel`` as the source's ``lstm/lstm_cell/kernel``."""
    known = {
        f"{above.rpartition('/')[0]}/cell/{last}": name for name in source for above, _, last in (name.rpartition("/"),) if "cell" in above
    }
    return lambda name: known.get(name, name)


def _inside(name: str) -> str:
    for part in _INNER:
        name = name.replace(part, ".")
    return name


def _without(prefix: str) -> Callable[[str], str]:
    return lambda name: _inside(name).removeprefix(prefix)


def _with(prefix: str) -> Callable[[str], str]:
    return lambda name: prefix + name
