"""Which paths name one file, which files are gone, and what of several folders cannot be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from conftest import article
from test_index_library import BODY, agree, held, write

from index.errors import NoArticles
from index.library import Library
from index.paths import normal
from index.settings import Settings

# --- one spelling for a path


def test_a_path_has_one_spelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    news = write(tmp_path / "a" / "news", x=BODY)
    (tmp_path / "link").symlink_to(news)
    monkeypatch.chdir(news)
    assert normal(Path("x.txt")) == news / "x.txt"
    assert normal(Path("../news/./x.txt")) == news / "x.txt"
    assert normal(Path("../../gone/../x.txt")) == tmp_path / "x.txt"  # nothing has to be there
    assert normal(tmp_path / "link" / "x.txt") == tmp_path / "link" / "x.txt"  # a link keeps its name
    assert normal(tmp_path / "a" / ".." / "link" / "x.txt") == tmp_path / "link" / "x.txt"
    assert normal(tmp_path / "link" / ".." / "news" / "x.txt") == news / "x.txt"  # as the system reads it
    assert normal(Path("/..")) == Path("/")


def test_a_folder_named_from_elsewhere_is_the_same_folder(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news, a = write(tmp_path / "news", x=BODY, y="Bridges were opened."), tmp_path / "a"
    a.mkdir()
    monkeypatch.chdir(a)
    library.ingest([Path("../news")])
    assert library.article("x.txt").source.file == str(news / "x.txt")
    write(news, x="Another version.")
    report = library.ingest([news])
    assert (report.updated, report.unchanged, report.changed) == (("x.txt",), ("y.txt",), 1)
    assert set(held(library)) == {"x.txt", "y.txt"}
    monkeypatch.chdir(tmp_path)
    assert library.remove("a/../news/x.txt") == ("x.txt",)
    assert library.ingest([news / ".." / "news" / "x.txt"]).added == ("x.txt",)


def test_a_linked_folder_keeps_its_name_wherever_it_leads(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "2020", a=BODY)
    write(tmp_path / "2021", b="Bridges were opened.")
    (tmp_path / "now").symlink_to(tmp_path / "2020")
    library.ingest([tmp_path / "now"])
    (tmp_path / "now").unlink()
    (tmp_path / "now").symlink_to(tmp_path / "2021")
    report = library.ingest([tmp_path / "now"])
    assert (report.added, report.removed) == (("b.txt",), ("a.txt",))


def spelt_as_before(library: Library, news: Path, around: Path) -> None:
    """Have a library hold a folder as earlier versions did when it was named ``../news`` in another folder."""
    with library._catalog.transaction() as database:
        for table, column in (("files", "path"), ("files", "corpus"), ("articles", "file"), ("articles", "corpus")):
            database.execute(
                f"UPDATE {table} SET {column} = ?1 || substr({column}, ?2) WHERE substr({column}, 1, ?3) = ?4",
                (f"{around}/../news", len(str(news)) + 1, len(str(news)), str(news)),
            )


def test_an_older_library_that_holds_another_spelling_is_not_doubled(library: Library, tmp_path: Path) -> None:
    news, other = write(tmp_path / "news", x=BODY, y="Bridges.", z="Trains."), write(tmp_path / "other", o="Ferries.")
    library.ingest([news, other])
    spelt_as_before(library, news, tmp_path / "a")
    assert library.article("x.txt").source.file == f"{tmp_path}/a/../news/x.txt"
    before = library._catalog.passage_ids()
    assert library.remove(news / "z.txt") == ("z.txt",)
    library.ingest([other])
    assert library.article("x.txt").source.file == f"{tmp_path}/a/../news/x.txt"  # what is not named is left alone
    (news / "y.txt").unlink()
    report = library.ingest([news])
    assert (report.unchanged, report.removed, report.left_out) == (("x.txt",), ("y.txt",), ("z.txt",))
    assert library.article("x.txt").source.file == str(news / "x.txt")
    assert set(library._catalog.passage_ids()) < set(before)
    assert library.ingest([tmp_path / "a" / ".." / "news"]).changed == 0
    with library._catalog.reading() as database:
        assert {row[0] for row in database.execute("SELECT corpus FROM files")} == {str(news), str(other)}
    assert agree(library)


@pytest.mark.parametrize("first", ["other", "same"])
def test_an_older_library_that_holds_a_file_twice_keeps_the_first(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    news, around = write(tmp_path / "news", x=BODY), tmp_path / "around"
    around.mkdir()
    names = [around / ".." / "news", news] if first == "other" else [news, around / ".." / "news"]
    monkeypatch.setattr("index.ingest.normal", Path.absolute)  # as earlier versions did
    monkeypatch.setattr("index.places.normal", Path.absolute)
    for version, name in enumerate(names):
        write(news, x=f"{BODY} Version {version}.")
        library.ingest([name])
    assert set(held(library)) == {"x.txt", f"{names[1]}/x.txt"}  # the old version and the new one
    monkeypatch.undo()
    report = library.ingest([news])
    assert (report.updated, report.removed) == (("x.txt",), (f"{names[1]}/x.txt",))
    assert held(library) == {"x.txt": f"{BODY} Version 1."}
    assert library.ingest([names[0]]).changed == 0
    assert agree(library)
    assert library.check().findings == ()


def test_the_home_has_one_spelling_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(home=Path("a/../home")).home == Settings(home=tmp_path / "home").home == tmp_path / "home"


# --- what is gone, and what a walk only passes over


def test_what_was_named_itself_is_kept_though_its_folder_passes_over_it(library: Library, tmp_path: Path) -> None:
    news, disk = write(tmp_path / "news", a=BODY), write(tmp_path / "disk", old="Bridges were opened.", gone="Trains.")
    write(news / ".drafts", d="Ferries wait.")
    write(news, **{".hidden": "Planes were late."})
    (news / "archive").symlink_to(disk)
    named = [news / "archive", news / ".drafts", news / ".hidden.txt"]
    library.ingest(named)
    everything = {"old.txt", "gone.txt", "d.txt", ".hidden.txt", "a.txt"}
    assert library.ingest([news]).removed == ()
    assert set(held(library)) == everything
    (disk / "gone.txt").unlink()
    (news / ".hidden.txt").unlink()
    shutil.rmtree(news / ".drafts")
    assert set(library.ingest([news]).removed) == {"gone.txt", ".hidden.txt", "d.txt"}
    disk.rename(tmp_path / "unplugged")
    assert library.ingest([news]).removed == ()  # the link leads nowhere for now
    (news / "archive").unlink()
    assert library.ingest([news]).removed == ("old.txt",)
    assert agree(library)


def test_what_a_walk_would_list_is_gone_if_it_does_not(library: Library, tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BODY, b="Bridges were opened.", c="Trains stood still.")
    library.ingest([news])
    (news / "a.txt").unlink()
    (news / "a.txt").mkdir()  # a folder of that name
    (news / "b.txt").rename(news / ".b.txt")
    assert library.ingest([news]).removed == ("a.txt", "b.txt")
    assert os.path.lexists(news / "a.txt")


# --- several folders, of which some hold nothing


def test_a_folder_that_holds_nothing_stops_no_other(library: Library, tmp_path: Path) -> None:
    a, b = write(tmp_path / "a", x=BODY), write(tmp_path / "b", y="Bridges were opened.")
    library.ingest([a, b])
    shutil.rmtree(a)
    write(b, y="Bridges were closed.")
    empty, missing = tmp_path / "empty", tmp_path / os.fsdecode(b"\xff")
    empty.mkdir()
    report = library.ingest([a, missing, empty, b])
    assert (report.updated, report.removed) == (("y.txt",), ())
    assert [failure.id for failure in report.failed] == [str(a), f"{tmp_path}/\ufffd", str(empty)]
    assert report.failed[0].reason == f"{a} does not exist; what the library has of it is kept"
    assert report.failed[2].reason == f"{empty} holds no articles"
    assert "pullquote remove ARTICLE" in report.failed[0].hint
    assert "remove" not in report.failed[2].hint
    assert library.article("x.txt").text == BODY


def test_folders_that_all_hold_nothing_are_an_error(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(NoArticles, match="a holds no articles"):
        library.ingest([tmp_path / "a", tmp_path / "b"])


# --- texts from memory


def test_a_text_does_not_take_the_place_of_a_file(library: Library, tmp_path: Path) -> None:
    news = write(tmp_path / "news", a=BODY, b="Bridges were opened.")
    library.ingest([news])
    library.remove("b.txt")
    report = library.ingest_articles([article("a.txt", "Nothing."), article("b.txt", "No."), article("c.txt", "Yes.")])
    assert (report.added, report.updated) == (("c.txt",), ())
    assert [failure.id for failure in report.failed] == ["a.txt", "b.txt"]
    assert all("read from a file" in failure.reason and failure.hint for failure in report.failed)
    assert held(library) == {"a.txt": BODY, "c.txt": "Yes."}
    write(news, c="A file that came later.")
    assert library.ingest([news]).added == (f"{news}/c.txt",)
    assert library.ingest_articles([article("c.txt", "Yes!")]).updated == ("c.txt",)
