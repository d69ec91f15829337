"""What a reader wishes of an answer on the page: what the browser sent, which is input like any other, made of use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from rag.types import Wishes
from ui.doors import Shelf

_LANGUAGES, _CODE = 100, 16


@dataclass(frozen=True, slots=True)
class Form:
    """What the settings of the page say.

    Attributes:
        strict: Whether sentences without proof are left out; None as the chatbot has it.
        sources: How many passages are found; None as the chatbot has it.
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
        strict, sources = given.get("strict"), given.get("sources")
        since, until = _day(given.get("since")), _day(given.get("until"))
        if since and until and since > until:
            since, until = until, since
        return cls(
            strict=strict if isinstance(strict, bool) else None,
            sources=min(20, max(1, sources)) if isinstance(sources, int) else None,
            languages=_codes(given.get("languages")),
            since=since,
            until=until,
        )

    def wishes(self, library: Shelf) -> Wishes:
        """How a question about the library is to be answered."""
        listing = library.listing() if self.languages else ()
        return Wishes(
            within=[listed.id for listed in listing if listed.language in self.languages] if self.languages else None,
            strict=self.strict,
            sources=self.sources,
            between=between(self.since, self.until),
        )


def between(since: date | None, until: date | None) -> tuple[date, date] | None:
    """The days from one to the other, with no end where one is missing; None where both are."""
    return (since or date.min, until or date.max) if since or until else None


def _codes(said: Any) -> tuple[str, ...]:
    return tuple(str(code)[:_CODE] for code in said[:_LANGUAGES]) if isinstance(said, list) else ()


def _day(said: Any) -> date | None:
    try:
        return date.fromisoformat(said)
    except (TypeError, ValueError):
        return None
