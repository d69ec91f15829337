"""Small words that turn a sentence's meaning, in the languages of our readers: not, tried to, told to. Pure.

Two sentences may share every content word and still say different things. Each list is short and plain, so that whoever
speaks the language can mend it. A language without a list is read for its digits and names only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# Kinds of cues, each with its words in English; Swedish; Norwegian and Danish; German; French; Spanish. A phrase stands
# with underscores, a beginning of words with an asterisk.
_NEGATION = (
    "not no never none nobody nothing neither nor without cannot n't unable refus* denied denies deny fail* lack* "
    "hardly barely",
    "inte ej icke ingen inget inga ingenting aldrig varken utan knappt vägra* förneka* nekade nekar misslyckas "
    "misslyckades",
    "ikke ingen intet intet ingenting aldri aldrig verken hverken uten uden nekte* nægte* avvis* afvis*",
    "nicht kein* nie niemals niemand nichts weder ohne verweiger* kaum leugne*",
    "ne n pas jamais aucun* rien sans ni refus* guère",
    "no nunca ningun* ningún nadie nada sin ni jamás negó niega* niegan negaron negado negar negativa rechaz*",
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
# by which a sentence admits that the deed is only owed.
_TELLING = (
    (
        "order* demand* urge* instruct* command* tell* told ask* request* forc* compel* persuad* allow*",
        "to",
        "must has_to have_to had_to",
    ),
    (
        "beordra* befall* kräv* uppmana* tvinga* instruera* övertala* tillåt* bett ber bad",
        "att",
        "måste ska skall",
    ),
    (
        "beordr* krev* kræv* oppfordr* opfordr* tving* tvang* overtal* tillat* tillad* bedt ber bad",
        "å at",
        "må skal",
    ),
    (
        "befahl befohlen befiehl* forder* aufgeforder* zwing* zwang gezwungen bat gebeten erlaub*",
        "zu",
        "muss müssen soll*",
    ),
    ("ordonn* demand* exig* oblig* forc* autoris* pri*", "de d' à", "doit doivent"),
    ("", "", ""),  # Spanish has nothing that always stands before the deed; nor is another language known here
)
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
        lowered = text.casefold().replace("’", "'").replace("n't", " n't")
        return cls(*(len(_pattern(listed[group]).findall(lowered)) for listed in (_NEGATION, _UNREAL)))


def told_to(text: str, code: str) -> tuple[str, ...]:
    """What somebody is told to do, each deed by its verb: of "ordered Nato to close the office", "close"."""
    telling = _telling(code)
    return tuple(telling.findall(text.casefold().replace("’", "'"))) if telling else ()


def only_told(text: str, code: str) -> bool:
    """Whether a sentence itself says that something is told to be done, or owed."""
    words, _, owed = _TELLING[_GROUP.get(code, -1)]
    return bool(words and _pattern(f"{words} {owed}").search(text.casefold()))


@lru_cache(maxsize=16)
def _telling(code: str) -> re.Pattern[str] | None:
    words, before, _ = _TELLING[_GROUP.get(code, -1)]
    if not words:
        return None
    marks = "|".join(mark if mark.endswith("'") else rf"{mark}\s+" for mark in before.split())
    return re.compile(rf"{_pattern(words).pattern}(?:[\s,]+[\w'-]+){{1,{_SOMEBODY}}}?[\s,]+(?:{marks})(\w+)")


@lru_cache(maxsize=16)
def _pattern(listed: str) -> re.Pattern[str]:
    words = [
        re.escape(word.rstrip("*")).replace("_", r"\s+") + (r"\w*" if word.endswith("*") else "")
        for word in listed.split()
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
