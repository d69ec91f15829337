"""The client of OpenAI-compatible servers, against a real one on loopback; it passes the conformance suite as well."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from chat_server import ChatServer, serving

from rag.engine import at_once, open_model
from rag.engine.double import ParrotModel
from rag.engine.port import Prompt, Sampling, Work
from rag.engine.remote import Address, RemoteModel, address
from rag.errors import ContextTooSmall, RemoteFailed
from rag.settings import Settings

PROMPT = Prompt("Answer.", ("The harbour was closed on Monday.\n\n",), "Question: When was the harbour closed?")
SECRET = "sk-do-not-show"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ParrotModel()) as server:
        yield server


def client(server: ChatServer, key: str = "") -> RemoteModel:
    return RemoteModel(Address(server.url, "parrot"), key=key, seconds=10, pause=0.01)


def said(model: RemoteModel, sampling: Sampling | None = None) -> str:
    return "".join(piece.text for piece in model.stream(PROMPT, sampling))


def test_it_streams_what_the_server_says(server: ChatServer) -> None:
    told: list[Work] = []
    pieces = list(client(server).stream(PROMPT, told=told.append))
    assert "".join(piece.text for piece in pieces) == "The harbour was closed on Monday."
    assert len(pieces) == told[0].answer_tokens == 6
    assert told[0].read > 0.0


def test_settings_name_it(server: ChatServer) -> None:
    settings = Settings(llm=f"openai:{server.url}#parrot", api_key=SECRET)
    model = open_model(settings)
    assert model.name == "parrot"
    assert at_once(settings) > 1
    assert "".join(piece.text for piece in model.stream(PROMPT))
    headers, body = server.seen[0]
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert body["model"] == "parrot"
    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()


@pytest.mark.parametrize(
    "name",
    ["openai:", "openai:http://x/v1", "openai:#m", "openai:ftp://x#m", "openai:http://x:80a0/v1#m", "openai:http://#m"],
)
def test_what_is_no_address_is_refused(name: str) -> None:
    with pytest.raises(RemoteFailed, match="no address") as caught:
        address(name)
    assert "openai:http" in caught.value.hint


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(server: ChatServer, status: int) -> None:
    server.failures = [(status, "busy"), (status, "busy")]
    assert said(client(server))
    assert len(server.seen) == 3


def test_what_does_not_pass_is_told_in_the_end(server: ChatServer) -> None:
    server.failures = [(503, "down")] * 10
    with pytest.raises(RemoteFailed, match="says 503"):
        said(client(server))
    assert len(server.seen) == 4


def test_a_wrong_key_is_told_at_once_and_not_shown(server: ChatServer) -> None:
    server.failures = [(401, f"wrong key {SECRET}")]
    with pytest.raises(RemoteFailed, match="says 401") as caught:
        said(client(server, SECRET))
    assert "PULLQUOTE_API_KEY" in caught.value.hint
    assert SECRET not in str(caught.value) + caught.value.hint
    assert len(server.seen) == 1


def test_a_server_without_probabilities_is_asked_without(server: ChatServer) -> None:
    server.failures = [(400, "logprobs are not supported")]
    model = client(server)
    assert said(model)
    assert "logprobs" not in server.seen[-1][1]


def test_a_context_that_is_too_small_is_told_as_such(server: ChatServer) -> None:
    server.failures = [(400, "maximum context length is 100 tokens")]
    with pytest.raises(ContextTooSmall):
        said(client(server))


def test_nobody_there_is_an_error_with_advice() -> None:
    model = RemoteModel(Address("http://127.0.0.1:9/v1", "m"), pause=0.01)
    with pytest.raises(RemoteFailed, match="cannot be reached") as caught:
        said(model)
    assert caught.value.hint


def test_nonsense_is_an_error(server: ChatServer) -> None:
    server.breaks_off = True
    with pytest.raises(RemoteFailed, match="no answer"):
        said(client(server))


@pytest.mark.parametrize(
    ("instead", "said_of_it"),
    [
        (b"<html><title>Welcome</title></html>", "no whole answer"),
        (b'{"choices": [{"message": {"content": "It closed."}}]}', "no whole answer"),
        (b'data: {"choices": [{"delta": {"content": "It clo"}}]}\n\n', "no whole answer"),
        (b'data: ["choices"]\n\n', "no answer"),
        (b'data: {"error": {"message": "out of\\nmemory"}}\n\n', "says: out of memory"),
        (b'data: {"error": "out of memory"}\n\n', "says: out of memory"),
    ],
)
def test_what_is_no_whole_answer_is_an_error_and_no_refusal(
    server: ChatServer, instead: bytes, said_of_it: str
) -> None:
    server.instead = instead
    with pytest.raises(RemoteFailed, match=said_of_it) as caught:
        said(client(server))
    assert caught.value.hint


def test_an_answer_may_end_by_its_reason(server: ChatServer) -> None:
    server.instead = b'data: {"choices": [{"delta": {"content": "It closed."}, "finish_reason": "stop"}]}\n\n'
    assert said(client(server)) == "It closed."


def test_a_key_that_cannot_be_one_is_told(server: ChatServer) -> None:
    with pytest.raises(RemoteFailed, match="API key") as caught:
        client(server, "ключ")
    assert "PULLQUOTE_API_KEY" in caught.value.hint


def test_nobody_waits_for_a_silent_server_once_it_is_cancelled(server: ChatServer) -> None:
    server.speaks.clear()
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    model = RemoteModel(Address(server.url, "parrot"), seconds=3600)
    try:
        assert list(model.stream(PROMPT, cancel=cancel)) == []
        assert not server.speaks.is_set()
    finally:
        server.speaks.set()


def test_cancelling_ends_the_waiting_for_a_retry(server: ChatServer) -> None:
    server.failures = [(503, "down")] * 10
    cancel = threading.Event()
    model = RemoteModel(Address(server.url, "parrot"), pause=30.0)
    threading.Timer(0.3, cancel.set).start()
    assert list(model.stream(PROMPT, cancel=cancel)) == []


def test_sampling_is_handed_on(server: ChatServer) -> None:
    said(client(server), Sampling(temperature=0.5, top_p=0.9, min_p=0.1, seed=7, max_tokens=5, stop=("x",)))
    body = server.seen[0][1]
    assert (body["temperature"], body["top_p"], body["min_p"], body["seed"]) == (0.5, 0.9, 0.1, 7)
    assert (body["max_tokens"], body["stop"]) == (5, ["x"])
