"""A running server answers for `pullquote ask`: found when it is the right one, never when in doubt."""

from __future__ import annotations

import contextlib
import io
import json
import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import ANSWER, MISSION, OFFICE, QUESTION, bot

from index.errors import PullquoteError
from index.types import Hit, Passage
from rag.errors import EmptyQuestion, IllegibleQuestion, QuestionError
from rag.types import Answer, Checked, Citation, Done, Event, Found, Loading, Queued, Quote, Source, Token, Turn, Wishes
from ui import beacon, cli
from ui.beacon import Beacon
from ui.doors import Doors, Serving
from ui.double import ChatbotDouble, ShelfDouble, quoted
from ui.relay import Relay
from ui.remote import RemoteChatbot, RemoteError, ServerGone
from ui.server import running
from ui.settings import Settings

TOKEN = "s3cret"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PULLQUOTE_HOME", str(tmp_path))
    monkeypatch.setenv("PULLQUOTE_TOKEN", TOKEN)
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "catalog.sqlite").touch()
    return Settings.load()


@pytest.fixture
def chatbot() -> ChatbotDouble:
    return bot()


@pytest.fixture
def server(settings: Settings, chatbot: ChatbotDouble) -> Iterator[str]:
    """A server that told where it is."""
    serving = Serving(settings, port=0)
    with running(chatbot, serving) as address, beacon.lit(settings, address, serving.instance):
        yield address


def found(settings: Settings) -> RemoteChatbot:
    at = beacon.find(settings)
    assert at is not None
    return RemoteChatbot(at)


def test_it_gives_the_same_events_and_answers(server: str, settings: Settings, chatbot: ChatbotDouble) -> None:
    remote = found(settings)
    events = list(remote.stream(QUESTION, [Turn("a", "b")], within=["x"]))
    assert isinstance(events[0], Found)
    assert "".join(event.text for event in events if isinstance(event, Token)) == ANSWER.text
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert answer.to_dict() == ANSWER.to_dict()
    assert answer.to_markdown() == ANSWER.to_markdown()
    assert answer.quotes[0].article.text == MISSION.text
    assert chatbot.asked[0][1] == (Turn("a", "b"),)
    assert [hit.article.id for hit in remote.library.search("mission")] == [MISSION.id]
    assert not remote.library.is_sample
    remote.close()


def test_of_a_long_conversation_the_last_turns_are_sent(
    server: str, settings: Settings, chatbot: ChatbotDouble
) -> None:
    history = [Turn(f"Question {i}?", "An answer.") for i in range(300)]
    list(found(settings).stream(QUESTION, history))
    assert chatbot.asked[-1][1] == tuple(history[-12:])


def test_what_is_wished_is_asked_for_there(server: str, settings: Settings, chatbot: ChatbotDouble) -> None:
    days = date(2021, 10, 1), date(2021, 10, 31)
    at = beacon.find(settings)
    assert at is not None
    remote = RemoteChatbot(at, Wishes(strict=False, sources=7))
    list(remote.stream(QUESTION, within=["x"], between=days))
    list(remote.stream(QUESTION, sources=2))
    assert chatbot.wished == [
        {"strict": False, "sources": 7, "within": ["x"], "between": days},
        {"strict": False, "sources": 2},
    ]


def test_loading_and_waiting_are_told_too(server: str, settings: Settings, chatbot: ChatbotDouble) -> None:
    chatbot.loads, chatbot.ahead = threading.Event(), 2
    chatbot.loads.set()
    events = list(found(settings).stream(QUESTION))
    assert events[1:4] == [Loading(), Loading(done=True), Queued(2)]


def test_the_answer_is_there_before_other_articles_are_compared(
    server: str, settings: Settings, chatbot: ChatbotDouble
) -> None:
    chatbot.compares = threading.Event()
    chatbot.compares.set()
    *_, checked, done = found(settings).stream(QUESTION)
    assert isinstance(checked, Checked)
    assert isinstance(done, Done)
    assert checked.answer.to_dict() == done.answer.to_dict() == ANSWER.to_dict()


def test_every_field_of_an_answer_survives_the_way(settings: Settings) -> None:
    """A field that is added to these classes is either plain JSON, or has to be rebuilt in ui/remote.py."""
    hit = Hit(Passage(OFFICE.id, 0, 8, OFFICE.text[:8], 2), OFFICE, 0.5, 3, 0.1, 0.2, 4, 5)
    quote = Quote(OFFICE, 0, 8, 0.75, 1)
    citation = Citation("Sentence.", 0, 9, (quote,), "partly")
    citation = replace(citation, **_odd(Citation))
    answer = Answer(
        "q?", "Sentence.", "answered", (citation,), (Source(1, hit),), timings={"total": 1.5}, language="sv"
    )
    answer = replace(answer, **_odd(Answer))
    chatbot = ChatbotDouble({"q?": answer}, bot().library)
    serving = Serving(settings, port=0)
    with running(chatbot, serving) as address:
        remote = RemoteChatbot(Beacon(address, TOKEN, serving.instance, os.getpid(), "", ""))
        *_, done = remote.stream("q?")
    assert isinstance(done, Done)
    assert json.dumps(done.answer.to_dict()) == json.dumps(answer.to_dict())


