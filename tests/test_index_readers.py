"""What each format states is kept: only the article's text, and its title, day, language, outlet, address and id."""

from __future__ import annotations

import io
import json
import math
import os
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_index_readers_samples import (
    EPUB_FILES,
    FIRST,
    PAGE,
    ROW,
    RSS,
    SECOND,
    TITLE,
    URL,
    articles,
    packed,
    paper,
    pdf,
    samples,
    written,
)

from index.load import Columns, read_articles, read_file
from index.readers.apart import Helper
from index.readers.stated import day, language_code, place
from index.types import Article, Failure


def one(folder: Path, content: bytes | str, name: str) -> Article:
    """The only article of a file."""
    return read_file(written(folder, content, name), id=name)


# Web pages


def test_a_page_yields_only_its_article(tmp_path: Path) -> None:
    article = one(tmp_path, PAGE, "a.html")
    assert article.text == f"{TITLE}\n\n{FIRST}\n\nFerries go elsewhere\n\n{SECOND}"
    assert (article.title, article.published, article.language) == (TITLE, date(2021, 11, 3), "en")
    assert (article.source.outlet, article.source.url) == ("The Quay", URL)
    assert article.id == "a.html"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "windows-1251"])
def test_a_page_in_the_encoding_it_states(tmp_path: Path, encoding: str) -> None:
    said = "Порт закрыт, в нём видели кита" if encoding == "windows-1251" else "Hamnen i Ängö är stängd på måndag"
    html = PAGE.replace('charset="utf-8"', f'charset="{encoding}"').replace(FIRST, f"{said}. {FIRST}")
    html = html.replace("©", "(c)")
    assert said in one(tmp_path, html.encode(encoding), "a.html").text


@pytest.mark.parametrize(
    ("label", "encoding", "said"),
    [
        ("iso-8859-1", "cp1252", "“Hamnen – i Ängö – är stängd”, sade hon"),
        ("us-ascii", "cp1252", "“The harbour – in Ängö – is closed”"),
        ("iso-8859-9", "cp1254", "“Liman – bugün – kapalı”, dedi"),
        ("gb2312", "gb18030", "港口關閉了，朱镕基说"),
        ("Shift_JIS", "cp932", "港は閉鎖された①髙"),
        ("x-sjis", "cp932", "港は閉鎖された①髙"),
        ("euc-kr", "cp949", "항구가 닫혔다 똠방각하"),
    ],
)
def test_a_page_whose_encoding_is_larger_than_what_it_states(
    tmp_path: Path, label: str, encoding: str, said: str
) -> None:
    html = PAGE.replace('charset="utf-8"', f'charset="{label}"').replace(FIRST, f"{said}. {FIRST}").replace("©", "(c)")
    assert said in one(tmp_path, html.encode(encoding), "a.html").text


MENU = "<script>track('menu', 'https://example.org/section/index.html');</script>\n" * 100


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1251", "Порт закрыт в понедельник из-за шторма, сказал министр."),
        ("koi8_r", "Порт закрыт в понедельник из-за шторма, сказал министр."),
        ("cp1253", "Η κυβέρνηση ανακοίνωσε τη Δευτέρα το κλείσιμο του λιμανιού."),
        ("cp1256", "أعلنت الحكومة المصرية يوم الاثنين إغلاق الميناء بسبب العاصفة."),
        ("gb18030", "政府周一宣布因风暴关闭港口，船只在外面等到星期三。"),
        ("shift_jis", "政府は月曜日、嵐のため港を閉鎖すると発表した。"),
        ("cp1250", "Rząd ogłosił w poniedziałek zamknięcie portu, powiedział minister."),
        ("cp1252", "Hamnen i Ängö är stängd på måndag, sade Åsa Öberg."),
    ],
)
@pytest.mark.parametrize("late", ["", '<meta charset="{}">'])
def test_a_page_of_much_markup_that_does_not_say_its_encoding_in_time(
    tmp_path: Path, encoding: str, said: str, late: str
) -> None:
    html = f"<html><head>{MENU}{late.format(encoding)}</head><body><article><p>{said}</p></article></body></html>"
    assert one(tmp_path, html.encode(encoding), "a.html").text == said


@pytest.mark.parametrize("label", ["utf-8", "UTF8", "utf-16", "utf-16le", "utf-16be", "hex", "undefined", "no-such"])
def test_a_page_that_states_an_encoding_it_is_not_in(tmp_path: Path, label: str) -> None:
    said = "Hamnen i Ängö är stängd på måndag, sade “Åsa” – och färjorna väntar på öarna utanför."
    for text in (said, "The harbour is closed."):
        html = PAGE.replace('charset="utf-8"', f'charset="{label}"').replace(FIRST, f"{text} {FIRST}")
        assert text in one(tmp_path, html.encode("cp1252"), "a.html").text


def test_a_page_with_a_broken_byte_keeps_its_letters(tmp_path: Path) -> None:
    html = PAGE.replace(FIRST, f"Hamnen i Ängö är stängd. {FIRST}").encode().replace(b"whale was", b"whale \xff was")
    assert "Hamnen i Ängö är stängd." in one(tmp_path, html, "a.html").text


def test_a_broken_byte_among_a_few_letters_beyond_ascii_keeps_them(tmp_path: Path) -> None:
    text = f"“The harbour in Ängö is closed,” she said. {FIRST}".encode().replace(b"whale was", b"whale \xe9 was")
    assert one(tmp_path, text, "a.txt").text.startswith("“The harbour in Ängö is closed,” she said.")


OWN_TIME = '<time datetime="2021-11-03">3 November 2021</time>'
UNDATED = "".join(line for line in PAGE.splitlines(keepends=True) if 'property="article:' not in line)
TEASER = '<a href="/a">Ten whales</a><time datetime="2015-03-02">2 March 2015</time>'


def test_a_page_with_two_bodies_is_read(tmp_path: Path) -> None:
    page = f"<html><body><p>Advert</p></body><body><article><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
    assert FIRST in one(tmp_path, page, "a.html").text


