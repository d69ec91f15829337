"""What is known of articles besides their text, to search by: outlet, address, language, day of publication.

A :class:`Filter` leaves only the articles that fit. The words of title, outlet and address are in the full-text index
besides, so that a question may name them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from index.catalog import Catalog
from index.errors import SettingsError
from index.readers.stated import language_code


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles to look at; what is None does not matter.

    Attributes:
        outlet: A part of the outlet's name; letters' case does not count.
        url: A part of the address, such as a host; likewise.
        language: ISO 639-1 code.
        since, until: First and last day of publication; an article without a day fits neither.
    """

    outlet: str | None = None
    url: str | None = None
    language: str | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any(value is not None for value in (self.outlet, self.url, self.language, self.since, self.until))


def known_language(words: str) -> str:
    """The code of a language that is called by its code or its English name.

    Raises:
        SettingsError: we know no such language.
    """
    code = language_code(words)
    if code is None:
        raise SettingsError(f"There is no language {words!r}.", "Give its code or its English name: sv, or Swedish")
    return code


def matching(catalog: Catalog, only: Filter) -> list[str]:
    """Ids of the articles that fit a filter, in order."""
    conditions = {
        "instr(casefold(coalesce(outlet, '')), ?) > 0": only.outlet and only.outlet.casefold(),
        "instr(casefold(coalesce(url, '')), ?) > 0": only.url and only.url.casefold(),
        "language = ?": only.language,
        "published >= ?": only.since and only.since.isoformat(),
        "published <= ?": only.until and only.until.isoformat(),
    }
    wanted = {condition: value for condition, value in conditions.items() if value is not None}
    where = " AND ".join(wanted) or "TRUE"
    with catalog.reading() as database:
        database.create_function("casefold", 1, str.casefold, deterministic=True)
        query = f"SELECT id FROM articles WHERE {where} ORDER BY id"  # noqa: S608 - of the constants above
        rows = database.execute(query, tuple(wanted.values()))
        return [row[0] for row in rows]
