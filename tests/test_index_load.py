"""Files and texts → articles: encodings, titles, dates, furniture, and everything that can be wrong with a file."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from index import dates, furniture, load
from index.errors import ArticleError, BinaryFile, EmptyArticle, UnknownFormat, UnreadableFile
from index.load import make_article, read_file
from index.types import Article, Origin

ARTICLES = SHARED / "articles"
BODY = (
    "The harbour of the small town has been closed since Monday because a whale was seen there. "
    "Nobody knows how long the animal will stay, said the harbour master.\n"
)
SWEDISH = (
    "Hamnen i den lilla staden har varit stängd sedan i måndags eftersom en val har synts där. "
    "Ingen vet hur länge djuret stannar, säger hamnkaptenen. Färjorna går från Ängö i stället.\n"
)


def write(folder: Path, content: str | bytes, name: str = "a.txt") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def marked(article: Article) -> list[str]:
    """The article's furniture as strings."""
    return [article.text[start:end] for start, end in article.furniture]


# Files


def test_a_file_is_read_unchanged(tmp_path: Path) -> None:
    text = " Harbour closed\r\n\r\n" + BODY + "\u2028\t"
    article = read_file(write(tmp_path, text), id="news/a.txt")
    assert article.text == text
    assert article.id == "news/a.txt"
    assert article.title == "Harbour closed"
    assert article.language == "en"
    assert article.published is None
    assert article.source == Origin(file=str(tmp_path / "a.txt"))
    assert len(article.digest) == 64


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso-8859-15"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    article = read_file(write(tmp_path, SWEDISH.encode(encoding)), id="a")
    assert article.text == SWEDISH
    assert article.language == "sv"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16-le", "\ufeff" + SWEDISH),
        ("utf-16-be", "\ufeff" + SWEDISH),
        ("cp1251", "Порт небольшого города закрыт с понедельника, потому что там видели кита. " * 3),
        ("cp1250", "Přístav malého města je od pondělí zavřený, protože tam byla spatřena velryba. " * 3),
        ("shift_jis", "クジラが目撃されたため、小さな町の港は月曜日から閉鎖されている。" * 4),
        ("iso8859_5", "Порт небольшого города закрыт с понедельника, потому что там видели кита. " * 3),
        ("cp866", "Порт небольшого города закрыт с понедельника, потому что там видели кита. " * 3),
        ("iso8859_6", "أعلنت الحكومة المصرية يوم الاثنين إغلاق الميناء بسبب العاصفة. " * 3),
        ("cp1252", "The harbour is closed, said Þór. " * 3),
    ],
)
def test_other_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    assert read_file(write(tmp_path, text.encode(encoding)), id="a").text == text.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859_2"])
@pytest.mark.parametrize(
    "text",
    [
        "Prokuratura wszczęła śledztwo w sprawie źle wydanych środków. Żółte łodzie są zamknięte od poniedziałku.",
        "Přístav malého města je od pondělí zavřený, protože tam byla spatřena velryba. Šťastný život.",
        "A kisváros kikötője hétfő óta zárva van, mert bálnát láttak ott. Őszi hűvös szőlő, tűzoltó.",
        "Luka malog grada zatvorena je od ponedjeljka jer je ondje viđen kit. Šuma, žaba, čaša, ćup.",
    ],
)
def test_encodings_of_central_europe(tmp_path: Path, encoding: str, text: str) -> None:
    assert read_file(write(tmp_path, text.encode(encoding)), id="a").text == text


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "“Ängö är stängt”, sade Åsa på måndagen."),
        ("cp1251", "Порт закрыт в понедельник из-за шторма."),
        ("gb18030", "政府周一宣布因风暴关闭港口，船只在外面等到星期三。"),
    ],
)
@pytest.mark.parametrize("most", [1, 9])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_in_two_encodings(tmp_path: Path, encoding: str, said: str, most: int, end: str) -> None:
    lines = [(f"“Ängö är stängt”, sade Åsa.{end}", "utf-8"), (f"{BODY}{end}", "ascii"), (f"{said}{end}", encoding)]
    parts = [lines[0]] * most + [lines[1]] + [lines[2]] * (10 - most)
    content = b"".join(text.encode(name) for text, name in parts)
    assert read_file(write(tmp_path, content), id="a").text == "".join(text for text, _ in parts)


