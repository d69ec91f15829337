"""The HTTP API over doubles: what each path gives, what it refuses, and that its OpenAPI page tells the truth."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pydantic
import pytest
from doors import ANSWER, MISSION, OFFICE, QUESTION, bot, serving
from fastapi.testclient import TestClient

from index.embed import LetterEmbedder
from index.errors import ArticleNotFound
from index.facets import Filter
from index.library import Library
from index.settings import Settings
from index.types import Article, IngestReport
from rag.types import Answer
from ui import beacon
from ui.api.schemas import (
    WORDS,
    AnswerFacts,
    ArticleFacts,
    CitationFacts,
    HitFacts,
    QuoteFacts,
    Report,
    SourceFacts,
    says_something,
)
from ui.doors import Serving
from ui.double import ChatbotDouble, ShelfDouble, hit, quoted
from ui.server import create_app, running


def client(chatbot: ChatbotDouble | None = None, how: Serving | None = None, **options: Any) -> TestClient:
    app = create_app(chatbot or bot(), how or serving())
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False, **options)


def events(text: str) -> list[tuple[str, Any]]:
    """Server-sent events as names and values."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_a_question_gets_its_answer_as_one_object() -> None:
    chatbot = bot()
    body = {"question": QUESTION, "history": [{"question": "a", "answer": "b"}]}
    response = client(chatbot).post("/api/ask", json=body)
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(ANSWER.to_dict()))
    assert [(turn.question, turn.answer) for turn in chatbot.asked[0][1]] == [("a", "b")]


def test_a_question_says_how_it_wants_to_be_answered() -> None:
    chatbot = bot()
    web = client(chatbot)
    wishes = {"strict": False, "sources": 2, "within": ["b.txt"], "since": "2021-10-01"}
    assert web.post("/api/ask", json={"question": QUESTION, **wishes}).status_code == 200
    days = (date(2021, 10, 1), date.max)
    assert chatbot.wished == [{"strict": False, "sources": 2, "within": ["b.txt"], "between": days}]
    for wrong in ({"strict": "no"}, {"sources": 0}, {"sources": True}, {"since": "soon"}):
        assert web.post("/api/ask", json={"question": QUESTION, **wrong}).status_code == 422


def test_a_question_gets_its_answer_as_events() -> None:
    response = client().post("/api/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    assert [name for name, _ in told] == ["found", *["token"] * 4, "done"]
    assert [source["number"] for source in told[0][1]["sources"]] == [1, 2]
    assert "".join(value["text"] for _, value in told[1:-1]) == ANSWER.text
    assert told[-1][1] == json.loads(json.dumps(ANSWER.to_dict()))


def test_a_search_gives_passages() -> None:
    found = client().post("/api/search", json={"question": "mission kontor", "limit": 1}).json()["hits"]
    assert [one["article"]["id"] for one in found] == ["news/a.txt"]
    within = client().post("/api/search", json={"question": "mission kontor", "within": ["b.txt"]}).json()["hits"]
    assert [one["article"]["id"] for one in within] == ["b.txt"]


def test_articles_are_listed_read_added_and_removed() -> None:
    web = client()
    page = web.get("/api/articles", params={"limit": 1, "offset": 1}).json()
    assert (page["total"], page["sample"], [one["id"] for one in page["articles"]]) == (2, False, ["b.txt"])
    assert web.get("/api/articles/news/a.txt").json()["text"] == MISSION.text
    new = {"text": "The bridge opens in May.", "title": "Bridge", "published": "2024-05-01", "url": "http://x/bridge"}
    report = web.post("/api/articles", json={"articles": [new, {"text": "…"}]}).json()
    assert report["added"] == ["http://x/bridge"]
    assert "no text" in report["failed"][0]["reason"]
    added = web.get("/api/articles/http://x/bridge").json()
    assert (added["title"], added["published"], added["language"]) == ("Bridge", "2024-05-01", "en")
    assert web.delete("/api/articles/http://x/bridge").json() == {"removed": ["http://x/bridge"]}
    missing = web.delete("/api/articles/http://x/bridge")
    assert missing.status_code == 404
    assert missing.json()["error"]["type"] == "ArticleNotFound"
    assert missing.json()["error"]["hint"]


class Counted(ShelfDouble):
    """A library that gives the texts of its articles one by one only, and one of which is removed meanwhile."""

    def articles(self, only: Filter | None = None) -> list[Article]:
        raise AssertionError("all texts were read")

    def article(self, article_id: str) -> Article:
        if article_id == OFFICE.id:
            raise ArticleNotFound("It was removed.")
        return ShelfDouble.article(self, article_id)


def test_a_list_of_articles_reads_the_texts_of_no_others() -> None:
    web = client(ChatbotDouble({}, Counted((MISSION, OFFICE))))
    assert [one["id"] for one in web.get("/api/articles?limit=1").json()["articles"]] == [MISSION.id]
    rest = web.get("/api/articles?offset=1").json()
    assert (rest["articles"], rest["total"]) == ([], 2)


def test_a_file_of_this_machine_is_no_article_to_remove() -> None:
    assert client().delete("/api/articles/a.txt").status_code == 404


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Library]:
    home = Settings(home=tmp_path)
    with Library.open(home.library_dir, LetterEmbedder(), home) as library:
        yield library


