"""A language model behind an OpenAI-compatible API: vLLM, llama-server, or any hosted one, on any number of machines.

Named ``openai:http://host:port/v1#model``. The API key is a setting (``PULLQUOTE_API_KEY``), sent to that address only
and never shown. Nothing is sent anywhere unless such a name is set.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import httpx

from rag.engine import SCHEME
from rag.engine.port import Piece, Prompt, Sampling, Told, Work
from rag.errors import ContextTooSmall, RemoteFailed

# Bytes of text that a token has at least, on average, in all but the rarest scripts. Only the server knows exactly.
_BYTES = 3
_CONNECT_SECONDS = 5.0
_ATTEMPTS = 4
_FIRST_PAUSE = 0.5
_LOOK_SECONDS = 0.1  # between looks whether the answer is still wanted
_MOST_SAID = 300  # characters of what a server says went wrong
_RIGHT_ADDRESS = "Is the address right? It mostly ends in /v1: PULLQUOTE_LLM=openai:http://HOST:PORT/v1#MODEL"
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class Address(NamedTuple):
    """Where a model is, and what it is called there."""

    url: str
    model: str


def address(name: str) -> Address:
    """Take ``openai:URL#model`` apart.

    Raises:
        RemoteFailed: it is not of that form.
    """
    url, _, model = name.removeprefix(SCHEME).partition("#")
    try:
        usable = httpx.URL(url).scheme in {"http", "https"} and bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        usable = False
    if not usable or not model:
        raise RemoteFailed(
            f"The model {name!r} is no address of an API.",
            "Write it as openai:http://HOST:PORT/v1#MODEL, in PULLQUOTE_LLM or config.toml.",
        )
    return Address(url.rstrip("/"), model)


class RemoteModel:
    """Asks an OpenAI-compatible server. Several may ask at once.

    Args:
        where: The server and the model.
        key: API key; empty sends none.
        context: Tokens that prompt and answer may have together there.
        seconds: Longest silence of the server before giving up.
        pause: Seconds before the first retry; each further one waits twice as long.

    Raises:
        RemoteFailed: what is given as the key cannot be one.
    """

    def __init__(
        self, where: Address, *, key: str = "", context: int = 8192, seconds: float = 120.0, pause: float = _FIRST_PAUSE
    ) -> None:
        if not key.isascii():
            raise RemoteFailed("The API key has letters that no key has.", "Mend it: PULLQUOTE_API_KEY=…")
        self.name = where.model
        self.context = context
        self._where = where
        self._pause = pause
        self._logprobs = True  # until the server says that it has none
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(seconds, connect=_CONNECT_SECONDS)
        self._client = httpx.Client(base_url=where.url, headers=headers, timeout=timeout)

    def count_tokens(self, text: str) -> int:
        """About how many tokens a text has, rather too many than too few: only the server knows exactly."""
        return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES)

    def stream(
        self,
        prompt: Prompt,
        sampling: Sampling | None = None,
        cancel: threading.Event | None = None,
        told: Told | None = None,
    ) -> Iterator[Piece]:
        """Continue the prompt; see :class:`rag.engine.port.LanguageModel`.

        Raises:
            RemoteFailed: the server cannot be reached, refuses, or breaks off; before the first piece, what may pass
                is tried again a few times.
        """
        sampling = sampling or Sampling()
        tokens = self.count_tokens(prompt.system + prompt.user)
        if tokens >= self.context:
            raise ContextTooSmall(
                f"The prompt has about {tokens} tokens, the context of {self.name} only {self.context}.",
                "Ask for one source (--sources 1) or raise PULLQUOTE_CONTEXT.",
            )
        began, first, count = time.perf_counter(), 0.0, 0
        hung_up = threading.Event()
        try:
            for piece in _until(cancel or threading.Event(), self._pieces(prompt, sampling, hung_up)):
                first = first or time.perf_counter() - began
                count += max(1, len(piece.logprobs))
                yield piece
        finally:
            hung_up.set()
            if told is not None:
                wrote = time.perf_counter() - began - first if first else 0.0
                told(Work(read=first, wrote=wrote, prompt_tokens=tokens, computed_tokens=tokens, answer_tokens=count))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _pieces(self, prompt: Prompt, sampling: Sampling, hung_up: threading.Event) -> Iterator[Piece]:
        """What the server says, as it comes, until nobody listens any more."""
        try:
            with ExitStack() as stack:
                response = self._opened(stack, prompt, sampling, hung_up)
                for piece in self._read(response) if response is not None else ():
                    if hung_up.is_set():
                        return
                    yield piece
        except httpx.HTTPError as error:
            raise self._failed(f"broke off: {type(error).__name__}", "Ask again.") from error

    def _read(self, response: httpx.Response) -> Iterator[Piece]:
        """The pieces of a stream of server-sent events, which must come to an end that is one."""
        ended = False
        for line in response.iter_lines():
            data = line.removeprefix("data:").strip()
            if not line.startswith("data:"):
                continue
            if data == "[DONE]":
                return
            try:
                event: Mapping[str, Any] = json.loads(data)
                if "error" in event:
                    raise self._failed(f"says: {_said(event['error'])}", "Ask again, or see its log.")
                choice: Mapping[str, Any] = next(iter(event["choices"]), {})
                text = choice.get("delta", {}).get("content") or ""
                tokens = (choice.get("logprobs") or {}).get("content") or ()
                logprobs = tuple(min(0.0, float(token["logprob"])) for token in tokens)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise self._failed("sent what is no answer", _RIGHT_ADDRESS) from error
            ended = ended or bool(choice.get("finish_reason"))
            if text:
                yield Piece(text, sum(logprobs), logprobs)
        if not ended:
            raise self._failed("sent no whole answer", _RIGHT_ADDRESS)

    def _opened(
        self, stack: ExitStack, prompt: Prompt, sampling: Sampling, hung_up: threading.Event
    ) -> httpx.Response | None:
        """The server's answer as it begins; None if nobody listens any more."""
        pause, last = self._pause, "did not answer"
        for attempt in range(_ATTEMPTS):
            if attempt and hung_up.wait(pause * 2 ** (attempt - 1)):
                return None
            if hung_up.is_set():
                return None
            try:
                request = self._client.build_request("POST", "chat/completions", json=self._body(prompt, sampling))
                response = self._client.send(request, stream=True)
            except httpx.HTTPError as error:
                last = f"cannot be reached: {type(error).__name__}"
                continue
            stack.callback(response.close)
            if response.is_success:
                return response
            said = response.read().decode("utf-8", "replace")
            if response.status_code == httpx.codes.BAD_REQUEST and self._logprobs and "logprob" in said.casefold():
                self._logprobs = False
                continue
            last = f"says {response.status_code}"
            if response.status_code not in _PASSING:
                raise self._refused(response.status_code, said)
        raise self._failed(last, "See whether it runs, and whether PULLQUOTE_LLM has its address.")

    def _body(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._where.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "stream": True,
            "temperature": sampling.temperature,
            "max_tokens": sampling.max_tokens,
        }
        if sampling.temperature > 0.0:
            body |= {"top_p": sampling.top_p, "seed": sampling.seed}
            if sampling.min_p:  # an extension, of vLLM and llama-server among others
                body["min_p"] = sampling.min_p
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if self._logprobs:
            body["logprobs"] = True
        return body

    def _refused(self, status: int, said: str) -> RemoteFailed | ContextTooSmall:
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return self._failed(f"says {status}", "Give the API key in PULLQUOTE_API_KEY.")
        if "context" in said.casefold() and status == httpx.codes.BAD_REQUEST:
            return ContextTooSmall(
                f"The prompt does not fit into the context of {self.name}.",
                "Ask for one source (--sources 1), or set PULLQUOTE_CONTEXT to what the server has.",
            )
        return self._failed(f"says {status}", "See its log, and whether it has the model that PULLQUOTE_LLM names.")

    def _failed(self, what: str, hint: str) -> RemoteFailed:
        return RemoteFailed(f"The language model at {self._where.url} {what}.", hint)


def _said(error: Any) -> str:
    """What a server says went wrong, on one line."""
    message = error.get("message", error) if isinstance(error, Mapping) else error
    return " ".join(str(message).split())[:_MOST_SAID]


def _until(cancel: threading.Event, pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Pieces as they come, until cancelled.

    They are read in a thread of their own, which ends by itself: a server that is silent cannot be interrupted, and
    nobody should have to wait for it, least of all the end of the program.
    """
    if cancel.is_set():
        return
    arrived: SimpleQueue[Piece | BaseException | None] = SimpleQueue()

    def read() -> None:
        try:
            for piece in pieces:
                arrived.put(piece)
            arrived.put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised where the pieces are awaited
            arrived.put(error)

    threading.Thread(target=read, name="pullquote-remote", daemon=True).start()
    while not cancel.is_set():
        try:
            came = arrived.get(timeout=_LOOK_SECONDS)
        except Empty:
            continue
        if came is None:
            return
        if isinstance(came, BaseException):
            raise came
        yield came
