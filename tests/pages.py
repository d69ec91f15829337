"""A page served for a test, and a reader who visits it with a real browser."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from index.types import Article, Origin
from ui import server, web
from ui.doors import Answerer, Doors, Serving, Shelf, Weights
from ui.double import ChatbotDouble, ShelfDouble, quoted
from ui.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Two busy cores make a page slow, not wrong: every wait is for a condition, and gives up only after so long.
PATIENCE = 60_000

LAST_KEPT = "pullquote.store.turns(pullquote.store.current()).at(-1)?.token"  # the mark of the answer kept last

QUESTION = "What did Russia close on November 1?"
FOLLOW_UP = "And what came before?"
ATTACK = "What does the hostile article say?"
MISSION = Article(
    "mission.txt",
    "Russia shuts its NATO mission",
    "Moscow said on Monday that it would close its mission to NATO on November 1.\n\n"
    + "The corridors were quiet. Boxes stood along the walls, and nobody wished to be quoted.\n\n" * 40
    + "The alliance had expelled eight Russian diplomats.",
    "en",
    date(2021, 10, 18),
    Origin("mission.txt", "Reuters"),
)
OFFICE = Article(
    "kontor.txt", "Ryssland stänger Natokontor", "Ryssland stänger sitt kontor vid Nato.", "sv", date(2021, 10, 19)
)
HOSTILE = Article(
    "<img src=x onerror=alert(1)>.txt",
    "<img src=x onerror=alert(1)> **Bold** [t](http://evil.example)",
    "<img src=http://evil.example/x.png onerror=alert(2)> <script>alert(3)</script> [here](javascript:alert(4))"
    " ![i](http://evil.example/y.png) <iframe src=http://evil.example></iframe>\n\n# Head\n\n- `code` $$x^2$$"
    " http://evil.example <style>body{display:none}</style> ${alert(7)} {{alert(8)}}",
    source=Origin("<b>.txt", "<u>Outlet</u>", "javascript:alert(9)"),
)
ANSWERS = {
    QUESTION: quoted(
        QUESTION,
        [
            (
                "Russia closed its mission to NATO.",
                [
                    (MISSION, "it would close its mission to NATO on November 1."),
                    (OFFICE, "Ryssland stänger sitt kontor vid Nato."),
                ],
            ),
            ("It followed an expulsion.", [(MISSION, "The alliance had expelled eight Russian diplomats.")]),
            ("Relations are poor.", []),
        ],
    ),
    FOLLOW_UP: quoted(
        FOLLOW_UP, [("An expulsion.", [(MISSION, "The alliance had expelled eight Russian diplomats.")])]
    ),
    ATTACK: quoted(
        ATTACK, [("It says <img src=x onerror=alert(5)> [x](javascript:alert(6)).", [(HOSTILE, HOSTILE.text)])]
    ),
}
MODEL = Weights("qwen2.5-coder-1.5b", "language model", 1_117_320_768, "Apache-2.0", "present", "the default")


def chatbot(pause: float = 0.0, gate: tuple[int, threading.Event] | None = None) -> ChatbotDouble:
    """A chatbot that knows three questions, over three articles."""
    return ChatbotDouble(ANSWERS, ShelfDouble((MISSION, OFFICE, HOSTILE)), pause=pause, gate=gate)


@contextlib.contextmanager
def served(
    bot: Answerer, home: Path, doors: Doors | None = None, own: Callable[[], Shelf] | None = None
) -> Iterator[str]:
    """The page of a chatbot on a free port of this machine, as it is served to people."""
    settings = Settings(home=home)
    doors = doors or Doors(models=lambda settings: [MODEL])
    mount = partial(web.mount, settings=settings, doors=doors)
    with server.running(bot, Serving(settings, port=0, own=own, mount=mount)) as address:
        yield f"{address}/"


@pytest.fixture(scope="module")  # while it is there, an event loop runs, which other modules may not want
def browser() -> Iterator[Any]:
    """A real Chromium; skips, loudly, where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"NO BROWSER: {CHROMIUM} is not installed, the page is untested; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)


class Visit:
    """A page opened by a reader, with a note of every request, error and dialog."""

    def __init__(self, browser: Any, address: str, *, view: str = "ask", context: Any = None, **options: Any) -> None:
        self.context = context or browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.hosts: set[str | None] = set()
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.goto(f"{address}#{view}")
        self.ready()

    def ready(self) -> None:
        """Wait until the page can be used."""
        self.page.wait_for_selector("body[data-ready]", state="attached")

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        self.page.fill("#pq-ask textarea", question)
        self.page.press("#pq-ask textarea", "Enter")

    def answered(self, question: str) -> None:
        """Ask, and wait until the answer is whole and kept.

        An answer asked before would fulfil all that is waited for before the page has heard the question, so what
        is kept last must have become another one first.
        """
        before = self.page.evaluate(LAST_KEPT)
        self.ask(question)
        self.page.wait_for_function(f"before => {LAST_KEPT} !== before", arg=before)
        self.page.wait_for_selector(".pq-rating [data-do=rate] >> visible=true")
        self.page.wait_for_selector("#pq-send:visible")
        self.page.wait_for_function("window.pullquote.idle()")

    def see(self, selector: str) -> Any:
        """The first element of that kind, once it is there to be seen."""
        self.page.wait_for_selector(selector)
        return self.page.locator(selector).first

    def texts(self, selector: str) -> list[str]:
        """What the elements of that kind say, white space made even."""
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme not in {"data", "blob"}:
            self.hosts.add(urlsplit(url).hostname)

    def _dismiss(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()