def test_files_are_taken_in_under_their_own_names_and_kept(real: Library, tmp_path: Path) -> None:
    web = client(ChatbotDouble({}, real), serving(home=tmp_path))  # type: ignore[arg-type]
    files = [
        ("files", ("../../etc/Bridge.txt", b"The bridge opens in May.")),
        ("files", ("two.jsonl", b'{"id": "1", "text": "One sentence here."}\n{"id": "2", "text": "Another one."}\n')),
        ("files", ("virus.exe", b"MZ")),
        ("files", ("empty.md", b"  ")),
        ("files", ("broken.pdf", b"%PDF-1.4 but not really")),
    ]
    report = web.post("/api/articles/files", files=files).json()
    assert report["added"] == ["Bridge.txt", "two.jsonl#1", "two.jsonl#2"]
    assert [one["id"] for one in report["failed"]] == ["virus.exe", "empty.md", "broken.pdf"]
    assert all(one["reason"] and str(tmp_path) not in str(one) for one in report["failed"])
    kept = tmp_path / "articles"
    assert sorted(file.name for file in kept.iterdir()) == ["Bridge.txt", "two.jsonl"]
    assert web.get("/api/articles/Bridge.txt").json()["text"] == "The bridge opens in May."
    newer = [("files", ("Bridge.txt", b"The bridge opens in June."))]
    assert web.post("/api/articles/files", files=newer).json()["updated"] == ["Bridge.txt"]
    assert web.get("/api/articles/Bridge.txt").json()["text"] == "The bridge opens in June."
    unreadable = [("files", ("Bridge.txt", b"\x00\x01\x02\x03" * 100))]
    assert [one["id"] for one in web.post("/api/articles/files", files=unreadable).json()["failed"]] == ["Bridge.txt"]
    assert (kept / "Bridge.txt").read_text(encoding="utf-8") == "The bridge opens in June."
    assert sorted(file.name for file in kept.iterdir()) == ["Bridge.txt", "two.jsonl"]


def test_the_first_article_opens_the_users_own_library() -> None:
    chatbot, own = bot(is_sample=True), ShelfDouble()

    def open_own() -> ShelfDouble:
        chatbot.library = own
        return own

    web = client(chatbot, replace(serving(), own=open_own))
    assert web.get("/api/articles").json()["sample"]
    web.post("/api/articles", json={"articles": [{"text": "The bridge opens."}]})
    page = web.get("/api/articles").json()
    assert (page["total"], page["sample"]) == (1, False)


