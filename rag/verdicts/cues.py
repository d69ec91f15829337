"""Small words that turn a sentence's meaning, in the languages of our readers: not, tried to, told to. Pure.

Two sentences may share every content word and still say different things. Each list is short and plain, so that whoever
speaks the language can mend it. A language without a list is read for its digits and names only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.language import function_words
from rag.facts import claim_dates
from rag.wording import WORD

# Kinds of cues, each with its words in English; Swedish; Norwegian and Danish; German; French; Spanish. A phrase stands
# with underscores, a beginning of words with an asterisk.
_NEGATION = (
    "not no never none nobody nothing neither nor without cannot n't unable refus* reject* denied denies deny fail* "
    "lack* hardly",
    "inte ej icke nej ingen inget inga ingenting aldrig varken utan vägra* förneka* dementera* nekade nekar misslyckas "
    "misslyckades",
    "ikke nei nej ingen intet ingenting aldri aldrig verken hverken uten uden nekte* nægte* benekte* benægte* "
    "dementer* avvis* afvis*",
    "nicht nein kein* nie niemals niemand nichts weder ohne verweiger* kaum leugne* bestreite* bestritt* dementier*",
    "ne n pas non jamais aucun* rien sans ni refus* guère nie* démenti* démenten*",
    "no nunca ningun* ningún nadie nada sin ni jamás negó niega* niegan negaron negado negar negativa rechaz* "
    "desmint* desmient*",
)
_WITHOUT = frozenset(
    {"without", "lack", "lacks", "lacked", "utan", "uten", "uden", "ohne", "sans", "sin", "zonder", "senza", "sem"}
)
# What is tried, wanted, believed or possible is not yet so.
_UNREAL = (
    "may might could would should can if whether try tries tried trying attempt* want* hope* plan* intend* believe* "
    "claim* alleg* possib* potential* likely perhaps probabl* suggest* consider* expect* propose* threaten* "
    "former almost about_to",
    "kan kunde skulle bör borde om huruvida försök* vill ville hoppa* planera* avser tror trodde påstå* möjlig* "
    "kanske sannolik* troligen föresl* förvänta* hota* före_detta på_väg_att ska",
    "kan kunne ville skulle bør burde om hvorvidt prøv* vil håp* håb* planlegg* planlægg* tror trodde troede påstå* "
    "mulig* kanskje måske sannsynlig* foresl* forvent* tru* tidligere skal",
    "könnte* kann würde* sollte* ob falls wenn versuch* will wollte* hoff* plan* glaub* behaupte* möglich* vielleicht "
    "wahrscheinlich vorschl* erwart* droh* ehemalige*",
    "peut pourrait pourraient devrait si tenter tenté* veut voulait espèr* espér* croi* prétend* possible* peut-être "
    "probable* propos* menac* ancien",
    "puede podría podrían debería si intent* quier* quería esper* plane* cree* creía afirma* posible* quizás quizá "
    "probable* propon* propus* amenaz* antiguo",
)
# Who tells somebody else to do a thing has not done it: words of telling, what then stands before the deed, and words
# by which a sentence admits that the deed is only owed. Who is forced or allowed to do a thing mostly does it; "forces"
# and French "prix" are no telling.
_TELLING = (
    (
        "order ordered orders ordering demanded demands urge urged urges urging instruct* commanded tell* told ask "
        "asks asked asking request*",
        "to",
        "must has_to have_to had_to",
    ),
    (
        "beordra* befall* kräv* uppmana* instruera* bett ber bad",
        "att",
        "måste ska skall",
    ),
    (
        "beordr* krev* kræv* oppfordr* opfordr* bedt ber bad",
        "å at",
        "må skal",
    ),
    (
        "befahl befohlen befiehl* fordert* gefordert aufgeforder* bat gebeten",
        "zu",
        "muss müssen soll*",
    ),
    (
        "ordonn* demandé demandent demandait exig* prié priée priés prie",
        "de d' à",
        "doit doivent",
    ),
    ("ordenó ordena ordenaron ordenado pid* exig*", "a que", "debe deben"),
)
# Who plans or wants to do a thing has not done it either: words with one of the marks before the deed, and without.
# Not "may" and "can", by which much is said that simply is so.
_PLANNING = (
    (
        "plan plans planned planning want wants wanted hope hopes hoped intend* consider considers considered "
        "considering propos* threaten* seek seeks seeking sought aim aims aimed aiming try tries tried trying attempt*",
        "to",
        "",
    ),
    ("planera* hoppas överväg* hota* föresl* försök* avser", "att", "vill"),
    ("planlegg* planlægg* håp* håb* vurder* overvej* truer truet truede prøv* foresl* ønsk*", "å at", ""),
    ("plan* hoff* erwäg* erwog droht drohte drohen drohten versuch* beabsichtig*", "zu", ""),
    (
        "envisage* menac* propose proposent proposé* proposait proposer* tent*",
        "de d'",
        "veut veulent voudrait espère compte",
    ),
    ("amenaza* trata* intent*", "de con", "quiere quieren planea planean espera intenta"),
)
# German has the deed at the end: "will das Werk schließen".
_MODAL_FIRST = re.compile(r"\b(?:will|wollen|wollte|möchte|könnte|könnten)\b[^,.;:]*?(\w+)(?=[,.;:]|$)")
# What is said to be, or goes on, is no deed that somebody is told to do: "told the BBC that Britain will continue to",
# "told reporters the company agreed to". Not any word in "-ed": "ordered the United States to".
_SAYING = (
    "that will would was were is are has had plans needs wants hopes continue continued continues going agreed decided "
    "offered promised pledged vowed refused hoped managed "
    "ska kommer fortsätter vil fortsetter dass wird qu'il qu'elle qu'ils"
)
_ONLY = r"(?:only|just|bara|endast|bare|kun|nur|bloß|seulement|solo|sólo)"
_NOT_ONLY = re.compile(rf"(?:\b(?:not|inte|ikke|nicht|pas|no)|n't)(?=\s+{_ONLY}\b)")
# What has the words of a cue and is none: "No. 10", "not only", "Never before", and "det vill säga", which is "that
# is". But "has never before been" says that it has not.
_NO_CUE = re.compile(
    r"\bno\.?\s*(?=\d)"
    rf"|{_NOT_ONLY.pattern}"
    r"|\b(?:no|not|inte|ej|ikke|nicht|ne|non|niet)\s+(?=(?:more|fewer|less|later|fler|mer|färre|mindre|flere|mere|færre"
    r"|mehr|weniger|más|menos|più|meno|meer|minder)\b)|\bpas\s+(?=(?:plus|moins)\s+d)"
    r"|^\W*(?:never (?=before)|aldrig (?=tidigare|förr|før)|aldri (?=før)|nie (?=zuvor))"
    r"|\b(?:sans (?=doute)|sin (?=embargo)|det vill säga\b)"
)
# "Not … until" a time is none either: "until Turkey agrees" is one. No clause begins between the two.
_NOT = r"(?:\b(?:not|inte|ikke|no)|n't)\b"
_UNTIL = r"(?:(?!\b(?:and|but|och|men|og|y|pero)\b)[^.,;:]){0,99}\b(?:until|förrän|før|hasta)\s+(?:[\w.]+\s+){0,3}?"
_CLOCK = r"\d{1,2}(?:[:.]\d\d\b|\s?[ap]\.?m\b)"
_SAYS_MORE = r"\s+(?!(?:at|in|on|as|and|or|when|because|i|på)\b)[^\W\d]"  # "may agree", "2000 people"
_SOMEBODY = 6  # words, at most, between the telling and what stands before the deed
_GROUP = {"en": 0, "sv": 1, "no": 2, "da": 2, "de": 3, "fr": 4, "es": 5}


@dataclass(frozen=True, slots=True)
class Cues:
    """How often each kind of cue stands in a text."""

    negation: int
    unreal: int

    @classmethod
    def of(cls, text: str, code: str) -> Cues:
        """Read them off a text; none in a language without lists."""
        group = _GROUP.get(code)
        if group is None:
            return cls(0, 0)
        lowered = _plain(text)
        return cls(*(len(_pattern(listed[group]).findall(lowered)) for listed in (_NEGATION, _UNREAL)))


def told_to(text: str, code: str) -> tuple[str, ...]:
    """What somebody is told to do, each deed by its verb: of "ordered Nato to close the office", "close"."""
    if code not in _GROUP:
        return ()
    words, before, _ = _TELLING[_GROUP[code]]
    plain = _plain(text)
    found = _deeds(words, before, others=True).findall(plain)
    return _verbs([*found, *(_spanish_orders(words).findall(plain) if code == "es" else ())], text, code)


def planned(text: str, code: str) -> tuple[str, ...]:
    """What somebody only plans or wants to do, each deed by its verb."""
    if code not in _GROUP:
        return ()
    words, before, bare = _PLANNING[_GROUP[code]]
    plain = _plain(text)
    found = _deeds(words, before, others=False).findall(plain)
    if bare:
        found += re.findall(rf"{_pattern(bare).pattern}\s+(\w+)", plain)
    return _verbs([*found, *(_MODAL_FIRST.findall(plain) if code == "de" else ())], text, code)


def _verbs(deeds: Iterable[str], text: str, code: str) -> tuple[str, ...]:
    """Those that may be verbs: no function word, and nothing that the text writes with a capital only.

    Where that is all it says, as in the headline "Russia Plans to Close Its Mission", capitals tell nothing.
    """
    little = function_words(code)
    small = {word.lower() for word in WORD.findall(text) if word[0].islower()} - little
    return tuple(deed for deed in deeds if (deed in small or not small) and deed not in little)


def negated(text: str, code: str, *, lacking: bool = True) -> tuple[str, ...]:
    """What follows each negation of a sentence up to the next comma; also what is only ``lacking``: "without money"."""
    group = _GROUP.get(code)
    if group is None:
        return ()
    plain = _plain(text)
    return tuple(
        re.split(r"[,.;:]", plain[match.end() :])[0].strip()
        for match in _pattern(_NEGATION[group]).finditer(plain)
        if lacking or match[0] not in _WITHOUT
    )


def only(text: str) -> Literal["only", "not only"] | None:
    """Whether a text says "only" somewhere, or "not only"."""
    lowered = _lowered(text)
    if _NOT_ONLY.search(lowered):
        return "not only"
    return "only" if re.search(rf"\b{_ONLY}\b", lowered) else None


def only_told(text: str, code: str) -> bool:
    """Whether a sentence itself says that something is told to be done, or owed."""
    if code not in _GROUP:
        return False
    words, _, owed = _TELLING[_GROUP[code]]
    return bool(_pattern(f"{words} {owed}").search(_plain(text)))


def only_planned(text: str, code: str) -> bool:
    """Whether a sentence itself says that something is planned or wanted."""
    if code not in _GROUP:
        return False
    words, _, bare = _PLANNING[_GROUP[code]]
    plain = _plain(text)
    return bool(_pattern(f"{words} {bare}").search(plain) or (code == "de" and _MODAL_FIRST.search(plain)))


def _plain(text: str) -> str:
    """Small letters, one kind of apostrophe, "not" as a word of its own, and nothing that only looks like a cue."""
    return _NO_CUE.sub("", _not_until().sub("", _lowered(text)))


def _lowered(text: str) -> str:
    """Not casefolded, which makes "bloss" of the "bloß" of our lists."""
    return text.lower().replace("’", "'").replace("n't", " n't")


@lru_cache(maxsize=1)
def _not_until() -> re.Pattern[str]:
    """A "not" for which a later clock, day, month or year is given; not "jul", which is Christmas as well."""
    names = {name for code in _GROUP for name in claim_dates.names(code) if len(name) > 3} | {"maj", "mai"}
    days = "|".join(map(re.escape, sorted(names)))
    return re.compile(rf"{_NOT}(?={_UNTIL}(?:(?:{days})\b|(?:may|(?:19|20)\d\d)\b(?!{_SAYS_MORE})|{_CLOCK}))")


@lru_cache(maxsize=1)
def _spanish_orders(words: str) -> re.Pattern[str]:
    """Spanish has nothing that always stands before the deed, but an infinitive: "ordenó a la OTAN cerrar"."""
    return re.compile(rf"{_pattern(words).pattern}(?:\s+[\w'-]+){{1,{_SOMEBODY}}}?\s+(\w+[aei]r)\b")


@lru_cache(maxsize=32)
def _deeds(words: str, before: str, *, others: bool) -> re.Pattern[str]:
    """What finds the verb of a deed: one of some words, a few between, and what stands before the deed.

    Between them is whoever is to do it, if these are always ``others``: who was asked to go goes himself. There is no
    other verb that "to" may belong to, as in "told reporters that it agreed to pay".
    """
    marks = "|".join(mark if mark.endswith("'") else rf"{mark}\s+" for mark in before.split())
    between = rf"(?:[\s,]+(?!(?:{'|'.join(_SAYING.split())})\b)[\w'-]+){{{int(others)},{_SOMEBODY}}}?"
    return re.compile(rf"{_pattern(words).pattern}{between}[\s,]+(?:{marks})(?!continue)(\w+)")


@lru_cache(maxsize=16)
def _pattern(listed: str) -> re.Pattern[str]:
    words = [
        re.escape(word.rstrip("*")).replace("_", r"\s+") + (r"\w*" if word.endswith("*") else "")
        for word in listed.split()
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
