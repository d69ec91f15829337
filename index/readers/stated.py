"""What formats state about an article, in the many ways they do: languages, days, and what it is called in its file."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from index import dates
from index.language import NAMES, detect
from index.types import Origin

_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]+")
_KEY = 200  # characters; a longer name is cut, and told apart by its digest
_NORWEGIAN = {"nb": "no", "nn": "no"}
_BY_NAME = {name.casefold(): code for code, name in NAMES.items()}
_COMPACT = re.compile(r"(\d{4})(0[1-9]|1[0-2])([0-3]\d)(?:T?\d{4}(?:\d{2})?Z?)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d+)?")  # seconds or milliseconds since 1970
_FILE = re.compile(r"\S+\.(?:txt|md|html?|pdf|docx|epub|jsonl?|xml|[ct]sv)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_DAY = 60  # characters; longer statements of a day are prose


def place(key: str) -> str:
    """What tells an article of a file from the others, as the end of an id: one line of bounded length."""
    plain = one_line(key)
    if len(plain) > _KEY:
        plain = f"{plain[:_KEY]}…{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return f"#{plain}"


def one_line(words: str) -> str:
    """Words without control characters and with single blanks between them."""
    return _UNSEEN.sub(" ", words).strip()


def language_code(words: str | None) -> str | None:
    """The ISO 639-1 code in "en-GB", "nb_NO" or "Swedish"; None where we know no such language."""
    word = (words or "").strip().casefold()
    code = _BY_NAME.get(word) or re.split(r"[-_]", word)[0]
    code = _NORWEGIAN.get(code, code)
    return code if code in NAMES else None


def day(words: str | None, language: str | None, text: str = "") -> date | None:
    """The day in a stated date: ISO, RFC 822, seconds since 1970, or words in a language or in English.

    Args:
        words: The date.
        language: The language it is in; None if it is not stated.
        text: What it is the date of; its language is that of the date where none is stated.
    """
    said = one_line(words or "")[:_DAY]
    compact, instant = _COMPACT.fullmatch(said), _INSTANT.fullmatch(said)
    try:
        if compact:
            said = "-".join(compact.groups())
        elif instant:
            said = datetime.fromtimestamp(int(instant[1]), UTC).date().isoformat()
        else:
            said = parsedate_to_datetime(said).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass  # no RFC 822; TypeError and IndexError are how the library says so of some
    if not said:
        return None
    if language is None:
        language = detect(text) if text and not _ISO.match(said) else "en"
    return dates.parse(said, language)


def origin(outlet: str, url: str) -> Origin:
    """Who published an article, and where. An outlet that is an address is its URL, and the host of that the outlet."""
    outlet, url = one_line(outlet), one_line(url)
    if _ADDRESS.fullmatch(outlet):
        url, outlet = url or outlet, _host(outlet)
    elif _FILE.fullmatch(outlet):
        outlet = ""  # where somebody took the text from, not who published it
    return Origin(outlet=outlet or None, url=url or None)


def _host(address: str) -> str:
    """The host of an address, without "www."; "" if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
