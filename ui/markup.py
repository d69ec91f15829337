"""Text → HTML that shows exactly these words and nothing else. Every page of the browser is built of these few pieces.

Every text is escaped here, once, character references for Markdown's own signs included, so that it stays text even
where something else still renders Markdown. What has a fixed vocabulary (languages, days) is said in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from index.language import NAMES
from rag.markdown import one_line, visible
from ui.kept import Place

# Signs of HTML, and those that Markdown, LaTeX or a linkifier could take for their own, all in one pass.
# "&#…;" is a character to every one of them.
_SIGNS = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'\\`*_{}[]()#+-.!|~$^=:/@%"}


def inert(text: str) -> str:
    """Text as HTML on one line that shows exactly these words."""
    return one_line(text).translate(_SIGNS)


def lines(text: str) -> str:
    """Text of several lines: each inert, joined by line breaks; blanks at either end are kept as one."""
    return "<br>".join(line(part) for part in visible(text).split("\n"))


def line(text: str) -> str:
    """One line, with one blank kept where white space joins it to its neighbours."""
    if not text.strip():
        return " " if text else ""
    before, after = (" " if end.isspace() else "" for end in (text[0], text[-1]))
    return before + inert(text) + after


def code(language: str) -> str:
    """A language code with nothing in it but letters and hyphens."""
    return "".join(letter for letter in language if letter.isalpha() or letter == "-") or "und"


def language_name(language: str) -> str:
    """What people call a language; empty where it is not known."""
    return NAMES.get(language, "" if language == "und" else code(language))


def day(published: str) -> str:
    """A day in ISO form as a reader reads it; empty where there is none."""
    try:
        known = date.fromisoformat(published)
    except ValueError:
        return ""
    return f'<time datetime="{known.isoformat()}">{known.day} {known:%B %Y}</time>'


def credit(place: Place) -> str:
    """Title, outlet, day and language, as far as they are known."""
    return joined(
        (
            f"<cite>{inert(place.title or place.article_id)}</cite>",
            inert(place.outlet),
            day(place.published),
            inert(language_name(place.language)),
        )
    )


def joined(parts: Iterable[str]) -> str:
    """Pieces of HTML with dots between them, without the empty ones."""
    return ' <span class="pq-dot" aria-hidden="true">·</span> '.join(part for part in parts if part)
