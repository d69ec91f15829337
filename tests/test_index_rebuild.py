"""A library that is built anew while others have it open: nobody writes into, or reads from, what took its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import article

from index.connections import Connections
from index.embed import LetterEmbedder
from index.errors import LibraryError
from index.library import Library, open_library
from index.rebuild import rebuilding
from index.settings import Settings
from ui import cli
from ui.doors import Doors, OnProgress, Shelf
from ui.settings import Settings as EverySetting

BODY = "The harbour was closed on Monday. Ships waited outside the breakwater."


@pytest.fixture
def held(settings: Settings) -> Iterator[Library]:
    """A library with one article that a process has open, as ``--watch`` has."""
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("old", BODY)])
        yield library


def rebuild(settings: Settings) -> None:
    """Build it anew as another process does."""
    with rebuilding(settings) as finished:
        with open_library(settings, writable=True, embedder=LetterEmbedder()) as library:
            library.ingest_articles([article("new", "Bridges were opened by the mayor.")])
        finished()


def test_nothing_is_written_after_another_process_has_built_the_library_anew(
    held: Library, settings: Settings, tmp_path: Path
) -> None:
    rebuild(settings)
    (tmp_path / "a.txt").write_text(BODY)
    for write in (
        lambda: held.ingest([tmp_path / "a.txt"]),
        lambda: held.ingest_articles([article("x", BODY)]),
        lambda: held.remove("old"),
        lambda: held.restore([article("x", BODY)]),
        held.repair,
    ):
        with pytest.raises(LibraryError, match="was built anew meanwhile") as caught:
            write()
        assert "start this program again" in caught.value.hint
    with open_library(settings, embedder=LetterEmbedder()) as library:
        assert [found.id for found in library.articles()] == ["new"]
        assert library.check().findings == ()


def test_nothing_is_found_by_the_ids_of_another_library(held: Library, settings: Settings) -> None:
    assert [hit.article.id for hit in held.search("harbour")] == ["old"]
    with held._vectors.view():  # a search that has begun
        rebuild(settings)
        assert [hit.article.id for hit in held.search("harbour")] == ["old"]
    with pytest.raises(LibraryError, match="was built anew meanwhile"):
        held.search("harbour")
    assert held.article("old").text == BODY  # what an answer quotes is still at hand


def test_while_a_library_is_built_anew_the_one_before_answers_and_does_not_write(
    held: Library, settings: Settings
) -> None:
    with rebuilding(settings), pytest.raises(LibraryError, match="is being built anew"):
        held.search("harbour")
    assert [hit.article.id for hit in held.search("harbour")] == ["old"]
    with pytest.raises(KeyboardInterrupt), rebuilding(settings):
        assert [hit.article.id for hit in held.search("harbour")] == ["old"]
        with pytest.raises(LibraryError, match="is being built anew"):
            held.remove("old")
        assert not settings.library_dir.exists()
        open_library(settings, writable=True, embedder=LetterEmbedder()).close()
        with pytest.raises(LibraryError, match="was built anew meanwhile"):
            held.search("harbour")
        raise KeyboardInterrupt
    assert [hit.article.id for hit in held.search("harbour")] == ["old"]  # it has its place again
    assert held.remove("old") == ("old",)


def test_a_file_that_is_replaced_while_it_is_opened_is_noticed(held: Library) -> None:
    class Late(Connections):
        """Another file takes its place as soon as it is opened."""

        looks = 0

        def _there(self) -> tuple[int, int] | None:
            self.looks += 1
            return 0, self.looks

    with pytest.raises(LibraryError, match="was built anew meanwhile"):
        Late(held.directory / "catalog.sqlite")


def with_letters(settings: EverySetting, progress: OnProgress | None, writable: bool) -> Shelf:
    return open_library(settings, writable=writable, embedder=LetterEmbedder())


def test_a_folder_that_holds_nothing_for_now_costs_nothing_when_the_library_is_built_anew(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / f"{folder.name}.txt").write_text(f"{BODY} {folder.name}")
    command = ["--home", str(settings.home), "index", str(one), str(other)]
    assert cli.main(command, Doors(library=with_letters)) == 0
    (one / "one.txt").unlink()  # its disk is away, and the folder where it belongs is empty
    assert cli.main(command, Doors(library=with_letters)) == 0
    assert "holds no articles" in " ".join(capsys.readouterr().out.split())
    assert cli.main([*command, "--rebuild"], Doors(library=with_letters)) == 1
    assert "holds no articles" in " ".join(capsys.readouterr().err.split())
    with open_library(settings, embedder=LetterEmbedder()) as library:
        assert {found.id for found in library.articles()} == {"one.txt", "other.txt"}
