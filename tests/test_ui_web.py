"""The page in a real browser: asking, quotes, the article beside them, conversations, and what stays outside."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from pages import ANSWERS, ATTACK, FOLLOW_UP, HOSTILE, MISSION, OFFICE, QUESTION, Visit, chatbot, served
from pages import browser as browser  # noqa: PLC0414 -- a fixture

from ui import feedback, web
from ui.desk import Desk
from ui.settings import Settings

WIDE: dict[str, Any] = {"viewport": {"width": 1400, "height": 860}}


def test_the_server_gives_away_no_file_and_takes_none_too_large(tmp_path: Path) -> None:
    with served(chatbot(), tmp_path) as address, httpx.Client(base_url=address, timeout=60) as client:
        page = client.get("")
        assert page.status_code == 200
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http:" not in policy
        sent = client.post("gradio_api/upload", files={"files": ("a.txt", b"content")})
        (path,) = sent.json()
        for file in (path, Path(__file__), "/etc/passwd"):
            assert client.get(f"gradio_api/file={file}").status_code == 403
        assert client.get("gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}
        assert client.get("config", headers={"Host": "evil.example"}).status_code == 400
        foreign = {"Origin": "http://evil.example"}
        assert client.post("gradio_api/component_server/", json={}, headers=foreign).status_code == 403
        large = b"0" * 41_000_000
        assert client.post("gradio_api/upload", files={"files": ("a.txt", large)}).status_code == 413


def test_the_page_takes_as_many_askers_and_characters_as_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, askers=3, question_characters=77)
    page = web.build(Desk(chatbot()), settings=settings)
    (box,) = [block for block in page.blocks.values() if block.elem_id == "pq-ask"]
    assert box.get_config()["max_length"] == 77
    limits = [function.concurrency_limit for function in page.fns.values()]
    assert 3 in limits
    assert 16 not in limits


@pytest.mark.slow
def test_a_reader_sees_sources_then_marks_then_quotes_and_the_whole_article(browser: Any, tmp_path: Path) -> None:
    checked = threading.Event()
    first = len(ANSWERS[QUESTION].citations[0].sentence.split())
    with served(chatbot(gate=(first + 2, checked)), tmp_path) as address:
        visit = Visit(browser, address, **WIDE)
        page = visit.page
        visit.ask(QUESTION)
        visit.see(".pq-draft .pq-source")
        assert visit.texts(".pq-draft .pq-source cite") == [MISSION.title, OFFICE.title]
        visit.see(".pq-draft .pq-pending")
        assert page.locator("button.pq-mark").count() == 0
        checked.set()
        visit.see("button.pq-mark")
        assert visit.texts(".pq-answer sup") == ["1", "2", "3", "no quote"]
        assert visit.texts(".pq-quotes blockquote") == [quote.text for quote in ANSWERS[QUESTION].quotes]
        assert "2 of 3 sentences stand on a quote" in visit.see(".pq-confidence").inner_text()
        page.wait_for_function("window.pullquote.idle()")

        page.locator("button.pq-mark").nth(1).click()
        card = visit.see("#pq-card:popover-open")
        words = " ".join(card.inner_text().split())
        assert OFFICE.text in words
        assert "In Swedish, as published" in words
        assert "Ryssland stänger Natokontor · 19 October 2021 · Swedish" in words
        assert "says so" in words
        page.keyboard.press("Escape")
        page.wait_for_function("document.activeElement.dataset.quote === '2'")

        page.locator(".pq-quotes .pq-quote").nth(2).locator("[data-do=read]").click()
        visit.see("#pq-article mark[data-chosen]")
        assert visit.texts("#pq-article mark") == [
            quote.text for quote in ANSWERS[QUESTION].quotes if quote.article == MISSION
        ]
        assert visit.texts("#pq-article mark[data-chosen]") == ["The alliance had expelled eight Russian diplomats."]
        page.wait_for_function(IN_SIGHT)
        assert visit.texts("#pq-which") == ["Quote 2 of 2"]
        page.click("[data-do=next-quote]")
        page.wait_for_function("document.querySelector('#pq-which').textContent === 'Quote 1 of 2'")
        page.wait_for_function(IN_SIGHT)
        assert page.locator(".pq-answer").is_visible()
        page.keyboard.press("Escape")
        page.wait_for_selector("#pq-reader", state="hidden")
        assert visit.hosts == {"127.0.0.1"}
        assert visit.troubles == []


# The chosen mark lies inside the window of the article.
IN_SIGHT = """() => {
  const at = document.querySelector("#pq-article mark[data-chosen]").getBoundingClientRect();
  const frame = document.querySelector("#pq-article").getBoundingClientRect();
  return at.top >= frame.top && at.bottom <= frame.bottom;
}"""


@pytest.mark.slow
def test_an_abstention_looks_different_and_shows_the_closest_passages(browser: Any, tmp_path: Path) -> None:
    with served(chatbot(), tmp_path) as address:
        visit = Visit(browser, address, **WIDE)
        visit.answered("Where are the elephants of the mission?")
        assert "Closest I found: 1 passage from 1 article" in visit.see(".pq-none .pq-found").inner_text()
        visit.page.click(".pq-none [data-do=read]")
        assert visit.see("#pq-article mark").inner_text().startswith("Moscow said")


@pytest.mark.slow
def test_a_hostile_article_stays_text(browser: Any, tmp_path: Path) -> None:
    with served(chatbot(), tmp_path) as address:
        visit = Visit(browser, address, **WIDE)
        page = visit.page
        visit.answered(ATTACK)
        assert visit.texts(".pq-quotes blockquote") == [" ".join(HOSTILE.text.split())]
        assert visit.texts(".pq-quotes cite") == [HOSTILE.title]
        page.click(".pq-mark")
        page.click("#pq-card [data-do=read]")
        assert "<script>alert(3)</script>" in visit.see("#pq-article mark").inner_text()
        page.reload()
        visit.ready()
        visit.see(".pq-quotes blockquote")
        page.click("#pq-nav a[href='#library']")
        visit.see(".pq-table")
        assert "<u>Outlet</u>" in visit.texts(".pq-col-outlet")
        for place in ("#pq-past", "#pq-now", "#pq-article", "#pq-table", "#pq-conversations", "#pq-welcome"):
            for tag in ("img", "script", "iframe", "style", "code", "em", "h1", "u", "b"):
                assert page.locator(f"{place} {tag}").count() == 0, f"{place} {tag}"
            assert page.locator(f"{place} [onerror], {place} [src]").count() == 0
        assert page.evaluate("typeof window.__never") == "undefined"
        assert visit.hosts == {"127.0.0.1"}
        assert visit.troubles == []


@pytest.mark.slow
def test_conversations_are_kept_in_the_browser_and_can_be_changed(browser: Any, tmp_path: Path) -> None:
    bot = chatbot()
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address, **WIDE, accept_downloads=True)
        page = visit.page
        visit.answered(QUESTION)
        visit.answered(FOLLOW_UP)
        assert [turn.answer for turn in bot.asked[1][1]] == [ANSWERS[QUESTION].text]
        page.reload()
        visit.ready()
        page.wait_for_function("document.querySelectorAll('#pq-past .pq-turn').length === 2")
        assert visit.texts(".pq-question") == [QUESTION, FOLLOW_UP]
        page.locator(".pq-mark").first.click()
        visit.see("#pq-card:popover-open")
        page.keyboard.press("Escape")

        page.hover("#pq-conversations li")
        page.click("[data-do=rename]")
        page.fill("#pq-conversations input", "<b>NATO</b>")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('.pq-conversation')?.textContent === '<b>NATO</b>'")
        saved = {}
        for kind in ("markdown", "json"):
            with page.expect_download() as caught:
                page.click(f"[data-do=export-{kind}]")
            saved[kind] = Path(caught.value.path()).read_text(encoding="utf-8")
        assert "> Ryssland stänger sitt kontor vid Nato." in saved["markdown"]
        assert len(json.loads(saved["json"])["answers"]) == 2

        page.click("[data-do=new]")
        page.wait_for_selector(".pq-invitation")
        visit.answered(FOLLOW_UP)
        assert bot.asked[-1][1] == ()
        assert len(visit.texts(".pq-conversation")) == 2
        page.locator(".pq-conversation").nth(1).click()
        page.wait_for_function("document.querySelectorAll('#pq-past .pq-turn').length === 2")

        page.hover("#pq-conversations li >> nth=1")
        page.locator("[data-do=delete]").nth(1).click()
        page.wait_for_selector(".pq-invitation")
        assert len(visit.texts(".pq-conversation")) == 1
        page.click("#pq-toast-action")
        page.wait_for_function("document.querySelectorAll('.pq-conversation').length === 2")
        assert visit.troubles == []


@pytest.mark.slow
def test_a_question_is_edited_and_asked_again_and_an_answer_is_rated(browser: Any, tmp_path: Path) -> None:
    bot = chatbot()
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address, **WIDE)
        page = visit.page
        visit.answered(QUESTION)
        visit.answered(FOLLOW_UP)
        page.hover(".pq-turn >> nth=0")
        page.locator("[data-do=edit]").first.click()
        assert page.input_value("#pq-ask textarea") == QUESTION
        visit.see("#pq-editing")
        page.click("[data-do=stop-editing]")
        assert page.input_value("#pq-ask textarea") == ""
        page.locator("[data-do=edit]").first.click()
        visit.answered(FOLLOW_UP)
        assert visit.texts(".pq-question") == [FOLLOW_UP]
        assert bot.asked[-1] == (FOLLOW_UP, ())

        page.click("[data-do=rate][data-good=false]")
        page.fill(".pq-word input", "too short")
        page.keyboard.press("Enter")
        visit.see("text=It stays on this machine")
        (opinion,) = feedback.opinions(Settings(home=tmp_path))
        assert (opinion["good"], opinion["word"], opinion["question"]) == (False, "too short", FOLLOW_UP)


@pytest.mark.slow
def test_stop_and_two_readers_at_once_who_see_nothing_of_each_other(browser: Any, tmp_path: Path) -> None:
    stopped = threading.Event()
    bot = chatbot(gate=(1, stopped))
    with served(bot, tmp_path) as address:
        one, two = Visit(browser, address), Visit(browser, address)
        one.ask(QUESTION)
        one.see(".pq-draft .pq-source")
        two.ask(FOLLOW_UP)
        two.see(".pq-draft .pq-source")
        one.page.click("#pq-stop")
        one.see("text=Stopped – not checked")
        stopped.set()
        one.page.wait_for_selector("#pq-send:visible")
        two.see(".pq-quotes .pq-quote")
        two.page.wait_for_function("window.pullquote.idle()")
        assert one.page.locator(".pq-quotes").count() == 0
        assert bot.cancelled == 1
        assert two.texts(".pq-question") == [FOLLOW_UP]
        assert one.texts(".pq-conversation") == []
        assert two.texts(".pq-conversation") == [FOLLOW_UP]


@pytest.mark.slow
def test_leaving_the_page_cancels_its_answer(browser: Any, tmp_path: Path) -> None:
    bot = chatbot(gate=(2, threading.Event()))
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address)
        visit.ask(QUESTION)
        visit.see(".pq-draft .pq-source")
        visit.page.close()
        for _ in range(600):
            if bot.cancelled:
                break
            threading.Event().wait(0.1)
        assert bot.cancelled == 1


@pytest.mark.slow
def test_quotes_are_there_while_other_articles_are_compared_and_stay_when_that_is_stopped(
    browser: Any, tmp_path: Path
) -> None:
    bot = chatbot()
    bot.compares = threading.Event()
    with served(bot, tmp_path) as address:
        visit = Visit(browser, address)
        visit.ask(QUESTION)
        visit.see(".pq-draft .pq-quotes .pq-quote")
        visit.see(".pq-draft .pq-wait:has-text('Comparing with other articles')")
        visit.page.click("#pq-stop")
        visit.see(".pq-rating [data-do=rate]")
        visit.page.wait_for_function("window.pullquote.idle()")
        assert visit.texts(".pq-quotes blockquote") == [quote.text for quote in ANSWERS[QUESTION].quotes]
        assert visit.texts(".pq-conversation") == [QUESTION]
        assert visit.troubles == []
