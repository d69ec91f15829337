"""A real HTTP server on loopback, over any language model, with as much of OpenAI's API as our client uses."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rag.engine.port import LanguageModel, Prompt, Sampling


class ChatServer(ThreadingHTTPServer):
    """``failures`` are statuses to answer with before it works; ``seen`` has the requests' headers and bodies.

    ``instead`` is sent in place of an answer, and until ``speaks`` is set nothing at all.
    """

    daemon_threads = True

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model
        self.failures: list[tuple[int, str]] = []
        self.seen: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.breaks_off = False
        self.instead = b""
        self.speaks = threading.Event()
        self.speaks.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        if self.server.failures:
            status, text = self.server.failures.pop(0)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())
            return
        self.server.speaks.wait()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.server.instead:
            self.wfile.write(self.server.instead)
            return
        system, user = (message["content"] for message in body["messages"])
        sampling = Sampling(
            temperature=body["temperature"], max_tokens=body["max_tokens"], stop=tuple(body.get("stop", ()))
        )
        prompt = Prompt(system, (user.split("Question:")[0],), user.removeprefix(user.split("Question:")[0]))
        try:
            for piece in self.server.model.stream(prompt, sampling):
                if self.server.breaks_off:
                    self.wfile.write(b"data: {not JSON\n\n")
                    return
                said = [{"token": "", "logprob": value} for value in piece.logprobs]
                choice = {"delta": {"content": piece.text}, "logprobs": {"content": said}}
                self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(model: LanguageModel) -> Iterator[ChatServer]:
    """The server, running."""
    server = ChatServer(model)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
