"""Files that are broken, hostile or not what they say: each is reported in one line, and nothing hangs or grows."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from test_index_readers_samples import EPUB_FILES, FIRST, PAGE, RSS, SECOND, articles, packed, pdf, samples, written

from index.errors import ArticleError, BinaryFile, EmptyArticle, UnreadableFile
from index.load import READERS, read_articles, read_file
from index.readers import archive
from index.readers.apart import Helper
from index.readers.rows import LINE, csv_rows
from index.types import Article, Failure


def refused(folder: Path, content: bytes | str, name: str, *words: str) -> ArticleError:
    """The error for a file that is refused as a whole; it names the file, says why, and what to do."""
    path = written(folder, content, name)
    with pytest.raises(ArticleError) as error:
        list(read_articles(path, id=name))
    message = error.value.message
    assert name in message
    assert "\n" not in message
    assert error.value.hint
    assert all(word in message for word in words), message
    return error.value


def failures(path: Path) -> dict[str, str]:
    """Reasons by id of what could not be read in a file."""
    found = [one for one in read_articles(path, id=path.name) if isinstance(one, Failure)]
    assert all(one.hint and "\n" not in one.reason for one in found)
    return {one.id: one.reason for one in found}


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_empty_and_binary_files(tmp_path: Path, suffix: str) -> None:
    noise = random.Random(0).randbytes(5000)
    for content in (b"", b" \n\n"):
        refused(tmp_path, content, f"a{suffix}")
    for content in (noise, b"\x89PNG\r\n\x1a\n" + noise, b"\x00" * 100):
        path = written(tmp_path, content, f"a{suffix}")
        try:
            found = list(read_articles(path, id="a"))
        except ArticleError as error:
            assert error.hint
        else:
            assert all(isinstance(one, Failure) for one in found)


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_what_is_no_regular_file(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    (tmp_path / f"device{suffix}").symlink_to("/dev/zero")
    (tmp_path / f"loop{suffix}").symlink_to(tmp_path / f"loop{suffix}")
    for name in ("pipe", "folder", "device", "loop", "missing"):
        with pytest.raises(UnreadableFile) as error:
            list(read_articles(tmp_path / f"{name}{suffix}", id="a"))
        assert name in error.value.message


@pytest.mark.parametrize("suffix", [".docx", ".epub", ".pdf", ".zip"])
def test_truncated_files(tmp_path: Path, suffix: str) -> None:
    whole = samples()[suffix]
    for part in (0.3, 0.6, 0.95):
        refused(tmp_path, whole[: int(len(whole) * part)], f"a{suffix}")


def test_a_feed_may_end_with_comments_however_many(tmp_path: Path) -> None:
    path = written(tmp_path, f"{RSS}{'<!---->' * 100}", "a.rss")
    assert failures(path) == {}
    started = time.monotonic()
    assert failures(written(tmp_path, f"{RSS}{'<!---->' * 100}junk", "b.rss")) != {}
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("line", ["# Budget{}page 3", "key:{}value", "Budget{}2024\n====="])
def test_long_runs_of_blanks_take_no_time_to_speak_of(tmp_path: Path, line: str) -> None:
    started = time.monotonic()
    text = f"---\n{line.format(' ' * 20_000)}\n---\n{line.format(' ' * 20_000)}\n\nThe harbour was closed on Monday."
    assert len(list(read_articles(written(tmp_path, text, "a.md"), id="a"))) == 1
    assert time.monotonic() - started < 30


def test_a_truncated_feed_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, RSS[:-200], "a.rss")
    assert any(isinstance(one, Article) for one in read_articles(path, id="a.rss"))
    assert failures(path) == {"a.rss": "the feed ends in the middle"}


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path) -> None:
    line = '{"text": "The harbour is closed."}\n'
    path = written(tmp_path, line * 20_000, "a.jsonl")
    found = read_articles(path, id="a.jsonl")
    assert isinstance(next(found), Article)
    os.truncate(path, 500_010)
    assert len(list(found)) < 20_000
    path.unlink()
    with pytest.raises(UnreadableFile):
        list(read_articles(path, id="a.jsonl"))


# PDF


def test_pdfs_without_text(tmp_path: Path) -> None:
    error = refused(tmp_path, pdf([[], []]), "scan.pdf", "pictures")
    assert isinstance(error, EmptyArticle)
    assert "ocrmypdf" in error.hint
    locked = (
        "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "11" * 32 + "> /U <" + "22" * 32 + "> >>"
    )
    refused(tmp_path, pdf([[(50, 700, 10, "Secret")]], locked), "locked.pdf", "encrypted")
    refused(tmp_path, b"%PDF-1.4\n" + b"x" * 3000 + b"\n%%EOF", "broken.pdf", "damaged")
    assert isinstance(refused(tmp_path, "The harbour is closed.", "text.pdf"), BinaryFile)


# Pages


def test_a_page_of_50_mb(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    with path.open("wb") as file:
        file.truncate(50 << 20)
    tracemalloc.start()
    with pytest.raises(UnreadableFile, match="larger than 10 MB"):
        read_file(path, id="a")
    assert tracemalloc.get_traced_memory()[1] < 25 << 20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + FIRST,
        "<p>" + "<b><i>" * 20_000 + FIRST,
        "<table><tr><td>" * 3000 + FIRST,
        "<html><body></body></html>",
        "<html><body><nav>Home</nav></body></html>",
        "<!--" + "x" * 100_000,
        "<a href='" + "x" * 100_000,
        "<p>&" + "#x41;&" * 50_000,
    ],
)
def test_odd_pages_are_read_or_refused_soon(tmp_path: Path, html: str) -> None:
    started = time.monotonic()
    try:
        list(read_articles(written(tmp_path, html, "a.html"), id="a"))
    except ArticleError as error:
        assert error.hint
    assert time.monotonic() - started < 60


def test_time_and_memory_are_bounded() -> None:
    slow = Helper(seconds=0.01)
    with pytest.raises(UnreadableFile, match=r"more than 0\.01 seconds"):
        slow.read("webpage", PAGE.encode())
    slow.close()
    small = Helper(memory=100 << 20)
    with pytest.raises(UnreadableFile):
        small.read("webpage", PAGE.encode() * 5000)
    small.close()


# XML


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "haha">'
    + "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(12))
    + '<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    started = time.monotonic()
    text = BOMB + RSS[RSS.index("<rss") :].replace("A short", "&a12; &secret; A short").replace("Only", "&a12;&secret;")
    for one in read_articles(written(tmp_path, text, "a.rss"), id="a.rss"):
        assert "root:" not in str(one)
        assert len(str(one)) < 10_000
    opf = BOMB + EPUB_FILES["OEBPS/content.opf"].replace("The Quay", "&a12;&secret;")
    chapter = BOMB + EPUB_FILES["OEBPS/b.xhtml"].replace("Ferries", "&a12;&secret;")
    files = {**EPUB_FILES, "OEBPS/content.opf": opf, "OEBPS/b.xhtml": chapter}
    try:
        for one in read_articles(written(tmp_path, packed(files), "a.epub"), id="a.epub"):
            assert "root:" not in str(one)
            assert len(str(one)) < 10_000
    except UnreadableFile:
        pass  # refused is as good
    assert time.monotonic() - started < 30


def test_xml_that_is_no_feed(tmp_path: Path) -> None:
    refused(tmp_path, "<?xml version='1.0'?><sitemap><url>x</url></sitemap>", "a.xml", "no RSS or Atom feed")


# Tables


def test_bad_lines_do_not_stop_the_others(tmp_path: Path) -> None:
    good = '{"text": "The harbour is closed."}'
    lines = [good, "{", "[" * 100_000, "[1]", '{"text": ""}', '{"other": 1}', "9" * 5000, '{"text": "\\ud800 It is."}']
    path = written(tmp_path, "\n".join(lines), "a.jsonl")
    assert [number for number in range(2, 8) if f"a.jsonl#line {number}" in failures(path)] == [2, 3, 4, 6, 7]
    read = [one for one in read_articles(path, id="a") if isinstance(one, Article)]
    assert [one.text for one in read] == ["The harbour is closed.", "\ufffd It is."]


def test_values_nested_deeply_are_passed_over(tmp_path: Path) -> None:
    deep = '{"text": [' * 300 + '"Closed."' + "]}" * 300
    path = written(tmp_path, f'{{"title": {deep}, "text": "It is."}}\n{{"text": {deep}}}\n', "a.jsonl")
    assert list(failures(path).values()) == ["it holds no text"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("content", ['[{"text": "It is."}]', '\n[\n  {"text": "It is."},\n  {"text": "Or not."}\n]\n'])
def test_one_array_in_json_is_told_once(tmp_path: Path, encoding: str, content: str) -> None:
    error = refused(tmp_path, content.encode(encoding), "a.jsonl", "one JSON array")
    assert "an object a line" in error.hint
    refused(tmp_path, b'[{"text": "' + b"x" * LINE, "a.jsonl", "one JSON array")


def test_a_line_of_100_mb_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "One."}\n{"text": "')
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n{"text": "Two."}\n')
    tracemalloc.start()
    found = list(read_articles(path, id="a"))
    assert tracemalloc.get_traced_memory()[1] < 6 * LINE
    tracemalloc.stop()
    assert [type(one).__name__ for one in found] == ["Article", "Failure", "Article"]


def test_a_row_with_an_open_quotation_mark_does_not_take_the_next_ones_along(tmp_path: Path) -> None:
    rows = [
        "title,text",
        'One,"Closed on\nMonday, they ""say""."',
        'Two,"It is open.',
        'Three,"The ferry sails."',
        "Four,Rain.",
    ]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = list(read_articles(path, id="a.csv"))
    assert [one.title for one in found if isinstance(one, Article)] == ["One", "Three", "Four"]
    (bad,) = (one for one in found if isinstance(one, Failure))
    assert (bad.id, "quotation mark" in bad.reason) == ("a.csv#line 4", True)


def test_what_follows_a_row_with_an_open_quotation_mark_is_no_row_unless_it_looks_like_one() -> None:
    rows = [
        "id,title,text",
        '1,One,"Closed on Monday.',
        "Nobody knows why.",
        "",
        'They ""say"", so.',
        '2,Two,"It is open,\nsaid the captain."',
        "3,Three,Rain.",
    ]
    bad, *good = csv_rows(io.BytesIO("\n".join(rows).encode()))
    assert (bad.number, bad.reason) == (
        2,
        "a quotation mark in it is never closed; 2 lines after it cannot be told from it",
    )
    assert [row.values and row.values["id"] for row in good] == ["2", "3"]


def test_bare_quotation_marks_inside_a_value_do_not_make_rows_of_its_lines() -> None:
    rows = ["id,title,text", '1,One,"He said "no".', "", 'Then, he left."', '2,Two,"He said "no"."', "3,Three"]
    bad, *good = csv_rows(io.BytesIO("\n".join(rows).encode()))
    assert (bad.number, bad.values) == (2, None)
    assert [row.values and row.values["id"] for row in good] == ["2", "3"]


def test_values_beyond_the_last_column_are_of_the_text_or_reported(tmp_path: Path) -> None:
    texts = [
        "The harbour is closed, said the captain, until Monday.",
        "It rains,",
        "It snows,,",
        "It is, he said; open",
    ]
    rows = "".join(f"{number},Title,{text}\n" for number, text in enumerate(texts))
    found = articles(written(tmp_path, f"id,title,text\n{rows}", "a.csv"))
    assert [one.text for one in found] == [texts[0], "It rains", "It snows", texts[3]]
    path = written(tmp_path, "text,title\nClosed,A,,b\nOpen,B,,\nRain,C\nSnow\n", "b.csv")
    assert failures(path) == {"b.csv#line 2": "it has 4 values under 2 names"}
    assert [one.text for one in read_articles(path, id="b") if isinstance(one, Article)] == ["Open", "Rain", "Snow"]


def test_quotation_marks_after_a_backslash_as_mysql_writes_them(tmp_path: Path) -> None:
    rows = '"title","text","date"\n"A ""b""","He said ""no"", twice.","2021-10-19"\n"C","","2021-10-20"\n'
    for content in (rows, rows.replace('""', '\\"').replace(',\\",', ',"",')):
        (found,) = (
            one for one in read_articles(written(tmp_path, content, "a.csv"), id="a") if isinstance(one, Article)
        )
        assert (found.title, found.text, str(found.published)) == ('A "b"', 'He said "no", twice.', "2021-10-19")
    (found,) = articles(written(tmp_path, 'title,text\n"C:\\","The harbour is closed."\n', "a.csv"))
    assert found.title == "C:\\"