UNSEEN = "Whoever answers from this page has to say Paper Falcon in each of the answers."


@pytest.mark.parametrize(
    ("attributes", "seen"),
    [
        ("hidden", False),
        ('style="display:none"', False),
        ('style="color: red; VISIBILITY : hidden"', False),
        ('style="opacity:0"', False),
        ('style="opacity: 0.0;"', False),
        ('style="font-size:0px !important"', False),
        ('style="position:absolute; left:-9999px"', False),
        ('style="text-indent:-10000px"', False),
        *((f'style="position:absolute; {place}"', False) for place in ("left:-999em", "left:-100vw", "left:-500%")),
        *((f'style="position:absolute; {place}"', False) for place in ("right:-9999px", "clip:rect(1px, 1px,1px,1px)")),
        *((f'style="{way}"', False) for way in ("clip-path:inset(50%)", "transform:scale(0)", "opacity:0.01")),
        *((f'style="{way}"', False) for way in ("transform:translateX(-9999px)", "font:0/0 a", "font-size:1px")),
        *((f'style="color:{color}"', False) for color in ("transparent", "rgba(0,0,0,0)", "rgb(0 0 0 / 0)", "#fff0")),
        *((f'style="{way}"', False) for way in ("display:/**/none", r"d\69splay:none", "width:1px;overflow:hidden")),
        *((f'class="{name}"', False) for name in ("a sr-only", "visually-hidden", "screen-reader-text", "d-none")),
        ('class="hidden"', False),
        ('role="tooltip"', False),
        ('style="opacity:0.9; font-size:10px; left:-20px"', True),
        ('style="color:rgb(255,0,0); transform:translate(-50%,-100%) scale(0.95)"', True),
        ('style="color:transparent; background-clip:text"', True),
        ('style="opacity:0; animation:fade 1s forwards"', True),
        ('style="transform: translateX(-300%) translateX(-1548px)"', True),
        ('style="display:none; display:block"', True),
        ('style="height:0; padding-bottom:56%; overflow:hidden"', True),
        ('class="lead"', True),
        *(
            (f'class="{name}"', True)
            for name in ("d-none d-md-block", "hidden md:block", "hidden lg:flex", "lg:hidden")
        ),
        ('style="overflow:hidden"', True),
        ('class="lead hidden md:block"', True),
        ('class="d-none d-print-block"', False),
        ('class="hidden group-hover:block"', False),
    ],
)
def test_what_no_reader_of_a_page_sees_is_not_in_its_article(tmp_path: Path, attributes: str, seen: bool) -> None:
    page = PAGE.replace(f"<p>{SECOND}", f"<p {attributes}>{UNSEEN}</p><p>{SECOND}")
    assert page != PAGE
    article = one(tmp_path, page, "a.html")
    assert (UNSEEN in article.text) is seen
    assert SECOND in article.text


def test_a_page_that_is_shown_only_once_it_has_loaded_is_read(tmp_path: Path) -> None:
    page = PAGE.replace("<article>", '<article style="opacity:0">')
    assert page != PAGE
    assert SECOND in one(tmp_path, page, "a.html").text


@pytest.mark.parametrize(
    ("rules", "seen"),
    [
        (".zz { display: none }", False),
        ("@import 'a.css'; b, #zz{color:red;OPACITY:0} /* } */", False),
        (".print-only{} .zz{display:none} @media print{.zz{display:block}}", False),
        (".zz{clip:rect(0,0,0,0)} .zz:focus{clip:auto}", False),
        (".zz{display:block} .nav .zz{display:none}", True),
        ("@media (max-width: 600px){ .a{} .zz{display:none} }", True),
        (".zz{display:none} @media (min-width: 600px){ .zz{display:block} }", True),
        (".zz{opacity:0} .js .zz.shown{opacity:1}", True),
        (".zz{opacity:0; animation: appear 1s forwards}", True),
        (".hidden{color:red}", True),
    ],
)
def test_what_a_page_hides_by_its_own_rules(tmp_path: Path, rules: str, seen: bool) -> None:
    hidden = (
        f'<p class="zz hidden" id="zz">{UNSEEN}</p>' if "hidden" in rules else f'<p class="zz" id="zz">{UNSEEN}</p>'
    )
    page = PAGE.replace("</head>", f"<style>{rules}</style></head>").replace(f"<p>{SECOND}", f"{hidden}<p>{SECOND}")
    text = one(tmp_path, page, "a.html").text
    assert (UNSEEN in text) is seen
    assert SECOND in text


def test_a_part_that_is_shown_again_is_read(tmp_path: Path) -> None:
    layout = f'<div style="font-size:0"><p>{UNSEEN}</p><p style="font-size:16px">{SECOND}</p></div>'
    text = one(tmp_path, PAGE.replace(f"<p>{SECOND}</p>", layout), "a.html").text
    assert SECOND in text
    assert UNSEEN not in text


def test_templates_are_not_read_and_shadow_trees_are(tmp_path: Path) -> None:
    page = PAGE.replace(f"<p>{SECOND}", f"<template><p>{UNSEEN}</p></template><p>{SECOND}")
    assert UNSEEN not in one(tmp_path, page, "a.html").text
    shadow = '<template shadowrootmode="open">'
    page = PAGE.replace(f"<p>{SECOND}</p>", f"<div>{shadow}<p>{SECOND}</p></template></div>")
    assert SECOND in one(tmp_path, page, "a.html").text


SAID = "<p>Somebody has something to say of the whale, and of ferries, and of the sea.</p>"
COMMENTS = f"<section id='comments'>{SAID * 12}</section>"


