"""Whole files of every format, made here, and what is read from them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from index.load import READERS, read_articles
from index.types import Article

FIRST = (
    "The harbour of the small town has been closed since Monday because a whale was seen there. "
    "Nobody knows how long the animal will stay, said the harbour master."
)
SECOND = (
    "The ferries leave from the neighbouring island instead, and travellers are asked to look at the timetable. "
    "The town council meets on Thursday to talk about the costs."
)
TITLE = "Whale closes harbour"
URL = "https://example.org/news/whale"

PAGE = f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{TITLE} | The Quay</title>
<link rel="canonical" href="{URL}"><meta property="og:title" content="{TITLE}">
<meta property="og:site_name" content="The Quay">
<meta property="article:published_time" content="2021-11-03T08:00:00+01:00">
<meta property="article:modified_time" content="2021-12-24T08:00:00+01:00"></head><body>
<div id="cookie-banner" class="cookie-consent"><p>We use cookies to improve your experience. Accept all of them.</p>
<button>Accept</button></div><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport pages</a></li></ul></nav>
<main><article><h1>{TITLE}</h1><p class="byline">By Eva Lund</p><time datetime="2021-11-03">3 November 2021</time>
<p>{FIRST}</p><h2>Ferries go elsewhere</h2><p>{SECOND}</p></article>
<aside class="related"><h3>Related articles</h3><ul><li><a href="/a">Ten things you never knew about whales</a></li>
<li><a href="/b">How is the sea?</a></li></ul></aside></main>
<footer><p>© The Quay 2021. Responsible publisher: Nils Nilsson. Subscribe to our newsletter.</p></footer>
<script>window.tracking = "https://tracker.example";</script></body></html>"""

RSS = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Quay</title><language>en-gb</language>
<item><title>{TITLE}</title><link>{URL}</link><guid isPermaLink="false">whale-1</guid>
<pubDate>Wed, 03 Nov 2021 00:30:00 +0200</pubDate><description>A short summary of it.</description>
<content:encoded><![CDATA[<p>{FIRST}</p><script>track()</script>
<p>{SECOND} Caf&eacute; &amp; bar.</p>]]></content:encoded>
</item><item><title>Only a summary</title><link>https://example.org/b</link>
<description>{SECOND}</description></item></channel></rss>"""

ATOM = f"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>The Quay</title><entry><title>{TITLE}</title><id>urn:whale</id><link href="{URL}"/>
<published>2021-11-03T08:00:00+01:00</published><updated>2021-12-24T08:00:00Z</updated>
<content type="html">&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;</content></entry></feed>"""

ROW = {"id": "w1", "title": TITLE, "text": f"{FIRST}\n\n{SECOND}", "language": "en", "published": "2021-11-03"}


def pdf(pages: Sequence[Sequence[tuple[int, int, int, str]]], extra: str = "") -> bytes:
    """A PDF of lines (x, y, size, text) a page, in Helvetica; ``extra`` goes into its trailer."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        stream = "\n".join(f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET" for x, y, size, text in lines)
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(f"{len(objects) + 1} 0 R")
        font = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {font} /Contents {len(objects)} 0 R >>")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = "%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out.encode("latin-1")


def paper() -> bytes:
    """A PDF of two pages with a headline, a word cut at the end of a line, a running head and page numbers."""
    head, foot = (50, 820, 8, "The Quay, November 2021"), (280, 20, 8, "Page {}")
    one = [
        (50, 740, 24, TITLE),
        (50, 700, 10, "The harbour of the small town has been closed since Monday because a whale was seen there. The"),
        (50, 688, 10, "animal swims up and down, and nobody knows how long it will stay there, said the harbour mas-"),
        (50, 676, 10, "ter on Tuesday."),
        (
            50,
            640,
            10,
            "The ferries leave from the neighbouring island instead, and travellers are asked to look at the",
        ),
    ]
    two = [(50, 740, 10, "timetable before they go."), (50, 716, 10, "The town council meets on Thursday.")]
    return pdf(
        [[head, *lines, (*foot[:3], foot[3].format(number))] for number, lines in enumerate((one, two), 1)],
    )


def docx() -> bytes:
    """A Word document with a title, two paragraphs and a table."""
    from docx import Document

    document = Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(FIRST)
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Ferries", "Twelve"
    document.add_paragraph(SECOND)
    document.core_properties.language = "en-GB"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def packed(files: Mapping[str, bytes | str]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


EPUB_FILES = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="OEBPS/content.opf"/></rootfiles></container>',
    "OEBPS/content.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Quay Weekly</dc:title><dc:language>en</dc:language>'
    "<dc:date>2021-11-03T00:00:00Z</dc:date></metadata><manifest>"
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="cover" href="cover.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="a%20b.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="nav"/><itemref idref="cover"/><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "OEBPS/nav.xhtml": "<html><body><nav><a href='b.xhtml'>Contents of it</a></nav></body></html>",
    "OEBPS/cover.xhtml": "<html><body><img src='x.png'/></body></html>",
    "OEBPS/a b.xhtml": '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
    f"<title>x</title></head><body><h1>{TITLE}</h1><p>{FIRST}</p><p>A second<br/>line.</p></body></html>",
    "OEBPS/b.xhtml": f"<html><body><h2>Ferries</h2><p>{SECOND}</p></body></html>",
}


def samples() -> dict[str, bytes]:
    """A whole file of each format by its suffix."""
    row, other = ROW, {**ROW, "id": "w2", "title": "Ferries", "text": SECOND}
    csv = f'headline,Body,pub_date,Link\n{TITLE},"{FIRST}\n\n{SECOND}",2021-11-03,{URL}\nFerries,{FIRST[:90]!r},,\n'
    texts: dict[str, str] = {
        ".txt": f"{TITLE}\n\n{FIRST}\n",
        ".md": f"# {TITLE}\n\n{FIRST}\n",
        ".html": PAGE,
        ".htm": PAGE,
        ".rss": RSS,
        ".xml": RSS,
        ".atom": ATOM,
        ".jsonl": f"{json.dumps(row)}\n\n{json.dumps(other)}\n",
        ".csv": csv,
        ".tsv": f"title\ttext\turl\n{TITLE}\t{FIRST}\t{URL}\n",
    }
    made = {suffix: text.encode() for suffix, text in texts.items()}
    made |= {".pdf": paper(), ".docx": docx(), ".epub": packed(EPUB_FILES)}
    made[".zip"] = packed({"news/a.txt": made[".txt"], "b.jsonl": made[".jsonl"], "c.html": made[".html"]})
    return made


def written(folder: Path, content: bytes | str, name: str) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def articles(path: Path, name: str | None = None) -> list[Article]:
    """All articles of a file; fails if one could not be read."""
    found = list(read_articles(path, id=name or path.name))
    read = [one for one in found if isinstance(one, Article)]
    assert len(read) == len(found), found
    return read


def test_there_is_a_sample_of_every_format() -> None:
    assert set(samples()) == set(READERS)


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_a_sample_of_every_format_is_read(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, samples()[suffix], f"sample{suffix}")
    first = articles(path)[0]
    assert first.title == TITLE
    assert "a whale was seen there" in first.text
    assert first.language == "en"
    assert (first.source.file or "").startswith(str(path))
    assert len(first.digest) == 64
    again = articles(path)
    assert [one.id for one in again] == [one.id for one in articles(path)]
    assert len({one.id for one in again}) == len(again)
    dated = suffix not in {".txt", ".md", ".pdf", ".docx", ".tsv", ".zip"}
    assert first.published == (date(2021, 11, 3) if dated else None)