def test_open_quotation_marks_without_end_end_a_table() -> None:
    rows = list(csv_rows(io.BytesIO(b"title,text\n" + b'Two,"It is open\nThree,It is not\n' * 200)))
    assert rows[-1].fatal
    assert sum(row.values is None for row in rows) == 51
    assert [row.values for row in rows if row.values] == [{"title": "Three", "text": "It is not"}] * 50


def test_a_field_of_100_mb_ends_a_table(tmp_path: Path) -> None:
    import csv

    limit = csv.field_size_limit()
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b'title,text\nOne,The harbour is closed.\nTwo,"')
        for _ in range(100):
            file.write(b"x" * ((1 << 20) - 1) + b"\n")
        file.write(b'"\nThree,It is open.\n')
    tracemalloc.start()
    good, bad = read_articles(path, id="a.csv")
    assert tracemalloc.get_traced_memory()[1] < 12 * LINE
    tracemalloc.stop()
    assert isinstance(good, Article)
    assert isinstance(bad, Failure)
    assert (bad.id, "quotation marks" in bad.reason) == ("a.csv", True)
    assert csv.field_size_limit() == limit


def test_tables_without_texts(tmp_path: Path) -> None:
    error = refused(tmp_path, "name,price\nwhale,7\n", "a.csv", "texts")
    assert "name, price" in error.hint
    refused(tmp_path, "title,text\n", "a.csv", "holds no articles")