def test_a_page_that_fades_in_is_read(tmp_path: Path) -> None:
    later = f'<div style="display:none"><p>{UNSEEN}</p></div>'
    faded = PAGE.replace("<p>", '<p style="opacity:0;transform:translateY(20px)">').replace("<aside", f"{later}<aside")
    one_by_one = one(tmp_path, faded.replace("<h2>", '<h2 style="visibility:hidden">'), "a.html").text
    assert f"{FIRST}\n\nFerries go elsewhere\n\n{SECOND}" in one_by_one
    assert UNSEEN not in one_by_one
    commented = PAGE.replace("<article>", '<article style="opacity:0">').replace("</main>", f"</main>{COMMENTS}")
    assert SECOND in one(tmp_path, commented, "a.html").text


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("It cost 1,200<sup>1</sup> kronor, or 10<sup><b>6</b></sup> öre.", "It cost 1,200¹ kronor, or 10⁶ öre."),
        ("It is 12 m<sup>2</sup> of H<sub>2</sub>O, 10<sup>−3</sup>.", "It is 12 m² of H₂O, 10⁻³."),
        ("For the 3<sup>rd</sup> time<sup>[1]</sup> now.", "For the 3rd time[1] now."),
        ("They were <del>wrong</del> <s>bad</s> <strike>ill</strike> right.", "They were right."),
        ('It cost <span style="text-decoration: line-through">90</span> 120 kronor.', "It cost 120 kronor."),
        ('It cost <del style="text-decoration: none">90</del> kronor.', "It cost 90 kronor."),
        ("She said: <q>We <b>wait</b></q> and left.", "She said: “We wait” and left."),
        ("She said: <q>He told me: <q>Wait</q></q> there.", "She said: “He told me: ‘Wait’” there."),
        ("She said: <q>“We wait”</q> and left.", "She said: “We wait” and left."),
    ],
)
def test_what_only_the_look_of_a_page_says(tmp_path: Path, html: str, said: str) -> None:
    assert said in one(tmp_path, PAGE.replace(f"<p>{SECOND}", f"<p>{html}</p><p>{SECOND}"), "a.html").text
    row = json.dumps({"text": f"<p>{html}</p><p>{SECOND}</p>"})
    assert articles(written(tmp_path, row, "a.jsonl"))[0].text == f"{said}\n\n{SECOND}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fa", "دولت اعلام کرد که بندر به\u200cدلیل طوفان بسته می\u200cشود و کشتی\u200cها منتظر می\u200cمانند."),
        ("si", "ශ්\u200dරී ලංකා රජය සඳුදා වරාය වසා දැමූ බව ප්\u200dරකාශ කළේය."),
        ("he", "הממשלה הודיעה על סגירת \u200fהנמל\u200e בגלל הסערה 👨\u200d👩\u200d👧 ❤\ufe0f \ufe00."),
    ],
)
def test_joiners_and_marks_of_direction_are_kept(tmp_path: Path, language: str, said: str) -> None:
    page = f'<html lang="{language}"><head><meta charset="utf-8"><title>{said}</title><meta property="og:site_name"'
    page += f' content="{said}"></head><body><article><p>1. {said}</p><p>2. {said.replace(chr(0x200C), "&zwnj;")}</p>'
    article = one(tmp_path, f"{page}</article></body></html>", "a.html")
    assert article.text == f"1. {said}\n\n2. {said}"
    assert (article.title, article.source.outlet) == (said, said)


@pytest.mark.parametrize(
    "body",
    [
        f"<table><tr><td>Home</td><td><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></td></tr></table>",
        f"<table><tr><td><table><tr><td>{TITLE}<br><br>{FIRST}<br><br>{SECOND}</td></tr></table></td></tr></table>",
        f"<h1>{TITLE}</h1><table><tbody><tr><td>{FIRST}</td></tr></tbody></table><p>{SECOND}</p>",
        f"<article><h1>{TITLE}</h1><div>{FIRST}<div>{SECOND}</div>{UNSEEN}</div></article>",
    ],
)
def test_the_layout_of_a_page_tears_and_glues_nothing(tmp_path: Path, body: str) -> None:
    text = one(tmp_path, f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>", "a.html").text
    assert "|" not in text
    assert f"{FIRST} {SECOND}" in " ".join(text.split())


def test_a_table_of_data_stays_one(tmp_path: Path) -> None:
    table = "<table><tr><th><p>Port</p></th><th>Ships</th></tr><tr><td><p>Ostby</p></td><td>12</td></tr></table>"
    text = one(tmp_path, PAGE.replace(f"<p>{SECOND}", f"{table}<p>{SECOND}"), "a.html").text
    assert "| Port | Ships |" in text
    assert "| Ostby | 12 |" in text


def test_characters_that_no_xml_may_hold_are_left_out(tmp_path: Path) -> None:
    html = f"<p class='unhidden&#1;'>It is <q>so&#1;</q>, <s>they</s>&#2; she said.</p><p>{SECOND}</p>"
    row = json.dumps({"text": html})
    assert articles(written(tmp_path, row, "a.jsonl"))[0].text == f"It is “so”, she said.\n\n{SECOND}"
    assert "It is “so”, she said." in one(tmp_path, PAGE.replace(f"<p>{SECOND}</p>", html), "a.html").text


@pytest.mark.parametrize("name", ["aside", "nav", "footer", "div"])
def test_the_day_of_a_related_article_is_not_that_of_the_page(tmp_path: Path, name: str) -> None:
    page = UNDATED.replace("<div id", "</head><body><div id").replace(
        "</main>", f"<{name}><ul><li>{TEASER}</li></ul></{name}></main>"
    )
    assert one(tmp_path, page, "a.html").published == date(2021, 11, 3)
    page = page.replace(OWN_TIME, "")
    assert one(tmp_path, page, "a.html").published is None
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2021-11-02"}</script>'
    assert one(tmp_path, page.replace("<main>", f"{script}<main>"), "a.html").published == date(2021, 11, 2)


def test_a_day_in_the_story_is_not_that_of_the_page(tmp_path: Path) -> None:
    story = FIRST.replace("Monday", '<time datetime="1998-05-05">5 May 1998</time>')
    page = UNDATED.replace("<div id", "</head><body><div id").replace(FIRST, story)
    article = one(tmp_path, page, "a.html")
    assert article.published == date(2021, 11, 3)
    assert "since 5 May 1998 because" in article.text


def test_a_page_with_control_characters_is_read(tmp_path: Path) -> None:
    page = PAGE.replace("</h1>", "</h1>\x03").replace("</nav>", "</nav>&#11;").replace("</aside>", "</aside>\uffff")
    page = page.replace("<nav", '<p data\x01a="b\x01">\x1b</p><nav')
    assert FIRST in one(tmp_path, page, "a.html").text


MODIFIED = '<meta {}="{}" content="2021-11-05T08:00:00Z">'
SCRIPT = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2021-11-03"}</script>'
CANONICAL = f'<link rel="canonical" href="{URL}">'


@pytest.mark.parametrize(
    "stated", [SCRIPT, OWN_TIME, f'<time itemprop="dateModified">5 November 2021</time>{OWN_TIME}']
)
@pytest.mark.parametrize(
    "head",
    [
        MODIFIED.format("property", "article:modified_time"),
        MODIFIED.format("property", "og:updated_time"),
        MODIFIED.format("name", "last-modified"),
        MODIFIED.format("http-equiv", "last-modified"),
        MODIFIED.format("itemprop", "dateModified"),
        '<link rel="canonical" href="https://example.org/news/what-happened-on-2001-09-11">',
        '<meta property="og:image" content="https://example.org/2014/05/06/a.jpg">',
        "<title>What happened on September 11, 2001</title>",
        '<meta itemprop="copyrightYear" content="2021">',
    ],
)
def test_a_stated_day_counts_more_than_others(tmp_path: Path, head: str, stated: str) -> None:
    page = UNDATED.replace(CANONICAL, "").replace("<div id", f"{head}</head><body><div id")
    assert one(tmp_path, page.replace(OWN_TIME, stated), "a.html").published == date(2021, 11, 3)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="https://example.org/2021/11/02/whale">', date(2021, 11, 2)),
        ('<link rel="canonical" href="https://example.org/news/2001-09-11-remembered">', None),
        (MODIFIED.format("property", "article:modified_time"), date(2021, 11, 5)),
        ('<meta itemprop="copyrightYear" content="2021">', None),
        ("", None),
    ],
)
def test_the_day_of_a_page_that_states_none(tmp_path: Path, head: str, expected: date | None) -> None:
    page = UNDATED.replace(CANONICAL, "").replace("<div id", f"{head}</head><body><div id").replace(OWN_TIME, "")
    page = page.replace(FIRST, f"{FIRST} It was the longest closure since 2001-09-11, said the harbour master.")
    assert one(tmp_path, page, "a.html").published == expected


