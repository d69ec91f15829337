"""A conversation as HTML in which article text is inert. Pure: values in, strings out."""

from __future__ import annotations

from collections.abc import Sequence

from index.errors import PullquoteError
from index.language import detect
from index.sentences import sentences
from rag.types import Source
from ui.kept import Kept, Place, Sentence
from ui.markup import code, credit, inert, language_name, lines
from ui.render import count

_SNIPPET_CHARACTERS = 240
_VERDICTS = {"supported": "says so", "partly": "says part of it", "unsupported": "does not say so"}
_DOUBTS = {"partly": "in part", "unsupported": "not supported"}
# Probabilities from which an answer is called well, and fairly, supported.
_WELL, _FAIRLY = 0.7, 0.4


def conversation_html(answers: Sequence[Kept]) -> str:
    """Every question of a conversation with its answer."""
    return "".join(turn_html(answer, number) for number, answer in enumerate(answers))


def turn_html(answer: Kept, number: int) -> str:
    """A question, its answer with numbered marks, the quotes they open, and what was found.

    Args:
        answer: What is kept of it.
        number: Its place in the conversation, from 0.
    """
    if answer.status in {"not_in_articles", "no_articles"}:
        body, kind = _refusal(answer), "pq-none"
    else:
        body, kind = _answer(answer), "pq-disputed" if answer.disputed else ""
    return _turn(answer.question, number, body + _rating(answer), kind)


def checked_html(answer: Kept, number: int) -> str:
    """The same while other articles are still compared with the answer: with its quotes, and nothing to rate yet."""
    return _turn(answer.question, number, _answer(answer) + _waiting("Comparing with other articles"), "pq-draft")


def draft_html(question: str, number: int, sources: Sequence[Source] | None, text: str = "", wait: str = "") -> str:
    """An answer in the making: what was found, then the words so far, with marks that are not checked yet.

    Args:
        question: What was asked.
        number: Its place in the conversation, from 0.
        sources: None as long as the search runs.
        text: What has been streamed; provisional, so its marks are no links.
        wait: What it waits for, in words, where that is known.
    """
    if sources is None:
        return _turn(question, number, _waiting(wait or "Searching the articles"), "pq-draft")
    found = _found([Place.of_source(source) for source in sources], "Found", opened=True)
    if text.strip():
        words = f'<p class="pq-answer" dir="auto">{_provisional(text)}<span class="pq-caret"></span></p>'
    else:
        words = _waiting(wait or "Reading them") if sources else ""
    return _turn(question, number, words + found, "pq-draft")


def stopped_html(question: str, number: int, sources: Sequence[Source] | None, text: str) -> str:
    """What there was when the reader pressed Stop; none of it is checked."""
    words = f'<p class="pq-answer" dir="auto">{lines(text)}</p>' if text.strip() else ""
    found = _found([Place.of_source(source) for source in sources], "Found", opened=False) if sources else ""
    head = '<p class="pq-head">Stopped – not checked against the articles</p>'
    return _turn(question, number, head + words + found + _again(), "pq-none")


def error_html(question: str, number: int, error: PullquoteError) -> str:
    """What went wrong, as a sentence, and what to do about it."""
    return _turn(question, number, complaint_html(error) + _again(), "pq-error")


def offer_html(question: str, number: int, offer: str) -> str:
    """A question that cannot be answered yet, and the offer to fetch what is missing, which is HTML of ours."""
    return _turn(question, number, f'<div class="pq-missing">{offer}</div>{_again()}', "pq-none")


def complaint_html(error: PullquoteError) -> str:
    """An error as a heading, a sentence and a hint, for any place of the page."""
    hint = f'<p class="pq-hint">→ {inert(error.hint)}</p>' if error.hint else ""
    return f'<p class="pq-head">That did not work</p><p>{inert(error.message)}</p>{hint}'


