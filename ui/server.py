"""One process that serves the page and the HTTP API, and stops gracefully."""

from __future__ import annotations

import contextlib
import errno
import logging
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from types import FrameType

import uvicorn
from anyio import to_thread
from fastapi import FastAPI, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from index.errors import PullquoteError
from ui import beacon
from ui.api import articles, completions, health, log, login, manual, problems, questions
from ui.api.gate import Gate, Rate
from ui.desk import Desk
from ui.doors import LOOPBACK, Answerer, Serving
from ui.meters import Meters
from ui.settings import Settings

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"]
_FILES = 100  # in one request
# After the answers: how long a page's idle connection may keep the server from stopping.
_LAST_SECONDS = 1
_FIRST_FREE_PORT, _LAST_PORT = 8080, 65535
# Threads for all but answers, each of which holds one while it waits for its turn: nothing else may wait for them.
_OTHER_THREADS = 40


class ServeError(PullquoteError):
    """Nothing can be served."""


def create_app(chatbot: Answerer, serving: Serving) -> FastAPI:
    """The whole app: API, log, limits, and the page if there is one to mount. ``app.state.desk`` is what is asked."""
    settings = serving.settings
    meters = Meters()
    desk = Desk(
        chatbot,
        askers=settings.askers,
        own=serving.own,
        which=partial(beacon.own_library, settings),
        model=settings.llm,
        chosen=serving.chosen,
        meters=meters,
    )
    app = FastAPI(
        title="Pullquote",
        version="1",
        description="Ask articles a question; every sentence of an answer comes with the exact quote it stands on.",
        docs_url=None,
        redoc_url=None,
        max_body_size=settings.request_mb * 1_000_000,
        form_limits={"max_files": _FILES},
        separate_input_output_schemas=False,
    )
    app.state.desk = desk
    problems.install(app)
    app.include_router(questions.router(desk))
    app.include_router(articles.router(desk, settings))
    app.include_router(completions.router(desk, started=int(time.time())))
    app.include_router(health.router(desk, instance=serving.instance))
    app.include_router(login.router(serving.token))
    app.include_router(manual.router(app))
    _close_off(app)
    if serving.mount is not None:
        serving.mount(app, desk)
    app.add_middleware(Gate, host=serving.host, token=serving.token, rate=Rate(settings.requests_per_minute))
    app.add_middleware(log.RequestLog, on_request=lambda *request: meters.requests.labels(*map(str, request)).inc())
    return app


def serve(chatbot: Answerer, serving: Serving) -> None:
    """Serve until the process is told to stop, by Ctrl-C or SIGTERM; then finish or cancel what is being answered.

    Raises:
        ServeError: nobody but this machine may be let in without a token, or the port is taken.
        KeyboardInterrupt: after the server has stopped.
    """
    log.log_to_stderr(serving.settings.log)
    with contextlib.closing(_listen(serving)) as listener, _terminated_like_interrupted():
        _server(chatbot, serving, listener).run(sockets=[listener])


@contextlib.contextmanager
def running(chatbot: Answerer, serving: Serving) -> Iterator[str]:
    """Serve from a thread of this process until the block ends; the address, such as ``http://127.0.0.1:41234``.

    Raises:
        ServeError: as for :func:`serve`.
    """
    with contextlib.closing(_listen(serving)) as listener:
        server = _server(chatbot, serving, listener)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield address(serving.host, listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def address(host: str, port: int) -> str:
    """What to type into a browser."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _server(chatbot: Answerer, serving: Serving, listener: socket.socket) -> _Server:
    app = create_app(chatbot, serving)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    if serving.ready is not None:
        serving.ready(address(serving.host, listener.getsockname()[1]))
    return _Server(config, app.state.desk, serving.settings)


class _Server(uvicorn.Server):
    """A server that lets running answers finish, or cancels them, before it closes connections."""

    def __init__(self, config: uvicorn.Config, desk: Desk, settings: Settings) -> None:
        super().__init__(config)
        self._desk = desk
        self._seconds = settings.shutdown_seconds
        self._askers = settings.askers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, with threads enough."""
        to_thread.current_default_thread_limiter().total_tokens = self._askers + _OTHER_THREADS
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        if not await run_in_threadpool(self._desk.stop, self._seconds):
            logging.getLogger("pullquote").info("what had not ended was cancelled")
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; told so a second time, at once."""
        super().handle_exit(sig, frame)
        if self.force_exit:
            self._desk.hurry()


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM, which uvicorn raises again when it has stopped, ends in KeyboardInterrupt, so that all is closed."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(serving: Serving) -> socket.socket:
    host, port = serving.host, serving.port
    if host not in LOOPBACK and not serving.token:
        raise ServeError(
            f"Everybody who can reach {host} could read your articles: there is no token.",
            "Set one: PULLQUOTE_TOKEN=… pullquote serve, or token in config.toml",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _not_listening(serving, error) from error
    return listener


def _not_listening(serving: Serving, error: OSError) -> ServeError:
    """Why nothing can listen there, and what to type instead."""
    command = "pullquote serve" + (f" --host {serving.host}" if serving.host not in LOOPBACK else "")
    if error.errno == errno.EADDRINUSE:
        free = serving.port + 1 if serving.port < _LAST_PORT else _FIRST_FREE_PORT
        return ServeError(f"The port {serving.port} is taken.", f"{command} --port {free}")
    if error.errno == errno.EACCES:
        return ServeError(f"The port {serving.port} is only for the system.", f"{command} --port {_FIRST_FREE_PORT}")
    reason = error.strerror or str(error)
    return ServeError(
        f"Nothing can listen at {serving.host}:{serving.port}: {reason}.", "Name an address of this machine: --host"
    )


def _close_off(app: FastAPI) -> None:
    """Below the API's own roots nothing but the API answers, whatever is mounted at ``/``."""

    def nothing(request: Request, rest: str) -> None:  # noqa: ARG001 -- named by the path
        others = {
            method.upper()
            for template, operations in app.openapi()["paths"].items()
            if re.fullmatch(re.sub(r"\\{\w+\\}", ".+", re.escape(template)), request.url.path)
            for method in operations
        }
        if others:
            raise HTTPException(405, "This path takes other methods", {"Allow": ", ".join(sorted(others))})
        raise HTTPException(404, "There is no such path")

    for root in ("/api", "/v1"):
        app.add_api_route(root + "/{rest:path}", nothing, methods=_METHODS, include_in_schema=False)
