"""What a reader wishes of an answer, and asking a chatbot for it.

A chatbot grants what its ``stream`` has an argument for; the page offers nothing else.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from rag.types import Event, Turn
from ui.doors import Answerer


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one question is asked with.

    Attributes:
        strict: Whether sentences without proof are left out; None as the chatbot has it.
        sources: How many passages the model is given; None as the chatbot has it.
        languages: Codes of the only languages to look in; none for all.
        since, until: Passages of these days are preferred, not required.
    """

    strict: bool | None = None
    sources: int | None = None
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, sent: Any) -> Self:
        """What a browser sent; what cannot be used is left out."""
        given = sent if isinstance(sent, Mapping) else {}
        strict, sources, languages = given.get("strict"), given.get("sources"), given.get("languages")
        since, until = _day(given.get("since")), _day(given.get("until"))
        if since and until and since > until:
            since, until = until, since
        return cls(
            strict=strict if isinstance(strict, bool) else None,
            sources=min(20, max(1, sources)) if isinstance(sources, int) else None,
            languages=tuple(str(code)[:16] for code in languages[:100]) if isinstance(languages, list) else (),
            since=since,
            until=until,
        )


def granted(chatbot: Answerer) -> frozenset[str]:
    """The names of the wishes that a chatbot grants."""
    asked = getattr(chatbot, "chatbot", chatbot)  # who stands before it hands everything on
    known = inspect.signature(asked.stream).parameters
    named = {"strict": "strict", "sources": "sources", "languages": "within", "dates": "between"}
    return frozenset(wish for wish, argument in named.items() if argument in known)


def stream(
    chatbot: Answerer, question: str, history: Sequence[Turn], wishes: Wishes, cancel: threading.Event
) -> Iterator[Event]:
    """Ask with those wishes that the chatbot grants; arguments and errors are otherwise those of its ``stream``."""
    can = granted(chatbot)
    arguments: dict[str, Any] = {}
    if wishes.strict is not None and "strict" in can:
        arguments["strict"] = wishes.strict
    if wishes.sources is not None and "sources" in can:
        arguments["sources"] = wishes.sources
    if wishes.languages and "languages" in can:
        wanted = set(wishes.languages)
        arguments["within"] = [listed.id for listed in chatbot.library.listing() if listed.language in wanted]
    if (wishes.since or wishes.until) and "dates" in can:
        arguments["between"] = (wishes.since or date.min, wishes.until or date.max)
    return chatbot.stream(question, history, cancel=cancel, **arguments)


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(said)
    except (TypeError, ValueError):
        return None