def test_a_library_that_another_process_built_is_answered_from(tmp_path: Path) -> None:
    how = serving(home=tmp_path)
    settings = how.settings
    chatbot, opened = bot(is_sample=True), list[str]()

    def open_own() -> ShelfDouble:
        opened.append(beacon.own_library(settings))
        chatbot.library = ShelfDouble((OFFICE,))
        return chatbot.library

    def build() -> None:
        settings.library_dir.mkdir(parents=True)
        (settings.library_dir / "catalog.sqlite").touch()

    desk = create_app(chatbot, replace(how, own=open_own)).state.desk
    assert desk.library.is_sample
    build()
    list(desk.stream(QUESTION))
    assert desk.library.articles() == [OFFICE]
    assert desk.own_library().articles() == [OFFICE]
    settings.library_dir.rename(tmp_path / "aside")
    assert desk.library.articles() == [OFFICE], "while there is none, the one before"
    build()
    assert desk.library.articles() == [OFFICE]
    assert len(set(opened)) == len(opened) == 2


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/ask", {"question": " \n"}, 422),
        ("POST", "/api/ask", {"question": QUESTION, "nonsense": 1}, 422),
        ("POST", "/api/ask", {}, 422),
        ("POST", "/api/search", {"question": "x", "limit": 0}, 422),
        ("POST", "/api/articles", {"articles": []}, 422),
        ("POST", "/api/articles", {"articles": [{"text": "x", "id": "a\u0000"}]}, 422),
        ("GET", "/api/articles?limit=0", None, 422),
        ("GET", "/api/articles/none", None, 404),
        ("GET", "/api/ask", None, 405),
        ("PUT", "/api/articles/b.txt", None, 405),
        ("GET", "/api/none", None, 404),
        ("GET", "/v1/none", None, 404),
        ("POST", "/v1/chat/completions", {"messages": [{"role": "assistant", "content": "x"}]}, 422),
    ],
)
def test_what_cannot_be_served_is_a_problem_with_a_sentence(
    method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    response = client().request(method, path, json=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["message"].endswith(".")
    assert error["request_id"] == response.headers["x-request-id"]
    if status == 405:
        assert response.headers["allow"]


def test_a_token_is_wanted_everywhere_but_for_health() -> None:
    web = client(how=serving(token="s3cret"))
    assert web.get("/healthz").status_code == web.get("/readyz").status_code == 200
    for path in ("/api/articles", "/metrics", "/openapi.json", "/docs", "/v1/models"):
        refused = web.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
    for wrong in ("Bearer other", "Bearer", "Basic s3cret", "Bearer s3cret€"):
        assert web.get("/api/articles", headers={b"Authorization": wrong.encode()}).status_code == 401
    assert web.get("/api/articles", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_a_reader_shows_the_token_once_and_gets_a_cookie() -> None:
    web = client(how=serving(token="s3cret"), follow_redirects=False)
    led = web.get("/", headers={"Accept": "text/html"})
    assert (led.status_code, led.headers["location"]) == (303, "/login")
    assert '<label for="token">' in web.get("/login").text
    assert web.post("/login", data={"token": "wrong"}).status_code == 401
    entered = web.post("/login", data={"token": "s3cret"})
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "s3cret" not in cookie
    assert web.get("/api/articles").status_code == 200
    web.cookies.clear()
    assert web.get("/api/articles", headers={"Cookie": 'pullquote="bad'}).status_code == 401


def test_foreign_names_and_foreign_pages_are_turned_away() -> None:
    web = client()
    assert web.get("/api/articles", headers={"Host": "evil.example"}).status_code == 400
    assert web.get("/api/articles", headers={"Host": "[::1"}).status_code == 400
    assert web.get("/api/articles", headers={"Host": "localhost:80"}).status_code == 200
    body = {"articles": [{"text": "Planted."}]}
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", "http://[bad"):
        refused = web.post("/api/articles", json=body, headers={"Origin": origin})
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
    assert web.post("/api/articles", json=body, headers={"Origin": "http://127.0.0.1"}).status_code == 200
    assert web.post("/api/articles", content=json.dumps(body)).status_code == 422  # a form needs no leave to send this
    assert "access-control-allow-origin" not in web.get("/api/articles", headers={"Origin": "http://x"}).headers


def test_bodies_and_rates_are_limited() -> None:
    web = client(how=serving(request_mb=1, requests_per_minute=3))
    assert web.post("/api/ask", json={"question": "x" * 1_100_000}).status_code == 413
    assert [web.get("/api/articles").status_code for _ in range(3)] == [200, 200, 429]
    assert int(web.get("/v1/models").headers["retry-after"]) >= 1
    assert web.get("/healthz").status_code == 200


def test_who_guesses_the_token_has_to_wait_on_every_path() -> None:
    web = client(how=serving(token="s3cret", requests_per_minute=3))
    wrong, right = {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer s3cret"}
    assert [web.get("/metrics", headers=right).status_code for _ in range(5)] == [200] * 5
    assert [web.get("/metrics", headers=wrong).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert web.get("/metrics", headers=right).status_code == 429
    assert web.get("/healthz").status_code == 200


def test_the_form_for_the_token_takes_no_more_than_a_token() -> None:
    web = client(how=serving(token="s3cret"), follow_redirects=False)
    assert web.post("/login", data={"token": "x" * 5000}).status_code == 413
    many = {**{f"a{n}": "" for n in range(9)}, "token": "s3cret"}
    assert web.post("/login", content="&".join(f"{key}={value}" for key, value in many.items())).status_code == 401
    assert web.post("/login", data={"token": "s3cret"}).status_code == 303


def test_too_many_questions_at_once_are_turned_away_and_none_is_lost() -> None:
    chatbot, turned_away = bot(), threading.Event()
    chatbot.gate = (0, turned_away)
    with running(chatbot, serving(askers=2)) as address:
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=20).status_code)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_for(lambda: statuses == [503, 503])
        turned_away.set()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200, 200, 503, 503]
        assert httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=20).status_code == 200
        assert "pullquote_refused_total 2.0" in httpx.get(f"{address}/metrics").text


def test_leaving_early_cancels_the_answer() -> None:
    chatbot = bot()
    chatbot.gate = (1, threading.Event())
    with running(chatbot, serving()) as address:
        body = {"question": QUESTION, "stream": True}
        with httpx.stream("POST", f"{address}/api/ask", json=body, timeout=20) as response:
            next(response.iter_lines())
        wait_for(lambda: chatbot.cancelled == 1)
        assert 'pullquote_questions_total{outcome="cancelled"} 1.0' in httpx.get(f"{address}/metrics").text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", {"question": QUESTION}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": QUESTION}]}),
    ],
)
def test_hanging_up_cancels_an_answer_that_is_not_streamed(path: str, body: dict[str, Any]) -> None:
    chatbot = bot()
    chatbot.gate = (0, threading.Event())
    with running(chatbot, serving()) as address:
        place = httpx.URL(address)
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {place.netloc.decode()}\r\nContent-Length: {len(content)}\r\n"
        with socket.create_connection((place.host, place.port or 80)) as connection:
            connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + content)
            wait_for(lambda: chatbot.asked)
        wait_for(lambda: chatbot.cancelled == 1)


