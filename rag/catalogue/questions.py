"""What a question asks about the library, told by the patterns of ``questions.toml``; the library itself is not read.

All of a question must fit a pattern, with nothing in the place of its topic that only another question would have:
"which articles do you have on NATO?" does, "which articles of the treaty …" does not, nor "… on NATO, and who left?".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from index import language
from index.facets import Filter
from rag import wording
from rag.catalogue import limits
from rag.catalogue.limits import MARK, Limit
from rag.catalogue.topic import is_abbreviation
from rag.smalltalk import is_small_talk, without_small_talk

ENDS = ' \t\n?!.,:;…¿¡"“”„»«'
"""What may stand at the ends of a question, and of a topic in it."""
# Behind one of these a sentence, or a part of one, begins; not so behind "U.S." and "St.".
_GOES_ON = re.compile(r"[?!;:]\W*\w|\.{2,}\W*\w|\s[–—-]+\s|[^\W_]{4}\.\s+\w")
_LAST = re.compile(r"(?s)(.*[?!.,…])\s*([^?!.,…]*\w[^?!.,…]*[?!.…\s]*)")  # the last sentence, or part of one


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked about a library.

    Attributes:
        kind: ``list`` or ``count`` articles, name the one at an ``edge`` of time, or say what its ``opening`` is.
        language: ISO 639-1 code of the question.
        topic: Only articles that name this; empty for all.
        any_of: The parts of the topic of which an article names one at least: all of it, or what "or" is between.
        oldest: Whether the edge is the oldest and not the newest; of a list, whether that comes first.
        within: What else the articles must be like, in the words of the question.
        sure: Whether only a library is asked so; else a topic that no article names is none, and nothing is asked.
    """

    kind: str
    language: str
    topic: str = ""
    any_of: tuple[str, ...] = ()
    oldest: bool = False
    within: tuple[Limit, ...] = ()
    sure: bool = True

    @property
    def only(self) -> Filter:
        """What ``within`` comes to; its limits do not contradict one another."""
        return limits.joined(self.within) or Filter()

    @property
    def limits(self) -> str:
        """The words of ``within``."""
        return " ".join(limit.words for limit in self.within)


@dataclass(frozen=True, slots=True)
class Tongue:
    """The patterns of each kind of question in a language, what no topic has, and its phrases."""

    patterns: Mapping[str, Sequence[re.Pattern[str]]]
    articles: re.Pattern[str]
    speaks: re.Pattern[str]
    no_topic: Sequence[re.Pattern[str]]
    either: re.Pattern[str]
    limits: Mapping[str, str]
    further: Mapping[str, re.Pattern[str]]
    outlet_ends: str
    answers: Mapping[str, str]


def understand(question: str) -> Request | None:
    """What a question asks about the library, or None if it asks about anything else.

    No words are taken for an outlet, which only the library could tell: see :func:`readings`.
    """
    return next((request for request in readings(question) if not request.only.outlet), None)


def readings(question: str) -> Sequence[Request]:
    """The ways to read a question about the library, the likeliest first; none if it asks about anything else."""
    plain = plainly(question)
    requests = {code: found for code in tongues() if (found := tuple(_requests(plain, code)))}
    if not requests:
        return ()
    return requests.get(language.detect(plain, among=requests)) or next(iter(requests.values()))


def plainly(question: str) -> str:
    """A question on one line, without small talk before and behind it; in small letters if it has but capitals."""
    rest = without_small_talk(question)
    while (last := _LAST.fullmatch(rest)) and is_small_talk(last[2]):
        rest = last[1]
    plain = " ".join(unicodedata.normalize("NFKC", rest.replace(MARK, " ")).replace("’", "'").split()).strip(ENDS)
    return plain.lower() if plain.isupper() else plain


def _requests(plain: str, code: str) -> Iterator[Request]:
    """What a question may ask in a language."""
    tongue = tongues()[code]
    if not tongue.articles.search(plain):  # most questions; months and languages need not be looked for
        yield from _request(plain, code, ())
        return
    text, within = limits.marked(plain, code, tongue.limits)
    for words, outlet in limits.outlets(text, code, tongue.limits, tongue.outlet_ends):
        yield from _request(text.replace(words, MARK, 1), code, (*within, outlet))
    yield from _request(text, code, within)


