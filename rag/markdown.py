"""An answer as Markdown. Everything that comes from an article or the model is text in it, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from rag.types import Answer, Citation, Quote, Source

_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029\v\f]")
# Bidirectional and tag characters: nobody sees them, and they change what everybody sees.
_HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
# Controls steer a terminal; a lone surrogate cannot be written to one.
_STEERING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_PICTURES = 0x2400

# What CommonMark and its common dialects give a meaning to inside a line; a colon only where it can make a link.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_INLINE = re.compile(r"[\\`*_\[\]{}|~$^#&<>]|:(?=\S)|(?<=www)\.|(?<==)=", re.IGNORECASE)
# What begins a block when it begins a line.
_BLOCK = re.compile(r"^(?:([-+=])|(\d{1,9})([.)]))")
# What :func:`marks` gives, behind a sentence.
_MARKS = re.compile(r" ?(?:(?:\[\d{1,3}\])+(?: \((?:in part|not supported)\))?|\[no quote\])(?=\s|$)")


class Ended(Protocol):
    """What has an end in a text: :class:`rag.types.Citation`, and what is kept of one."""

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


Sentence = TypeVar("Sentence", bound=Ended)


def visible(text: str) -> str:
    r"""The text with nothing in it that steers a terminal, hides, or reorders what is read.

    Line ends of every kind become ``\n``, control characters become visible pictures (ESC is ␛),
    bidirectional and tag characters go, lone surrogates become U+FFFD. Idempotent.
    """
    return _STEERING.sub(lambda match: _picture(match[0]), _HIDDEN.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str) -> str:
    """The same words on one line: :func:`visible`, every run of white space one blank."""
    return " ".join(visible(text).split())


def escape(text: str) -> str:
    """Text as one line of Markdown that renders as exactly these words, with no markup, link or block in it."""
    inline = _INLINE.sub(lambda match: _ENTITIES.get(match[0], "\\" + match[0]), one_line(text))
    return _BLOCK.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", inline)


def pieces(answer: Answer) -> Iterator[tuple[str, Citation | None]]:
    """The answer's text in order, cut after each cited sentence: see :func:`cut`."""
    return cut(answer.text, answer.citations)


def cut(text: str, sentences: Iterable[Sentence]) -> Iterator[tuple[str, Sentence | None]]:
    """A text in order, cut after each of its sentences, which comes with the piece that it ends.

    Joined, the pieces are the text. A piece with a sentence has no white space at its end, so that a mark can follow it
    directly.
    """
    position = 0
    for sentence in sentences:
        end = max(position, min(sentence.end, len(text)))
        piece = text[position:end]
        body = piece.rstrip()
        if body:
            yield body, sentence
        if len(body) < len(piece):
            yield piece[len(body) :], None
        position = end
    if position < len(text):
        yield text[position:], None


def marks(citation: Citation) -> str:
    """The marks behind a sentence: ``[1][2]``, a verdict where it is less than supported, or ``[no quote]``."""
    if not citation.quotes:
        return "[no quote]"
    numbers = "".join(f"[{quote.number}]" for quote in citation.quotes)
    if citation.verdict == "supported":
        return numbers
    return numbers + (" (in part)" if citation.verdict == "partly" else " (not supported)")


def unmarked(text: str) -> str:
    """An answer's text without the marks behind its sentences, as a program sends it back."""
    return _MARKS.sub("", text)


def facts(quote: Quote) -> list[str]:
    """Where a quote stands, for people: title, day, outlet, language, characters, file or address, as far as known."""
    article = quote.article
    return [
        fact
        for fact in (
            one_line(article.name),
            article.published.isoformat() if article.published else "",
            one_line(article.source.outlet or ""),
            article.language if article.language != "und" else "",
            f"characters {quote.start}–{quote.end}",
            one_line(article.source.file or article.source.url or ""),
        )
        if fact
    ]


def to_markdown(answer: Answer) -> str:
    """The answer with ``[n]`` marks, then each quote as a block quotation with where it stands.

    For a question the articles do not answer, the nearest passages take the place of the quotes.
    Article text, titles, file names and the model's words are escaped: they render as their own characters.
    """
    blocks = [_body(answer)]
    if answer.quotes:
        blocks += [_quotation(quote.text, f"[{quote.number}] " + _credit(facts(quote))) for quote in answer.quotes]
    elif answer.status == "not_in_articles" and answer.sources:
        blocks.append("The closest passages found:")
        blocks += [_quotation(source.hit.passage.text, _credit(facts(passage_of(source)))) for source in answer.sources]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _picture(character: str) -> str:
    if character == "\x7f":
        return "␡"
    return chr(_CONTROL_PICTURES + ord(character)) if character < " " else "\N{REPLACEMENT CHARACTER}"


def _body(answer: Answer) -> str:
    """The text with its marks; a blank line stays a paragraph's end, a line end stays a line end."""
    parts: list[str] = []
    for text, citation in pieces(answer):
        after_mark = bool(parts) and parts[-1].endswith(("]", ")"))
        lines = [_keep_ends(line) for line in visible(text).split("\n")]
        if after_mark and lines[0].startswith(("(", ":")):  # "[1](…)" would be a link
            lines[0] = "\\" + lines[0]
        parts.append("\n".join(lines))
        if citation is not None:
            parts.append(marks(citation))
    paragraphs = re.split(r"\n[ ]*\n\s*", "".join(parts).strip())
    return "\n\n".join("\\\n".join(line.strip() for line in paragraph.split("\n")) for paragraph in paragraphs)


def _keep_ends(line: str) -> str:
    """Escape a line, with one blank kept where white space joins it to its neighbours."""
    if not line.strip():
        return " " if line else ""
    return (" " if line[0].isspace() else "") + escape(line) + (" " if line[-1].isspace() else "")


def _quotation(text: str, credit: str) -> str:
    return f"> {escape(text)}\n>\n> {credit}"


def _credit(known: list[str]) -> str:
    title, *rest = (escape(fact) for fact in known)
    return " · ".join([f"*{title}*", *rest])


def passage_of(source: Source) -> Quote:
    """The passage of a source, as a quote of it that nothing stands on."""
    passage = source.hit.passage
    return Quote(source.article, passage.start, passage.end, score=0.0, number=source.number)