def wait_for(what: Any) -> None:
    """Until it holds, a minute at most."""
    end = time.monotonic() + 60
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()


@pytest.mark.parametrize(("patience", "last"), [(60.0, "done"), (0.1, "error")])
def test_stopping_finishes_or_cancels_what_is_being_answered(patience: float, last: str) -> None:
    chatbot, texts = bot(), list[str]()
    begun, finish = threading.Event(), threading.Event()
    chatbot.gate = (1, finish)

    def ask(address: str) -> None:
        body = {"question": QUESTION, "stream": True}
        with httpx.stream("POST", f"{address}/api/ask", json=body, timeout=60) as response:
            for text in response.iter_text():
                texts.append(text)
                begun.set()

    with running(chatbot, serving(shutdown_seconds=patience)) as address:
        thread = threading.Thread(target=ask, args=(address,))
        thread.start()
        assert begun.wait(60)
        if last == "done":
            threading.Timer(0.3, finish.set).start()  # about when the server is stopping
    thread.join()
    assert events("".join(texts))[-1][0] == last
    assert chatbot.cancelled == (last == "error")


def test_metrics_tell_what_was_done() -> None:
    chatbot = bot()
    timed = Answer(**{**{name: getattr(ANSWER, name) for name in ANSWER.__slots__}, "timings": {"search": 0.02}})
    chatbot.answers = {QUESTION: timed}
    web = client(chatbot)
    for question in (QUESTION, QUESTION, "Elephants?"):
        web.post("/api/ask", json={"question": question})
    page = web.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=")
    for line in (
        'pullquote_questions_total{outcome="answered"} 2.0',
        'pullquote_questions_total{outcome="not_in_articles"} 1.0',
        'pullquote_sentences_total{verdict="supported"} 2.0',
        'pullquote_sentences_total{verdict="unsupported"} 2.0',
        'pullquote_phase_seconds_bucket{le="0.025",phase="search"} 2.0',
        'pullquote_requests_total{method="POST",path="/api/ask",status="200"} 3.0',
        'pullquote_open_questions{state="writing"} 0.0',
    ):
        assert line in page.text.splitlines()
    assert "process_resident_memory_bytes" in page.text


