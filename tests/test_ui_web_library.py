"""The library's page, the settings, small and dark screens, and screen readers, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from conftest import article
from ovens import Oven, watcher
from pages import ATTACK, FOLLOW_UP, MISSION, MODEL, OFFICE, QUESTION, Visit, chatbot, served
from pages import browser as browser  # noqa: PLC0414 -- a fixture

from index.embed import LetterEmbedder
from index.library import Library
from index.types import BYTES, Progress
from rag.queueing import Queue
from rag.warm import Warmer
from ui.doors import Doors, OnProgress, Weights
from ui.double import ChatbotDouble
from ui.settings import Settings

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# A file as a reader drops it: made in the page, since a script may not take one from the disk.
DROP = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: "text/plain" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.querySelector("#pq-drop").dispatchEvent(
      new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    home = Settings(home=tmp_path)
    with Library.open(home.library_dir, LetterEmbedder(), home) as library:
        yield library


@pytest.mark.slow
def test_articles_are_dropped_pasted_found_sorted_removed_and_brought_back(
    browser: Any, tmp_path: Path, library: Library
) -> None:
    bot = ChatbotDouble({}, library)  # type: ignore[arg-type]
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address, view="library", viewport={"width": 1300, "height": 900})
        page = visit.page
        visit.see("#pq-table >> text=There are no articles yet")
        page.evaluate(DROP, ["<b>harbour</b>.txt", "The harbour was closed.\\n\\nShips waited."])
        assert "1 added" in visit.see("#pq-report .pq-head").inner_text()
        visit.see(".pq-table tbody tr")
        page.evaluate(DROP, ["empty.txt", "  "])
        assert "it is empty" in visit.see("#pq-report .pq-failures").inner_text()
        page.evaluate(DROP, ["tool.exe", "MZ"])
        assert "is of a kind that is not read" in visit.see("#pq-report :text('not read')").inner_text()

        page.click("summary:has-text('Paste')")
        page.fill("#pq-paste [name=title]", "The bridge <i>opens</i>")
        page.fill("#pq-paste [name=outlet]", "Daily")
        page.fill("#pq-paste [name=published]", "2024-05-06")
        page.fill("#pq-paste [name=text]", "The bridge was opened on Friday.")
        page.click("#pq-paste button")
        page.wait_for_function("document.querySelectorAll('.pq-table tbody tr').length === 2")
        assert "The bridge <i>opens</i>" in visit.texts(".pq-col-title button")
        assert visit.see("#pq-statistics svg").get_attribute("aria-label").startswith("1 dated article from May 2024")

        page.click(".pq-table [data-key=title]")
        visit.see(".pq-col-title[aria-sort=ascending]")
        page.fill("#pq-search", "daily")
        page.wait_for_function("document.querySelectorAll('.pq-table tbody tr').length === 1")
        page.click(".pq-col-title button[data-do=read]")
        assert "Friday" in visit.see("#pq-article p:not([class])").inner_text()
        page.click("[data-do=close-article]")

        page.click("[data-do=remove]")
        visit.see("text=Removed “The bridge <i>opens</i>”.")
        assert len(library.articles()) == 1
        page.click("#pq-toast-action")
        visit.see("text=is back")
        assert len(library.articles()) == 2
        assert visit.hosts == {"127.0.0.1"}
        assert visit.troubles == []


@pytest.mark.slow
def test_a_missing_model_is_offered_and_fetched_and_then_the_question_is_answered(browser: Any, tmp_path: Path) -> None:
    here, go = threading.Event(), threading.Event()

    def models(settings: Any) -> list[Weights]:
        state: Any = "present" if here.is_set() else "missing"
        return [Weights(MODEL.name, MODEL.kind, MODEL.size, MODEL.licence, state, MODEL.about)]

    def fetch(name: str, settings: Any, progress: OnProgress | None) -> Path:
        assert progress is not None
        progress(Progress("fetching", 1, 4, BYTES))
        go.wait(60)
        here.set()
        return Path(name)

    with served(chatbot(), tmp_path, Doors(models=models, fetch=fetch)) as address:
        visit = Visit(browser, address)
        page = visit.page
        assert "Fetch it (1.1 GB)" in visit.see("#pq-missing").inner_text()
        visit.ask(QUESTION)
        visit.see(".pq-turn .pq-missing")
        page.click("#pq-missing [data-do=fetch]")
        visit.see("#pq-missing progress")
        go.set()
        page.wait_for_selector("#pq-missing", state="hidden")
        page.click(".pq-turn [data-do=again]")
        visit.see(".pq-quotes .pq-quote")


@pytest.mark.slow
def test_a_question_is_asked_as_the_settings_wish(browser: Any, tmp_path: Path) -> None:
    bot = chatbot()
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address, view="settings")
        page = visit.page
        visit.see("#pq-wishes [name=strict]")
        page.check("#pq-wishes [name=strict][value=no]")
        page.fill("#pq-wishes [name=sources]", "3")
        page.check("#pq-wishes [value=sv]")
        page.fill("#pq-wishes [name=since]", "2021-10-01")
        page.reload()
        visit.ready()
        assert page.is_checked("#pq-wishes [value=sv]")
        assert visit.texts("#pq-sources-shown") == ["3"]
        page.click("#pq-nav a[href='#ask']")
        told = visit.see("#pq-wished").inner_text()
        for words in ("only Swedish", "preferably from 2021-10-01", "3 passages", "sentences without proof too"):
            assert words in told
        visit.answered(QUESTION)
        assert bot.wished[-1] == {
            "strict": False,
            "sources": 3,
            "within": [OFFICE.id],
            "between": (date(2021, 10, 1), date.max),
        }
        page.click("#pq-wished a")
        page.click("#pq-wishes [type=reset]")
        page.click("#pq-nav a[href='#ask']")
        page.wait_for_selector("#pq-wished", state="hidden")
        visit.answered(FOLLOW_UP)
        assert bot.wished[-1] == {}
        assert visit.troubles == []


@pytest.mark.slow
def test_another_language_model_is_chosen_on_the_page(browser: Any, tmp_path: Path) -> None:
    small = Weights("smollm2-135m", MODEL.kind, 98_362_432, MODEL.licence, "present", "for tests")
    away = Weights("qwen2.5-coder-0.5b", MODEL.kind, 491_400_064, MODEL.licence, "missing", "faster")
    bot = chatbot()
    with served(bot, tmp_path, Doors(models=lambda settings: [MODEL, small, away])) as address:
        visit = Visit(browser, address, view="settings")
        page = visit.page
        visit.see(".pq-models li")
        assert "not fetched" in visit.texts(".pq-models li")[2]
        assert visit.texts(".pq-models [data-do=fetch]") == ["Fetch qwen2.5-coder-0.5b (491 MB)"]
        page.click(".pq-models [data-do=use]")
        assert "smollm2-135m answers from the next question on" in visit.see("#pq-toast").inner_text()
        visit.see(".pq-models li:nth-child(2) .pq-used")
        assert bot.model == "smollm2-135m"
        assert page.locator(".pq-models li:first-child [data-do=use]").count() == 1


@pytest.mark.slow
def test_an_empty_library_says_what_to_do(browser: Any, tmp_path: Path) -> None:
    with served(ChatbotDouble({}), tmp_path) as address:
        visit = Visit(browser, address)
        visit.see("text=There are no articles yet.")
        visit.page.click("#pq-welcome a")
        visit.see("#pq-drop")


class Warmed(ChatbotDouble):
    """A chatbot whose passages are computed ahead."""

    warmer: Warmer


@pytest.mark.slow
def test_the_table_follows_what_is_computed_ahead(browser: Any, tmp_path: Path, library: Library) -> None:
    library.ingest_articles([article("a", "The ferry sails again."), article("b", "The bridge is closed.")])
    bot, oven = Warmed({}, library), Oven(room=1)  # type: ignore[arg-type]
    reached, changed = watcher(lambda warmth: warmth.ready == 1)
    bot.warmer = Warmer(lambda: library, lambda: nullcontext(oven), Queue(5), changed)
    bot.warmer.start()
    assert reached.wait(60)
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address, view="library")
        visit.see(".pq-table tbody tr")
        assert sorted(visit.texts("td.pq-col-ready")) == ["0 of 1", "all"]
        visit.see("#pq-warmth:has-text('1 of 2 passages ready')")
        oven.room = 100
        bot.warmer.refresh()
        visit.page.wait_for_function(
            "[...document.querySelectorAll('td.pq-col-ready')].every((one) => one.textContent === 'all')"
        )
        visit.see("#pq-warmth:has-text('2 of 2 passages ready')")
    bot.warmer.stop()


@pytest.mark.slow
def test_who_waits_is_told_how_many_are_before_him(browser: Any, tmp_path: Path) -> None:
    bot = chatbot(gate=(0, threading.Event()))
    bot.ahead = 2
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address)
        visit.ask(QUESTION)
        visit.see(".pq-draft .pq-wait:has-text('2 questions before yours')")  # "Searching" stands there at first
        assert visit.texts(".pq-draft .pq-source cite") == [MISSION.title, OFFICE.title]
        visit.page.wait_for_function("document.querySelector('#pq-status').textContent === '2 questions before yours'")
        visit.page.click("#pq-stop")
        visit.see("text=Stopped – not checked")


# Finds what lies outside of a window 360 pixels wide, and texts too small to read.
NARROW = """() => [...document.querySelectorAll("button, a, p, h1, h2, h3, blockquote, input, textarea, td, th")]
  .filter((one) => one.checkVisibility() && !one.closest(".pq-unseen, .pq-skip, [hidden]"))
  .filter((one) => { const at = one.getBoundingClientRect();
    return at.width > 2 && (at.right > innerWidth + 1 || at.left < -1); })
  .map((one) => one.outerHTML.slice(0, 120))"""
SERIOUS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160) + node.failureSummary).join(" | ")}`)"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "screen",
    [
        {"viewport": {"width": 360, "height": 740}, "has_touch": True},
        {"viewport": {"width": 1360, "height": 860}, "color_scheme": "dark", "reduced_motion": "reduce"},
        {"viewport": {"width": 3840, "height": 2160}},
    ],
    ids=["360", "dark", "4k"],
)
def test_every_view_fits_the_screen_and_is_open_to_all(browser: Any, tmp_path: Path, screen: dict[str, Any]) -> None:
    with served(chatbot(), tmp_path) as address:
        visit = Visit(browser, address, **screen)
        page = visit.page
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))

        def examine(view: str) -> None:
            assert (view, page.evaluate(NARROW)) == (view, [])
            assert (view, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (view, True)
            assert (view, page.evaluate(SERIOUS)) == (view, [])

        examine("welcome")
        visit.answered(QUESTION)
        visit.answered(ATTACK)
        visit.answered("Where are the elephants of the mission?")
        examine("conversation")
        page.locator(".pq-mark").first.click()
        visit.see("#pq-card:popover-open")
        examine("quote")
        page.click("#pq-card [data-do=read]")
        visit.see("#pq-article mark[data-chosen]")
        examine("article")
        page.click("[data-do=close-article]")
        for view, there in (("library", ".pq-table tbody tr"), ("settings", ".pq-models li")):
            page.click(f"#pq-nav a[href='#{view}']")
            visit.see(there)
            examine(view)
        assert visit.hosts == {"127.0.0.1"}
        assert visit.troubles == []


@pytest.mark.slow
def test_the_keyboard_alone_is_enough(browser: Any, tmp_path: Path) -> None:
    with served(chatbot(), tmp_path) as address:
        visit = Visit(browser, address, viewport={"width": 1400, "height": 860})
        page = visit.page
        visit.answered(QUESTION)
        page.keyboard.press("Shift+Tab")  # out of the box, back into the conversation
        for _ in range(40):
            if page.evaluate("document.activeElement.matches('.pq-mark')"):
                break
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        visit.see("#pq-card:popover-open")
        page.keyboard.press("Enter")  # the card's own button has the focus
        visit.see("#pq-article mark[data-chosen]")
        page.wait_for_function("document.activeElement.matches('.pq-headline')")
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.matches('.pq-mark')")