def _odd(kind: type) -> dict[str, Any]:
    """A value that is no default for each number and truth."""
    odd = {"float": 0.125, "bool": True}
    return {field.name: odd[str(field.type)] for field in fields(kind) if field.type in odd}


def test_leaving_early_cancels_the_answer_there(server: str, settings: Settings, chatbot: ChatbotDouble) -> None:
    chatbot.pause = 0.1
    cancel = threading.Event()
    events = found(settings).stream(QUESTION, cancel=cancel)
    next(events)
    cancel.set()
    assert list(events) == []
    for _ in range(100):
        if chatbot.cancelled:
            break
        threading.Event().wait(0.05)
    assert chatbot.cancelled == 1


def test_errors_are_sentences_here_too(server: str, settings: Settings) -> None:
    remote = found(settings)
    with pytest.raises(EmptyQuestion):
        remote.stream("  ")
    with pytest.raises(IllegibleQuestion):
        remote.stream("vad h\udce4nde?")
    with pytest.raises(QuestionError):
        list(remote.stream("\x00?"))
    with pytest.raises(RemoteError, match="holds no article"):
        remote.library.article("none")
    wrong = RemoteChatbot(Beacon(server, "wrong", "", 0, "", ""))
    with pytest.raises(RemoteError, match="wants its token"):
        list(wrong.stream(QUESTION))


def test_an_article_that_changed_meanwhile_is_no_proof() -> None:
    facts = {**MISSION.to_dict(), "text": "Something else now. " * 3}
    sources = [source.to_dict() for source in ANSWER.sources]

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/ask":
            return httpx.Response(200, text=f"event: found\ndata: {json.dumps({'sources': sources})}\n\n")
        return httpx.Response(200, json=facts)

    remote = RemoteChatbot(Beacon("http://x", "", "", 0, "", ""), transport=httpx.MockTransport(respond))
    with pytest.raises(RemoteError, match="changed"):
        list(remote.stream(QUESTION))


def test_an_article_that_was_edited_is_quoted_as_it_is_now(
    server: str, settings: Settings, chatbot: ChatbotDouble
) -> None:
    remote = found(settings)
    list(remote.stream(QUESTION))
    edited = replace(MISSION, text="Edited. Moscow closed its mission.")
    chatbot.library.held = (edited,)
    chatbot.answers = {QUESTION: quoted(QUESTION, [("It did.", [(edited, "Moscow closed its mission.")])])}
    *_, done = remote.stream(QUESTION)
    assert isinstance(done, Done)
    assert done.answer.quotes[0].article.text == edited.text
    assert remote.library.article(MISSION.id).text == edited.text


def test_what_is_no_answer_of_ours_is_a_sentence_too() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        return httpx.Response(502, text="<html>Bad gateway</html>")

    remote = RemoteChatbot(Beacon("http://x", "", "", 0, "", ""), transport=httpx.MockTransport(respond))
    with pytest.raises(RemoteError, match="something else answers, with status 502"):
        list(remote.stream(QUESTION))
    with pytest.raises(RemoteError, match="something else answers"):
        remote.library.search(QUESTION)


def test_once_the_server_is_gone_this_process_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own, served = bot(), bot()
    serving = Serving(settings, port=0)
    opened: list[Settings] = []

    def open_own(named: Settings, _: object) -> ChatbotDouble:
        opened.append(named)
        return own

    with contextlib.ExitStack() as server:
        address = server.enter_context(running(served, serving))
        server.enter_context(beacon.lit(settings, address, serving.instance))

        class Typed(io.StringIO):
            def readline(self, size: int = -1, /) -> str:  # type: ignore[override]  # typeshed has it as bytes, too
                if self.tell():  # the first answer has come
                    server.close()
                return super().readline()

        monkeypatch.setattr("sys.stdin", Typed(f"{QUESTION}\n{QUESTION}\n"))
        assert cli.main(["chat"], Doors(chatbot=open_own)) == 0
    said = capsys.readouterr()
    assert "The running server is gone; this process answers from now on." in said.err
    assert said.out.count("It closed it.") == 2
    assert (len(served.asked), len(own.asked), len(opened)) == (1, 1, 1)
    assert own.closed


class Leaving(ChatbotDouble):
    """A server that goes away after the first event of its answer."""

    def stream(self, question: str, *_: Any, **__: Any) -> Iterator[Event]:
        yield Found(ANSWER.sources)
        raise ServerGone("It went away.")