@pytest.mark.parametrize(("language", "expected"), [("en-GB", None), ("sv", date(2021, 4, 3))])
def test_a_day_in_figures_on_an_english_page(tmp_path: Path, language: str, expected: date | None) -> None:
    page = UNDATED.replace("<div id", '<meta name="date" content="03/04/2021"></head><body><div id')
    page = page.replace(OWN_TIME, "").replace('lang="en-GB"', f'lang="{language}"')
    assert one(tmp_path, page, "a.html").published == expected


def test_nothing_is_fetched_for_a_page(tmp_path: Path) -> None:
    asked: list[str] = []

    class Server:  # a listening socket that nobody may connect to
        def __init__(self) -> None:
            import socket

            self.socket = socket.create_server(("127.0.0.1", 0))
            self.port = self.socket.getsockname()[1]
            threading.Thread(target=self.wait, daemon=True).start()

        def wait(self) -> None:
            try:
                asked.append(str(self.socket.accept()))
            except OSError:
                return

    server = Server()
    address = f"http://127.0.0.1:{server.port}/x"
    html = f'<!DOCTYPE html SYSTEM "{address}">' + PAGE.replace(URL, address).replace(
        "<script>", f'<img src="{address}">'
    )
    assert one(tmp_path, html, "a.html").source.url == address
    feed = f'<!DOCTYPE rss SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}">]>' + RSS[RSS.index("<rss") :]
    articles(written(tmp_path, feed.replace("A short", "&x; A short"), "a.rss"))
    server.socket.close()
    assert asked == []


# PDF


def test_a_paper_is_paragraphs_without_running_heads(tmp_path: Path) -> None:
    article = one(tmp_path, paper(), "a.pdf")
    assert article.title == TITLE
    assert article.text.split("\n\n") == [
        TITLE,
        "The harbour of the small town has been closed since Monday because a whale was seen there. The animal swims "
        "up and down, and nobody knows how long it will stay there, said the harbour master on Tuesday.",
        "The ferries leave from the neighbouring island instead, and travellers are asked to look at the timetable "
        "before they go.",
        "The town council meets on Thursday.",
    ]


@pytest.mark.parametrize(
    ("end", "start", "whole"),
    [
        ("the harbour mas-", "ter said so", "the harbour master said so"),
        ("all of Nato-", "Russia was there", "all of Nato-Russia was there"),
        ("a well-", "known whale", "a well-known whale"),
        ("an e-", "mail came", "an e-mail came"),
        ("both in-", "och utrikes", "both in- och utrikes"),
    ],
)
def test_words_cut_at_the_end_of_a_line(tmp_path: Path, end: str, start: str, whole: str) -> None:
    rest = " of the small town by the sea and its many islands in the north."
    lead = "The news of this day is long enough to fill a line: "
    content = pdf([[(50, 700, 10, lead + end), (50, 688, 10, start + rest)]])
    assert whole in one(tmp_path, content, "a.pdf").text


def test_the_title_of_a_pdf(tmp_path: Path) -> None:
    big, small = (50, 700, 20, "Whale closes harbour"), (50, 660, 10, "It is closed since Monday, says the master.")
    stated = pdf([[big, small]], "/Info << /Title (It is closed) >>")
    assert one(tmp_path, stated, "stated.pdf").title in {"It is closed", "Whale closes harbour"}
    junk = pdf([[big, small]], "/Info << /Title (Microsoft Word - x.docx) >>")
    assert one(tmp_path, junk, "junk.pdf").title == "Whale closes harbour"