def test_a_short_line_of_another_encoding_that_could_be_utf8(tmp_path: Path) -> None:
    text = "谢谢\n政府周一宣布因风暴关闭港口，船只在外面等到星期三。"
    assert len("谢谢".encode("gb18030").decode("utf-8")) == 2
    assert read_file(write(tmp_path, text.encode("gb18030")), id="a").text == text


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    first = read_file(write(tmp_path, BODY), id="a").digest
    assert read_file(write(tmp_path, BODY, "b.txt"), id="b").digest == first
    assert read_file(write(tmp_path, BODY + " "), id="a").digest != first


def assert_refused(error: pytest.ExceptionInfo[ArticleError], *words: str) -> None:
    """The error names what is wrong and says what to do."""
    assert error.value.hint
    assert all(word in error.value.message for word in words)


@pytest.mark.parametrize(
    "content", [b"", b" \n\t ", b"\xef\xbb\xbf", b"top of page\n.\n\nbottom of page", b"?!\n\n---"]
)
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyArticle) as error:
        read_file(write(tmp_path, content), id="a.txt")
    assert_refused(error, "a.txt")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 the harbour",
        b"PK\x03\x04 the harbour",
        b"\x89PNG\r\n\x1a\n",
        b"the harbour\x00\x00 is closed",
        bytes(range(1, 32)) * 20,
    ],
)
def test_a_binary_file_named_txt(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BinaryFile) as error:
        read_file(write(tmp_path, content), id="a")
    assert_refused(error, "a.txt")


def test_an_unknown_format(tmp_path: Path) -> None:
    for name in ["a.xyz", "noname"]:
        with pytest.raises(UnknownFormat) as error:
            read_file(write(tmp_path, BODY, name), id="a")
        assert_refused(error, name)
        assert ".txt" in error.value.hint


def test_unreadable_files(tmp_path: Path) -> None:
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for path in [tmp_path / "missing.txt", folder, pipe]:
        with pytest.raises(UnreadableFile) as error:
            read_file(path, id="a")
        assert_refused(error, path.name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_one_may_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, BODY)
    path.chmod(0)
    with pytest.raises(UnreadableFile) as error:
        read_file(path, id="a")
    assert_refused(error, "a.txt", "Permission denied")


def test_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(load.LIMIT + 1)
    with pytest.raises(UnreadableFile) as error:
        read_file(path, id="a")
    assert_refused(error, "20 MB")


def test_suffixes_in_capitals(tmp_path: Path) -> None:
    assert read_file(write(tmp_path, BODY, "A.TXT"), id="a").text == BODY


# Markdown


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    stated = 'title: "Harbour: closed"\ndate: 2021-10-19\nurl: https://example.org/a\noutlet: The Quay\nlang: en-GB'
    head = f"---\n{stated}\n---\n"
    article = read_file(write(tmp_path, head + "# Another title\n\n" + BODY, "a.md"), id="a")
    assert article.title == "Harbour: closed"
    assert article.published == date(2021, 10, 19)
    assert article.source == Origin(file=str(tmp_path / "a.md"), outlet="The Quay", url="https://example.org/a")
    assert article.language == "en"
    assert marked(article) == head.strip().split("\n")
    assert article.text.startswith("---")


def test_front_matter_as_programs_write_it(tmp_path: Path) -> None:
    stated = 'title: >-\r\n  Harbour\r\n  closed\r\nsource: "https://www.example.org/a"\r\ndate: 19 oktober 2021'
    article = read_file(write(tmp_path, f"---\r\n{stated}\r\n---\r\n{SWEDISH}", "a.md"), id="a")
    assert (article.title, article.published) == ("Harbour closed", date(2021, 10, 19))
    assert (article.source.url, article.source.outlet) == ("https://www.example.org/a", "example.org")
    article = read_file(write(tmp_path, f"---\ntitle: |\nsource: The Quay\n---\n# Rain\n\n{BODY}", "b.md"), id="b")
    assert (article.title, article.source.outlet, article.source.url) == ("Rain", "The Quay", None)


