"""The whole path for real: the command, the models, the sample and the five articles, with the network forbidden."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag
from index import weights
from index.embed import Embedder
from index.library import Library
from rag.chatbot import Chatbot
from rag.engine import open_model
from rag.settings import Settings

pytestmark = pytest.mark.slow

# Put before the command in a fresh interpreter: whoever looks up a name or connects anywhere is stopped and named.
NO_NETWORK = """
import sys
def forbid(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto"):
        raise RuntimeError(f"the network was touched: {event} {arguments}")
sys.addaudithook(forbid)
from ui.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Path:
    """A home of its own for libraries and caches, with the weights that this machine has already."""
    weights.language_model("smollm2-135m", models_dir)
    weights.embedder("multilingual-e5-small", models_dir)
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_dir)
    return home


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", NO_NETWORK, "--home", str(home), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=home,
        check=False,
    )


def test_the_command_answers_offline_from_the_sample(home: Path) -> None:
    done = run(home, "ask", "--llm", "smollm2-135m", "--json", "what did Russia close on November 1?")
    assert done.returncode in (0, 3), done.stderr
    answer = json.loads(done.stdout)
    assert answer["model"] == "smollm2-135m"
    assert answer["sources"][0]["article"]["file"]
    for quote in answer["quotes"]:
        source = next(s for s in answer["sources"] if s["article"]["id"] == quote["article_id"])
        text = Path(source["article"]["file"]).read_text(encoding="utf-8")
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_indexing_and_searching_offline(home: Path, tmp_path: Path) -> None:
    (tmp_path / "bridge.txt").write_text("The bridge over the fjord opens in May. It cost 40 million kroner.", "utf-8")
    own = tmp_path / "own"
    own.mkdir()
    (own / "models").symlink_to(home / "models")
    indexed = run(own, "index", str(tmp_path / "bridge.txt"))
    assert indexed.returncode == 0, indexed.stderr
    found = run(own, "search", "--json", "Hva kostet broen?")
    assert found.returncode == 0, found.stderr
    assert "40 million kroner" in found.stdout
    listed = run(own, "articles", "--json")
    assert "bridge.txt" in listed.stdout


@pytest.fixture(scope="module")
def real_bot(
    shared_articles: Path, real_embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chatbot]:
    """The five real articles with the default language model, fetched if this machine has not got it."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    models = Settings().model_copy(update={"context": 4096})
    library = Library.open(settings.library_dir, real_embedder, settings)
    report = library.ingest([shared_articles])
    assert len(report.added) == 5
    assert report.failed == ()
    with Chatbot(library, lambda: open_model(models), real_embedder, settings) as bot:
        yield bot


@pytest.mark.parametrize(
    ("question", "expected", "language"),
    [
        ("what did Russia close on November 1?", ("mission", "office", "representation", "delegation"), "en"),
        ("Who is the Kremlin spokesman?", ("Peskov",), "en"),
        ("Vem är Natos generalsekreterare?", ("Stoltenberg",), "sv"),
    ],
)
def test_the_real_articles_are_answered_with_verbatim_quotes(
    real_bot: Chatbot, question: str, expected: tuple[str, ...], language: str
) -> None:
    answer = real_bot.ask(question)
    assert (answer.status, answer.language) == ("answered", language)
    assert any(word in answer.text for word in expected)
    assert answer.quotes
    for quote in answer.quotes:
        assert real_bot.library.article(quote.article_id).text[quote.start : quote.end] == quote.text
        assert Path(quote.article.source.file or "").read_text(encoding="utf-8")[quote.start : quote.end] == quote.text


def test_what_the_real_articles_do_not_say(real_bot: Chatbot) -> None:
    answer = real_bot.ask("How much did Russia spend on its NATO mission in 2020?")
    assert answer.status == "not_in_articles"
    assert answer.quotes == ()


def test_what_the_real_articles_have_nothing_to_do_with_is_told_without_the_model(real_bot: Chatbot) -> None:
    answer = real_bot.ask("How do I bake sourdough bread?")
    assert answer.status == "not_in_articles"
    assert answer.model == ""


def test_where_real_articles_disagree_both_are_quoted(real_bot: Chatbot) -> None:
    answer = real_bot.ask("What was the maximum size of the Russian mission reduced to?")
    assert answer.disputed
    assert len({quote.article_id for quote in answer.quotes}) == 2
    for number in ("to 20 diplomats", "only ten"):
        assert any(number in quote.text for quote in answer.quotes)
    for quote in answer.quotes:
        assert real_bot.library.article(quote.article_id).text[quote.start : quote.end] == quote.text


def test_the_python_api_in_one_line(home: Path) -> None:
    with rag.open(home=home, llm="smollm2-135m") as bot:
        assert bot.library.is_sample
        events = list(bot.stream("Vad stänger Ryssland i Bryssel?"))
    assert isinstance(events[0], rag.Found)
    assert rag.Loading() in events
    assert isinstance(events[-1], rag.Done)
    assert events[0].sources


def test_who_is_about_to_ask_has_the_model_loaded_meanwhile(home: Path) -> None:
    with rag.open(home=home, llm="smollm2-135m", eager=True) as bot:
        for thread in threading.enumerate():
            if thread.name == "pullquote-loading":
                thread.join(60)
        assert rag.Loading() not in list(bot.stream("Vad stänger Ryssland i Bryssel?"))
