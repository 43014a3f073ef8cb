"""A real browser: it runs Mermaid's own parser, and opens pages as a reader would."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from scripts.zoo.sources import NotFetchedError, home

#: The Mermaid whose parser judges; what GitHub and GitLab run is older, and stricter in limits only.
MERMAID = "mermaid@11.17.2"


def mermaid_script() -> Path:
    """Mermaid as one file, brought by npm once and kept beside the sources of the zoo.

    Raises:
        NotFetchedError: There is no npm, or it cannot bring it.
    """
    kept = home() / "npm" / f"{MERMAID.replace('@', '-')}.min.js"
    if kept.is_file():
        return kept
    npm = shutil.which("npm")
    if npm is None:
        raise NotFetchedError(f"{MERMAID} is brought by npm, which is not installed")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".fetching-") as scratch:
        done = subprocess.run([npm, "pack", MERMAID, "--silent"], cwd=scratch, capture_output=True, text=True, check=False)
        packed = next(Path(scratch).glob("*.tgz"), None)
        if packed is None:
            raise NotFetchedError(f"npm cannot bring {MERMAID}: {done.stderr.strip()[-500:]}")
        with tarfile.open(packed) as archive:
            member = archive.extractfile("package/dist/mermaid.min.js")
            if member is None:
                raise NotFetchedError(f"{MERMAID} holds no dist/mermaid.min.js")
            (Path(scratch) / "mermaid.js").write_bytes(member.read())
        (Path(scratch) / "mermaid.js").replace(kept)
    return kept


class Browser:
    """Chromium, as long as the ``with`` lasts."""

    def __enter__(self) -> Browser:
        from playwright.sync_api import sync_playwright

        self._play = sync_playwright().start()
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        self._chromium = self._play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        self._parser: Any = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._chromium.close()
        self._play.stop()

    def mermaid(self, text: str) -> str:
        """What Mermaid's parser says against a drawing, with GitHub's limits; nothing when it is content."""
        if self._parser is None:
            self._parser = self._chromium.new_page()
            self._parser.set_content("<!doctype html><body></body>")
            self._parser.add_script_tag(path=mermaid_script())
            self._parser.evaluate("mermaid.initialize({startOnLoad: false, maxEdges: 500, maxTextSize: 50000})")
        asked = "async text => { try { await mermaid.parse(text); return '' } catch (error) { return String(error.message || error) } }"
        return str(self._parser.evaluate(asked, text))[:400]

    def opened(self, page: Path, keep: Path | None = None) -> tuple[float, list[str]]:
        """Open a page of a model, search in it, choose, expand and turn it dark: how long it took to open, and what was wrong.

        Args:
            page: The file.
            keep: Where a picture of it is put.
        """
        context = self._chromium.new_context(viewport={"width": 1400, "height": 900}, offline=True)
        try:
            return self._visited(context.new_page(), page, keep)
        finally:
            context.close()

    def _visited(self, tab: Any, page: Path, keep: Path | None) -> tuple[float, list[str]]:
        wrong: list[str] = []
        tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        start = time.perf_counter()
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-ready=yes]")
        seconds = time.perf_counter() - start
        if keep is not None:
            tab.screenshot(path=str(keep))
        tab.keyboard.press("/")
        tab.keyboard.type("a")
        if tab.locator("#tree [role=treeitem]").count():
            tab.keyboard.press("Enter")
            wrong += [] if tab.locator("#details h2").inner_text() else ["nothing is chosen by search and Enter"]
        tab.keyboard.press("Escape")
        tab.click("#expand")
        tab.locator("#graph").focus()
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("t")
        wrong += [] if tab.locator("#graph .node").count() else ["nothing is drawn"]
        return seconds, wrong
