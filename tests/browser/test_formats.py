"""A sample of real models in every form, each judged by what reads it; `python -m scripts.formats` does the same for hundreds.

Mermaid's parser is brought by npm. Without npm, or where it cannot bring anything, nothing can be judged: the tests are passed over,
and fail where nothing may be missing, as under `scripts/test`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")

from astarch import api
from scripts.formats.browser import Browser, mermaid_script
from scripts.formats.forms import complaints
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.reading import read_architecture
from scripts.zoo.records import IN_REPOSITORY, Record, read_records
from scripts.zoo.sources import NotFetchedError, source_folders


def sample(library: str) -> list[Record]:
    """Two models of a library, of no more than middle size."""
    found = [one for one in read_records(IN_REPOSITORY / f"{library}.jsonl.xz") if not one.get("error")]
    found.sort(key=lambda one: len(one["modules"]))
    return [found[len(found) // 8], found[len(found) // 2]]


SAMPLE = [(library, record) for library in ("timm", "torchvision", "transformers", "vit_pytorch") for record in sample(library)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as running:
        yield running


@pytest.mark.skipif(not shutil.which("dot"), reason="needs graphviz")
@pytest.mark.parametrize(("library", "record"), SAMPLE, ids=[record["id"] for _, record in SAMPLE])
def test_every_form_is_sound(library: str, record: Record, browser: Browser, tmp_path: Path) -> None:
    try:
        mermaid_script()
    except NotFetchedError as error:
        pytest.skip(str(error))
    folders = source_folders(LIBRARIES[library])
    architecture = read_architecture(record, folders, tmp_path)
    assert list(complaints(architecture, browser, str(folders[0].parent))) == []
    page = tmp_path / "page.html"
    page.write_text(str(api.draw(architecture, "html")), encoding="utf-8")
    seconds, against = browser.opened(page)
    assert against == []
    assert seconds < 20  # on a busy machine; a page of 1,000 modules is timed in test_html.py


def test_the_parser_finds_what_is_wrong(browser: Browser) -> None:
    try:
        mermaid_script()
    except NotFetchedError as error:
        pytest.skip(str(error))
    assert "Parse error" in browser.mermaid("flowchart TD\n  a[ --> b\n")
    assert browser.mermaid("flowchart TD\n  a --> b\n") == ""
