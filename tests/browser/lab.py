"""A notebook in JupyterLab, driven as a student drives it: by the menu, the mouse and the keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WIDE, NARROW = 1280, 400
HEIGHT = 900
_SECONDS = 120_000


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


class Notebook:
    """One notebook that is open in a page."""

    def __init__(self, browser: Any, address: str) -> None:
        """Open it.

        Args:
            browser: what `chromium` yields.
            address: the notebook's, with the server's token.
        """
        self.page = browser.new_page(viewport={"width": WIDE, "height": HEIGHT})
        self.page.set_default_timeout(_SECONDS)
        self.page.goto(address)
        self.page.wait_for_selector(".jp-Notebook-cell")
        self._idle()

    def run_all(self) -> None:
        """Choose Run > Run All Cells, and wait for the last cell."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text("Run All Cells", exact=True).click()
        self._idle()

    def write(self, cell: str, text: str) -> None:
        """Replace a cell's text and run it.

        Args:
            cell: some words that only this cell's text has.
            text: what is typed.
        """
        self._into(self._cell(cell))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self._run()

    def run(self, cell: str) -> str:
        """Run a cell as it is; what it then shows."""
        found = self._cell(cell)
        self._into(found)
        self._run()
        return self.shown(found)

    def add(self, cell: str, text: str) -> str:
        """Run a new cell below another one; what it then shows."""
        self._into(self._cell(cell))
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(text)
        self._run()
        return self.shown(self.page.locator(".jp-Notebook-cell.jp-mod-active"))

    def shown(self, cell: Any) -> str:
        """What stands below a cell."""
        return str(cell.locator(".jp-OutputArea-output").first.inner_text())

    def look(self, theme: str, width: int) -> None:
        """Choose a theme, and make the window as wide."""
        self.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
        )
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.wait_for_timeout(1500)

    def picture(self, words: str, path: Path) -> None:
        """Take a picture of the page where these words stand in an output."""
        place = self.page.locator(".jp-OutputArea-output").get_by_text(words).first
        place.scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=path)

    def _cell(self, words: str) -> Any:
        text = self.page.locator(".jp-InputArea-editor", has_text=words)
        return self.page.locator(".jp-CodeCell", has=text).first

    def _into(self, cell: Any) -> None:
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()

    def _run(self) -> None:
        self.page.keyboard.press("Control+Enter")
        self._idle()

    def _idle(self) -> None:
        """Wait until no cell runs or waits."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(
            "() => { const now = jupyterapp.shell.currentWidget; const kernel ="
            " now?.sessionContext?.session?.kernel; return kernel?.status === 'idle' &&"
            " ![...document.querySelectorAll('.jp-InputPrompt')].some("
            "each => each.textContent.includes('*')); }"
        )
