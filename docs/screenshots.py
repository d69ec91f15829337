"""Takes the pictures in ``docs/images``: ``make screenshots``. Needs Chromium at /usr/bin/chromium.

The articles are the sample's own; answers are written down here, so that the pictures do not depend on a model.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from index.load import read_file
from index.types import BYTES, Article, Failure, Progress
from rag.errors import ContextTooSmall
from ui import server, web
from ui.doors import Doors, ModelState, OnProgress, Serving, Weights
from ui.double import ChatbotDouble, ShelfDouble, quoted
from ui.settings import Settings

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
QUESTION = "What did Russia close on November 1, and why?"
DISPUTED = "How many Russians may work at the mission?"
UNANSWERED = "What does the mission in Brussels cost?"
WIDE, NARROW = {"width": 1360, "height": 850}, {"width": 360, "height": 740}
_SCREENS: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "small": {"viewport": NARROW},
}


def articles() -> dict[str, Article]:
    """The sample articles by the beginning of their file names."""
    files = sorted((ROOT / "index" / "sample").iterdir())
    return {file.stem: read_file(file, id=file.name) for file in files}


def chatbot(pause: float = 0.0) -> ChatbotDouble:
    """A chatbot of the sample articles with three answers."""
    known = articles()
    closes, swedish = known["russia-closes-nato-mission"], known["ryssland-stanger-natokontor"]
    expels, skripal = known["nato-expels-eight-russians"], known["skripal-case-earlier-cut"]
    answers = {
        QUESTION: _answer(
            QUESTION,
            [
                (
                    "Russia closed its mission at NATO in Brussels.",
                    closes,
                    "On November 1, or within",
                    "Monday.",
                ),
                ("Two NATO offices in Moscow have to shut as well.", closes, "Two NATO offices in", "well."),
                (
                    "It is Moscow's answer to the expulsion of eight Russians.",
                    swedish,
                    "Beskedet är Moskvas svar",
                    "spionage.",
                ),
            ],
        ),
        DISPUTED: replace(
            _answer(
                DISPUTED,
                [
                    ("One article says that no more than ten may.", expels, "Until now Moscow could", "ten."),
                    ("Another names twenty places.", skripal, "Thirty had been allowed", "places."),
                ],
            ),
            disputed=True,
            confidence=0.5,
        ),
    }
    return ChatbotDouble(answers, ShelfDouble(tuple(known.values()), is_sample=True), pause=pause)


def _answer(question: str, sentences: Sequence[tuple[str, Article, str, str]]) -> Any:
    """An answer of sentences, each with an article and the beginning and end of the words quoted from it."""
    made = []
    for sentence, article, first, last in sentences:
        start = article.text.index(first)
        made.append((sentence, [(article, article.text[start : article.text.index(last, start) + len(last)])]))
    return quoted(question, made)


def take(page: Page, name: str) -> None:
    """A picture of what is to be seen."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        IMAGES / f"{name}.png", optimize=True
    )
    sys.stdout.write(f"docs/images/{name}.png\n")


def ask(page: Page, question: str) -> None:
    """Ask, and wait for the whole answer."""
    page.fill("#pq-ask textarea", question)
    page.press("#pq-ask textarea", "Enter")
    page.wait_for_function("document.querySelector('#pq-now .pq-rating') && window.pullquote.idle()")


def tour(page: Page, prefix: str) -> None:
    """Pictures of asking: before, an answer, a quote, its article, an abstention, the library, the settings."""
    take(page, f"{prefix}-welcome")
    ask(page, QUESTION)
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement.blur()")
    take(page, f"{prefix}-answer")
    page.locator(".pq-mark").nth(2).click()
    page.wait_for_selector("#pq-card:popover-open")
    take(page, f"{prefix}-quote")
    page.keyboard.press("Escape")
    page.locator(".pq-mark").first.click()
    page.click("#pq-card [data-do=read]")
    page.wait_for_selector("#pq-article mark[data-chosen]")
    take(page, f"{prefix}-article")
    page.click("[data-do=close-article]")
    ask(page, UNANSWERED)
    take(page, f"{prefix}-not-in-articles")
    page.click("#pq-nav a[href='#library']")
    page.wait_for_selector(".pq-table tbody tr")
    take(page, f"{prefix}-library")
    page.click("#pq-nav a[href='#settings']")
    page.wait_for_selector(".pq-models li")
    size = page.viewport_size or WIDE
    page.set_viewport_size({"width": size["width"], "height": 1300 if size["width"] > 1000 else 1750})
    take(page, f"{prefix}-settings")