class Telling(ChatbotDouble):
    """A chatbot that tells of itself."""

    news = 0

    def figures(self) -> dict[str, float]:
        """How many questions were asked."""
        return {"asking": len(self.asked), "cache_hits": 3}

    def changed(self) -> None:
        """Count."""
        self.news += 1


def test_what_the_chatbot_tells_is_among_the_metrics_and_it_hears_of_new_articles() -> None:
    chatbot = Telling({}, ShelfDouble((MISSION,)))
    web = client(chatbot)
    web.post("/api/ask", json={"question": "Elephants?"})
    lines = web.get("/metrics").text.splitlines()
    assert 'pullquote_chatbot{figure="asking"} 1.0' in lines
    assert 'pullquote_chatbot{figure="cache_hits"} 3.0' in lines
    web.post("/api/articles", json={"articles": [{"text": "The bridge opens.", "id": "b"}]})
    web.post("/api/articles/files", files=[("files", ("c.txt", b"Another text."))])
    web.delete("/api/articles/b")
    assert chatbot.news == 3


def test_a_request_has_a_number_of_its_own_or_of_its_callers_choice() -> None:
    web = client()
    numbers = {web.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(numbers) == 3
    assert web.get("/healthz", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert web.get("/healthz", headers={"X-Request-ID": 'no"such'}).headers["x-request-id"] != 'no"such'


def test_the_schemas_name_every_field_there_is() -> None:
    answer = quoted(QUESTION, [("It.", [(MISSION, "Moscow")])])
    given: list[tuple[type[pydantic.BaseModel], dict[str, Any]]] = [
        (AnswerFacts, answer.to_dict()),
        (CitationFacts, answer.citations[0].to_dict()),
        (QuoteFacts, answer.quotes[0].to_dict()),
        (SourceFacts, answer.sources[0].to_dict()),
        (HitFacts, hit(MISSION).to_dict()),
        (ArticleFacts, MISSION.to_dict()),
        (Report, IngestReport().to_dict()),
    ]
    for model, value in given:
        assert set(model.model_fields) == set(value), f"bring {model.__name__} in step with to_dict()"
        model.model_validate(json.loads(json.dumps(value)))


def test_the_page_of_the_api_names_every_path_and_calls_nobody() -> None:
    web = client()
    page = web.get("/docs").text
    for path in web.get("/openapi.json").json()["paths"]:
        assert path in page
    assert "http://" not in page
    assert "<script" not in page


README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", re.findall(r"^curl (.*?)^```", README, re.DOTALL | re.MULTILINE))
def test_the_curl_commands_of_the_readme_are_answered(command: str) -> None:
    arguments = shlex.split(command.replace("\\\n", " "))
    with running(bot(), serving()) as address:
        asked = [argument.replace("http://127.0.0.1:7860", address) for argument in arguments]
        done = subprocess.run(["curl", "--fail", *asked], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.get("status") == "not_in_articles"
    assert answer.get("text") or answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize("text", ["a", "é", " a ", "", " \n\t", "\x07\x9f", "a\0", "\0", "\u200b", "?"])
def test_what_says_something_is_told_as_the_schema_has_it(text: str) -> None:
    assert says_something(text) is bool(re.match(WORDS, text))


def test_a_long_message_that_says_nothing_takes_no_time_to_speak_of() -> None:
    started = time.monotonic()
    assert not says_something("a" * 1_000_000 + "\0")
    assert time.monotonic() - started < 10
