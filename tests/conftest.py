"""Property tests draw the same cases in every run: a failure is a fault of the change, and more are drawn by
``ASTARCH_FRESH=1``, which is how rare corners are looked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("fresh", deadline=None)
settings.load_profile("fresh" if os.environ.get("ASTARCH_FRESH") else "steady")


#: Why a test is passed over that needs a package or a program; where everything is set up, that is a failure.
_MISSING = ("could not import", "needs graphviz", "needs Chromium", "npm", "made by git")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    return _nothing_is_missing((yield))  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    return _nothing_is_missing((yield))  # type: ignore[return-value]


def _nothing_is_missing(report: Any) -> Any:
    """`scripts/test` brings all that the tests need: under it none of them is passed over silently."""
    if os.environ.get("ASTARCH_COMPLETE") and report.skipped and any(word in str(report.longrepr) for word in _MISSING):
        report.outcome, report.longrepr = "failed", f"passed over where nothing may be missing: {report.longrepr}"
    return report
