"""Questions that go on with one about the library: "And the oldest?", "And in Swedish?", "What about Lavrov?". Pure.

All of such a question must fit a pattern of ``questions.toml``, or, behind a word that goes on, be a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index import language
from rag.catalogue import limits
from rag.catalogue.limits import MARK, Limit
from rag.catalogue.questions import ENDS, Request, either, is_topic, plainly, tongues
from rag.tongues import tongue_of

_LONGEST_NAME = 5  # words


def further(question: str, before: Sequence[Request]) -> Sequence[Request]:
    """The ways to read a question that goes on with one about the library; none if it asks about anything else.

    Args:
        question: As it was asked.
        before: The ways to read the question before it. What this one says stands in the place of what that one said
            of the same kind; the rest is kept.
    """
    plain = plainly(question)
    return tuple(found for request in before for found in _in_its_language(plain, request))


def _in_its_language(plain: str, before: Request) -> Sequence[Request]:
    """The readings in the language of the question before, or else in one that is easily taken for it."""
    codes = sorted(language.close_to(before.language) & tongues().keys(), key=lambda code: code != before.language)
    read = (tuple(_further(plain, replace(before, language=code))) for code in codes)
    return next((found for found in read if found), ())


def _further(plain: str, before: Request) -> Iterator[Request]:
    tongue = tongues()[before.language]
    rest = _without_opening(plain, before.language)
    text, within = limits.marked(rest, before.language, tongue.limits)
    for words, outlet in limits.outlets(text, before.language, tongue.limits, tongue.outlet_ends):
        yield from _read(text.replace(words, MARK, 1), [*within, outlet], before)
    yield from _read(text, within, before)
    name = re.sub(rf"^(?i:{tongue.limits['the'] or '(?!)'})(?: |(?<='))", "", rest)
    if rest != plain and before.topic and name[:1].isupper() and len(name.split()) <= _LONGEST_NAME:
        # Only where articles name it: "And Putin?" may ask for anything.
        yield from _about(rest, replace(before, sure=False))


def _read(text: str, within: Sequence[Limit], before: Request) -> Iterator[Request]:
    """What a text, its limits marked, says instead of what the question before said, if nothing else is in it."""
    if limits.joined(within) is None:
        return
    kept = [one for one in before.within if not any(limits.alike(one, other) for other in within)]
    limited = replace(before, within=(*kept, *within))
    further = tongues()[before.language].further
    if edge := further["edge"].fullmatch(text):
        kind = before.kind if before.kind == "opening" else "edge"
        yield replace(limited, kind=kind, oldest=edge["oldest"] is not None)
    elif count := further["count"].fullmatch(text):
        yield from _about(count["topic"], replace(limited, kind="count"))
    elif about := further["about"].fullmatch(text):
        yield from _about(about["topic"], limited)
    elif within and further["limit"].fullmatch(text):
        yield limited


def _about(topic: str | None, before: Request) -> Iterator[Request]:
    """The question before about another topic, if it names one that is one."""
    topic = (topic or "").strip(ENDS)
    if not topic:
        yield before
    elif is_topic(topic, before.language):
        yield replace(before, topic=topic, any_of=either(topic, tongues()[before.language]))


def _without_opening(plain: str, code: str) -> str:
    """A question without the words that go on with what was said: "and", "what about"."""
    while opening := tongue_of(code).opens.match(plain.lower()):
        rest = plain[opening.end() :].lstrip(" ,")
        if not rest or rest == plain:
            break
        plain = rest
    return plain