def welcome_html(articles: int, *, is_sample: bool, examples: Sequence[str]) -> str:
    """What an empty conversation says: how much there is to ask about, and what one could ask."""
    if not articles:
        return (
            '<div class="pq-welcome"><p class="pq-invitation">There are no articles yet.</p>'
            '<p><a class="pq-button" href="#library">Add articles</a></p></div>'
        )
    kind = "sample article" if is_sample else "article"
    note = '<p class="pq-note">These came with Pullquote. <a href="#library">Add your own</a>.</p>' if is_sample else ""
    asked = "".join(
        f'<li><button type="button" class="pq-example" data-do="example">{inert(question)}</button></li>'
        for question in examples
    )
    shown = f'<ul class="pq-examples" aria-label="For example">{asked}</ul>' if asked else ""
    return (
        f'<div class="pq-welcome"><p class="pq-invitation">Ask your {count(articles, kind)} something.</p>'
        f"<p>Every sentence of an answer shows the exact words it stands on.</p>{shown}{note}</div>"
    )


def confidence_words(answer: Kept) -> tuple[str, str]:
    """How sure an answer is, as a level (``well``, ``fairly``, ``weakly``) and a sentence that says why."""
    proved = sum(sentence.verdict == "supported" for sentence in answer.sentences)
    total = len(answer.sentences)
    if total and proved == total:
        why = "its sentence stands on a quote" if total == 1 else "every sentence stands on a quote"
    elif total == 1:
        partly = answer.sentences[0].verdict == "partly"
        why = "a quote says part of its sentence" if partly else "no quote says what its sentence does"
    else:
        why = f"{proved} of {count(total, 'sentence')} {'stands' if proved == 1 else 'stand'} on a quote"
    if answer.confidence >= _WELL and proved == total:
        return "well", f"Well supported: {why}."
    if answer.confidence >= _FAIRLY:
        return "fairly", f"Fairly supported: {why}. Read the quotes."
    return "weakly", f"Weakly supported: {why}. Do not rely on it without the articles."


def _turn(question: str, number: int, body: str, kind: str = "") -> str:
    edit = (
        '<button type="button" class="pq-quiet" data-do="edit" aria-label="Edit this question and ask again">Edit'
        "</button>"
    )
    return (
        f'<section class="pq-turn {kind}" data-turn="{number}"><div class="pq-asked">'
        f'<h3 class="pq-question" dir="auto">{inert(question)}</h3>{edit}</div>'
        f'<div class="pq-body">{body}</div></section>'
    )


def _answer(answer: Kept) -> str:
    words = "".join(
        lines(piece) + (_marks(answer, sentence) if sentence else "") for piece, sentence in answer.pieces()
    )
    said_in = answer.said_in or answer.language
    said = f'<p class="pq-answer" lang="{code(said_in)}" dir="auto">{words.strip()}</p>'
    if answer.status in {"small_talk", "about_library"}:
        return said + (_found(answer.sources, "Articles", opened=False) if answer.sources else "")
    level, why = confidence_words(answer)
    dispute = (
        '<p class="pq-dispute"><strong>The articles disagree.</strong> Each side is quoted below.</p>'
        if answer.disputed
        else ""
    )
    if answer.language != "und" and said_in not in {answer.language, "und"}:
        said += f'<p class="pq-foreign">Answered in {inert(language_name(said_in))}, as the articles are</p>'
    quotes = "".join(_quote(answer, number) for number in range(len(answer.quotes)))
    listed = f'<ol class="pq-quotes" aria-label="Quotes">{quotes}</ol>' if quotes else ""
    sure = f'<p class="pq-confidence pq-{level}"><span class="pq-gauge" aria-hidden="true"></span>{why}</p>'
    return dispute + said + sure + listed + _found(answer.sources, "Found", opened=False)


def _refusal(answer: Kept) -> str:
    head = "Not in the articles" if answer.status == "not_in_articles" else "No articles yet"
    add = '<p><a class="pq-button" href="#library">Add articles</a></p>' if answer.status == "no_articles" else ""
    closest = _found(answer.sources, "Closest I found", opened=True) if answer.sources else ""
    return (
        f'<p class="pq-head">{head}</p><p class="pq-answer" lang="{code(answer.language)}" dir="auto">'
        f"{lines(answer.text)}</p>{add}{closest}"
    )


def _provisional(text: str) -> str:
    """Words as they are streamed: whole sentences with the place of their mark, then what is not whole yet."""
    spans = sentences(text, detect(text))
    whole = spans if text.rstrip().endswith((".", "!", "?", "…", "。")) else spans[:-1]
    position, parts = 0, []
    for number, span in enumerate(whole, start=1):
        parts += [lines(text[position : span.end]), f'<sup class="pq-pending" aria-hidden="true">{number}</sup>']
        position = span.end
    return "".join(parts) + lines(text[position:])


