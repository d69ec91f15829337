"""The library as its users meet it: folders come in and stay in step, and nothing bad ever costs an article."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import article, open_files
from test_index_readers_samples import packed, samples

from index.catalog import CATALOG, Catalog
from index.embed import Embedder, Encoded, LetterEmbedder, OnProgress, Vectors
from index.errors import ArticleNotFound, LibraryLocked, NoArticles, WrongEmbedder
from index.library import Library, open_library
from index.load import READERS
from index.rebuild import rebuilding
from index.scan import files
from index.settings import Settings
from index.types import Article, Progress

BODY = "The harbour was closed on Monday. Ships waited outside the breakwater until the storm had passed."


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def agree(library: Library) -> bool:
    """Whether catalog and Chroma hold the same passages, and nothing is pending."""
    return library._vectors.ids() == set(library._catalog.passage_ids()) and not library._catalog.pending()


def test_a_folder_is_kept_in_step(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY, b="Bridges were opened.", c="Nothing changed here.")
    report = library.ingest([folder])
    assert (report.added, report.updated, report.removed, report.failed) == (("a.txt", "b.txt", "c.txt"), (), (), ())
    assert report.passages == len(library._catalog.passage_ids())

    write(folder, b="Bridges were closed again.", d="A new article.")
    (folder / "a.txt").unlink()
    report = library.ingest([folder])
    assert report.added == ("d.txt",)
    assert report.updated == ("b.txt",)
    assert report.unchanged == ("c.txt",)
    assert report.removed == ("a.txt",)
    assert {a.id for a in library.articles()} == {"b.txt", "c.txt", "d.txt"}
    assert "closed again" in library.article("b.txt").text
    assert agree(library)
    assert all("harbour" not in hit.passage.text for hit in library.search("harbour"))


def test_nothing_is_done_twice(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    library.ingest([folder])
    ids = library._catalog.passage_ids()
    report = library.ingest([folder])
    assert (report.unchanged, report.changed, report.passages) == (("a.txt",), 0, 0)
    assert library._catalog.passage_ids() == ids


def test_bad_files_are_reported_and_never_stop_the_rest(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", good=BODY, empty="", blank=" \n\t\n")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "picture.png").write_bytes(b"\x89PNG")
    report = library.ingest([folder])
    assert report.added == ("good.txt",)
    assert {failure.id for failure in report.failed} == {"empty.txt", "blank.txt", "binary.txt"}
    assert all(failure.reason and failure.hint for failure in report.failed)


def test_an_unreadable_file_is_reported(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", good=BODY)
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")  # root, who may run this, can read everything that exists
    report = library.ingest([folder])
    assert report.added == ("good.txt",)
    assert [failure.id for failure in report.failed] == ["gone.txt"]


@pytest.fixture
def mortal() -> Iterator[None]:
    """Root, who may run this, without the right to read and enter whatever there is (capget(2))."""
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root may enter every folder")
    system = ctypes.CDLL(None, use_errno=True)
    header, rights = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert system.capget(header, rights) == 0
    before = rights[0]
    rights[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert system.capset(header, rights) == 0
    yield
    rights[0] = before
    assert system.capset(header, rights) == 0


def test_a_folder_that_cannot_be_listed_keeps_its_articles(library: Library, tmp_path: Path, mortal: None) -> None:
    folder = write(tmp_path / "news", good=BODY)
    closed = write(folder / "2020", a="Bridges were opened.")
    write(folder / "2020-old", b="Trains stood still.")
    library.ingest([folder])
    shutil.rmtree(folder / "2020-old")
    closed.chmod(0)
    report = library.ingest([folder])
    closed.chmod(0o755)
    assert (report.unchanged, report.removed) == (("good.txt",), ("2020-old/b.txt",))
    assert [failure.id for failure in report.failed] == ["2020"]
    assert "2020 cannot be listed: Permission denied" in report.failed[0].reason
    assert "ls -ld" in report.failed[0].hint
    assert library.article("2020/a.txt").text == "Bridges were opened."
    folder.chmod(0)
    report = library.ingest([folder])
    folder.chmod(0o755)
    assert ([failure.id for failure in report.failed], report.removed) == ([str(folder)], ())


def test_names_that_are_not_utf8_are_reported_and_never_stop_the_rest(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", good=BODY)
    write(folder / os.fsdecode(b"Sk\xe5ne"), a="Bridges were opened.", b="Trains stood still.")
    write(folder / os.fsdecode(b".\xe5"), hidden="Not an article.")
    write(folder, **{os.fsdecode(b"bad\xff\xfename"): "Ferries wait."})
    (folder / os.fsdecode(b"\xff.png")).touch()
    for known in ("added", "unchanged"):
        report = library.ingest([folder])
        assert getattr(report, known) == ("good.txt",)
        assert report.removed == ()
        assert {failure.id for failure in report.failed} == {"Sk\ufffdne", "bad\ufffd\ufffdname.txt"}
        assert all("UTF-8" in failure.reason and failure.hint for failure in report.failed)
    named = [folder / os.fsdecode(b"Sk\xe5ne"), folder / os.fsdecode(b"bad\xff\xfename.txt"), folder / "good.txt"]
    report = library.ingest(named)
    assert (report.unchanged, len(report.failed)) == (("good.txt",), 2)
    with pytest.raises(NoArticles, match="\ufffd does not exist"):
        library.ingest([folder / os.fsdecode(b"\xff")])


def test_what_lies_where_one_may_not_look_is_reported(library: Library, tmp_path: Path, mortal: None) -> None:
    folder = write(tmp_path / "news", good=BODY)
    write(folder / "listed", a="Bridges were opened.")
    closed = write(tmp_path / "closed", secret="Trains stood still.")
    (folder / "link.txt").symlink_to(closed / "secret.txt")
    library.ingest([folder, closed])
    (folder / "listed").chmod(0o400)
    closed.chmod(0)
    report = library.ingest([folder, closed, closed / "secret.txt"])
    (folder / "listed").chmod(0o700)
    closed.chmod(0o700)
    assert (report.unchanged, report.removed) == (("good.txt",), ())
    failed = {failure.id: failure.reason for failure in report.failed}
    assert set(failed) == {"link.txt", "listed/a.txt", str(closed), str(closed / "secret.txt")}
    assert all("Permission denied" in reason for reason in failed.values())
    assert set(held(library)) == {"good.txt", "listed/a.txt", "secret.txt"}


def test_a_folder_that_vanishes_while_files_are_listed_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "news", good=BODY)
    (folder / "late").mkdir()
    unlisted: list[OSError] = []
    found = files(folder, unlisted.append)
    assert next(found).name == "good.txt"
    (folder / "late").rmdir()
    assert list(found) == []
    assert [error.filename for error in unlisted] == [str(folder / "late")]


def test_a_file_gone_bad_keeps_its_last_good_version(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY, b="Another article.")
    library.ingest([folder])
    (folder / "a.txt").write_bytes(b"\x00\x01\x02" * 100)
    report = library.ingest([folder])
    assert [failure.id for failure in report.failed] == ["a.txt"]
    assert library.article("a.txt").text == BODY
    assert report.removed == ()


def test_an_emptied_or_missing_folder_is_an_error_and_loses_nothing(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    library.ingest([folder])
    (folder / "a.txt").unlink()
    with pytest.raises(NoArticles, match="holds no articles") as caught:
        library.ingest([folder])
    assert ".txt" in caught.value.hint
    folder.rmdir()
    with pytest.raises(NoArticles, match="does not exist"):
        library.ingest([folder])
    assert library.article("a.txt").text == BODY


def test_a_single_file_and_folders_with_the_same_names(library: Library, tmp_path: Path) -> None:
    one = write(tmp_path / "one", a="Article of the first folder.")
    two = write(tmp_path / "two", a="Article of the second folder.", b="Only here.")
    library.ingest([one])
    library.ingest([two])
    library.ingest([two / "b.txt"])
    ids = {a.id for a in library.articles()}
    assert ids == {"a.txt", "b.txt", f"{two}/a.txt"}
    report = library.ingest([one, two])
    assert report.changed == 0
    assert len(report.unchanged) == 3


def test_hidden_files_and_links_out_of_the_folder_are_passed_over(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    write(folder / ".git", config="Not an article.")
    write(folder / "sub", deep="Deep down.")
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    report = library.ingest([folder])
    assert report.added == ("a.txt", "sub/deep.txt")


def test_articles_from_memory(library: Library) -> None:
    first = library.ingest_articles([article("x", BODY), article("y", "Bridges were opened.")], prune=True)
    second = library.ingest_articles([article("y", "Bridges were shut.")], prune=True)
    assert (first.added, second.updated, second.removed) == (("x", "y"), ("y",), ("x",))
    assert [a.id for a in library.articles()] == ["y"]
    assert agree(library)


def test_removing_one_article(library: Library) -> None:
    library.ingest_articles([article("x", BODY), article("y", "Bridges were opened.")])
    library.remove("x")
    assert [a.id for a in library.articles()] == ["y"]
    assert agree(library)
    with pytest.raises(ArticleNotFound):
        library.remove("x")
    with pytest.raises(ArticleNotFound):
        library.article("x")


def test_what_was_stored_is_there_after_reopening(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("x", BODY)])
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert [hit.article.id for hit in library.search("harbour")] == ["x"]
        stats = library.stats()
    assert (stats.articles, stats.passages, stats.embedder, dict(stats.languages)) == (1, 1, "letters", {"en": 1})


class OtherEmbedder(LetterEmbedder):
    """Other weights under the same port."""

    name = "others"
    identity = "letters-2"


def test_another_embedder_is_refused_with_the_command_that_rebuilds(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("x", BODY)])
    with pytest.raises(WrongEmbedder, match="'letters', not with 'others'") as caught:
        Library.open(settings.library_dir, OtherEmbedder(), settings)
    assert "pullquote index --rebuild" in caught.value.hint
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert len(library) == 1
    with rebuilding(settings) as finished:
        with open_library(settings, writable=True, embedder=OtherEmbedder()) as library:
            assert len(library) == 0
        with pytest.raises(LibraryLocked, match="rebuilt already"), rebuilding(settings):
            pass
        finished()
    with Library.open(settings.library_dir, OtherEmbedder(), settings) as library:
        assert len(library) == 0


class Wider(LetterEmbedder):
    """Vectors of another length under the same identity."""

    dimension = 28


def test_vectors_of_another_length_are_refused(settings: Settings) -> None:
    Library.open(settings.library_dir, LetterEmbedder(), settings).close()
    with pytest.raises(WrongEmbedder, match="vectors of 27 numbers, those of the embedder 'letters' have 28") as caught:
        Library.open(settings.library_dir, Wider(), settings)
    assert "pullquote index --rebuild" in caught.value.hint


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("begun", [False, True])
def test_a_rebuilding_that_does_not_finish_leaves_the_old_library(settings: Settings, begun: bool) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("x", BODY)])

    def rebuild() -> None:
        with rebuilding(settings):
            if begun:
                open_library(settings, writable=True, embedder=OtherEmbedder()).close()
            raise Killed

    with pytest.raises(Killed):
        rebuild()
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert [found.id for found in library.articles()] == ["x"]


@pytest.mark.parametrize("begun", [False, True])
def test_a_rebuilding_that_was_killed_is_made_good(settings: Settings, begun: bool) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("x", BODY)])
    settings.library_dir.rename(settings.library_dir.with_name("library.before"))
    if begun:
        Library.open(settings.library_dir, LetterEmbedder(), settings).close()
    with open_library(settings, embedder=LetterEmbedder()) as library:
        assert [found.id for found in library.articles()] == ["x"]
    assert not settings.library_dir.with_name("library.before").exists()


def test_a_library_that_was_just_built_is_not_taken_for_half_of_one(settings: Settings) -> None:
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("new", BODY)])
    with Library.open(settings.library_dir.with_name("library.deleted"), LetterEmbedder(), settings) as library:
        library.ingest_articles([article("old", BODY)])  # killed while the old one was being deleted
    with rebuilding(settings):
        pass
    with open_library(settings, embedder=LetterEmbedder()) as library:
        assert [found.id for found in library.articles()] == ["new"]
    assert not settings.library_dir.with_name("library.deleted").exists()


def test_a_library_behind_a_link_is_built_anew_where_it_lies(settings: Settings, tmp_path: Path) -> None:
    disk, home = tmp_path / "disk" / "news", settings.home
    disk.parent.mkdir()
    home.mkdir()
    settings.library_dir.symlink_to(disk)  # to where nothing is yet
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        library.ingest_articles([article("first", BODY)])
    for name in ("second", "third"):
        with rebuilding(settings) as finished:
            with open_library(settings, writable=True, embedder=LetterEmbedder()) as library:
                assert len(library) == 0
                library.ingest_articles([article(name, BODY)])
            finished()
        assert settings.library_dir.readlink() == disk
        assert {path.name for path in disk.parent.iterdir()} == {"news", "news.rebuilding.lock"}
    with pytest.raises(Killed), rebuilding(settings):
        open_library(settings, writable=True, embedder=OtherEmbedder()).close()
        raise Killed
    disk.rename(disk.with_name("news.before"))  # killed just then
    with open_library(settings, embedder=LetterEmbedder()) as library:
        assert [found.id for found in library.articles()] == ["third"]
    assert settings.library_dir.readlink() == disk


def test_a_link_that_an_earlier_version_set_aside_is_cleared_away(settings: Settings, tmp_path: Path) -> None:
    with Library.open(tmp_path / "disk", LetterEmbedder(), settings):
        pass
    Library.open(settings.library_dir, LetterEmbedder(), settings).close()
    settings.library_dir.with_name("library.deleted").symlink_to(tmp_path / "disk")
    with rebuilding(settings) as finished:
        finished()
    assert not settings.library_dir.with_name("library.deleted").is_symlink()
    assert (tmp_path / "disk" / CATALOG).exists()


def test_other_passage_rules_are_refused(settings: Settings) -> None:
    Library.open(settings.library_dir, LetterEmbedder(), settings).close()
    with pytest.raises(WrongEmbedder, match="cuts passages"):
        Library.open(settings.library_dir, LetterEmbedder(), settings.model_copy(update={"passage_tokens": 99}))


def test_a_second_writer_is_refused_with_the_first_ones_pid(library: Library) -> None:
    code = (
        "import sys, filelock, pathlib\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "lock = filelock.FileLock(folder / 'writer.lock'); lock.acquire()\n"
        "(folder / 'writer.lock.pid').write_text(str(__import__('os').getpid()))\n"
        "print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(library.directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(LibraryLocked, match=f"pid {other.pid}"):
            library.ingest_articles([article("x", BODY)])
        assert library.search("anything") == []  # reading goes on
        other.communicate()
    assert library.ingest_articles([article("x", BODY)]).added == ("x",)


class Interrupted(LetterEmbedder):
    """Ctrl-C while embedding, after some batches."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """Fails when the calls are used up."""
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt
        return super().passages(texts, progress)


def test_ctrl_c_while_indexing_keeps_whole_articles_and_the_next_run_goes_on(
    settings: Settings, tmp_path: Path
) -> None:
    folder = write(tmp_path / "news", **{f"a{i:02}": f"{BODY} Number {i}." for i in range(80)})
    with Library.open(settings.library_dir, Interrupted(2), settings) as library:  # one call is for the token space
        with pytest.raises(KeyboardInterrupt):
            library.ingest([folder])
        kept = len(library)
        assert 0 < kept < 80
        assert library._catalog.pending()  # ids that were reserved for what was never stored
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        assert len(library) == kept
        report = library.ingest([folder])
        assert (len(report.added), len(report.unchanged)) == (80 - kept, kept)
        assert agree(library)


def test_a_kill_between_the_stores_is_mended_by_the_next_writer(library: Library) -> None:
    library.ingest_articles([article("x", BODY)])
    ids = library._catalog.reserve(2)  # as if a writer had added vectors and died before its transaction
    library._vectors.add(list(ids), LetterEmbedder().encode_passages(["orphan one", "orphan two"]))
    assert all(hit.article.id == "x" for hit in library.search("orphan"))
    library.ingest_articles([article("y", "Bridges were opened.")])
    assert agree(library)


def test_progress_counts_up_to_the_end(library: Library, tmp_path: Path) -> None:
    steps: list[Progress] = []
    library.ingest([write(tmp_path / "news", a=BODY, b="Bridges.", c="")], steps.append)
    assert (steps[-1].done, steps[-1].total, steps[-1].unit) == (3, 3, "files")


def test_the_sample_corpus_is_used_until_there_is_a_library(settings: Settings, tmp_path: Path) -> None:
    embedder: Embedder = LetterEmbedder()
    with open_library(settings, embedder=embedder) as sample:
        assert sample.is_sample
        assert len(sample) >= 5
        first = sample._catalog.passage_ids()
    with open_library(settings, embedder=embedder) as sample:
        assert sample._catalog.passage_ids() == first  # nothing was done again
    with open_library(settings, embedder=embedder, writable=True) as own:
        assert not own.is_sample
        own.ingest([write(tmp_path / "news", a=BODY)])
    with open_library(settings, embedder=embedder) as own:
        assert [a.id for a in own.articles()] == ["a.txt"]


def test_the_sample_corpus_of_another_embedder_takes_nothing_from_who_answers_from_the_first(
    settings: Settings,
) -> None:
    with open_library(settings, embedder=LetterEmbedder()) as first:
        before = (first.directory / CATALOG).stat().st_ino
        with open_library(settings, embedder=OtherEmbedder()) as other:
            assert len(other) == len(first) >= 5
        assert (first.directory / CATALOG).stat().st_ino == before


class BrokenEmbedder(LetterEmbedder):
    """Embeds nothing."""

    def encode_passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Encoded:
        raise MemoryError


def test_a_library_that_cannot_be_opened_or_filled_leaves_no_file_open(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(MemoryError) as caught:
        open_library(settings, embedder=BrokenEmbedder())
    assert caught.tb is not None  # which would keep what is still open
    assert "catalog.sqlite" not in open_files(tmp_path)
    with Library.open(settings.library_dir, LetterEmbedder(), settings):
        pass
    with pytest.raises(WrongEmbedder) as caught_too:
        Library.open(settings.library_dir, OtherEmbedder(), settings)
    assert caught_too.tb is not None
    assert "catalog.sqlite" not in open_files(tmp_path)


def test_opening_writes_nothing_into_the_articles_folder(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    library.ingest([folder])
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
    assert not (Path(__file__).parents[1] / "index" / "chroma").exists()


def test_the_catalog_alone_says_what_exists(library: Library) -> None:
    library.ingest_articles([article("x", BODY)])
    other = Catalog(library.directory / "catalog.sqlite")
    other.remove(["x"])  # as another process would; its vectors are still there
    other.close()
    assert library.search("harbour") == []


# --- places: moved, doubled, emptied, vanished, removed


def held(library: Library) -> dict[str, str]:
    return {a.id: a.text for a in library.articles()}


def test_a_moved_file_is_the_same_article_in_another_place(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY, b="Bridges were opened.")
    library.ingest([folder])
    before = library._catalog.passage_ids()
    (folder / "sub").mkdir()
    (folder / "a.txt").rename(folder / "sub" / "c.txt")
    report = library.ingest([folder])
    assert (report.added, report.removed, report.unchanged) == (("sub/c.txt",), ("a.txt",), ("b.txt",))
    assert (report.updated, report.duplicates, report.passages) == ((), (), 0)  # nothing was embedded again
    assert set(held(library)) == {"sub/c.txt", "b.txt"}
    assert library.article("sub/c.txt").source.file == str(folder / "sub" / "c.txt")
    assert library._catalog.passage_ids() == before
    assert library.search("harbour")[0].article.id == "sub/c.txt"
    assert library.check().findings == ()


def test_two_identical_files_are_one_article_with_two_places(library: Library, tmp_path: Path) -> None:
    one = write(tmp_path / "one", a=BODY, b=BODY)
    two = write(tmp_path / "two", x=BODY)
    report = library.ingest([one, two])
    assert (report.added, report.duplicates) == (("a.txt",), ("b.txt", "x.txt"))
    assert library.article("a.txt").source.further == (str(one / "b.txt"), str(two / "x.txt"))
    again = library.ingest([one, two])
    assert (again.unchanged, again.duplicates, again.changed) == (("a.txt",), ("b.txt", "x.txt"), 0)

    (one / "a.txt").unlink()
    report = library.ingest([one])
    assert (report.removed, report.added) == (("a.txt",), ("b.txt",))
    assert library.article("b.txt").source.further == (str(two / "x.txt"),)
    write(one, b="Something else entirely.")
    report = library.ingest([one])
    assert held(library) == {"x.txt": BODY, "b.txt": "Something else entirely."}
    (two / "x.txt").write_text("Something else entirely.")
    assert library.ingest([two]).duplicates == ("x.txt",)
    assert held(library) == {"b.txt": "Something else entirely."}
    assert agree(library)
    assert library.check().findings == ()


def test_two_files_may_trade_their_texts(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY, b="Bridges were opened.", c="Unchanged.")
    library.ingest([folder])
    write(folder, a="Bridges were opened.", b=BODY)
    report = library.ingest([folder])
    assert (set(report.updated), report.unchanged, report.changed) == ({"a.txt", "b.txt"}, ("c.txt",), 2)
    assert held(library) == {"a.txt": "Bridges were opened.", "b.txt": BODY, "c.txt": "Unchanged."}
    assert library.search("harbour")[0].article.id == "b.txt"
    assert library.check().findings == ()


def test_a_text_that_wanders_on_while_its_file_changes(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a="First text.", b=BODY)
    library.ingest([folder])
    write(folder, a=BODY, b="Third text.")  # a takes the text of b, which takes a new one
    library.ingest([folder])
    assert held(library) == {"a.txt": BODY, "b.txt": "Third text."}
    assert library.ingest([folder]).changed == 0
    assert library.check().findings == ()


@pytest.mark.parametrize("nothing", [b"", b" \n\t\n"])
def test_an_emptied_file_leaves_nothing_behind(library: Library, tmp_path: Path, nothing: bytes) -> None:
    folder = write(tmp_path / "news", a=BODY, b="Bridges were opened.")
    library.ingest([folder])
    (folder / "a.txt").write_bytes(nothing)
    report = library.ingest([folder])
    assert report.removed == ("a.txt",)
    assert [failure.id for failure in report.failed] == ["a.txt"]
    assert "removed" in report.failed[0].reason
    assert set(held(library)) == {"b.txt"}
    assert all(hit.article.id == "b.txt" for hit in library.search("harbour"))
    again = library.ingest([folder])
    assert (again.removed, [failure.id for failure in again.failed]) == ((), ["a.txt"])
    (folder / "a.txt").write_text(BODY)
    assert library.ingest([folder]).added == ("a.txt",)
    assert agree(library)


@pytest.mark.parametrize("suffix", sorted(READERS.keys() - {".txt", ".md"}))
def test_a_file_that_lost_all_its_bytes_on_the_way_costs_nothing(library: Library, tmp_path: Path, suffix: str) -> None:
    folder = write(tmp_path / "news", other=BODY)
    file = folder / f"a{suffix}"
    whole = samples()[suffix]
    file.write_bytes(whole)
    library.ingest([folder])
    before = held(library)
    assert len(before) > 1
    file.write_bytes(b"")
    report = library.ingest([folder])
    assert (report.removed, [failure.id for failure in report.failed]) == ((), [file.name])
    assert report.failed[0].hint
    assert held(library) == before
    file.write_bytes(whole)
    report = library.ingest([folder])
    assert (report.failed, report.changed, held(library)) == ((), 0, before)


def test_a_folder_and_a_folder_in_it_hold_the_same_files(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    write(folder / "sub", b="Bridges were opened.", c="Deep down.")
    library.ingest([folder])
    assert library.ingest([folder / "sub", folder / "sub" / "b.txt"]).changed == 0
    (folder / "sub" / "c.txt").unlink()
    assert library.ingest([folder / "sub"]).removed == ("sub/c.txt",)
    assert set(held(library)) == {"a.txt", "sub/b.txt"}


def test_a_removed_article_stays_away_until_its_file_changes(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY, b="Bridges were opened.")
    library.ingest([folder])
    assert library.remove("a.txt") == ("a.txt",)
    report = library.ingest([folder])
    assert (report.left_out, report.unchanged, report.changed) == (("a.txt",), ("b.txt",), 0)
    assert agree(library)
    (folder / "a.txt").write_text("A new version.")
    assert library.ingest([folder]).added == ("a.txt",)


def test_a_removed_article_comes_back_when_its_file_is_named(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    library.ingest([folder])
    library.remove(folder / "a.txt")
    assert held(library) == {}
    assert library.ingest([folder / "a.txt"]).added == ("a.txt",)
    assert library.ingest([folder]).unchanged == ("a.txt",)


def test_removing_by_path_takes_the_article_with_all_its_places(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY, b=BODY, c="Bridges.")
    library.ingest([folder])
    assert library.remove(str(folder / "b.txt")) == ("a.txt",)
    assert library.ingest([folder]).left_out == ("a.txt", "b.txt")
    with pytest.raises(ArticleNotFound, match=r"d\.txt"):
        library.remove(folder / "d.txt")
    assert agree(library)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_files_the_library_follows(library: Library, tmp_path: Path, seed: int) -> None:
    """Files are written, copied, moved, traded, emptied and deleted at random, several between two ingests."""
    chosen = random.Random(seed)
    folder = write(tmp_path / "news", anchor="The text that stays.")
    names = [f"{letter}.txt" for letter in "abcdefg"]
    for _ in range(25):
        for _ in range(chosen.randint(1, 4)):
            one, other = (folder / name for name in chosen.sample(names, 2))
            match chosen.randrange(6):
                case 0 | 1:
                    one.write_text(f"Text number {chosen.randrange(12)} about harbours and ships.")
                case 2 if one.exists():
                    shutil.copy(one, other)
                case 3 if one.exists():
                    one.rename(other)
                case 4 if one.exists() and other.exists():
                    first, second = one.read_text(), other.read_text()
                    one.write_text(second)
                    other.write_text(first)
                case 5:
                    one.write_text("") if chosen.random() < 0.3 else one.unlink(missing_ok=True)
                case _:
                    pass
        report = library.ingest([folder])
        files = {file.name: file.read_text() for file in folder.iterdir() if file.read_text()}
        found = held(library)
        assert sorted(found.values()) == sorted(set(files.values()))  # every text once
        assert all(files[name] == text for name, text in found.items())  # under the name of a file that holds it
        places = {Path(path).name for a in library.articles() for path in a.source.further}
        assert places == set(files) - set(found)
        outcomes = [*report.added, *report.updated, *report.unchanged, *report.duplicates]
        assert sorted(outcomes) == sorted(files)  # every file has one outcome
        assert agree(library)
    assert library.check().findings == ()


def rows(file: Path, *texts: tuple[str, str]) -> None:
    file.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts))


def test_a_file_of_many_articles_is_kept_in_step(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    file = folder / "many.jsonl"
    rows(file, ("x", BODY), ("y", "Bridges were opened on Monday."), ("z", "Trains stood still for hours."))
    report = library.ingest([folder])
    assert report.added == ("many.jsonl#x", "many.jsonl#y", "many.jsonl#z")
    assert library.ingest([folder]).unchanged == report.added
    rows(file, ("w", "Planes were late again today."), ("x", BODY), ("y", "Bridges were closed on Tuesday."))
    report = library.ingest([folder])
    assert (report.added, report.updated) == (("many.jsonl#w",), ("many.jsonl#y",))
    assert (report.unchanged, report.removed) == (("many.jsonl#x",), ("many.jsonl#z",))
    assert library.remove(file) == ("many.jsonl#w", "many.jsonl#x", "many.jsonl#y")
    assert library.ingest([folder]).left_out == ("many.jsonl#w", "many.jsonl#x", "many.jsonl#y")
    assert agree(library)


def test_a_bad_row_costs_nothing_that_was_there(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    rows(folder / "many.jsonl", ("x", BODY), ("y", "Bridges were opened on Monday."))
    library.ingest([folder])
    (folder / "many.jsonl").write_text("no json\n" * 3)
    report = library.ingest([folder])
    assert report.failed
    assert report.removed == ()
    assert set(held(library)) == {"many.jsonl#x", "many.jsonl#y"}


def test_a_bad_file_in_an_archive_costs_nothing_that_was_there(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    inner = packed({"i.txt": "Ferries were late on Friday."})
    table = "title,text\nBridges,Bridges were opened on Monday.\n"
    (folder / "z.zip").write_bytes(packed({"t.csv": table, "in.zip": inner, "x.txt": BODY, "y.txt": "Trains stood."}))
    library.ingest([folder])
    table = table.replace("title,text", "title,unknown")
    (folder / "z.zip").write_bytes(packed({"t.csv": table, "in.zip": inner[:-30], "x.txt": BODY}))
    report = library.ingest([folder])
    assert {failure.id for failure in report.failed} == {"z.zip/t.csv", "z.zip/in.zip"}
    assert report.removed == ("z.zip/y.txt",)
    assert set(held(library)) == {"z.zip/t.csv#Bridges", "z.zip/in.zip/i.txt", "z.zip/x.txt"}


def test_a_large_file_is_resumed_where_it_was_stopped(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    rows(folder / "many.jsonl", *((f"n{i}", f"{BODY} Number {i}.") for i in range(200)))
    with Library.open(settings.library_dir, Interrupted(2), settings) as library:
        with pytest.raises(KeyboardInterrupt):
            library.ingest([folder])
        kept = len(library)
    steps: list[Progress] = []
    with Library.open(settings.library_dir, LetterEmbedder(), settings) as library:
        report = library.ingest([folder], steps.append)
        assert (len(report.unchanged), len(report.added)) == (kept, 200 - kept)
        assert 0 < kept < 200
        assert agree(library)
    assert [step.unit for step in steps[:1]] == ["articles"]
    assert (steps[-1].done, steps[-1].total, steps[-1].unit) == (1, 1, "files")


def test_what_is_no_regular_file_is_never_opened(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", a=BODY)
    outside = write(tmp_path / "outside", secret="Not to be read.")
    os.mkfifo(folder / "pipe.txt")  # opening it would wait for ever
    (folder / "round.txt").symlink_to(folder / "trip.txt")
    (folder / "trip.txt").symlink_to(folder / "round.txt")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "in.txt").symlink_to(folder / "a.txt")
    (folder / "folder.txt").mkdir()
    report = library.ingest([folder])
    assert (report.added, report.duplicates) == (("a.txt",), ("in.txt",))
    assert {failure.id for failure in report.failed} == {"pipe.txt", "round.txt", "trip.txt", "out.txt"}
    assert all(failure.reason and failure.hint for failure in report.failed)


class Watching(LetterEmbedder):
    """Counts what is in memory while it works."""

    def __init__(self) -> None:
        self.texts = self.articles = 0
        self.others = self.alive()

    def alive(self) -> int:
        """Articles in memory."""
        return sum(isinstance(each, Article) for each in gc.get_objects())

    def passages(self, texts: Sequence[str], progress: OnProgress | None = None) -> Vectors:
        """As ever."""
        self.texts = max(self.texts, len(texts))
        self.articles = max(self.articles, self.alive() - self.others)
        return super().passages(texts, progress)


def test_memory_holds_a_batch_and_not_the_corpus(settings: Settings, tmp_path: Path) -> None:
    folder = write(tmp_path / "news", **{f"a{i}": f"Number {i}. {BODY}" for i in range(150)}, long=BODY * 800)
    rows(folder / "many.jsonl", *((f"n{i}", f"Row {i}. {BODY}") for i in range(300)))
    embedder = Watching()
    with Library.open(settings.library_dir, embedder, settings) as library:
        library.ingest([folder])
        assert len(library) == 451
        assert library.stats().passages > 500
    assert embedder.texts <= 256
    assert embedder.articles <= 40