def _request(text: str, code: str, within: Sequence[Limit]) -> Iterator[Request]:
    """What a question asks whose limits are marked, at most one thing."""
    tongue = tongues()[code]
    for kind, patterns in tongue.patterns.items():
        for pattern in patterns:
            match = pattern.fullmatch(text)
            topic = (match.groupdict().get("topic") or "").strip(ENDS) if match else ""
            if match is None or (topic and not is_topic(topic, code)):
                continue
            if limits.joined(within) is not None:
                oldest = bool(match.groupdict().get("oldest"))
                sure = not topic or _speaks(text[: match.start("topic")] + text[match.end("topic") :], tongue)
                yield Request(kind, code, topic, either(topic, tongue), oldest, tuple(within), sure)
            return


def _speaks(text: str, tongue: Tongue) -> bool:
    """Whether a question, without its topic, is one that only a library is asked."""
    return bool(tongue.articles.search(text) and tongue.speaks.search(text))


def either(topic: str, tongue: Tongue) -> tuple[str, ...]:
    """The topics that "or" is between, and commas if there is an "or"."""
    parts = tongue.either.split(topic)
    if len(parts) > 1:
        parts = [one for part in parts for one in part.split(",")]
    return tuple(part for one in parts if (part := one.strip(ENDS)))


def is_topic(topic: str, code: str) -> bool:
    """Whether what stands in the place of a topic is one, and no question, request or article of a law."""
    tongue = tongues()[code]
    close = [pattern for one in language.close_to(code) for pattern in tongues()[one].no_topic]
    if _GOES_ON.search(topic) or any(pattern.search(topic) for pattern in close):
        return False
    if not _counts(topic.rsplit(maxsplit=1)[-1], code):  # "NATO about", "Lavrov most"
        return False
    if any(not _begins_with_name(part, code) for part in topic.split(",")[1:]):  # "NATO, Russia and Ukraine"
        return False
    if limits.is_time(topic, code) or limits.strange_outlet(topic, code, tongue.limits):
        return False
    return all(_counts(part, code) for part in either(topic, tongue) or (topic,))


def _begins_with_name(part: str, code: str) -> bool:
    """Whether the first word that says something has a capital."""
    words = wording.WORD.findall(part)
    return next((word[0].isupper() for word in words if language.terms(word, code) or is_abbreviation(word)), False)


def _counts(topic: str, code: str) -> bool:
    """Whether a topic has a word that says something."""
    return bool(language.terms(topic, code)) or any(is_abbreviation(word) for word in topic.split())


@lru_cache(maxsize=1)
def tongues() -> dict[str, Tongue]:
    """What ``questions.toml`` says, by language."""
    return {code: _tongue(entry) for code, entry in wording.table("catalogue/questions").items()}


def _tongue(entry: Mapping[str, Any]) -> Tongue:
    parts, topic = entry["parts"], entry["topic"]
    ends = "|".join((parts["about"].rstrip(), parts["held"], parts["tail"]))
    return Tongue(
        {kind: [_compiled(one, parts) for one in listed] for kind, listed in entry["questions"].items()},
        re.compile(rf"\b(?:{parts['articles']}|{parts['everything']})(?!\w)", re.IGNORECASE),
        re.compile(_filled(rf"(?<![\w'])(?:{parts['speaks']})(?!\w)", parts), re.IGNORECASE),
        [
            _any_word(topic["words"]),
            _any_word(topic["not"]),
            re.compile(topic["law"], re.IGNORECASE),
            re.compile(topic["never"]),
        ],
        re.compile(rf",? (?:{topic['or'].replace(' ', '|')}) "),
        entry["limits"],
        {kind: _compiled(one, parts) for kind, one in entry["further"].items()},
        _filled(ends, parts),
        entry["answers"],
    )


def _any_word(words: str) -> re.Pattern[str]:
    """One of several words, with a capital too: "Who", but not "WHO"."""
    every = "|".join(sorted({form for word in words.split() for form in (word, word.capitalize())}))
    return re.compile(rf"(?<![\w-])(?:{every})(?![\w-])")


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    """A pattern with the parts it names put in their places."""
    topic = rf"(?P<topic>[^{MARK}]+?)"
    named = {
        **parts,
        "articles": rf"{parts['articles']}(?: {MARK})*",
        "held": rf"{parts['held']}(?: {MARK})*",
        "edge": f"(?:(?P<newest>{parts['newest']})|(?P<oldest>{parts['oldest']}))",
        "limit": MARK,
        "topic": topic,
        "about": rf"{parts['about']}(?: |(?<=[ ']))(?! ){topic}",
    }
    while (filled := re.sub(r"(?<!P)<(\w+)>", lambda match: named.get(match[1], match[0]), pattern)) != pattern:
        pattern = filled
    return pattern


def _compiled(pattern: str, parts: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern of a whole question, with what may stand at its end."""
    return re.compile(_filled(rf"{pattern}(?:,? (?:{MARK}|{parts['tail']}))*", parts), re.IGNORECASE)