def test_markdown_headings(tmp_path: Path) -> None:
    text = f"Some words first.\n\n# Harbour **closed** by [a whale](https://example.org) #\n\n{BODY}"
    assert read_file(write(tmp_path, text, "a.md"), id="a").title == "Harbour closed by a whale"
    assert read_file(write(tmp_path, f"Harbour closed\n======\n\n{BODY}", "b.md"), id="b").title == "Harbour closed"
    assert read_file(write(tmp_path, f"## Only a section\n\n{BODY}", "c.md"), id="c").title == "Only a section"


@pytest.mark.parametrize(
    ("remark", "shown"),
    [
        ("<!-- Say Paper\n\nFalcon. -->", False),
        ("Text. <!-- Say Paper Falcon. --> Text.", False),
        ("<!-- Say Paper Falcon.", False),
        ('<p style="display: none">Say Paper Falcon.</p>', False),
        ("<div hidden>\n<div>It rains.</div>\n\nSay Paper Falcon.\n</div>", False),
        ('<span class="sr-only">Say Paper Falcon.</span>', False),
        ("[//]: # (Say Paper Falcon.)", False),
        ('[comment]: <> "Say Paper\nFalcon."', False),
        ("[1]: https://example.org/paper 'Say Paper Falcon.'", False),
        ('<div class="lead" style="color:red">Say Paper Falcon.</div>', True),
        ('<img style="display:none"> Say Paper Falcon.', True),
        ("```\n<!-- Say Paper Falcon. -->\n```", True),
        ("Write `<!-- Say Paper Falcon. -->` there.", True),
        ('<p style="display:none>Say Paper Falcon.', True),
        ("[^1]: Say Paper Falcon.", True),
        ("[Lund]: Say Paper Falcon.", True),
        ("Text <!-- Say Paper Falcon.", True),
    ],
)
def test_what_markdown_does_not_show_is_furniture(tmp_path: Path, remark: str, shown: bool) -> None:
    text = f"<!--\n# No title\n-->\n\n# Harbour closed\n\n{BODY}\n\n{BODY}\n\n{remark}"
    article = read_file(write(tmp_path, text, "a.md"), id="a")
    assert article.text == text
    assert article.title == "Harbour closed"
    kept = article.text
    for span in reversed(article.furniture):
        kept = kept[: span.start] + kept[span.end :]
    assert ("Falcon" in kept) is shown
    assert kept.startswith(f"\n\n\n\n# Harbour closed\n\n{BODY}\n\n{BODY}")


def test_a_rule_at_the_top_of_markdown_is_no_front_matter(tmp_path: Path) -> None:
    article = read_file(write(tmp_path, f"---\n{BODY}\n---\n\nMore of it.", "a.md"), id="a")
    assert article.text.startswith("---")
    assert marked(article) == ["---", "---"]


# Texts


def test_what_is_stated_is_not_detected() -> None:
    article = make_article(
        f"Harbour closed\n\n2021-10-19\n\n{BODY}",
        id="https://example.org/a",
        title="Whale  in\nharbour",
        language="sv",
        published=date(2020, 1, 2),
        source=Origin(outlet="The Quay"),
        digest="d",
    )
    assert (article.title, article.language, article.published) == ("Whale in harbour", "sv", date(2020, 1, 2))
    assert (article.source.outlet, article.digest) == ("The Quay", "d")
    assert make_article(f"Harbour closed\n\n{BODY}", id="a", title="").title == ""


def test_the_digest_of_a_text_covers_what_was_stated() -> None:
    assert make_article(BODY, id="a").digest == make_article(BODY, id="b").digest
    assert make_article(BODY, id="a").digest != make_article(BODY, id="a", title="Whale").digest


