"""How much one analysis may take, every limit with its reason."""

from __future__ import annotations

from dataclasses import dataclass


def resident() -> int:
    """Bytes of memory that the process holds; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as pages:
            return int(pages.read(200).split()[1]) * 4096
    except OSError:
        return 0


class BudgetSpent(Exception):
    """The analysis ran into a limit; what was found so far stands.

    Args:
        limit: Which one, and how large it was.
    """


def spent(error: BaseException) -> BudgetSpent:
    """What it means when the host itself gives up."""
    return BudgetSpent("the memory of the machine" if isinstance(error, MemoryError) else "the depth of the host's own calls")


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one analysis.

    Attributes:
        steps: Calls and loop rounds. The largest public models take about 2 million.
        depth: Calls inside calls. CPython stops at 1,000; no model nests half as deep.
        items: Elements of one container. A list of sizes is never this long.
        text: Characters of one string.
        bits: Binary digits of one number: sizes fit in 64, hashes and seeds in a few thousand.
        seconds: Processor time of the whole analysis.
        memory: Bytes by which the process may grow.
        paths: Runs spent on exploring undecided conditions.
    """

    steps: int = 30_000_000
    depth: int = 450
    items: int = 4_000_000
    text: int = 4_000_000
    bits: int = 100_000
    seconds: float = 300.0
    memory: int = 768 * 2**20
    paths: int = 6
