"""Many askers at one server: what ``python -m evals.speed serve`` measures.

``pullquote serve`` is started as anybody would start it, and asked over HTTP. Each asker asks, reads the events to the
last, and asks again, until the time is up; what has been asked then is still waited for. So every question must come
back, with its own answer. The server's own figures say how many wait, and how much memory it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from evals.machine import REPOSITORY
from index.errors import PullquoteError

ASKERS = (1, 2, 4, 8)
SECONDS = 120
# Of the sample articles, in several languages; each is asked again and again, which keeps passages warm where they are.
QUESTIONS = (
    "What did Russia close on November 1?",
    "Why did NATO expel eight Russians?",
    "Varför stänger Ryssland sitt kontor?",
    "Who spoke for the alliance?",
    "How did the Skripal case change the mission?",
    "What did Sergey Lavrov announce?",
    "Vem är Natos generalsekreterare?",
    "How many diplomats left?",
)
_START_SECONDS = 900  # the first start prepares the embedder and indexes the sample
_PULSE_SECONDS = 1.0
_BYTES = 1_000_000


class LoadError(PullquoteError):
    """The server did not start, or went away."""


@dataclass(slots=True)
class Asked:
    """One question and what became of it; times are seconds from asking, None where it never came.

    Attributes:
        outcome: The answer's status, ``lost``, ``mixed up`` (another question's answer), or what went wrong.
    """

    outcome: str = "lost"
    found: float | None = None
    first: float | None = None
    done: float | None = None


@dataclass(slots=True)
class Pulse:
    """What the server said of itself, once a second: open questions that waited for the model, and bytes of memory."""

    waiting: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


async def load(address: str, askers: int, seconds: float, questions: Sequence[str] = QUESTIONS) -> dict[str, Any]:
    """Let so many ask for so long, and sum up.

    Args:
        address: Of a server.
        askers: How many ask at the same time.
        seconds: For how long new questions are asked.
        questions: Asked in turns, each asker beginning with another.
    """
    asked: list[Asked] = []
    pulse = Pulse()
    limits = httpx.Limits(max_connections=askers + 2)
    async with httpx.AsyncClient(base_url=address, timeout=None, limits=limits, trust_env=False) as client:  # noqa: S113 -- a question may wait for all before it
        watching = asyncio.create_task(_watch(client, pulse))
        began = time.perf_counter()

        async def ask_on(first: int) -> None:
            for number in count(first):
                if time.perf_counter() - began >= seconds:
                    return
                one = Asked()
                asked.append(one)
                await _ask(client, questions[number % len(questions)], one)

        await asyncio.gather(*(ask_on(number) for number in range(askers)))
        took = time.perf_counter() - began
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    return {"askers": askers, **summary(asked, pulse, took)}


def summary(asked: Sequence[Asked], pulse: Pulse, seconds: float) -> dict[str, Any]:
    """The figures of one load.

    Returns:
        ``questions``, ``answered`` (each with its own answer), ``lost`` and the other ``outcomes``; ``per_minute``;
        medians and 95th percentiles in seconds of ``found``, ``first_token`` and ``done``; mean and greatest number of
        questions that were ``waiting`` for the model; ``memory_mb`` at first, at last and at most.
    """
    outcomes: dict[str, int] = {}
    for one in asked:
        outcomes[one.outcome] = outcomes.get(one.outcome, 0) + 1
    answered = [one for one in asked if one.done is not None]
    memory = [round(value / _BYTES) for value in pulse.memory] or [0]
    return {
        "seconds": round(seconds, 1),
        "questions": len(asked),
        "answered": len(answered),
        "lost": len(asked) - len(answered),
        "outcomes": outcomes,
        "per_minute": round(60 * len(answered) / seconds, 2) if seconds else 0.0,
        "found": spread_of([one.found for one in asked]),
        "first_token": spread_of([one.first for one in asked]),
        "done": spread_of([one.done for one in asked]),
        "waiting": {
            "mean": round(statistics.fmean(pulse.waiting), 2) if pulse.waiting else 0.0,
            "most": max(pulse.waiting, default=0.0),
        },
        "memory_mb": {"first": memory[0], "last": memory[-1], "most": max(memory)},
    }


def spread_of(values: Sequence[float | None]) -> dict[str, float | None]:
    """Median and 95th percentile of those that came, in seconds."""
    came = sorted(value for value in values if value is not None)
    if not came:
        return {"p50": None, "p95": None}
    return {"p50": round(statistics.median(came), 3), "p95": round(came[min(len(came) - 1, int(0.95 * len(came)))], 3)}


@contextlib.contextmanager
def server(environment: Mapping[str, str]) -> Iterator[str]:
    """``pullquote serve`` on a free port, in a process of its own, until the block ends; its address.

    Raises:
        LoadError: it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", str(port)]
    child = subprocess.Popen(
        command, cwd=REPOSITORY, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(child, address)
        yield address
    finally:
        child.terminate()
        child.wait()


def measure(askers: Sequence[int], seconds: float, *, llm: str | None, home: Path | None) -> Iterator[dict[str, Any]]:
    """Load one server with each number of askers in turn; the figures of each, as they come.

    One question before the first load fetches and loads what is needed; it does not count.
    """
    environment = {"PULLQUOTE_REQUESTS_PER_MINUTE": "1000000", "PULLQUOTE_ASKERS": str(max(askers) + 1)}
    environment |= {"PULLQUOTE_LLM": llm} if llm else {}
    environment |= {"PULLQUOTE_HOME": str(home)} if home else {}
    with server(environment) as address:
        httpx.post(f"{address}/api/ask", json={"question": QUESTIONS[0]}, timeout=None)  # noqa: S113 -- it may fetch a model
        for number in askers:
            yield asyncio.run(load(address, number, seconds))


def report(rows: Sequence[Mapping[str, Any]]) -> str:
    """The figures as a table, in Markdown, a row for each number of askers."""
    headings = (
        "askers",
        "questions",
        "lost",
        "a minute",
        "s to sources",
        "s to first token",
        "s to the answer",
        "waiting",
        "memory, MB",
    )
    lines = [f"| {' | '.join(headings)} |", "|" + "---:|" * len(headings)]
    for row in rows:
        times = [f"{_cell(row[key]['p50'])} ({_cell(row[key]['p95'])})" for key in ("found", "first_token", "done")]
        memory = f"{row['memory_mb']['first']} → {row['memory_mb']['last']}"
        waiting = f"{row['waiting']['mean']:.1f} ({row['waiting']['most']:.0f})"
        cells = (row["askers"], row["questions"], row["lost"], row["per_minute"], *times, waiting, memory)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


async def _ask(client: httpx.AsyncClient, question: str, one: Asked) -> None:
    """Ask, and note when what came."""
    began = time.perf_counter()
    name = ""
    try:
        async with client.stream("POST", "/api/ask", json={"question": question, "stream": True}) as response:
            if response.is_error:
                one.outcome = f"HTTP {response.status_code}"
                return
            async for line in response.aiter_lines():
                kind, _, value = line.partition(": ")
                if kind == "event":
                    name = value
                elif kind == "data":
                    note(one, name, value, question, time.perf_counter() - began)
    except httpx.HTTPError as error:
        one.outcome = type(error).__name__


def note(one: Asked, event: str, data: str, question: str, now: float) -> None:
    """Note an event of an answer: its name, its data as JSON, the question it answers, seconds since it was asked."""
    match event:
        case "found":
            one.found = now
        case "token":
            one.first = one.first if one.first is not None else now
        case "done":
            answer = json.loads(data)
            if answer["question"] != question:
                one.outcome = "mixed up"
                return
            one.done, one.outcome = now, answer["status"]
        case "error":
            one.outcome = json.loads(data)["error"]["type"]


async def _watch(client: httpx.AsyncClient, pulse: Pulse) -> None:
    """Once a second, note what the server says of itself."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            figures = (await client.get("/metrics")).text
            pulse.waiting.append(_figure(figures, 'pullquote_open_questions{state="waiting"}'))
            pulse.memory.append(_figure(figures, "process_resident_memory_bytes"))
        await asyncio.sleep(_PULSE_SECONDS)


def _figure(figures: str, name: str) -> float:
    """A figure of Prometheus' text format; 0 where it is not told."""
    for line in figures.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    return 0.0


def _wait_for(child: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if child.poll() is not None:
            raise LoadError("pullquote serve ended at once.", "Run it to see why: pullquote serve")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{address}/readyz", timeout=5.0, trust_env=False).status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    raise LoadError(f"pullquote serve was not ready after {_START_SECONDS} s.", "Run it to see why: pullquote serve")