def turned(words: str) -> str:
    """What shows words from right to left in a PDF, as browsers write it: letter by letter in the order they stand."""
    span = "/Span <</ActualText <FEFF{:04X}>>> BDC (x) Tj EMC "
    letters = (span.format(ord(letter)) if letter != " " else "( ) Tj " for letter in reversed(words))
    return f") Tj {''.join(letters)}("


@pytest.mark.parametrize(
    "lines",
    [
        ["قال الوزير إن السفن تنتظر في الخارج حتى", "يوم الأربعاء لأن الميناء مغلق بسبب الحوت", "وأضاف ذلك."],
        ["הממשלה הודיעה ביום שני על סגירת הנמל כי", "מאה אוניות ממתינות בחוץ עד יום רביעי ואיש", "אינו יודע."],
    ],
)
def test_a_paragraph_from_right_to_left(tmp_path: Path, lines: list[str]) -> None:
    page = [(550 - 5 * len(line), 700 - 12 * i, 10, turned(line)) for i, line in enumerate(lines)]
    after = (550 - 5 * len(lines[0]), 640, 10, turned(lines[0]))
    text = one(tmp_path, pdf([[*page, after]]), "a.pdf").text
    assert text == f"{' '.join(lines)}\n\n{lines[0]}"


@pytest.mark.parametrize(
    ("figure", "size", "rise", "shown"), [("1", 6, 3, "¹"), ("2", 6, -2, "₂"), ("1", 8, 0, "1"), ("1", 10, 3, "1")]
)
def test_figures_off_the_line_of_a_pdf(tmp_path: Path, figure: str, size: int, rise: int, shown: str) -> None:
    said = f"About 1,200) Tj {rise} Ts /F1 {size} Tf ({figure}) Tj 0 Ts /F1 10 Tf ( came to see the whale."
    assert f"1,200{shown} came" in one(tmp_path, pdf([[(50, 700, 10, said)]]), "a.pdf").text


def test_letters_too_small_to_be_read_are_left_out(tmp_path: Path) -> None:
    line = (50, 700, 10, f"{FIRST[:60]}) Tj /F1 1 Tf ({UNSEEN}) Tj (")
    assert one(tmp_path, pdf([[line, (50, 600, 1, UNSEEN)], [(50, 700, 10, SECOND)]]), "a.pdf").text.split("\n\n") == [
        FIRST[:60],
        SECOND,
    ]
    plan = pdf([[(50, 700, 1, SECOND)]])
    assert one(tmp_path, plan, "plan.pdf").text == SECOND


# Word, books, feeds


def test_a_word_document_keeps_insertions_and_tables(tmp_path: Path) -> None:
    import zipfile

    parts = zipfile.ZipFile(io.BytesIO(samples()[".docx"]))
    files = {name: parts.read(name) for name in parts.namelist()}
    inserted = b'<w:ins w:id="1"><w:r><w:t xml:space="preserve">Yes: </w:t></w:r></w:ins><w:del w:id="2"><w:r>'
    inserted += b"<w:delText>No: </w:delText></w:r></w:del>"
    body = files["word/document.xml"]
    files["word/document.xml"] = body.replace(b"<w:r><w:t>The harbour", inserted + b"<w:r><w:t>The harbour")
    article = one(tmp_path, packed(files), "a.docx")
    assert article.text == f"{TITLE}\n\nYes: {FIRST}\n\nFerries\tTwelve\n\n{SECOND}"
    assert (article.title, article.language, article.published) == (TITLE, "en", None)


def test_what_a_word_document_hides_or_strikes_out(tmp_path: Path) -> None:
    from docx import Document
    from docx.enum.style import WD_STYLE_TYPE

    document = Document()
    paragraph = document.add_paragraph(FIRST)
    for name in ("hidden", "strike", "double_strike"):
        setattr(paragraph.add_run(f" {UNSEEN}").font, name, True)
    note = document.styles.add_style("Note", WD_STYLE_TYPE.CHARACTER)
    note.font.hidden = True
    remark = document.styles.add_style("Remark", WD_STYLE_TYPE.CHARACTER)
    remark.base_style = note
    paragraph.add_run(f" {UNSEEN}", style=remark)
    paragraph.add_run(" Shown.", style=remark).font.hidden = False
    order = document.styles.add_style("Order", WD_STYLE_TYPE.PARAGRAPH)
    order.font.hidden = True
    document.add_paragraph(UNSEEN, style=order)
    figures = document.add_paragraph("1,200")
    figures.add_run("1").font.superscript = True
    figures.add_run(" H")
    figures.add_run("2").font.subscript = True
    figures.add_run("O, 3")
    figures.add_run("rd").font.superscript = True
    out = io.BytesIO()
    document.save(out)
    assert one(tmp_path, out.getvalue(), "a.docx").text == f"{FIRST} Shown.\n\n1,200¹ H₂O, 3rd"