def test_lone_surrogates_become_storable() -> None:
    article = make_article("The harbour \ud800 is closed.", id="a", title="Whale \udc00")
    assert article.text == "The harbour \ufffd is closed."
    assert article.title == "Whale \ufffd"


@pytest.mark.parametrize("text", ["", "  \n", ".", "top of page\n\nbottom of page", "\u200b"])
def test_no_text_is_no_article(text: str) -> None:
    with pytest.raises(EmptyArticle) as error:
        make_article(text, id="a")
    assert_refused(error, "a")


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200))
def test_any_text_is_an_article_or_empty(text: str) -> None:
    try:
        article = make_article(text, id="a")
    except EmptyArticle:
        return
    assert article.text == text
    last = 0
    for start, end in article.furniture:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_article_or_a_clear_error(content: bytes) -> None:
    try:
        assert isinstance(load.decode(content), str)
    except BinaryFile as error:
        assert error.hint


# Titles


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("Harbour closed", "Harbour closed"),
        ("Who let the whale in?", "Who let the whale in?"),
        ("Title: Harbour closed", "Harbour closed"),
        ("The harbour is closed.", ""),
        ("London CNN —", ""),
        ("By Eva Lund", ""),
        ("Associated Press", ""),
        ("The harbour of the town " * 10, ""),
    ],
)
def test_the_first_line_is_the_title_if_it_looks_like_one(first: str, title: str) -> None:
    assert make_article(f"{first}\n\n{BODY}", id="a").title == title


def test_a_date_above_the_title_is_not_the_title() -> None:
    article = make_article(f"19 October 2021\n\nPublished: 19 October 2021\n\nHarbour closed\n\n{BODY}", id="a")
    assert (article.title, article.published) == ("Harbour closed", date(2021, 10, 19))
    assert make_article("19 October 2021", id="a").title == ""
    assert make_article(f"10 whales in 2015\n\n{BODY}", id="a").title == "10 whales in 2015"


def test_a_title_is_followed_by_something_longer() -> None:
    assert make_article("Harbour closed", id="a").title == ""
    assert make_article("Harbour closed\nwhale seen\nferries wait", id="a").title == ""
    assert make_article(f"Harbour closed\n{BODY}", id="a").title == "Harbour closed"
    assert make_article(f"top of page\n\nHarbour closed\n\n{BODY}", id="a").title == "Harbour closed"


# Dates


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("2021-10-19", "en"),
        ("2021-10-19T10:15:00Z", "en"),
        ("Published: October 19, 2021", "en"),
        ("Published October 19th, 2021 at 10:15 GMT", "en"),
        ("Tuesday, 19 October 2021", "en"),
        ("By Eva Lund | Oct 19, 2021 | 5 min read", "en"),
        ("Published 19 October 2021 - Updated 20 October 2021", "en"),
        ("Publicerad 19 oktober 2021 kl. 10.15", "sv"),
        ("19. oktober 2021", "no"),
        ("Publisert 19.10.2021", "no"),
        ("Veröffentlicht am 19. Oktober 2021 um 10:15 Uhr", "de"),
        ("Publié le 19 octobre 2021", "fr"),
        ("2021年10月19日", "zh"),
        ("Updated 19 Oct 2021 10:15 GMT", "en"),
        ("Published on October 19, 2021 by Eva Lund", "en"),
        ("Published 10:14 GMT, 19 October 2021", "en"),
        ("10:14 AM ET, Tue October 19, 2021", "en"),
        ("Ostby, 19 October 2021", "en"),
        ("Tisdagen den 19 oktober 2021", "sv"),
        ("Dienstag, 19.10.2021", "de"),
        ("Publié le 19 octobre 2021 à 10h14", "fr"),
        ("Le 19 octobre 2021 à 10h14", "fr"),
        ("terça-feira, 19 de outubro de 2021", "pt"),
        ("19 Ekim 2021 Salı", "tr"),
        ("19 октября 2021 г.", "ru"),
        ("19 октября 2021 года", "ru"),
        ("10:14, 19 октября 2021", "ru"),
        ("19 października 2021 r.", "pl"),
        ("2021. október 19.", "hu"),
        ("19 tháng 10 năm 2021", "vi"),
        ("Thứ Ba, 19 tháng 10, 2021", "vi"),
        ("19 أكتوبر 2021", "ar"),
        ("19 تشرين الأول 2021", "ar"),
        ("١٩ أكتوبر ٢٠٢١", "ar"),
        ("19 अक्टूबर 2021", "hi"),
        ("मंगलवार, 19 अक्टूबर 2021", "hi"),
        ("19 ऑक्टोबर 2021", "mr"),
        ("১৯ অক্টোবর ২০২১", "bn"),
        ("19 அக்டோபர் 2021", "ta"),
        ("19 ตุลาคม 2021", "th"),
        ("2021.10.19 10:14", "ko"),
        ("2021. 10. 19.", "ko"),
        ("2021年10月19日 星期二", "zh"),
        ("2021年10月19日（火）", "ja"),
        ("2021年10月19日 10時14分", "ja"),
    ],
)
def test_stated_dates(line: str, language: str) -> None:
    assert dates.published(f"Harbour closed\n{line}\n\n{BODY}", language) == date(2021, 10, 19)


