"""The service inside an LMS's page, in a browser that withholds third-party cookies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.lms.lti.platform.web import Reply, Request, page, served

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SERIOUS = ("serious", "critical")
# Chromium's own switch in its settings: third-party cookies are blocked.
BLOCKED = {"profile": {"cookie_controls_mode": 1, "block_third_party_cookies": True}}


@contextmanager
def browser(folder: Path, **how: Any) -> Iterator[Any]:
    """A browser as a phone's user has it, without a window."""
    from playwright.sync_api import sync_playwright

    settings = folder / "Default" / "Preferences"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(BLOCKED))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
            **{"viewport": PHONE, **how},
        )
        opened.set_default_timeout(60_000)
        yield opened
        opened.close()


@contextmanager
def course_page(link: str) -> Iterator[str]:
    """An LMS's page that shows what a link opens in a frame; its address is another site's.

    Args:
        link: the address that the LMS's frame opens.
    """

    def answer(request: Request) -> Reply:
        return page(
            f'<h1>LMS</h1><iframe title="Tool" name="tool" src="{link}" '
            'allow="clipboard-write" style="border:0;width:100%;height:92vh"></iframe>'
        )

    with served(answer) as base:
        # The browser finds it on this machine, and counts it as another site than 127.0.0.1.
        yield f"http://localhost:{urlsplit(base).port}/"


def serious(frame: Any) -> list[tuple[str, str]]:
    """What axe-core finds serious on a page, or in a frame of one."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(frame).response
    return [
        (each["id"], node["html"])
        for each in result["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def is_too_wide(frame: Any) -> bool:
    """Whether one has to scroll sideways to read it."""
    return bool(
        frame.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
    )