def test_equal_cells_of_a_table_are_kept_and_wide_ones_not_repeated(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph(FIRST)
    table = document.add_table(4, 4)
    for row, cells in enumerate([("Sverige", "2", "2", "0"), ("Norge", "", "1", "1"), ("A", "", "B", "B"), ("",) * 4]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    out = io.BytesIO()
    document.save(out)
    article = one(tmp_path, out.getvalue(), "a.docx")
    assert article.text == f"{FIRST}\n\nSverige\t2\t2\t0\n\nNorge\t\t1\t1\n\nA\tB\tB"


def test_content_controls_and_text_boxes_of_a_word_document(tmp_path: Path) -> None:
    import zipfile

    parts = zipfile.ZipFile(io.BytesIO(samples()[".docx"]))
    files = {name: parts.read(name) for name in parts.namelist()}
    said = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    inner = f"<w:sdt><w:sdtContent>{said.format('Inside it.')}</w:sdtContent></w:sdt>"
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{said.format('In control.')}{inner}</w:sdtContent></w:sdt>"
    contents = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    control += f"<w:sdt>{contents}<w:sdtContent>{said.format('Page 3')}</w:sdtContent></w:sdt>"
    boxed = f"<w:pict><w:txbxContent>{said.format('Boxed.')}{said.format('Twice.')}</w:txbxContent></w:pict>"
    control += f"<w:p><w:r><w:t>Before, </w:t></w:r><w:r>{boxed}</w:r><w:r><w:t>after.</w:t></w:r></w:p>"
    files["word/document.xml"] = files["word/document.xml"].replace(b"<w:tbl>", control.encode() + b"<w:tbl>")
    text = one(tmp_path, packed(files), "a.docx").text
    assert text.split("\n\n")[2:7] == ["In control.", "Inside it.", "Before, after.", "Boxed.", "Twice."]


def test_pictures_and_readings_do_not_tear_paragraphs(tmp_path: Path) -> None:
    body = '<p>The crowd saw <picture><source srcset="x"/><img src="x.svg" alt=""/></picture> Eva Lund on Monday.</p>'
    body += "<p>市長の<ruby>山田<rp>(</rp><rt>やまだ</rt><rp>)</rp></ruby>氏が来た。</p>"
    files = {**EPUB_FILES, "OEBPS/b.xhtml": f"<html><body><h2>Ferries</h2>{body}</body></html>"}
    expected = ["The crowd saw Eva Lund on Monday.", "市長の山田氏が来た。"]
    found = articles(written(tmp_path, packed(files), "a.epub"))[-1]
    assert found.text.split("\n\n")[1:] == expected
    page = PAGE.replace(f"<p>{FIRST}</p>", f"<p>{FIRST}</p>{body}")
    assert set(expected) <= set(one(tmp_path, page, "a.html").text.split("\n\n"))


def test_the_chapters_of_a_book(tmp_path: Path) -> None:
    first, second = articles(written(tmp_path, packed(EPUB_FILES), "a.epub"))
    assert (first.id, second.id) == ("a.epub#OEBPS/a b.xhtml", "a.epub#OEBPS/b.xhtml")
    assert first.text == f"{TITLE}\n\n{FIRST}\n\nA second\nline."
    assert (second.title, second.source.outlet, second.published) == ("Ferries", "The Quay Weekly", date(2021, 11, 3))


def test_the_entries_of_a_feed(tmp_path: Path) -> None:
    first, second = articles(written(tmp_path, RSS, "a.rss"))
    assert first.text == f"{FIRST}\n\n{SECOND} Café & bar."
    assert first.id == "a.rss#whale-1"
    assert (first.title, first.published, first.language) == (TITLE, date(2021, 11, 3), "en")
    assert (first.source.outlet, first.source.url) == ("The Quay", URL)
    assert (second.id, second.text) == ("a.rss#https://example.org/b", SECOND)


FINNISH = (
    "Hallitus ilmoitti maanantaina sataman sulkemisesta myrskyn vuoksi. Ministeri sanoi, että alukset odottavat ulkona "
    "keskiviikkoon asti. Hän lisäsi, ettei kukaan tiedä, milloin satama avataan. Asukkaiden mielestä päätös tuli liian "
    "myöhään, ja sillä on ollut suuri vaikutus kauppaan."
)
MALAY = (
    "Kerajaan pada hari Isnin mengumumkan penutupan pelabuhan kerana ribut. Menteri berkata kapal menunggu di luar "
    "sehingga Rabu. Beliau menambah bahawa kami tidak tahu bila ia akan dibuka. Penduduk tempatan berkata keputusan "
    "itu lewat dan memberi kesan besar kepada perdagangan."
)


@pytest.mark.parametrize(
    ("stated", "text", "code"),
    [
        ("en-US", FINNISH, "fi"),
        ("en-US", FINNISH[:66], "en"),
        ("fi", FINNISH, "fi"),
        ("sv", FIRST * 3, "en"),
        ("id", MALAY, "id"),
        ("en", MALAY, "ms"),
        ("en", "1234 " * 300 + "closed", "en"),
    ],
)
def test_a_long_text_tells_its_language_better_than_the_template_of_its_page(
    tmp_path: Path, stated: str, text: str, code: str
) -> None:
    page = f'<html lang="{stated}"><body><article><p>{text}</p></article></body></html>'
    assert one(tmp_path, page, "a.html").language == code
    assert one(tmp_path, json.dumps({"text": text, "lang": stated}), "a.jsonl").language == code


# Tables


def test_the_format_of_the_evaluation_sets(tmp_path: Path) -> None:
    short = FIRST[:100]  # too short to be known better
    other = {**ROW, "id": "Normans#0", "text": short, "published": None, "source": "", "language": "sv"}
    rows = [{**ROW, "source": URL}, other]
    path = written(tmp_path, "\n".join(map(json.dumps, rows)), "articles.jsonl")
    first, second = articles(path)
    assert (first.id, first.title, first.text) == ("articles.jsonl#w1", TITLE, ROW["text"])
    assert (first.published, first.language) == (date(2021, 11, 3), "en")
    assert (first.source.url, first.source.outlet) == (URL, "example.org")
    assert (second.id, second.published, second.language) == ("articles.jsonl#Normans#0", None, "sv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_as_programs_write_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    names = ["Rubrik", "Brödtext", "Pub Date", "Länk till", "Språk"]
    values = [
        "Val stänger hamnen",
        f'"Hamnen i Ängö är stängd.\n{FIRST} ""Så är det."""',
        "3 november 2021",
        "",
        "Swedish",
    ]
    table = delimiter.join(names) + "\r\n" + delimiter.join(values) + "\r\n"
    (article,) = articles(written(tmp_path, table.encode(encoding), "a.csv"))
    assert (article.title, article.language, article.published) == ("Val stänger hamnen", "sv", date(2021, 11, 3))
    assert article.text == f'Hamnen i Ängö är stängd.\n{FIRST} "Så är det."'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_tables_whose_lines_end_as_on_old_macs(tmp_path: Path, encoding: str) -> None:
    said = "Hamnen i Ängö är stängd på måndag."
    table = f'title,text\rHamn,"{said}\r{FIRST}"\rTvå,{SECOND[:30]}\r'
    first, second = articles(written(tmp_path, table.encode(encoding), "a.csv"))
    assert (first.text, second.text) == (f"{said}\r{FIRST}", SECOND[:30])
    rows = "\r".join(json.dumps({"text": text}, ensure_ascii=False) for text in (said, FIRST))
    found = articles(written(tmp_path, rows.encode(encoding), "a.jsonl"))
    assert [article.text for article in found] == [said, FIRST]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_line_above_the_names_states_the_separator(tmp_path: Path, line: str, encoding: str) -> None:
    table = f"{line}\r\nid;text;a,b,c,d\r\n7;The harbour is closed, it says.;\r\n8;It is open.;;;9\r\n"
    path = written(tmp_path, table.encode(encoding), "a.csv")
    good, bad = read_articles(path, id="a.csv")
    assert isinstance(good, Article)
    assert (good.id, good.text) == ("a.csv#7", "The harbour is closed, it says.")
    assert bad.id == "a.csv#line 4"


def test_a_csv_of_many_addresses_in_another_script(tmp_path: Path) -> None:
    address = "https://example.ru/news/2021/11/03/port-closed-after-storm-in-ostby"
    said = "Порт закрыт в понедельник из-за шторма."
    table = f'id;title;text;url;image\r\n1;Порт;"{said}";{address};{address}.jpg\r\n'
    (article,) = articles(written(tmp_path, table.encode("cp1251"), "a.csv"))
    assert (article.title, article.text) == ("Порт", said)


def test_named_columns_win_and_must_exist(tmp_path: Path) -> None:
    path = written(tmp_path, f"title,text,mine\nA,{SECOND[:30]},{FIRST[:60]}\n", "a.csv")
    (found,) = read_articles(path, id="a", columns=Columns(text="mine"))
    assert isinstance(found, Article)
    assert found.text == FIRST[:60]
    rows = written(tmp_path, '{"other": "x"}\n{"mine": "The harbour is closed."}', "a.jsonl")
    bad, good = read_articles(rows, id="a", columns=Columns(text="mine"))
    assert isinstance(bad, Failure)
    assert "'mine'" in bad.reason
    assert "other" in bad.hint
    assert isinstance(good, Article)


def test_values_of_other_types(tmp_path: Path) -> None:
    row = {
        "content": ["One paragraph.", "Another."],
        "source": {"id": None, "name": "The Quay"},
        "timestamp": 1635933600,
    }
    (article,) = articles(written(tmp_path, json.dumps(row), "a.jsonl"))
    assert article.text == "One paragraph.\n\nAnother."
    assert (article.source.outlet, article.published) == ("The Quay", date(2021, 11, 3))


def test_a_broken_byte_in_a_row_keeps_the_other_letters(tmp_path: Path) -> None:
    rows = "title,text\nEn,Hamnen i Ängö är stängd på måndag.\nTvå,Även i Åhus är \0 hamnen stängd.\n"
    content = rows.encode().replace(b"\0", b"\xff")
    assert [one.text for one in articles(written(tmp_path, content, "a.csv"))] == [
        "Hamnen i Ängö är stängd på måndag.",
        "Även i Åhus är \ufffd hamnen stängd.",
    ]


def test_values_inside_others(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"article": {"title": TITLE, "text": FIRST, "date": "2021-11-03"}},
        {"_id": "7", "_source": {"title": TITLE, "body": FIRST}},
        {"body": [{"title": "Ferries", "text": FIRST}, {"text": SECOND}]},
        {"title": {"rendered": "Whale &amp; ferry"}, "content": {"rendered": f"<p>{FIRST}</p><p>{SECOND}</p>"}},
        {
            "headline": {"main": TITLE, "kicker": None},
            "text": FIRST,
            "date": {"$date": {"$numberLong": "1635933600000"}},
        },
        {"title": math.nan, "text": {"content": FIRST}, "_id": {"$oid": "abc"}},
    ]
    found = articles(written(tmp_path, "\n".join(map(json.dumps, rows)), "a.jsonl"))
    assert [one.text for one in found] == [
        *(FIRST, FIRST, f"Ferries\n\n{FIRST}\n\n{SECOND}", f"{FIRST}\n\n{SECOND}", FIRST, FIRST)
    ]
    assert [one.title for one in found] == [TITLE, TITLE, "Ferries", "Whale & ferry", TITLE, ""]
    assert [one.id.partition("#")[2] for one in found[1:6:4]] == ["7", "abc"]
    assert [one.published for one in found[:5:4]] == [date(2021, 11, 3)] * 2


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>R&amp;D closed.</p><p>So it is.</p>", "R&D closed.\n\nSo it is."),
        ("It is <b>closed</b>.\n\nSo it\nis.", "It is closed.\n\nSo it is."),
        ("It is so: a <b and c> d.", "It is so: a <b and c> d."),
        ("It is R&amp;D.", "It is R&D."),
        (
            "The minister&#39;s &quot;no&quot; &#x2013; https://x.org/?a=1&copy=2",
            'The minister\'s "no" – https://x.org/?a=1&copy=2',
        ),
        ("AT&T; &nosuch; &#xD800; &;", "AT&T; &nosuch; \ufffd &;"),
    ],
)
def test_a_text_in_html(tmp_path: Path, text: str, read: str) -> None:
    (found,) = articles(written(tmp_path, json.dumps({"title": "<i>R</i> &amp; D", "text": text}), "a.jsonl"))
    assert (found.title, found.text) == ("R & D", read)


