"""The page in a real browser: it loads, searches, opens, selects, by pointer and by key, and complains of nothing."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astarch import api

sys.path.insert(0, str(Path(__file__).parent.parent))
from test_render_picture import VIT, hostile, read

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")

MANY = """
from torch import nn

class Block(nn.Module):
    def __init__(self, d, i):
        super().__init__()
        self.norm, self.fc1, self.act, self.fc2 = nn.LayerNorm(d), nn.Linear(d, d + i), nn.GELU(), nn.Linear(d + i, d)
    def forward(self, x):
        return x + self.fc2(self.act(self.fc1(self.norm(x))))

class Many(nn.Module):
    def __init__(self, n=200):
        super().__init__()
        self.blocks = nn.ModuleList([Block(16, i) for i in range(n)])
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


class Opened:
    """A page with what it complained of."""

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True, **options)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        start = time.perf_counter()
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html[data-ready=yes]")
        self.seconds = time.perf_counter() - start


@pytest.fixture
def vit(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    file = tmp_path / "vit.html"
    file.write_text(str(api.draw(read(tmp_path, VIT, "ViT", inputs=(1, 3, 32, 32)), "html")), encoding="utf-8")
    opened = Opened(browser, file)
    yield opened
    assert not opened.complaints
    opened.context.close()


def node(opened: Opened, key: str) -> Any:
    return opened.page.locator(f'#graph [data-key="{key}"]')


def test_loads(vit: Opened) -> None:
    page = vit.page
    assert page.title() == "ViT · astarch"
    assert page.locator("#totals").inner_text().count("Parameters") == 1
    assert node(vit, "blocks.0").count() == 1
    assert "×12" in node(vit, "blocks.0").first.text_content()
    assert page.locator("#remarks").inner_text().startswith("Not called (1)")


def test_search(vit: Opened) -> None:
    page = vit.page
    page.keyboard.press("/")
    page.keyboard.type("gelu")
    assert page.locator("#tree [role=treeitem]").count() == 12
    assert page.locator("#found").inner_text() == "12 found"
    page.keyboard.press("Enter")
    assert page.locator("#details h2").inner_text() == "blocks.0.mlp.act"
    page.locator("#tree [role=treeitem]").nth(7).click()
    assert page.locator("#details h2").inner_text() == "blocks.7.mlp.act"
    assert "drawn once" not in page.locator("#details").inner_text()
    assert "selected" in node(vit, "blocks.0.mlp.act").get_attribute("class")


def test_open_and_close(vit: Opened) -> None:
    page = vit.page
    while node(vit, "blocks.0.mlp").get_attribute("aria-expanded") != "true":
        page.click("#expand")
    assert node(vit, "blocks.0.mlp.fc1").count() == 1
    page.locator('#graph [data-toggle="blocks.0.mlp"]').click()
    assert node(vit, "blocks.0.mlp.fc1").count() == 0
    assert node(vit, "blocks.0.mlp").get_attribute("aria-expanded") == "false"
    node(vit, "blocks.0.mlp").dblclick()
    assert node(vit, "blocks.0.mlp.fc1").count() == 1


def test_select_shows_the_line(vit: Opened) -> None:
    page = vit.page
    node(vit, "patch").click()
    assert page.locator("#details h2").inner_text() == "patch"
    line = page.locator("#source .here")
    assert "self.patch = nn.Conv2d(3, d, 16, 16)" in line.inner_text()
    assert line.locator("em").inner_text() == "nn.Conv2d(3, d, 16, 16)"
    assert page.locator('#tree [aria-selected="true"]').get_attribute("aria-label").startswith("patch, Conv2d")
    assert page.locator("#graph .edge.hot").count() >= 2


def test_keys(vit: Opened) -> None:
    page = vit.page
    page.locator("#graph").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#details h2").inner_text() == "x"
    page.keyboard.press("ArrowDown")
    assert page.locator("#details h2").inner_text() == "patch"
    dark = page.evaluate("document.documentElement.classList.contains('dark')")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.classList.contains('dark')") is not dark
    page.keyboard.press("d")
    page.keyboard.press("0")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.locator("#tree").locator("[role=treeitem]").first.click()
    page.keyboard.press("End")
    assert page.locator("#details h2").inner_text() == "spare"


def test_everything_that_acts_has_a_name(vit: Opened) -> None:
    nameless = vit.page.evaluate(
        """[...document.querySelectorAll('button,input,[role=button],[role=treeitem],[role=link],[role=separator],svg[role]')]
        .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.title)).map(e => e.outerHTML.slice(0, 90))""",
    )
    assert nameless == []


def test_prints_and_saves(vit: Opened) -> None:
    assert vit.page.pdf().startswith(b"%PDF")
    assert vit.page.screenshot().startswith(b"\x89PNG")
    with vit.page.expect_download() as download:
        vit.page.click("#save")
    assert "<svg" in Path(download.value.path()).read_text(encoding="utf-8")


def test_thousand_modules_in_two_seconds(browser: Any, tmp_path: Path) -> None:
    architecture = read(tmp_path, MANY, "Many", inputs=(1, 16))
    assert len(architecture.modules) > 1000
    file = tmp_path / "many.html"
    file.write_text(str(api.draw(architecture, "html")), encoding="utf-8")
    opened = Opened(browser, file)
    assert opened.seconds < 2
    assert not opened.complaints
    opened.context.close()


def test_hostile_names_are_text(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(str(api.draw(hostile(), "html")), encoding="utf-8")
    opened = Opened(browser, file, color_scheme="dark")
    assert opened.page.locator("#graph .node").count() >= 2
    assert not opened.complaints
    opened.context.close()


SCALE = "() => Number(document.querySelector('#scene').getAttribute('transform').match(/scale\\(([-\\d.]+)\\)/)[1])"


def test_in_a_notebook(browser: Any, tmp_path: Path) -> None:
    """A frame gets its size after its page has run: the drawing is then fitted anew."""
    file = tmp_path / "notebook.html"
    shown = read(tmp_path, VIT, "ViT", inputs=(1, 3, 32, 32))._repr_html_()  # type: ignore[attr-defined]
    file.write_text(f"<!doctype html><body><p>Out[1]:</p>{shown}", encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(file.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready=yes]").wait_for(state="attached")
    frame.locator("#graph .node").first.wait_for(state="attached")
    page.wait_for_timeout(300)
    assert frame.locator("html").evaluate(SCALE) > 0.3
    box = frame.locator("#graph .node").first.bounding_box()
    assert box["width"] > 20
    page.close()


def test_fitted_anew_when_the_window_changes_but_not_when_moved(vit: Opened) -> None:
    page = vit.page
    before = page.evaluate(SCALE)
    page.set_viewport_size({"width": 900, "height": 500})
    page.wait_for_timeout(200)
    assert page.evaluate(SCALE) != before
    page.locator("#graph").focus()
    page.keyboard.press("+")
    zoomed = page.evaluate(SCALE)
    page.set_viewport_size({"width": 1400, "height": 900})
    page.wait_for_timeout(200)
    assert page.evaluate(SCALE) == zoomed
