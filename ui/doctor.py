"""Is everything in place? Versions, processor, models, library, disk: one line each, and what to do.

Nothing heavy is imported here: what an import would do is tried in a process of its own, since a library built for
another processor does not raise, it kills.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import psutil
from rich.text import Text

from index.errors import PullquoteError
from rag.engine import SCHEME
from rag.markdown import one_line
from ui.doors import Doors, Weights
from ui.render import count, file_size
from ui.settings import Settings

State = Literal["good", "warning", "broken"]

OLDEST_PYTHON = (3, 11)
LIBRARIES = (
    "chromadb",
    "gradio",
    "llama-cpp-python",
    "numpy",
    "pydantic",
    "rich",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
    "typer",
)
# Bytes below which weights and a library do not fit, and below which nothing does.
ROOM_WANTED, ROOM_NEEDED = 4_000_000_000, 300_000_000
MEMORY_WANTED = 3_000_000_000
_SIGNS = {"good": ("✔", "green"), "warning": ("!", "yellow"), "broken": ("✘", "red")}
_PROBE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is good, what was seen, and what to do where it is not good."""

    state: State
    subject: str
    seen: str
    advice: str = ""


def line(check: Check) -> Text:
    """A check as one line: ✔, ! or ✘, the subject, what was seen, what to do."""
    sign, colour = _SIGNS[check.state]
    text = Text.assemble((sign, colour), f" {check.subject}: {one_line(check.seen)}")
    if check.advice:
        text.append(f" → {one_line(check.advice)}", style="dim")
    return text


def examine(load: Callable[[], Settings], doors: Doors) -> list[Check]:
    """Every check, in the order in which things are needed.

    Args:
        load: Builds the settings; settings that cannot be used are one of the findings.
        doors: What the models and the library are looked at through.
    """
    checks = [python(), *libraries(), llama(), full_text_search(), processor()]
    checks += [vectors(cpu_flags(), platform.machine()), memory()]
    try:
        settings = load()
    except PullquoteError as error:
        return [*checks, Check("broken", "settings", error.message, error.hint)]
    return [*checks, home(settings), room(settings), *models(settings, doors), library(settings, doors)]


def python() -> Check:
    """The version of Python."""
    if sys.version_info >= OLDEST_PYTHON:
        return Check("good", "Python", platform.python_version())
    return Check("broken", "Python", platform.python_version(), "Install Python 3.11 or later.")


