"""What readers think of answers, one JSON object a line in the data directory. It stays on the machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from index.errors import PullquoteError
from index.settings import Settings
from ui.kept import Kept

_WORD_CHARACTERS = 500
# Bytes of opinions that are kept at most; a page that sends without end fills no disk.
_BYTES = 50_000_000
_COLUMNS = ("time", "good", "word", "question", "answer", "status", "confidence", "model", "quotes")


class FeedbackFull(PullquoteError):
    """There is no room for more opinions."""


def file(settings: Settings) -> Path:
    """Where opinions are kept."""
    return settings.home / "feedback.jsonl"


def rate(settings: Settings, answer: Kept, *, good: bool, word: str = "") -> None:
    """Note what a reader thinks of an answer.

    Raises:
        FeedbackFull: the file has reached its bound.
    """
    path = file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    opinion = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "good": good,
        "word": " ".join(word.split())[:_WORD_CHARACTERS],
        "question": answer.question,
        "answer": answer.text,
        "status": answer.status,
        "confidence": round(answer.confidence, 3),
        "model": answer.model,
        "quotes": [
            {"article_id": quote.article_id, "start": quote.start, "end": quote.end, "text": quote.text}
            for quote in answer.quotes
        ],
    }
    with filelock.FileLock(path.with_suffix(".lock"), timeout=5):
        if path.exists() and path.stat().st_size > _BYTES:
            raise FeedbackFull(f"{path} is full.", "Save it elsewhere and delete it: pullquote feedback export")
        with path.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(opinion, ensure_ascii=False) + "\n")


def opinions(settings: Settings) -> list[dict[str, Any]]:
    """Every opinion, oldest first; of several of one answer the last, which says the most."""
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for opinion in _read(file(settings)):
        key = (str(opinion.get("question")), str(opinion.get("answer")))
        latest.pop(key, None)
        latest[key] = opinion
    return list(latest.values())


def as_csv(found: list[dict[str, Any]]) -> str:
    """Opinions as a table for a spreadsheet; texts that one would take for a formula begin with an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for opinion in found:
        table.writerow([_cell(opinion, column) for column in _COLUMNS])
    return out.getvalue()


def _read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that are objects; one cut off by a crash is passed over."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                opinion = json.loads(line)
            except ValueError:
                continue
            if isinstance(opinion, dict):
                yield opinion


def _cell(opinion: Mapping[str, Any], column: str) -> str:
    value = opinion.get(column, "")
    if column == "quotes" and isinstance(value, list):
        value = " | ".join(str(quote.get("text", "")) for quote in value if isinstance(quote, dict))
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