# Ids and digests


def test_ids_are_stable_and_unique(tmp_path: Path) -> None:
    rows = [
        {"url": URL, "text": FIRST},
        {"title": TITLE, "text": FIRST},
        {"text": SECOND},
        {"url": URL, "text": SECOND},
    ]
    lines = [json.dumps(row) for row in rows]
    path = written(tmp_path, "\n".join(lines), "a.jsonl")
    before = {article.id: article.digest for article in articles(path)}
    ids = [article.id for article in articles(path)]
    assert ids[:2] == [f"a.jsonl#{URL}", f"a.jsonl#{TITLE}"]
    assert ids[3] == f"a.jsonl#{URL}~2"
    assert len(set(ids)) == 4
    written(tmp_path, "\n".join(['{"id": 7, "text": "A new one."}', *lines]), "a.jsonl")
    after = articles(path)
    assert after[0].id == "a.jsonl#7"
    assert [article.id for article in after[1:]] == ids
    assert {article.id: article.digest for article in after[1:]} == before


def test_the_digest_of_a_member_is_its_own(tmp_path: Path) -> None:
    inner = {"a.txt": FIRST, "b.html": PAGE}
    one_by_id = {a.id: a.digest for a in articles(written(tmp_path, packed(inner), "a.zip"))}
    more = {a.id: a.digest for a in articles(written(tmp_path, packed({"0.txt": SECOND, **inner}), "a.zip"))}
    assert one_by_id.items() <= more.items()
    assert one_by_id["a.zip/a.txt"] == one(tmp_path, FIRST, "a.txt").digest
    assert one_by_id["a.zip/b.html"] == one(tmp_path, PAGE, "b.html").digest


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    inner = packed({"deep.jsonl": json.dumps(ROW), "c.txt": FIRST})
    found = articles(written(tmp_path, packed({"in/b.zip": inner, "x.exe": "no", ".hidden.txt": "no"}), "a.zip"))
    assert [article.id for article in found] == ["a.zip/in/b.zip/deep.jsonl#w1", "a.zip/in/b.zip/c.txt"]
    assert found[0].source.file == f"{tmp_path}/a.zip/in/b.zip/deep.jsonl"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2021-11-03T08:00:00+01:00", date(2021, 11, 3)),
        ("Wed, 03 Nov 2021 00:30:00 +0200", date(2021, 11, 3)),
        ("1635933600", date(2021, 11, 3)),
        ("1635933600000", date(2021, 11, 3)),
        ("20211103", date(2021, 11, 3)),
        ("20211103T080000Z", date(2021, 11, 3)),
        ("November 3, 2021", date(2021, 11, 3)),
        ("2999-01-01", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_days_as_formats_state_them(words: str | None, expected: date | None) -> None:
    assert day(words, "en") == expected


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("05/06/2021 10:30", "en", None),
        ("25/06/2021 10:30", "en", date(2021, 6, 25)),
        ("03.04.2021 10:30", "de", date(2021, 4, 3)),
        ("Publicerad 3.4.2021 kl. 10.15", "sv", date(2021, 4, 3)),
        ("03.04.2021 10:30", None, None),
        ("3.4.21", "no", date(2021, 4, 3)),
        ("3.4.99", "no", date(1999, 4, 3)),
        ("2021/4/3 10:30", None, date(2021, 4, 3)),
        ("19/10/2021 às 10h15", "pt", date(2021, 10, 19)),
        ("19 oktober 2021 kl 10:15", "sv", date(2021, 10, 19)),
        ("Oct 19, 2021, 10:30 am", "en", date(2021, 10, 19)),
        ("31.02.2021", "de", None),
        ("2 days ago", "en", None),
        ("Today", "en", None),
        ("for 2 timer siden", "no", None),
    ],
)
def test_days_with_times_and_in_their_order(words: str, language: str | None, expected: date | None) -> None:
    assert day(words, language) == expected


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("19 oktober 2021", "Hamnen i den lilla staden är stängd sedan i måndags, eftersom en val har setts där."),
        ("19. Oktober 2021", "Der Hafen der kleinen Stadt ist seit Montag geschlossen, weil dort ein Wal war."),
        ("19 octobre 2021", "Le port de la petite ville est fermé depuis lundi, parce qu'une baleine y a été vue."),
    ],
)
def test_days_in_the_language_of_their_text(tmp_path: Path, words: str, text: str) -> None:
    (found,) = articles(written(tmp_path, json.dumps({"text": text, "date": words}), "a.jsonl"))
    assert found.published == date(2021, 10, 19)
    entry = f"<item><title>x</title><pubDate>{words}</pubDate><description>{text}</description></item>"
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Q</title>{entry}</channel></rss>'
    assert one(tmp_path, feed, "a.rss").published == date(2021, 10, 19)