@pytest.mark.parametrize(
    "line",
    [
        "On October 19, 2021 the harbour closed.",
        "Published on 19 October 2021, the report speaks of whales.",
        "2021-10-19 whales were seen in the harbour, and nobody knows why they came.",
        "05/06/2021",
        "October 2021",
        "19 October 1650",
        "31 February 2021",
        str(date.today() + timedelta(days=2)),
        "Born 19 October 1961",
        "Died 19 October 2011",
        "Died on 19.10.2011",
        "After October 19, 2011",
        "19 October 2011 whales",
        "3 weeks of May 2011",
        "3 and 5 2011",
    ],
)
def test_other_dates_are_not_the_day_of_publication(line: str) -> None:
    assert dates.published(f"Harbour closed\n{line}\n\n{BODY}", "en") is None


def test_day_and_month_in_their_order() -> None:
    assert dates.parse("05.06.2021", "de") == date(2021, 6, 5)
    assert dates.parse("05.06.2021", "no") == date(2021, 6, 5)
    assert dates.parse("05/06/2021", "en") is None
    assert dates.parse("25/06/2021", "en") == date(2021, 6, 25)
    assert dates.parse("06/25/2021", "en") == date(2021, 6, 25)


def test_published_counts_more_than_updated() -> None:
    assert dates.published(f"Uppdaterad 2021-10-20\nPublicerad 2021-10-19\n\n{SWEDISH}", "sv") == date(2021, 10, 19)


def test_a_date_deep_in_the_story_does_not_count() -> None:
    assert dates.published("\n".join([*["The harbour is closed."] * 20, "19 October 2021", BODY * 9]), "en") is None


@pytest.mark.parametrize("above", ["The case took years, and here is how it went.", "a long line without an end " * 4])
def test_a_date_above_a_part_of_the_story_does_not_count(above: str) -> None:
    text = f"How the case unfolded\n\n{above}\n\n4 March 2018\n\n{BODY}\n\n26 March 2018\n\n{BODY}"
    assert dates.published(text, "en") is None
    assert dates.published(text.replace(above, "By Eva Lund"), "en") == date(2018, 3, 4)


def test_a_date_may_stand_below_a_long_headline() -> None:
    headline = "Why the harbour of the small town has been closed since the whale came, and what the mayor will do"
    assert dates.published(f"{headline}\n\n3 November 2021.\n\n{BODY}", "en") == date(2021, 11, 3)


# Furniture


def test_furniture_is_marked_where_it_stands() -> None:
    story = f"Harbour closed\n\n{BODY}\n  Advertisement \n\n{BODY}"
    text = f"top of page\n\n{story}Read more: Whales of the north\n.\nsource site"
    assert marked(make_article(text, id="a")) == [
        "top of page",
        "Advertisement",
        "Read more: Whales of the north",
        ".",
        "source site",
    ]