def test_an_answer_that_had_begun_is_not_begun_again_but_the_next_one_needs_no_server() -> None:
    down = RemoteChatbot(Beacon("http://127.0.0.1:9", "", "", 0, "", ""))
    with pytest.raises(ServerGone):
        list(Relay(Leaving({}), bot).stream(QUESTION))
    relay = Relay(down, bot)
    assert relay.library.article(MISSION.id) == MISSION
    assert [hit.article for hit in relay.library.search("mission")] == [MISSION]
    assert not relay.library.is_sample
    *_, done = relay.stream(QUESTION)
    assert done == Done(ANSWER)


def test_the_file_is_for_its_owner_only_and_goes_with_the_server(settings: Settings) -> None:
    file = settings.home / beacon.FILE
    with beacon.lit(settings, "http://127.0.0.1:1", "one"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        beacon.light(settings, "http://127.0.0.1:2", "two")
    assert file.exists(), "the file of another server stays"
    file.unlink()
    with beacon.lit(settings, "http://127.0.0.1:1", "one"):
        pass
    assert not file.exists()


def test_a_server_that_is_looked_for_goes_over_to_a_library_that_was_built(settings: Settings) -> None:
    chatbot, addresses = bot(is_sample=True), list[str]()
    catalog = settings.library_dir / "catalog.sqlite"
    catalog.unlink()

    def own() -> ShelfDouble:
        chatbot.library = ShelfDouble()
        beacon.light(settings, addresses[0], serving.instance)
        return chatbot.library

    serving = Serving(settings, port=0, own=own)
    with running(chatbot, serving) as address, beacon.lit(settings, address, serving.instance):
        addresses.append(address)
        catalog.touch()
        assert beacon.find(settings) is not None
        assert not chatbot.library.is_sample


def test_in_doubt_no_server_is_found(server: str, settings: Settings) -> None:
    file = settings.home / beacon.FILE
    good = json.loads(file.read_text(encoding="utf-8"))
    assert beacon.find(settings) is not None
    assert beacon.find(settings.model_copy(update={"llm": "another"})) is None
    assert beacon.find(settings.model_copy(update={"sources": 2, "strict": False})) is not None, "it can be told"
    for wrong in ({"instance": "x"}, {"pid": 2**22 + 1}, {"library": "x"}, {"address": "http://127.0.0.1:9"}):
        file.write_text(json.dumps({**good, **wrong}), encoding="utf-8")
        assert beacon.find(settings) is None, wrong
    for content in ("", "[]", "{}", "x" * 20_000):
        file.write_text(content, encoding="utf-8")
        assert beacon.find(settings) is None
    file.write_text(json.dumps(good), encoding="utf-8")
    catalog = settings.library_dir / "catalog.sqlite"
    catalog.rename(catalog.with_suffix(".old"))  # rebuilt: the server answers from files that are no more
    catalog.touch()
    assert beacon.find(settings) is None


def test_ask_and_chat_use_the_running_server(
    server: str, chatbot: ChatbotDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(*_: object) -> ChatbotDouble:
        raise PullquoteError("The model was loaded.", "It should not be.")

    assert cli.main(["ask", QUESTION], Doors(chatbot=never)) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("It closed it. [1][2] Why? [no quote]")
    assert "Asking the running server." in captured.err
    assert cli.main(["ask", QUESTION, "--json"], Doors(chatbot=never)) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(ANSWER.to_dict()))
    assert cli.main(["ask", QUESTION, "--sources", "3", "--since", "2021-10-01"], Doors(chatbot=never)) == 0
    assert chatbot.wished[-1] == {"strict": True, "sources": 3, "between": (date(2021, 10, 1), date.max)}
    capsys.readouterr()
    assert cli.main(["ask", QUESTION, "--llm", "small"], Doors(chatbot=never)) == 1
    assert "The model was loaded." in capsys.readouterr().err
    assert not chatbot.closed


def test_a_library_may_appear_while_the_server_is_still_starting(settings: Settings, chatbot: ChatbotDouble) -> None:
    def serve(_: object, serving: Serving) -> None:
        assert serving.own is not None
        serving.own()
        with running(chatbot, replace(serving, port=0)):
            assert beacon.find(settings) is not None

    doors = Doors(chatbot=lambda settings, progress: chatbot, serve=serve, own=lambda chatbot, settings: ShelfDouble())
    assert cli.main(["serve"], doors) == 0


def test_serve_tells_where_it_is_while_it_runs(settings: Settings, chatbot: ChatbotDouble) -> None:
    seen: list[Beacon | None] = []

    def serve(_: object, serving: Serving) -> None:
        with running(chatbot, replace(serving, port=0)):
            seen.append(beacon.find(settings))

    assert cli.main(["serve"], Doors(chatbot=lambda settings, progress: chatbot, serve=serve)) == 0
    assert seen[0] is not None
    assert beacon.find(settings) is None