class Studio:
    """Where pages are served and visited for their pictures.

    Args:
        chromium: The browser.
        home: The data directory.
    """

    def __init__(self, chromium: Any, home: Path) -> None:
        self._chromium = chromium
        self._settings = Settings(home=home)

    @contextlib.contextmanager
    def visit(self, bot: ChatbotDouble, doors: Doors | None = None, **options: Any) -> Iterator[Page]:
        """A page of a chatbot; by default as wide as a laptop's, with two models that are here and one that is not."""
        doors = doors or Doors(models=lambda _: models("present"))
        mount = partial(web.mount, settings=self._settings, doors=doors)
        with server.running(bot, Serving(self._settings, port=0, mount=mount)) as address:
            page = self._chromium.new_page(reduced_motion="reduce", **{"viewport": WIDE, **options})
            page.set_default_timeout(120_000)
            page.goto(address, wait_until="commit")
            page.wait_for_selector("body[data-ready]", state="attached")
            yield page
            page.close()


def models(state: ModelState) -> list[Weights]:
    """The language models, the default one in that state."""
    return [
        Weights("qwen2.5-coder-1.5b", "language model", 1_117_320_768, "Apache-2.0", state, "the default"),
        Weights("qwen2.5-coder-0.5b", "language model", 491_400_064, "Apache-2.0", "missing", "twice as fast"),
        Weights("smollm2-135m", "language model", 98_362_432, "Apache-2.0", "present", "for tests"),
    ]


def answering(studio: Studio) -> None:
    """Pictures of an answer on its way: loading, queued, reading, being written, and one that could not be given."""
    never = threading.Event()
    sentence = len(["Russia", "closed", "its", "mission", "at", "NATO", "in", "Brussels."])
    for name, tokens, ahead, shown in (
        ("queue", 0, 2, ".pq-wait >> text=2 questions before yours"),
        ("reading", 0, 0, ".pq-wait >> text=Reading"),
        ("writing", sentence + 3, 0, ".pq-draft .pq-pending"),
    ):
        bot = chatbot()
        bot.gate, bot.ahead = (tokens, never), ahead
        with studio.visit(bot) as page:
            page.fill("#pq-ask textarea", QUESTION)
            page.press("#pq-ask textarea", "Enter")
            page.wait_for_selector(shown)
            take(page, f"light-{name}")
    bot = chatbot()
    bot.loads = never
    with studio.visit(bot) as page:
        page.fill("#pq-ask textarea", QUESTION)
        page.press("#pq-ask textarea", "Enter")
        page.wait_for_selector(".pq-wait >> text=Loading the language model")
        take(page, "light-loading")
    bot = chatbot()
    bot.faults = {
        QUESTION: ContextTooSmall(
            "The prompt has 2,310 tokens, the context of qwen2.5-coder-1.5b only 2,048.",
            "Ask a shorter question, ask for one source (--sources 1), or raise PULLQUOTE_CONTEXT.",
        )
    }
    with studio.visit(bot) as page:
        page.fill("#pq-ask textarea", QUESTION)
        page.press("#pq-ask textarea", "Enter")
        page.wait_for_selector(".pq-error")
        take(page, "light-error")
    with studio.visit(chatbot()) as page:
        ask(page, DISPUTED)
        take(page, "light-disputed")


def rarely(studio: Studio) -> None:
    """Pictures of what a reader meets once: no model yet, fetching it, no articles, what adding some did."""
    never, bot = threading.Event(), chatbot()

    def fetch(name: str, _: Any, progress: OnProgress | None) -> Path:
        if progress is not None:
            progress(Progress("fetching", 402_000_000, 1_117_000_000, BYTES))
        never.wait()
        return Path(name)

    with studio.visit(bot, Doors(models=lambda _: models("missing"), fetch=fetch)) as page:
        page.wait_for_selector("#pq-missing [data-do=fetch]")
        take(page, "light-model-missing")
        page.click("#pq-missing [data-do=fetch]")
        page.wait_for_selector("#pq-missing >> text=402 MB of 1.1 GB")
        take(page, "light-fetching")
    never.set()
    with studio.visit(ChatbotDouble({})) as page:
        take(page, "light-empty")
    bot.library.failures = (
        Failure("scan.pdf", "scan.pdf: it holds no text, only pictures", "Run it through OCR first."),
    )
    bot.library.is_sample = False
    with studio.visit(bot) as page:
        page.click("#pq-nav a[href='#library']")
        page.wait_for_selector(".pq-table tbody tr")
        sent = [("report.txt", "The bridge opens in May."), ("scan.pdf", "%PDF-1.4 scanned")]
        page.set_input_files(
            "#pq-files", [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in sent]
        )
        page.wait_for_selector("#pq-report .pq-failures")
        take(page, "light-added")


def main(wanted: Collection[str]) -> None:
    """Take the pictures of some screens, and of the ``states`` that a reader meets now and then."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        studio = Studio(chromium, Path(home))
        for prefix, options in _SCREENS.items():
            if prefix in wanted:
                with studio.visit(chatbot(), **options) as page:
                    tour(page, prefix)
        if "states" in wanted:
            answering(studio)
            rarely(studio)


if __name__ == "__main__":
    main(sys.argv[1:] or [*_SCREENS, "states"])