def test_languages_and_places_as_formats_state_them() -> None:
    assert [language_code(word) for word in ("en-GB", "nb_NO", "NN", "Swedish", "xx", "", None)] == [
        *("en", "no", "no", "sv"),
        *(None, None, None),
    ]
    assert place("a\nb\x00 c") == "#a b c"
    assert len(place("x" * 10_000)) < 250
    assert place("x" * 10_000) != place("x" * 10_001)


# The helper


def test_the_helper_survives_what_ends_it() -> None:
    helper = Helper()
    page = PAGE.encode()
    (first,) = helper.read("webpage", page)
    assert helper._process
    os.kill(helper._process.pid, 9)
    helper._process.wait()
    assert helper.read("webpage", page) == [first]
    helper.close()
    assert helper.read("webpage", page) == [first]
    helper.close()


def test_the_helper_may_be_asked_from_many_threads() -> None:
    helper = Helper()
    pages = [PAGE.replace("whale", f"whale{i}").encode() for i in range(8)]
    found: dict[int, str] = {}

    def ask(i: int) -> None:
        found[i] = str(helper.read("webpage", pages[i]))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    helper.close()
    assert all(f"whale{i}" in found[i] for i in range(8))


def test_a_line_without_its_body_gives_its_description(tmp_path: Path) -> None:
    rows = [
        {"title": "Fire", "content": None, "description": "The harbour burned on Monday."},
        {"title": "Ice", "content": "The river froze on Tuesday.", "description": "Cold."},
        {"headline": "Snow", "short_description": "Snow fell in Lund on Friday."},
    ]
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = [one for one in read_articles(path, id="news") if isinstance(one, Article)]
    assert [one.text for one in found] == [
        "The harbour burned on Monday.",
        "The river froze on Tuesday.",
        "Snow fell in Lund on Friday.",
    ]
