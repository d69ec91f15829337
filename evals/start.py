"""How long ``pullquote ask`` takes from the shell: what ``python -m evals.speed start`` measures.

The command is run as anybody runs it, in a data directory of its own with the articles of one set: each question once
when none of its passages is computed, and once more when they are. Its own timings say what it did from the question
on; what is missing from the whole time is the start of Python, imports, and the opening of embedder and library. The
shutting down is counted there too, so the first word comes a little sooner than is said here.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.machine import REPOSITORY
from evals.tables import markdown_table
from index.errors import PullquoteError

COMPUTED, NEW = "passages on disk", "no passage computed"
SHOWN: Mapping[str, str] = {
    "opening": "start-up, embedder, library",
    "search": "search",
    "load": "waiting for the model",
    "reading": "reading",
    "first_word": "first word",
    "done": "checked answer, at the prompt again",
}
"""What is shown of each run, in seconds, and in which words; the first four add up to the fifth."""


class StartError(PullquoteError):
    """The command failed."""


@contextmanager
def data_directory(articles: Path, models: Path) -> Iterator[Path]:
    """A data directory with the articles of a file indexed, and the models of another one; gone afterwards.

    Raises:
        StartError: they cannot be indexed.
    """
    with tempfile.TemporaryDirectory(prefix="pullquote-start-") as folder:
        home = Path(folder)
        (home / "models").symlink_to(models)
        _pullquote(home, "index", str(articles))
        yield home


def measure(home: Path, questions: Sequence[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """Ask each question twice; which passages were computed, and the figures of :data:`SHOWN`.

    Questions that get no word of an answer are left out.

    Raises:
        StartError: the command failed.
    """
    _pullquote(home, "ask", questions[0])  # brings what is on the disk into memory
    for question in questions:
        shutil.rmtree(home / "cache" / "passages", ignore_errors=True)
        for state in (NEW, COMPUTED):
            began = time.perf_counter()
            answer = json.loads(_pullquote(home, "ask", "--json", question))
            figures = breakdown(answer["timings"], time.perf_counter() - began)
            if figures:
                yield state, figures


def breakdown(timings: Mapping[str, float], whole: float) -> dict[str, float] | None:
    """The figures of :data:`SHOWN` for an answer; None if it was without a word.

    Args:
        timings: Of the answer.
        whole: Seconds that the process took.
    """
    if "first_token" not in timings:
        return None
    opening = whole - timings["total"]
    search, load = timings["search"], timings["load"]
    return {
        "opening": opening,
        "search": search,
        "load": load,
        "reading": timings["first_token"] - search - load,
        "first_word": opening + timings["first_token"],
        "done": whole,
    }


def summary(runs: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Medians over the runs of each state, and ``n``."""
    found: dict[str, dict[str, float]] = {}
    for state in dict.fromkeys(state for state, _ in runs):
        some = [figures for which, figures in runs if which == state]
        found[state] = {key: round(statistics.median(one[key] for one in some), 3) for key in SHOWN} | {"n": len(some)}
    return found


def report(states: Mapping[str, Mapping[str, float]]) -> str:
    """The medians as a table in Markdown, a column for each state."""
    rows = [[words, *(f"{figures[key]:.2f}" for figures in states.values())] for key, words in SHOWN.items()]
    rows.append(["questions", *(str(figures["n"]) for figures in states.values())])
    return "\n".join(markdown_table(["seconds", *states], rows))


def _pullquote(home: Path, *arguments: str) -> str:
    """What the command writes to stdout; ``ask`` ends with status 3 where the articles do not say.

    Raises:
        StartError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "--home", str(home), *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 3}:
        raise StartError(f"pullquote {arguments[0]} failed: {done.stderr.strip()[-500:]}", "Try it in a shell.")
    return done.stdout