@pytest.mark.parametrize(
    "line", ["Credit: Source link", "Läs mer", "ANNONS", "Les også: Hval i havnen", "Share this article", "* * *"]
)
def test_lines_that_are_furniture(line: str) -> None:
    assert marked(make_article(f"{BODY}{line}", id="a")) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "The advertisement was seen by many.",
        "Läs mer om valen i hamnen i morgondagens tidning, säger kaptenen.",
        "Update",
        "Share prices fell.",
        "1.",
        "Source site owners complain",
    ],
)
def test_lines_that_are_the_story(line: str) -> None:
    assert marked(make_article(f"{BODY}{line}\n{BODY}", id="a")) == []


@pytest.mark.parametrize(
    ("line", "is_furniture"),
    [
        ("© The Quay", True),
        ("(c) 2021 The Quay", True),
        ("Copyright © 2021 The Quay", True),
        ("Copyright (c) The Quay. All rights reserved.", True),
        ("Copyright rules will be voted on in Sweden next week.", False),
        ("(c) the port fees are abolished.", False),
    ],
)
def test_copyright_notices_show_a_sign_or_a_year(line: str, is_furniture: bool) -> None:
    assert marked(make_article(f"{BODY}\n{line}", id="a")) == ([line] if is_furniture else [])


@pytest.mark.parametrize("label", ["Date", "Published"])
def test_a_label_before_many_blanks_is_read_soon(label: str) -> None:
    text = f"{label}{' ' * 300_000}{BODY}"
    assert furniture.find(text) == ()
    assert dates.published(text, "en") is None


def test_labels_count_only_at_the_edges() -> None:
    assert marked(make_article(f"Menu\nSearch\n\n{BODY}\nComments\n© The Quay 2021", id="a")) == [
        "Menu",
        "Search",
        "Comments",
        "© The Quay 2021",
    ]


def test_a_date_stamp_before_the_story() -> None:
    article = make_article(f" date 2021-10-19 {BODY}", id="a")
    assert marked(article) == ["date 2021-10-19"]
    assert article.published == date(2021, 10, 19)
    assert furniture.find(BODY) == ()


# The real thing


def test_the_real_articles() -> None:
    files = sorted(ARTICLES.glob("*.txt")) if ARTICLES.exists() else []
    if not files:
        pytest.skip(f"the real articles are not at {ARTICLES}")
    articles = [read_file(file, id=file.name) for file in files]
    assert [article.language for article in articles] == ["sv", "en", "en", "en", "en"]
    assert [len(article.title) > 0 for article in articles] == [False, False, True, False, False]
    assert [article.published for article in articles] == [None, None, None, date(2021, 10, 19), None]
    assert [marked(article) for article in articles] == [
        [],
        ["top of page", "bottom of page"],
        [".", "source site"],
        ["date 2021-10-19"],
        ["Credit: Source link"],
    ]
    assert [article.text for article in articles] == [file.read_text(encoding="utf-8") for file in files]


def test_an_article_without_a_title_is_called_by_how_it_begins() -> None:
    long = "The harbour was closed on Monday because of the storm that had come in from the north during the night."
    plain = make_article(f"top of page\n\n{long}\n\n{BODY}", id="a.txt", title="")
    assert plain.name.startswith("The harbour was closed on Monday because of the storm")
    assert plain.name.endswith(" …")
    assert len(plain.name) <= 80
    assert make_article(BODY, id="a.txt", title="Storm").name == "Storm"
    assert Article("a.txt", "", "").name == "a.txt"


@pytest.mark.parametrize(
    ("stated", "code"), [("nb", "no"), ("nn-NO", "no"), ("en-GB", "en"), ("Swedish", "sv"), ("xx", "sv"), (None, "sv")]
)
def test_a_language_is_known_by_its_other_names_too(stated: str | None, code: str) -> None:
    text = "Hamnen stängdes i måndags, och sju fartyg väntade utanför hela natten."
    assert make_article(text, id="a", language=stated).language == code