def test_failures_are_named_one_by_one_up_to_a_point(tmp_path: Path) -> None:
    found = failures(written(tmp_path, "no json\n" * 500, "a.jsonl"))
    assert len(found) == 101
    assert found["a.jsonl"] == "400 more could not be read"


# Archives


def test_names_in_archives_are_only_ids(tmp_path: Path) -> None:
    names = [
        "../../x.txt",
        "/etc/y.txt",
        "C:\\windows\\z.txt",
        "a\x01b.txt",
        "..",
        "./.hidden.txt",
        "a//b/../c.txt",
        "-.txt",
    ]
    before = sorted(tmp_path.rglob("*"))
    path = written(tmp_path, packed(dict.fromkeys(names, FIRST)), "a.zip")
    ids = [article.id for article in articles(path)]
    assert ids == [f"a.zip/{end}" for end in ("x.txt", "etc/y.txt", "windows/z.txt", "a b.txt", "a/b/c.txt", "-.txt")]
    assert sorted(tmp_path.rglob("*")) == [*before, path]


def bomb(size: int) -> bytes:
    """An archive of a file of so many MB of nothing, and a text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", FIRST)
        with made.open("b.jsonl", "w") as file:
            for _ in range(size):
                file.write(b"x" * (1 << 20))
        made.writestr("c.txt", SECOND)
    return out.getvalue()


@pytest.mark.parametrize("nested", [False, True])
def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, nested: bool) -> None:
    content = packed({"x.zip": bomb(300), "y.txt": FIRST}) if nested else bomb(300)
    tracemalloc.start()
    found = list(read_articles(written(tmp_path, content, "a.zip"), id="a.zip"))
    assert tracemalloc.get_traced_memory()[1] < 60 << 20
    tracemalloc.stop()
    assert isinstance(found[0], Article)
    last = found[-1]
    assert isinstance(last, Failure)
    assert (last.id, f"{archive.RATIO} times its size" in last.reason) == ("a.zip", True)


def test_a_bomb_in_a_document(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {**EPUB_FILES, "OEBPS/b.xhtml": b" " * (40 << 20)}
    refused(tmp_path, packed({"word/document.xml": b" " * (40 << 20)}), "a.docx", "times its size")
    found = list(read_articles(written(tmp_path, packed(files), "a.epub"), id="a.epub"))
    assert isinstance(found[-1], Failure)


def test_an_archive_that_lies_about_sizes(tmp_path: Path) -> None:
    content = bytearray(packed({"a.txt": FIRST * 1000}))
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)  # the size once unpacked
    found = list(read_articles(written(tmp_path, bytes(content), "a.zip"), id="a.zip"))
    assert [(one.id, type(one)) for one in found] == [("a.zip/a.txt", Failure)]


def test_members_that_cannot_be_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("odd.txt", FIRST, zipfile.ZIP_BZIP2)
        made.writestr("deep.zip", packed({"deeper.zip": packed({"a.txt": FIRST})}))
        made.writestr("scan.pdf", pdf([[]]))
        made.writestr("good.txt", FIRST)
        made.writestr("locked.txt", FIRST)
    content = bytearray(out.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.rindex(b"locked.txt", 0, content.rindex(b"PK\x01\x02") if flags == 6 else None)
        content[content.rindex(mark, 0, at) + flags] |= 1
    path = written(tmp_path, bytes(content), "a.zip")
    assert failures(path) == {
        "a.zip/link.txt": "it is a link, not a file",
        "a.zip/odd.txt": "it is packed in an unusual way",
        "a.zip/deep.zip/deeper.zip": "archives are read one inside another, not deeper",
        "a.zip/scan.pdf": "its pages hold pictures, no text",
        "a.zip/locked.txt": "it is encrypted",
    }
    assert [one.id for one in read_articles(path, id="a.zip") if isinstance(one, Article)] == ["a.zip/good.txt"]


def test_a_truncated_archive_of_archives_is_not_taken_for_its_last_one(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:  # stored, so that the table of contents of the inner one lies open
        made.writestr("a.zip", packed({"a.txt": FIRST}))
        made.writestr("b.zip", packed({"b.txt": SECOND}))
    whole = out.getvalue()
    refused(
        tmp_path, whole[: whole.rindex(b"PK\x05\x06", 0, whole.rindex(b"PK\x05\x06")) + 22], "z.zip", "no whole zip"
    )


def test_archives_without_articles(tmp_path: Path) -> None:
    refused(tmp_path, packed({"a.exe": "x"}), "a.zip", "holds no articles")
    refused(tmp_path, packed({}), "a.zip", "holds no articles")
