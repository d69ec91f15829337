"""Fixtures shared by all tests. Real models come from the default home, so that they are fetched once a machine."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings as hypothesis_settings

from index import weights
from index.embed import Embedder, LetterEmbedder, open_embedder
from index.language import UNKNOWN
from index.library import Library
from index.load import make_article
from index.settings import Settings as IndexSettings
from index.types import Article, Hit, Passage
from rag.engine.draft import LONGEST, Draft, Pace
from rag.engine.llama import LlamaModel
from rag.settings import Settings

# How long an example takes says nothing here: machines are busy with other things.
hypothesis_settings.register_profile("pullquote", deadline=None)
hypothesis_settings.load_profile("pullquote")

# Whoever starts tests in a shell's background has them ignore Ctrl-C, and with them all processes that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).parents[2] / "shared"
"""Real articles and sets, where they are; tests that need them skip elsewhere."""


@pytest.fixture(scope="session")
def shared_articles() -> Path:
    """The five real articles; skips, loudly, where they are not."""
    folder = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip(f"the real articles are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where real weights are kept between runs."""
    return Settings().models_dir


@pytest.fixture(scope="session")
def real_embedder() -> Embedder:
    """The default embedder, for real."""
    return open_embedder(IndexSettings())


@pytest.fixture(scope="session")
def tiny_model(models_dir: Path) -> Iterator[LlamaModel]:
    """The 135M model, for real: too weak to answer, good for testing the code that loads and streams."""
    model = LlamaModel(weights.language_model("smollm2-135m", models_dir), name="tiny", context=2048)
    yield model
    model.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """All of Pullquote's data in a temporary folder."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def library(settings: Settings) -> Iterator[Library]:
    """An empty library whose vectors count letters."""
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        yield library


def article(article_id: str, text: str, language: str = "en", title: str = "") -> Article:
    """A short article from memory."""
    return make_article(text, id=article_id, language=language, title=title)


def hit(article_id: str, text: str = "Eight ships waited outside the harbour.", language: str = UNKNOWN) -> Hit:
    """An article of one passage, as it was found."""
    found = Article(article_id, "", text, language=language)
    return Hit(Passage(article_id, 0, len(text), text, 6), found, 1.0, 1)


class Eager(Pace):
    """Checks all of every draft, whether or not it pays."""

    def best(self, draft: Draft) -> int:
        return min(len(draft.tokens), LONGEST)


def open_files(folder: Path) -> set[str]:
    """Names of the files below a folder that this process has open."""
    return {Path(file.path).name for file in psutil.Process().open_files() if Path(file.path).is_relative_to(folder)}
