"""One question from the browser: what came with it, its answer step by step as HTML, and stopping it."""

from __future__ import annotations

import contextlib
import logging
import textwrap
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from index.errors import PullquoteError
from rag.asynchronous import closing
from rag.markdown import one_line
from rag.types import Checked, Done, Found, Loading, Queued, Source, Token, Turn
from ui import page
from ui.desk import Unforeseen
from ui.doors import Answerer, Shelf
from ui.kept import Kept
from ui.markup import inert
from ui.render import count, found_line
from ui.wishes import Form

LOGGER = logging.getLogger("pullquote.page")
# For the sample articles; a library of the user's own is asked about its newest articles.
_SAMPLE_QUESTIONS = (
    "What did Russia close on November 1?",
    "Why did NATO expel eight Russians?",
    "Varför stänger Ryssland sitt kontor?",
)
_EXAMPLES = 3
_TITLE_CHARACTERS = 60
_HISTORY, _CHARACTERS = 12, 8000


class Waiting(Protocol):
    """What can say that no model is here to answer with."""

    def missing(self) -> str:
        """The offer to fetch it, as HTML; empty where it is here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a browser sends it.

    Attributes:
        question: What was typed.
        history: Earlier turns of the conversation.
        number: The place of its answer in the conversation, from 0.
        token: The browser's own name for it.
        form: What it is asked with.
    """

    question: str
    history: tuple[Turn, ...] = ()
    number: int = 0
    token: str = ""
    form: Form = field(default_factory=Form)

    @classmethod
    def of(cls, question: str, told: Any) -> Asked | None:
        """The question with what a browser told beside it, which is input like any other; None if it is blank."""
        if not question.strip() or not isinstance(told, Mapping):
            return None
        number = told.get("number")
        turns = told.get("history")
        return cls(
            question.strip(),
            tuple(_turns(turns if isinstance(turns, list) else [])),
            number if isinstance(number, int) and 0 <= number < 10_000 else 0,
            str(told.get("token") or "")[:64],
            Form.of(told.get("wishes")),
        )


@dataclass(slots=True)
class Running:
    """The answers being written, by browser session, so that Stop and a closed tab find theirs."""

    _cancels: dict[str, threading.Event] = field(default_factory=dict)

    @contextlib.contextmanager
    def answer(self, session: str) -> Generator[threading.Event]:
        """An event that is set when this session wants no more."""
        self.stop(session)
        cancel = self._cancels[session] = threading.Event()
        try:
            yield cancel
        finally:
            if self._cancels.get(session) is cancel:
                del self._cancels[session]

    def stop(self, session: str | None) -> None:
        """Cancel what the session waits for, if anything."""
        cancel = self._cancels.get(session or "")
        if cancel is not None:
            cancel.set()


def converse(
    chatbot: Answerer, waiting: Waiting, asked: Asked, cancel: threading.Event
) -> Iterator[tuple[str, Kept | None]]:
    """The turn as HTML after each event of an answer, and what to keep of it once it is whole.

    Errors become a message on the page, those that are none of ours in the log too; a cancelled answer says that it was
    stopped.
    """
    question, number = asked.question, asked.number
    offer = waiting.missing()
    if offer:
        yield _streamed(asked, page.offer_html(question, number, offer), "The language model is not here yet."), None
        return
    yield _streamed(asked, page.draft_html(question, number, None), "Searching."), None
    sources: Sequence[Source] | None = None
    text = said = wait = ""
    kept: Kept | None = None
    try:
        wishes = asked.form.wishes(chatbot.library)
        with closing(chatbot.stream(question, asked.history, cancel=cancel, **wishes)) as events:
            for event in events:
                if cancel.is_set():
                    break
                match event:
                    case Found(found):
                        sources, said = found, f"Found {found_line(found)}. Reading."
                    case Token(piece):
                        text, wait = text + piece, ""
                    case Loading(done):
                        wait = "" if done else "Loading the language model"
                    case Queued(ahead):
                        wait = f"{count(ahead, 'question')} before yours" if ahead else ""
                    case Checked(answer) | Done(answer):
                        kept, said = Kept.of(answer), "Comparing with other articles."
                if not isinstance(event, Done):
                    html = _so_far(asked, kept, sources, text, wait)
                    yield _streamed(asked, html, wait or said), None
    except PullquoteError as error:
        yield _failed(asked, error), None
    except Exception:
        LOGGER.exception("an answer for the page failed")
        yield _failed(asked, Unforeseen()), None
    else:
        yield _ended(asked, kept, sources, text), kept


def example_questions(library: Shelf) -> list[str]:
    """What one could ask: of the sample articles something good, of others what the newest report."""
    if library.is_sample:
        return list(_SAMPLE_QUESTIONS)
    titles = [one_line(article.name) for article in library.listing() if article.title or article.opening]
    return [
        f"What does “{textwrap.shorten(title, _TITLE_CHARACTERS, placeholder='…')}” report?"
        for title in titles[:_EXAMPLES]
    ]


def _turns(sent: Sequence[Any]) -> Iterator[Turn]:
    for one in sent[-_HISTORY:]:
        if isinstance(one, Mapping):
            yield Turn(str(one.get("question") or "")[:_CHARACTERS], str(one.get("text") or "")[:_CHARACTERS])


def _streamed(asked: Asked, html: str, said: str) -> str:
    """A turn, with the name of its question and what a screen reader is told."""
    return f'<div data-ask="{inert(asked.token)}" data-said="{inert(said)}">{html}</div>'


def _so_far(asked: Asked, kept: Kept | None, sources: Sequence[Source] | None, text: str, wait: str) -> str:
    """What is known of an answer: its quotes, too, while other articles are compared with it, or the draft."""
    if kept is not None:
        return page.checked_html(kept, asked.number)
    return page.draft_html(asked.question, asked.number, sources, text, wait)


def _ended(asked: Asked, kept: Kept | None, sources: Sequence[Source] | None, text: str) -> str:
    """The answer, also where only its comparison with other articles was stopped, or what there was until then."""
    if kept is not None:
        return _streamed(asked, page.turn_html(kept, asked.number), _ending(kept))
    return _streamed(asked, page.stopped_html(asked.question, asked.number, sources, text), "Stopped.")


def _failed(asked: Asked, error: PullquoteError) -> str:
    html = page.error_html(asked.question, asked.number, error)
    return _streamed(asked, html, f"That did not work. {error.message}")


def _ending(kept: Kept) -> str:
    if kept.status == "not_in_articles":
        return "Not in the articles."
    return f"Answered, with {count(len(kept.quotes), 'quote')}." if kept.quotes else "Answered, without quotes."
