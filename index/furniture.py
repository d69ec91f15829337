"""What belongs to the page and not to the article: "top of page", "Advertisement", a lone full stop.

Only whole lines count, compared casefolded with short lists, so that a story that speaks of an advertisement keeps its
words. The one exception is a date stamp in front of the first sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.sentences import lines
from index.types import Span

ANYWHERE = frozenset(
    {
        *("top of page", "bottom of page", "back to top", "skip to content", "skip to main content", "source site"),
        *("source link", "credit: source link", "advertisement", "advertisment", "sponsored", "sponsored content"),
        *("article continues below advertisement", "story continues below advertisement", "story continues below"),
        *("share this article", "share this story", "share on facebook", "share on twitter", "share on x", "share"),
        *("read more", "read more…", "read more...", "related articles", "related stories", "related topics"),
        *("sign up for our newsletter", "subscribe to our newsletter", "print this article", "view comments"),
        *(
            "click here to read more",
            "continue reading",
            "loading…",
            "loading...",
            "accept cookies",
            "cookie settings",
            "3rd-party-bio",
        ),
        *("annons", "reklam", "dela", "dela artikeln", "dela denna artikel", "läs mer", "läs också", "läs även"),
        *("till toppen", "prenumerera på vårt nyhetsbrev", "hoppa till innehåll", "artikeln fortsätter efter annonsen"),
        *("annonse", "del artikkelen", "del artikkel", "les mer", "les også", "til toppen", "hopp til innhold"),
        *("annonce", "læs mere", "læs også", "del artiklen", "mainos", "lue myös", "lue lisää", "jaa artikkeli"),
        *("anzeige", "werbung", "artikel teilen", "mehr lesen", "weiterlesen", "lesen sie auch", "mehr zum thema"),
        *("nach oben", "zum seitenanfang", "zum inhalt springen", "zur startseite"),
        *("publicité", "lire aussi", "lire la suite", "partager", "partager cet article", "haut de page"),
        *("publicidad", "leer más", "lea también", "compartir", "compartir este artículo", "volver arriba"),
        *("pubblicità", "leggi anche", "leggi tutto", "condividi", "torna su", "advertentie", "lees ook", "lees meer"),
        *("publicidade", "leia mais", "leia também", "compartilhe", "reklama", "czytaj także", "czytaj więcej"),
        *("реклама", "читайте также", "наверх", "поделиться"),
    }
)
"""Lines that are furniture wherever they stand, casefolded."""

EDGES = frozenset(
    {
        *("update", "updated", "menu", "home", "news", "search", "log in", "sign in", "subscribe", "follow us", "next"),
        *("previous", "comments", "tags", "source", "sources", "link", "print", "email", "facebook", "twitter"),
        *("uppdaterad", "meny", "hem", "nyheter", "sök", "logga in", "prenumerera", "kommentarer", "källa"),
        *("oppdatert", "meny", "hjem", "søk", "logg inn", "kommentarer", "kilde", "opdateret", "log ind"),
        *("aktualisiert", "menü", "startseite", "suche", "anmelden", "abonnieren", "kommentare", "quelle"),
    }
)
"""Lines that are furniture only before the first or after the last line of the article itself, casefolded."""

_LINKS = re.compile(
    r"(?:more|read more|read also|also read|related|see also|läs mer|läs också|läs även|les mer|les også|læs mere"
    r"|læs også|lesen sie auch|mehr zum thema|lire aussi|lea también|leggi anche|lees ook|credit"
    r"|source link)\s*:\s*\S.{0,140}"
)
_STAMP = re.compile(
    r"\s*(?:date|datum|dato|published|publicerad|publisert)(?:\s*:)?\s+(\d{4}-\d{2}-\d{2})(?=\s+\S)\s*", re.I
)
_AGENCIES = "ap|afp|reuters|tt|ntb|scanpix|ritzau|dpa|epa|efe|ansa|getty|getty images|bildbyrån|nyhetsbyrån|lehtikuva"
_CREDIT = re.compile(
    rf"(?:(?:foto|photo|bild|image|picture)\s*:\s*)?[\w. -]{{2,40}}(?:\s*/\s*(?:{_AGENCIES}))+"
    r"(?: nyhetsbyrån| scanpix| images)?"
    r"|(?:foto|photo|photos|bild|photograph)\s*:\s*[^\W\d_][\w-]*(?:[ /]+[\w-]+){0,4}"
)
_COPYRIGHT = re.compile(
    r"©.{0,120}|(?:\(c\)|copyright)\s*(?:©|\(c\)|\d{4}).{0,120}|.{0,60}\ball rights reserved\b.{0,40}"
)


def find(text: str) -> tuple[Span, ...]:
    """The furniture of a text: whole lines without the line break, and a date stamp before the first sentence.

    Returns:
        Sorted, non-overlapping spans without white space at their ends, never empty.
    """
    found: list[Span] = []
    stamp = _STAMP.match(text)
    start = stamp.end() if stamp else 0
    if stamp:
        whole = stamp[0]
        found.append(Span(len(whole) - len(whole.lstrip()), len(whole.rstrip())))
    rows = [(line, _plain(text[line.start : line.end])) for line in lines(text, Span(start, len(text)))]
    marked = [plain in ANYWHERE or _patterned(plain) or _wordless(text, line) for line, plain in rows]
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        _mark_edge(order, rows, marked)
    return (*found, *(line for (line, _), known in zip(rows, marked, strict=True) if known))


def _mark_edge(order: Iterable[int], rows: list[tuple[Span, str]], marked: list[bool]) -> None:
    """Going inwards from one end, mark what is furniture there, up to the first line that is none."""
    for i in order:
        plain = rows[i][1]
        marked[i] = marked[i] or plain in EDGES or bool(_COPYRIGHT.fullmatch(plain))
        if not marked[i]:
            return


def _plain(line: str) -> str:
    """A line casefolded, without ornaments around it; at most as much of it as furniture may have."""
    return " ".join(line[:200].casefold().split()).strip("|·•*_-–—→›»>[] ")


def _patterned(plain: str) -> bool:
    """Whether a line is a link to another article or the credit of a picture."""
    return bool(_LINKS.fullmatch(plain) or _CREDIT.fullmatch(plain))


def _wordless(text: str, line: Span) -> bool:
    """Whether there is neither a letter nor a digit in a line."""
    return not any(character.isalnum() for character in text[line.start : line.end])
