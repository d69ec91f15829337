"""The page: what a conversation shows after each event, and the whole of it once in a real browser."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from index.types import Article, Origin
from ui import web
from ui.double import ChatbotDouble, ShelfDouble, quoted

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
QUESTION = "What did Russia close on November 1?"
FOLLOW_UP = "And what came before?"
ATTACK = "What does the hostile article say?"
MISSION = Article(
    "mission.txt",
    "Russia shuts its NATO mission",
    "Moscow said on Monday that it would close its mission to NATO on November 1. "
    "The alliance had expelled eight Russian diplomats.",
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
    " http://evil.example <style>body{display:none}</style>",
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


def chatbot(pause: float = 0.0) -> ChatbotDouble:
    return ChatbotDouble(ANSWERS, ShelfDouble((MISSION, OFFICE, HOSTILE)), pause=pause)


def last(conversation: web.Conversation) -> str:
    return conversation.messages[-1]["content"]


def test_a_conversation_goes_from_the_question_over_the_sources_and_words_to_the_quotes() -> None:
    states = list(web.converse(chatbot(), web.Conversation(), QUESTION, threading.Event()))
    assert "Searching" in last(states[0])
    assert "Found: 2 passages from 2 articles" in last(states[1])
    assert "Russia closed" in last(states[3])
    assert "pq-quotes" not in last(states[-2])
    assert "pq-quotes" in last(states[-1])
    assert [turn.question for turn in states[-1].turns] == [QUESTION]
    assert all(len(state.messages) == 2 for state in states)


def test_the_next_question_comes_with_what_was_said() -> None:
    bot = chatbot()
    *_, first = web.converse(bot, web.Conversation(), QUESTION, threading.Event())
    *_, second = web.converse(bot, first, FOLLOW_UP, threading.Event())
    assert [turn.answer for turn in bot.asked[1][1]] == [ANSWERS[QUESTION].text]
    assert len(second.messages) == 4
    assert len(second.turns) == 2


def test_an_error_becomes_a_sentence_with_its_hint_and_is_not_remembered() -> None:
    *_, state = web.converse(chatbot(), web.Conversation(), "  ", threading.Event())
    assert "The question is empty" in last(state)
    assert "→ Type a question" in last(state)
    assert state.turns == ()


def test_a_stopped_answer_is_closed_marked_and_not_remembered() -> None:
    bot, cancel = chatbot(), threading.Event()
    states = web.converse(bot, web.Conversation(), QUESTION, cancel)
    for _ in range(4):
        next(states)
    cancel.set()
    *_, state = states
    assert "Stopped" in last(state)
    assert state.turns == ()
    assert bot.cancelled == 1


def test_examples_fit_the_library() -> None:
    assert QUESTION in web.example_questions(ShelfDouble((), is_sample=True))
    own = web.example_questions(ShelfDouble((MISSION, Article("x", "word " * 40, ""), Article("untitled", "", ""))))
    assert own[0] == "What does “Russia shuts its NATO mission” report?"
    assert len(own) == 2
    assert len(own[1]) < 90
    assert web.example_questions(ShelfDouble()) == []


def test_a_taken_port_is_a_sentence_with_a_hint() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(web.ServeError, match=f"127.0.0.1:{port}") as caught:
            web.serve(chatbot(), "127.0.0.1", port)
    assert "--port" in caught.value.hint


@contextlib.contextmanager
def served(bot: ChatbotDouble) -> Iterator[str]:
    """The page of a chatbot on a free port of this machine, as ``serve`` launches it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    blocks = web.build(bot)
    try:
        blocks.launch(prevent_thread_lock=True, **web.launch_options("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}/"
    finally:
        blocks.close(verbose=False)


def test_the_server_gives_away_no_file_takes_none_and_answers_to_no_foreign_name() -> None:
    with served(chatbot()) as address, httpx.Client(base_url=address) as client:
        assert client.get("config").status_code == 200
        assert client.get("config", headers={"Host": "evil.example"}).status_code == 400
        assert client.get(f"gradio_api/file={Path(__file__)}").status_code == 403
        assert client.post("gradio_api/upload", files={"files": b"content"}).status_code == 413
        assert client.get("gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"NO BROWSER: {CHROMIUM} is not installed, the page is untested; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)


class Visit:
    """A page opened at an address, with a note of every request, error and dialog."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.page = browser.new_context(**options).new_page()
        self.hosts: set[str | None] = set()
        self.troubles: list[str] = []
        self.page.on("request", lambda request: self._note(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.page.goto(address)
        self.page.wait_for_selector("#pq-ask textarea")

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        self.page.fill("#pq-ask textarea", question)
        self.page.press("#pq-ask textarea", "Enter")

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme not in {"data", "blob"}:
            self.hosts.add(urlsplit(url).hostname)

    def _dismiss(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.mark.slow
def test_a_reader_sees_sources_then_the_answer_then_its_quotes(browser: Any, tmp_path: Path) -> None:
    with served(chatbot(pause=0.15)) as address:
        visit = Visit(browser, address, viewport={"width": 1100, "height": 900})
        page = visit.page
        visit.ask(QUESTION)
        page.wait_for_selector("details.pq-found[open] .pq-snippet")
        assert page.locator(".pq-found cite").all_inner_texts() == [MISSION.title, OFFICE.title]
        assert page.locator(".pq-quote").count() == 0
        page.wait_for_selector(".pq-quote")
        assert page.locator(".pq-mark").all_inner_texts() == ["1", "2", "3", "no quote"]
        quotes = page.locator(".pq-quote blockquote").all_inner_texts()
        assert quotes == [quote.text for quote in ANSWERS[QUESTION].quotes]
        credit = " ".join(page.locator(".pq-quote .pq-credit").nth(1).inner_text().split())
        assert credit.lower() == "ryssland stänger natokontor · 19 october 2021 · sv"
        page.screenshot(path=str(tmp_path / "answer.png"))
        visit.ask("Where are the elephants of the mission?")
        page.wait_for_selector(".pq-none .pq-snippet")
        assert "Closest passages" in page.locator(".pq-none").inner_text()
        assert visit.hosts == {"127.0.0.1"}
        assert visit.troubles == []


@pytest.mark.slow
def test_a_hostile_article_stays_text(browser: Any) -> None:
    with served(chatbot()) as address:
        visit = Visit(browser, address, viewport={"width": 1100, "height": 900})
        page = visit.page
        visit.ask(ATTACK)
        page.wait_for_selector(".pq-quote")
        shown = page.locator(".pq-quote blockquote").inner_text()
        assert shown == " ".join(HOSTILE.text.split())
        assert page.locator(".pq-quote cite").inner_text() == HOSTILE.title
        inside = "#pq-chat .pq"
        for tag in ("img", "script", "iframe", "style", "a", "code", "strong", "em", "h1", ".katex", "ul ul", "table"):
            assert page.locator(f"{inside} {tag}").count() == 0, tag
        page.wait_for_timeout(300)
        assert visit.hosts == {"127.0.0.1"}
        assert visit.troubles == []


@pytest.mark.slow
def test_stop_clear_and_two_readers_at_once(browser: Any) -> None:
    bot = chatbot(pause=0.3)
    with served(bot) as address:
        one, two = Visit(browser, address), Visit(browser, address)
        one.ask(QUESTION)
        two.ask(FOLLOW_UP)
        one.page.wait_for_selector("#pq-stop:visible")
        one.page.wait_for_selector("#pq-chat .bot .pq-found")
        one.page.click("#pq-stop")
        one.page.wait_for_selector("text=Stopped")
        one.page.wait_for_selector("#pq-send:visible")
        two.page.wait_for_selector(".pq-quote")
        assert one.page.locator(".pq-quote").count() == 0
        assert bot.cancelled == 1
        two.page.click("button[aria-label=Clear]")
        two.page.wait_for_selector("text=to ask about")
        two.ask(FOLLOW_UP)
        two.page.wait_for_selector(".pq-quote")
        assert bot.asked[-1] == (FOLLOW_UP, ())


@pytest.mark.slow
def test_leaving_the_page_cancels_its_answer(browser: Any) -> None:
    bot = chatbot(pause=0.5)
    with served(bot) as address:
        visit = Visit(browser, address)
        visit.ask(QUESTION)
        visit.page.wait_for_selector("#pq-chat .bot .pq-found")
        visit.page.close()
        for _ in range(100):
            if bot.cancelled:
                break
            threading.Event().wait(0.1)
        assert bot.cancelled == 1
