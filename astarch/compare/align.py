"""Bringing the names of two models together: prefixes that wrappers and training scripts put before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

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
    whole = _shared(artifact)
    if whole:
        yield _without(f"{whole}."), f"the prefix `{whole}.` of the artifact is left out"
    whole = _shared(source)
    if whole:
        yield _with(f"{whole}."), f"the prefix `{whole}.` of the source is put before the artifact's names"


def _shared(names: Sequence[str]) -> str:
    """The dotted beginning that all names have in common, without its last dot."""
    if not names:
        return ""
    parts = [name.split(".")[:-1] for name in (min(names), max(names))]
    same = 0
    while same < min(map(len, parts)) and parts[0][same] == parts[1][same]:
        same += 1
    return ".".join(parts[0][:same])


def _inside(name: str) -> str:
    for part in _INNER:
        name = name.replace(part, ".")
    return name


def _without(prefix: str) -> Callable[[str], str]:
    return lambda name: _inside(name).removeprefix(prefix)


def _with(prefix: str) -> Callable[[str], str]:
    return lambda name: prefix + name
