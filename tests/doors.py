"""A small chatbot behind doubles, and how it is served, for the tests of every door."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from index.types import Article, Origin
from ui.doors import Serving
from ui.double import ChatbotDouble, ShelfDouble, quoted
from ui.settings import Settings

QUESTION = "What did Russia close?"
MISSION = Article(
    "news/a.txt",
    "Mission closed",
    "Moscow closed its mission. Eight left.",
    "en",
    date(2021, 10, 18),
    Origin("a.txt", "X"),
)
OFFICE = Article("b.txt", "Kontoret", "Ryssland stänger sitt kontor.", "sv")
ANSWER = quoted(
    QUESTION, [("It closed it.", [(MISSION, "Moscow closed its mission."), (OFFICE, OFFICE.text)]), ("Why?", [])]
)


def bot(pause: float = 0.0, **shelf: Any) -> ChatbotDouble:
    """A chatbot of two articles that can answer one question."""
    return ChatbotDouble({QUESTION: ANSWER}, ShelfDouble((MISSION, OFFICE), **shelf), pause=pause)


def serving(**settings: Any) -> Serving:
    """On a free port of this machine, with the settings given; by default in a home that is deleted in the end."""
    return Serving(Settings(**{"home": _HOME, **settings}), port=0)


_HOME = Path(tempfile.mkdtemp(prefix="pullquote-test-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
