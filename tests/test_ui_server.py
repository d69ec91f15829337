"""One process serves page and API: what it lets in, what it logs, and how it starts and stops."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from doors import QUESTION, bot, serving

from ui import web
from ui.doors import Serving
from ui.server import ServeError, address, running
from ui.settings import Settings

ROOT = Path(__file__).parents[1]

SERVE = """
import sys
from ui import cli
from ui.doors import Doors
from ui.server import serve
sys.path.insert(0, "tests")
from doors import bot
chatbot = bot(pause=float(sys.argv.pop(1)))
try:
    status = cli.main(sys.argv[1:], Doors(chatbot=lambda settings, progress: chatbot, serve=serve))
finally:
    print("closed" if chatbot.closed else "open", flush=True)
sys.exit(status)
"""


@contextlib.contextmanager
def process(pause: float, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``pullquote serve`` on a free port, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(pause), "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        assert child.stderr is not None
        assert f"http://127.0.0.1:{port}" in child.stderr.readline()
        yield child, f"http://127.0.0.1:{port}"
    finally:
        child.kill()
        child.wait()


def test_the_page_and_the_api_share_an_address_and_a_gate() -> None:
    mounted = Serving(Settings(token="s3cret"), port=0, mount=web.mount)
    with running(bot(), mounted) as place, httpx.Client(base_url=place) as client:
        assert client.get("/", headers={"Accept": "text/html"}).headers["location"] == "/login"
        assert client.get("/config").status_code == 401
        assert client.get("/config", headers={"Host": "evil.example"}).status_code == 400
        client.headers["Authorization"] = "Bearer s3cret"
        assert "<gradio-app" in client.get("/").text
        assert client.get("/config").status_code == 200
        assert client.get("/api/articles").json()["total"] == 2
        assert client.get("/api/ask").status_code == 405
        assert client.get("/api/none").json()["error"]["type"] == "NotFound"
        assert client.get(f"/gradio_api/file={Path(__file__)}").status_code == 403


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_a_running_answer_finish_and_closes_everything(ending: signal.Signals) -> None:
    with process(0.2) as (child, place):
        body = {"question": QUESTION, "stream": True}
        with httpx.stream("POST", f"{place}/api/ask", json=body, timeout=20) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: found"
            child.send_signal(ending)
            assert "event: done" in list(lines)
        assert child.wait(20) == 130
        assert child.stdout is not None
        assert child.stdout.read() == "closed\n"


def test_a_second_interrupt_waits_for_no_answer() -> None:
    with process(2.0, PULLQUOTE_SHUTDOWN_SECONDS="600") as (child, place):
        body = {"question": QUESTION, "stream": True}
        with httpx.stream("POST", f"{place}/api/ask", json=body, timeout=60) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: found"
            child.send_signal(signal.SIGINT)
            while httpx.get(f"{place}/readyz", timeout=60).status_code != 503:
                pass
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(httpx.HTTPError):
                assert "event: done" not in list(lines)
        assert child.wait(60) == 130
        assert child.stdout is not None
        assert child.stdout.read() == "closed\n"


def test_requests_are_logged_as_json_on_demand_without_what_was_asked() -> None:
    with process(0.0, PULLQUOTE_LOG="json") as (child, place):
        httpx.post(
            f"{place}/api/ask?q=secret", json={"question": QUESTION}, headers={"X-Request-ID": "abc"}, timeout=20
        )
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["message"] == "request"]
    assert (line["request_id"], line["method"], line["path"], line["status"]) == ("abc", "POST", "/api/ask", 200)
    assert line["seconds"] >= 0
    assert QUESTION not in err
    assert "secret" not in err


def test_a_taken_port_and_a_public_address_without_a_token_are_sentences_with_hints() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(ServeError, match=f"{port} is taken") as caught,
            running(bot(), Serving(Settings(), port=port)),
        ):
            pass
        assert caught.value.hint == f"pullquote serve --port {port + 1}"
    elsewhere = Serving(Settings(token="s3cret"), "192.0.2.1", 0)  # an address for examples, which no machine has
    with pytest.raises(ServeError, match=r"192\.0\.2\.1:0: Cannot assign") as caught, running(bot(), elsewhere):
        pass
    assert "--host" in caught.value.hint
    with pytest.raises(ServeError, match="no token") as caught, running(bot(), Serving(Settings(), "0.0.0.0", 0)):
        pass
    assert "PULLQUOTE_TOKEN" in caught.value.hint


def test_served_to_others_it_answers_to_any_name_that_shows_the_token() -> None:
    with running(bot(), Serving(Settings(token="s3cret"), "0.0.0.0", 0)) as place:
        local = place.replace("0.0.0.0", "127.0.0.1")
        headers = {"Host": "news.example", "Authorization": "Bearer s3cret"}
        assert httpx.get(f"{local}/api/articles", headers=headers).status_code == 200
        assert httpx.get(f"{local}/api/articles", headers={"Host": "news.example"}).status_code == 401


def test_many_askers_at_once_get_each_their_own_answer() -> None:
    chatbot = bot(pause=0.01)
    with running(chatbot, serving()) as place:
        texts: list[str] = []

        def ask(number: int) -> None:
            asked = httpx.post(f"{place}/api/ask", json={"question": f"elephant {number}?"}, timeout=20).json()
            texts.append(asked["question"])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(texts) == [f"elephant {number}?" for number in range(8)]


def test_an_address_of_version_six_is_written_in_brackets() -> None:
    assert address("::1", 80) == "http://[::1]:80"
