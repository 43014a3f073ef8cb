"""``itertools``: the host's own iterators, fed by sources that count steps, so that none runs for ever unnoticed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from ...ir.dim import Dim
from ...ir.unknown import Reason
from ..builtins.hosts import gather, payload_of
from ..machine import Machine
from ..natives.describing import machined
from ..repeated import Endless
from ..values import Builtin


def _counted(m: Machine, source: Iterator[Any]) -> Iterator[Any]:
    for item in source:
        m.step()
        yield item


def _count(m: Machine, start: Any = 0, step: Any = 1) -> Any:
    def run() -> Iterator[Any]:
        number = start
        while True:
            m.step()
            yield number
            number = m.binary("+", number, step)

    return Endless(run())


def _cycle(m: Machine, iterable: Any) -> Any:
    return _counted(m, itertools.cycle(m.iterate(iterable)))


def _repeat(m: Machine, object: Any, times: Any = None) -> Any:
    if isinstance(times, Dim):
        return m.unknown(Reason.UNDECIDED, f"repeat(..., {times})")
    return _counted(m, itertools.repeat(object) if times is None else itertools.repeat(object, payload_of(times)))


def _chain(m: Machine, *iterables: Any) -> Any:
    return (item for iterable in iterables for item in m.iterate(iterable))


def _chain_nested(m: Machine, iterables: Any) -> Any:
    return (item for iterable in m.iterate(iterables) for item in m.iterate(iterable))


def _accumulate(m: Machine, iterable: Any, func: Any = None, *, initial: Any = None) -> Any:
    def combine(left: Any, right: Any) -> Any:
        return m.binary("+", left, right) if func is None else m.call(func, (left, right), {})

    return itertools.accumulate(m.iterate(iterable), combine, initial=initial)


def _islice(m: Machine, iterable: Any, *bounds: Any) -> Any:
    numbers = [payload_of(bound) for bound in bounds]
    for number in numbers:
        if isinstance(number, Dim):
            return m.unknown(Reason.UNDECIDED, f"islice(..., {number})")
    return itertools.islice(_counted(m, m.iterate(iterable)), *numbers)


def _pooled(function: Any) -> Any:
    def make(m: Machine, iterable: Any, r: Any = None, **named: Any) -> Any:
        pool = gather(m, iterable)
        length = payload_of(r)
        m.require_items(length or 0)
        return _counted(m, function(pool, length, **named) if length is not None else function(pool))

    return make


def _product(m: Machine, *iterables: Any, repeat: Any = 1) -> Any:
    pools = [gather(m, iterable) for iterable in iterables]
    m.require_items(len(pools) * repeat)
    return _counted(m, itertools.product(*pools, repeat=repeat))


def _picking(name: str) -> Any:
    def run(m: Machine, predicate: Any, iterable: Any) -> Any:
        source = m.iterate(iterable)

        def test(item: Any) -> bool:
            m.step()
            return m.truth(item if predicate is None else m.call(predicate, (item,), {}))

        return getattr(itertools, name)(test, source)

    return run


def _groupby(m: Machine, iterable: Any, key: Any = None) -> Any:
    return itertools.groupby(_counted(m, m.iterate(iterable)), None if key is None else lambda item: m.call(key, (item,), {}))


def _starmap(m: Machine, function: Any, iterable: Any) -> Any:
    return (m.call(function, tuple(m.iterate(args)), {}) for args in m.iterate(iterable))


def _tee(m: Machine, iterable: Any, n: int = 2) -> Any:
    m.require_items(n)
    return itertools.tee(m.iterate(iterable), n)


def _compress(m: Machine, data: Any, selectors: Any) -> Any:
    return (item for item, chosen in zip(m.iterate(data), _counted(m, m.iterate(selectors)), strict=False) if m.truth(chosen))


def _batched(m: Machine, iterable: Any, n: int) -> Any:
    source = m.iterate(iterable)
    m.require_items(n)

    def run() -> Iterator[Any]:
        while batch := tuple(itertools.islice(source, n)):
            yield batch

    return run()


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names = machined(
        "itertools", count=_count, cycle=_cycle, repeat=_repeat, chain=_chain, accumulate=_accumulate, islice=_islice, product=_product,
        permutations=_pooled(itertools.permutations), combinations=_pooled(itertools.combinations),
        combinations_with_replacement=_pooled(itertools.combinations_with_replacement), takewhile=_picking("takewhile"),
        dropwhile=_picking("dropwhile"), filterfalse=_picking("filterfalse"), groupby=_groupby, starmap=_starmap, tee=_tee,
        compress=_compress, batched=_batched, pairwise=lambda m, iterable: itertools.pairwise(m.iterate(iterable)),
        zip_longest=lambda m, *iterables, fillvalue=None: itertools.zip_longest(*map(m.iterate, iterables), fillvalue=fillvalue),
    )  # fmt: skip
    names["chain"].attributes = {"from_iterable": Builtin("itertools.chain.from_iterable", _chain_nested, True)}
    return names
