"""A real browser, in which a weapon marks the page where it runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
in_a_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
MARK = "document.documentElement.dataset.ran=1"
"""What a weapon in a page is to run."""


def shown(profile: Path, address: str) -> str:
    """A page after its scripts have run; nothing but this machine can be reached."""
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += [f"--user-data-dir={profile}", "--virtual-time-budget=4000"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", address]
    page = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    assert "</html>" in page
    return page


def has_run(page: str) -> bool:
    """Whether a weapon has left its mark."""
    root = page[page.index("<html") :].partition(">")[0]
    return "data-ran" in root or "it ran" in page.partition("</title>")[0]


def runs_page(folder: Path, text: str) -> bool:
    """Whether a browser that opens this page runs what a weapon in it is to run."""
    page = folder / "page.html"
    page.write_text(text, encoding="utf-8")
    return has_run(shown(folder / "profile", page.as_uri()))