def _marks(answer: Kept, sentence: Sentence) -> str:
    """The numbers behind a sentence, each a button that opens its quote; a weaker verdict is told in words."""
    numbers = [place for place in sentence.quotes if place < len(answer.quotes)]
    if not numbers:
        return '<sup class="pq-doubt">no quote</sup>'
    buttons = "".join(
        f'<sup><button type="button" class="pq-mark" data-do="quote" data-quote="{place + 1}" aria-haspopup="dialog" '
        f'aria-label="Quote {place + 1}">{place + 1}</button></sup>'
        for place in numbers
    )
    doubt = _DOUBTS.get(sentence.verdict)
    return buttons + (f'<sup class="pq-doubt">{doubt}</sup>' if doubt else "")


def _quote(answer: Kept, number: int) -> str:
    place, verdict = answer.quotes[number], answer.verdict_of(number)
    foreign = language_name(place.language) if place.language not in {answer.language, "und"} else ""
    note = f'<p class="pq-foreign">In {inert(foreign)}, as published</p>' if foreign else ""
    return (
        f'<li class="pq-quote" data-quote="{number + 1}" {_target(place)}>'
        f'<span class="pq-number" aria-hidden="true">{number + 1}</span>'
        f'<blockquote lang="{code(place.language)}" dir="auto">{inert(place.text)}</blockquote>{note}'
        f'<p class="pq-credit">{credit(place)}</p>'
        f'<p class="pq-verdict pq-{_known(verdict)}"><span aria-hidden="true"></span>{_VERDICTS[_known(verdict)]}</p>'
        f'<button type="button" class="pq-quiet pq-read" data-do="read">Read in the article'
        f'<span class="pq-unseen">, quote {number + 1}</span></button></li>'
    )


def _found(places: Sequence[Place], title: str, *, opened: bool) -> str:
    """What the search found, folded away once there is an answer."""
    if not places:
        return '<p class="pq-wait">Found nothing close.</p>'
    items = "".join(
        f'<li class="pq-source" {_target(place)}><p class="pq-snippet" lang="{code(place.language)}" dir="auto">'
        f'{inert(_snippet(place.text))}</p><p class="pq-credit">{credit(place)}</p>'
        f'<button type="button" class="pq-quiet pq-read" data-do="read">Read in the article'
        f'<span class="pq-unseen">, passage {number}</span></button></li>'
        for number, place in enumerate(places, start=1)
    )
    articles = len({place.article_id for place in places})
    summary = f"{title}: {count(len(places), 'passage')} from {count(articles, 'article')}"
    return (
        f'<details class="pq-found"{" open" if opened else ""}><summary>{summary}</summary><ul>{items}</ul></details>'
    )


def _target(place: Place) -> str:
    """Where a click leads, as attributes."""
    return f'data-article="{inert(place.article_id)}" data-start="{place.start}" data-end="{place.end}"'


def _rating(answer: Kept) -> str:
    """Was this right? Two buttons, a word if the reader has one, and asking again."""
    if answer.status in {"no_articles", "small_talk"}:
        return ""
    thumbs = "".join(
        f'<button type="button" class="pq-quiet pq-thumb" data-do="rate" data-good="{good}" aria-pressed="false">'
        f"{words}</button>"
        for good, words in (("true", "Good answer"), ("false", "Bad answer"))
    )
    return (
        f'<div class="pq-rating" role="group" aria-label="Was this right?">{thumbs}'
        '<button type="button" class="pq-quiet" data-do="again">Ask again</button></div>'
    )


def _again() -> str:
    return '<div class="pq-rating"><button type="button" class="pq-quiet" data-do="again">Ask again</button></div>'


def _waiting(words: str) -> str:
    return f'<p class="pq-wait"><span class="pq-pulse" aria-hidden="true"></span>{inert(words)}…</p>'


def _known(verdict: str) -> str:
    return verdict if verdict in _VERDICTS else "unsupported"


def _snippet(text: str) -> str:
    """The passage's beginning, cut after a word."""
    flat = " ".join(text.split())
    if len(flat) <= _SNIPPET_CHARACTERS:
        return flat
    return flat[:_SNIPPET_CHARACTERS].rsplit(" ", 1)[0] + " …"
