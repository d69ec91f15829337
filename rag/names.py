"""Who asks for somebody is told the whole name: "Djokovic" becomes "Novak Djokovic", as a passage has it elsewhere.

News give a name in full at its first mention and then go on with its last word, and a small model answers with what
stands nearest. The longer form is taken from the passages that were found, letter by letter, so that they can be quoted
for it; only for a question that begins by asking who; and only where no other longer form is in sight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.language import function_words
from index.types import Article, Hit
from rag.facts import claim_dates
from rag.facts.capitals import COURTESY
from rag.wording import POSSESSIVE, WORD

# How a question begins that asks for somebody, by its language; not in capitals, since the WHO is an organisation.
_WHO = {
    "da": "hvem",
    "de": "wer|wem|wen",
    "en": "who|whom",
    "es": "quién|quien|quiénes|quienes",
    "fr": "qui",
    "it": "chi",
    "nl": "wie",
    "no": "hvem",
    "pt": "quem",
    "sv": "vem",
}
_BEFORE_WHO = 2  # words at most, as in "and by whom"
_GENITIVE = re.compile(r"[’']?s$")  # of other languages too: "Trumps"
# What may stand inside a name in small letters; before an office or a body, and not before somebody; and before a name
# without being a part of it.
_PARTICLES = frozenset(re.findall(r"\w+", "af al av bin da de del den der di dos du el ibn la le ter van von zu"))
_ARTICLES = frozenset(
    re.findall(r"\w+", "the a an der die das den dem des det le la les l un une el los las o os il lo")
)
_TITLES = frozenset(
    re.findall(
        r"\w+",
        "ambassador attorney captain chairman chancellor chief coach colonel commissioner congressman congresswoman "
        "dame doctor dr emperor foreign former general governor justice king lady lord mayor minister mr mrs ms "
        "officer pope premier president presidente président présidente prime prince princess professor queen "
        "representative saint secretary senator sir vice deputy",
    )
)
# "Mr" is said of anybody, so that Mr Johnson is the Boris Johnson of before; an answer that has it is kept as it is.
_OFFICES = _TITLES - COURTESY
# Behind these stands somebody who bears the name of another, mostly of whoever the article is about.
_RELATIVES = (
    "wife|husband|widow|brother|sister|son|daughter|father|mother|"
    "hustrun?|kon[ae]|konen|frun?|maken?|ektemann(?:en)?|mand|bror(?:en)?|brodern|syster|systern|søster|søsteren|sonen|"
    "sønn(?:en)?|søn(?:nen)?|dottern?|datter(?:en)?|far|faren|fadern|pappan?|mor|moren|modern|mamman?|"
    "ehefrau|ehemann|witwe|bruder|schwester|sohn|tochter|vater|mutter|"
    "épouse|femme|époux|mari|veuve|frère|sœur|fils|fille|père|mère|"
    "esposa|esposo|mujer|marido|viuda|hermano|hermana|hijo|hija|padre|madre"
)
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]{0,3}\s*$")
_LONGEST = 3  # words that may stand before the last one of a name
_SHORTEST = 3  # letters of that


@dataclass(frozen=True, slots=True)
class _Form:
    """A longer form of a name in an article: its words, where it stands, and whether it opens a sentence."""

    text: str
    start: int
    opens: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def completed(text: str, question: str, code: str, hits: Sequence[Hit]) -> str:
    """An answer, each name that is only its last word as passages have it in full.

    Args:
        text: The answer.
        question: As it was asked; a name that it has is left as it is, and so is all if it does not ask who.
        code: ISO 639-1 code of both.
        hits: The passages.
    """
    asks = _WHO.get(code)
    if asks is None or not re.match(rf"\W*(?:\w+\W+){{0,{_BEFORE_WHO}}}(?:{asks}|{asks.title()})\b", question):
        return text
    asked = WORD.findall(question)
    left = _TITLES.union(word.casefold() for word in [*asked, *(_GENITIVE.sub("", word) for word in asked)])
    words = list(WORD.finditer(text))
    for place in reversed(range(len(words))):
        name = POSSESSIVE.sub("", words[place][0])
        if name.isupper() or len(name) < _SHORTEST or name.casefold() in left:
            continue
        if _stands_alone(text, words, place):
            start = words[place].start()
            text = f"{text[:start]}{_in_full(name, hits) or name}{text[start + len(name) :]}"
    return text


def _stands_alone(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    """Whether a capitalised word has no other beside it that may belong to the same name, and no article."""
    if not words[place][0][0].isupper():
        return False
    if any(_adjacent(text, words[place], one) and one[0][0].isupper() for one in words[place + 1 : place + 2]):
        return False
    return not any(
        _adjacent(text, one, words[place])
        and (one[0][0].isupper() or one[0] in _PARTICLES | _ARTICLES)
        and one[0].casefold() not in _OFFICES
        for one in words[max(0, place - 1) : place]
    )


def _in_full(name: str, hits: Sequence[Hit]) -> str:
    """The longer form of a name in the passages; empty if there is none, if there are several, or if one is doubtful.

    Each article that has the name must have it in full at its first mention, as news do with people, and hardly ever
    with countries and bodies: first "Germany", and later "East Germany".
    """
    mention = re.compile(rf"(?<![\w’'-]){re.escape(name)}(?!\w)")
    small = re.compile(rf"(?<!\w){re.escape(name.casefold())}(?!\w)")
    forms: list[_Form] = []
    articles = {hit.article.id: hit.article for hit in hits}.values()
    for article in articles:
        first = mention.search(article.text)
        if first is None:
            continue
        here = list(_longer(name, article))
        if small.search(article.text) or not any(form.start < first.start() < form.end for form in here):
            return ""
        forms += here
    shortest = min((form.text for form in forms), key=len, default="")
    if any(form.text != shortest and not form.text.endswith(f" {shortest}") for form in forms):
        return ""
    if any(_may_be_another(name, shortest, article) for article in articles):
        return ""
    sure = sum(1 if form.opens else 2 for form in forms) > 1  # any word has a capital where it opens a sentence
    return shortest if sure and any(shortest in hit.passage.text for hit in hits) else ""


def _may_be_another(name: str, form: str, article: Article) -> bool:
    """Whether an article tells of two people: of "his wife, Jill Biden", or of "President Biden" besides Jill Biden."""
    if re.search(rf"\b(?i:{_RELATIVES}),? {re.escape(form)}(?!\w)", article.text):
        return True
    bare, full = (_titles(before, article.text) for before in (name, form))
    return not bare <= full


def _titles(name: str, text: str) -> set[str]:
    """The titles that stand right before a name."""
    return {word.casefold() for word in re.findall(rf"(\w+)\.? {re.escape(name)}(?!\w)", text)} & _OFFICES


def _longer(name: str, article: Article) -> Iterator[_Form]:
    """Each longer form of a name in an article; headlines, where every word may be a capital, have none."""
    common = function_words(article.language).union(word for word in WORD.findall(article.text) if word.islower())
    beside = _TITLES | claim_dates.names(article.language)
    at = 0
    for line in article.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        if name not in line or not _ENDED.search(line):
            continue
        words = list(WORD.finditer(line))
        for place, word in enumerate(words):
            if POSSESSIVE.sub("", word[0]) != name:
                continue
            if any(_adjacent(line, word, one) and one[0][0].isupper() for one in words[place + 1 : place + 2]):
                continue  # somebody else, or a thing that bears the name
            first = words[_beginning(line, words, place, common, beside)]
            if first is not word:
                form = line[first.start() : word.start()] + name
                yield _Form(form, start + first.start(), _opens(line, first))


def _beginning(
    line: str, words: Sequence[re.Match[str]], place: int, common: frozenset[str], beside: frozenset[str]
) -> int:
    """Place of the first word of the name that ends at a place."""
    first = place
    for earlier in range(place - 1, max(-1, place - 1 - _LONGEST), -1):
        word = words[earlier][0]
        if not _adjacent(line, words[earlier], words[earlier + 1]) or POSSESSIVE.search(word):
            break
        if word in _PARTICLES:
            continue
        if not word[0].isupper() or word == words[place][0] or word.casefold() in beside:
            break  # "On Sunday Djokovic left"
        if word.casefold() in common and _opens(line, words[earlier]):
            break  # "Since Djokovic left"
        first = earlier
    return first


def _opens(line: str, word: re.Match[str]) -> bool:
    """Whether a word is the first of a sentence, and so a capital whatever it is."""
    before = line[: word.start()].rstrip(" \"'“”„‘’»«(–—-")
    return not before or before[-1] in ".!?…:"


def _adjacent(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether nothing but a blank, or the dot of an initial, stands between two words."""
    between = text[one.end() : other.start()]
    return between == " " or (between == ". " and len(one[0]) == 1)