def libraries(names: tuple[str, ...] = LIBRARIES) -> Iterator[Check]:
    """The installed versions of the main libraries, read without importing them."""
    for name in names:
        try:
            yield Check("good", name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check("broken", name, "not installed", "In the folder of Pullquote: pip install .")


def llama(module: str = "llama_cpp") -> Check:
    """Whether llama.cpp is there and loads on this processor."""
    if importlib.util.find_spec(module) is None:
        return Check("broken", "llama.cpp", "not installed", "pip install llama-cpp-python")
    return probe(f"import {module}")


def probe(code: str) -> Check:
    """Whether the code that loads llama.cpp runs, tried in another process."""
    try:
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Check("warning", "llama.cpp", f"did not load within {_PROBE_SECONDS} s", "Try again when it is quiet.")
    if run.returncode == 0:
        return Check("good", "llama.cpp", "loads")
    reason = f"killed by signal {-run.returncode}" if run.returncode < 0 else "does not load"
    return Check(
        "broken", "llama.cpp", reason, "Build it for this processor: pip install --force-reinstall llama-cpp-python"
    )


def full_text_search() -> Check:
    """Whether this Python's SQLite can search words."""
    with sqlite3.connect(":memory:") as memory_only:
        try:
            memory_only.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
        except sqlite3.OperationalError:
            return Check("broken", "SQLite", f"{sqlite3.sqlite_version} without FTS5", "Use a Python with FTS5.")
    return Check("good", "SQLite", f"{sqlite3.sqlite_version} with FTS5")


def cpu_flags(information: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What the processor says it can do; empty where the system does not tell."""
    try:
        lines = information.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(
        flag
        for entry in lines
        if entry.partition(":")[0].strip().lower() in {"flags", "features"}
        for flag in entry.partition(":")[2].split()
    )


def processor() -> Check:
    """The physical cores; a model uses one thread for each."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    return Check("good", "processor", f"{count(cores, 'core')}, {platform.machine()}")


def vectors(flags: frozenset[str], machine: str) -> Check:
    """The vector instructions that decide how fast llama.cpp is."""
    if not flags or machine not in {"x86_64", "AMD64", "i686"}:
        return Check("good", "vector instructions", ", ".join(sorted(flags & {"asimd", "sve", "i8mm"})) or "not told")
    have = [flag for flag in ("avx2", "fma", "f16c", "avx512f", "avx512_vnni", "amx_int8") if flag in flags]
    if {"avx2", "fma"} <= flags:
        return Check("good", "vector instructions", ", ".join(have))
    seen = ", ".join(have) or "none of avx2, fma, avx512"
    return Check("warning", "vector instructions", seen, "Answers will be slow: pullquote ask --llm qwen2.5-coder-0.5b")


def memory(free: int | None = None) -> Check:
    """The bytes of memory that are free, by default those of this machine now."""
    free = psutil.virtual_memory().available if free is None else free
    if free >= MEMORY_WANTED:
        return Check("good", "memory", f"{file_size(free)} free")
    return Check("warning", "memory", f"{file_size(free)} free", "Close programs, or use a smaller --llm.")


def home(settings: Settings) -> Check:
    """Whether the data directory can be written; it is not made for that."""
    place = _existing(settings.home)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        advice = "Make it writable, or name another: --home FOLDER or PULLQUOTE_HOME"
        return Check("broken", "data directory", f"{settings.home}: {error.strerror}", advice)
    return Check("good", "data directory", f"{settings.home}" + ("" if place == settings.home else " (not made yet)"))


def disk_free(place: Path) -> int:
    """Bytes left on the disk of a folder."""
    return shutil.disk_usage(place).free


def room(settings: Settings, free: Callable[[Path], int] = disk_free) -> Check:
    """The room left on the disk of the data directory."""
    left = free(_existing(settings.home))
    seen, advice = f"{file_size(left)} free", "Make room, or name a folder on another disk: --home FOLDER"
    if left >= ROOM_WANTED:
        return Check("good", "disk", seen)
    return Check("warning" if left >= ROOM_NEEDED else "broken", "disk", seen, advice)


def models(settings: Settings, doors: Doors) -> Iterator[Check]:
    """The two models in use, if they are known by name: all there, half there, or still to be fetched."""
    try:
        known = {model.name: model for model in doors.models(settings)}
    except (PullquoteError, ImportError, OSError) as error:
        yield Check("broken", "models", str(error), getattr(error, "hint", ""))
        return
    yield _own_model(settings.llm) if settings.llm not in known else _weights("language model", known[settings.llm])
    if settings.embedder in known:
        yield _weights("embedder", known[settings.embedder])
    else:
        yield Check("good", "embedder", f"{settings.embedder} (your own)")


def library(settings: Settings, doors: Doors) -> Check:
    """Whether the user's library opens; the sample articles are not indexed just for this."""
    if not settings.library_dir.exists():
        return Check("warning", "library", "none yet, the sample articles answer", "pullquote index FOLDER")
    try:
        opened = doors.library(settings, None, False)
    except PullquoteError as error:
        return Check("broken", "library", error.message, error.hint)
    except (ImportError, OSError, sqlite3.Error) as error:
        advice = "Build it anew: pullquote index --rebuild FOLDER"
        return Check("broken", "library", f"{settings.library_dir} does not open: {error}", advice)
    try:
        stats = opened.stats()
    finally:
        opened.close()
    seen = f"{count(stats.articles, 'article')}, {count(stats.passages, 'passage')}"
    return (
        Check("good", "library", seen)
        if stats.articles
        else Check("warning", "library", seen, "pullquote index FOLDER")
    )


def repair(settings: Settings, doors: Doors) -> Iterator[Check]:
    """Make the user's library sound again, and say what was found.

    Raises:
        PullquoteError: it does not open, or another process is writing.
    """
    if not settings.library_dir.exists():
        yield Check("good", "repair", "there is no library yet", "pullquote index FOLDER")
        return
    opened = doors.library(settings, None, True)
    try:
        health = opened.repair()
    finally:
        opened.close()
    for finding in health.findings:
        what = finding.message if finding.number == 1 else f"{finding.message} ({finding.number})"
        if finding.mended:
            yield Check("good", "repair", f"{finding.subject}: {what} Mended.")
        else:
            yield Check("broken", "repair", f"{finding.subject}: {what}", "pullquote index --rebuild FOLDER")
    if not health.findings:
        yield Check("good", "repair", "nothing to mend")


def _own_model(name: str) -> Check:
    """A language model without a registered name: a file that is there, one on a hub, or one that a server runs."""
    if name.startswith(SCHEME):
        return Check("good", "language model", f"{name} (a server; it is sent questions and passages)")
    if name.startswith("hub:") or Path(name).expanduser().is_file():
        return Check("good", "language model", f"{name} (your own)")
    return Check("broken", "language model", f"no such name or file: {name}", "See the names: pullquote models")


def _weights(role: str, model: Weights) -> Check:
    seen = f"{model.name}, {file_size(model.size)}, {model.state}"
    if model.state == "present":
        return Check("good", role, seen)
    return Check("warning", role, seen, f"Fetched at the first use, or now: pullquote models fetch {model.name}")


def _existing(place: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(folder for folder in (place.absolute(), *place.absolute().parents) if folder.is_dir())
