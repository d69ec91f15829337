"""The words that a language says numbers with: whole ones, ordinals, parts and what multiplies. Pure.

Most of them come from CLDR, turned round: from the rules by which Unicode has numbers spelt (``unicode-rbnf``), and
from its short forms of large numbers (``babel``). What neither has is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.facts import locales

if TYPE_CHECKING:
    from unicode_rbnf import RbnfEngine

_HUNDRED = {
    **{"da": "hundrede hundred", "de": "hundert", "en": "hundred", "es": "cien ciento", "fi": "sata sataa"},
    **{"fr": "cent cents", "it": "cento", "nl": "honderd", "no": "hundre", "pt": "cem cento", "sv": "hundra"},
}
_THOUSAND = {
    **{"da": "tusind tusinde", "de": "tausend", "en": "thousand", "es": "mil", "fi": "tuhat tuhatta", "fr": "mille"},
    **{"it": "mille mila", "nl": "duizend", "no": "tusen", "pl": "tysiąc tysiące tysięcy", "pt": "mil"},
    **{"ru": "тысяча тысячи тысяч", "sv": "tusen", "tr": "bin", "uk": "тисяча тисячі тисяч"},
}
# Of all languages together, as newspapers of one write them in quoting those of another.
_LARGE = {
    1_000_000: "million millions mn mio miljon miljoner millioner millionen mill mkr mnkr mln miljoen millón millones "
    "milhão milhões milione milioni miljoona miljoonaa miljoonan milionów миллион миллионов миллиона мільйонів",
    1_000_000_000: "billion billions bn mdkr miljard miljarder milliard milliarder milliarden milliards mrd mld mdr "
    "miljarden miliardo miliardi miljardi miljardia miljardin miliardów миллиард миллиардов мільярдів",
    1_000_000_000_000: "trillion trillions tn biljon biljoner biljoen billón billones bilione bilioni bilião biliões",
}
_LARGE_OF = {
    **{"cs": "milionů 6 milióny 6 miliony 6 miliardu 9", "en": "lakh 5 lakhs 5 crore 7 crores 7"},
    **{"fr": "md 9 mds 9 millier 3 milliers 3", "pt": "mi 6 bi 9"},
    **{"sv": "md 9", "tr": "mn 6 mr 9"},
}
ABBREVIATED = frozenset(
    re.findall(r"\w+", "mn mio mia mill mrd mld mln mdr md mds bn bln tn tys tis тыс тис млн млрд трлн")
)
"""What multiplies, cut short: a full stop behind it ends no sentence."""
UNSPACED = {"万": 10**4, "萬": 10**4, "만": 10**4, "億": 10**8, "亿": 10**8, "억": 10**8, "兆": 10**12, "조": 10**12}
"""What multiplies the digits before it in languages that put nothing between words."""
# Short forms of CLDR that are other words too: a mile, a foundling of "organic".
_OTHER_WORDS = frozenset({"mil", "bio", "bil", "tri"})
_SHORTEST = 3  # letters of a short form that is no other word
_DOZEN = {
    **{"da": "dusin", "de": "dutzend", "en": "dozen", "es": "docena docenas", "fi": "tusina tusinaa", "pl": "tuzin"},
    **{"fr": "douzaine", "it": "dozzina", "nl": "dozijn", "no": "dusin", "pt": "dúzia dúzias", "sv": "dussin"},
    **{"ru": "дюжина дюжины дюжин", "uk": "дюжина дюжини"},
}
# Between hundreds and the rest, and between tens and units; before "a half".
_AFTER_HUNDREDS = {"da": "og", "de": "und", "en": "and", "no": "og", "pt": "e", "sv": "och"}
_AFTER_TENS = {"es": "y", "fr": "et", "pt": "e"}
_BEFORE_HALF = {
    **{"cs": "a", "da": "og", "de": "und", "en": "and", "es": "y", "fi": "ja", "fr": "et", "it": "e", "nl": "en"},
    **{"no": "og", "pl": "i", "pt": "e", "ru": "с", "sv": "och", "uk": "з|із"},
}
# Where a half stands behind what is counted, and of what else it may be one there: "y media hora".
_HALF_LATER = {"es": "hora jornada", "fr": "heure journée", "it": "ora giornata", "pt": "hora"}
HALF = frozenset(
    re.findall(
        r"\w+",
        "half halv halva halvt halve halbe halben halber halbes medio media demi demie mezzo mezza meio meia pół puoli "
        "půl пол половиной пів половиною",
    )
)
"""Words for a half, of all languages, as they stand before what is halved or behind "and"."""
ONE = frozenset(re.findall(r"\w+", "a one en ett et ein eine einer einen un une um uma één een ei uno una"))
"""Words for one, and articles, casefolded."""
# One and a half, and more, in one word.
_AND_A_HALF = {
    **{"da": "halvanden halvandet", "de": "anderthalb", "fi": "puolitoista", "nl": "anderhalf anderhalve"},
    **{"no": "halvannen halvannet", "pl": "półtora półtorej", "ru": "полтора полторы полутора", "sv": "halvannan"},
    **{"uk": "півтора півтори"},
}
_HALVED = {"de": ("einhalb",), "nl": ("ënhalf", "enhalf", "ënhalve", "enhalve")}
_MOST_HALVED = 20
_BARE_HUNDRED = frozenset({"es", "fi", "fr", "it", "pt", "tr"})
# Other rules for the same language, of which CLDR has some numbers alone.
_VARIANTS = {"fr": ("fr_BE", "fr_CH"), "no": ("nn",), "pt": ("pt_PT",)}
_OLDER = {"no": {"syv": 7, "tyve": 20, "tredve": 30}}
# Ordinals that are other words too: to respect; Wednesday, Thursday and Friday.
_NO_ORDINALS: Mapping[str, set[str]] = {"de": {"achten"}, "pt": {"quarta", "quinta", "sexta"}}
# Parts: what is put behind an ordinal, or a number, in words that are nothing but parts.
_PART_ENDINGS = {
    **{"da": ("del", "dele", "delen", "delene"), "de": ("l", "ln", "ls"), "no": ("del", "deler", "delen", "delene")},
    "sv": ("del", "delar", "delen", "delarna"),
}
_SHARES = {
    "da": "fjerdedel 4 tredjedel 3",
    "fi": "kolmasosa 3 kolmasosaa 3 kolmannes 3 kolmannesta 3 neljäsosa 4 neljäsosaa 4 neljännes 4 neljännestä 4 "
    "viidesosa 5 viidesosaa 5 viidennes 5 viidennestä 5 kymmenesosa 10 kymmenesosaa 10",
    "ru": "треть 3",
    "uk": "третина 3 третину 3",
}
# Those that are parts behind a number only: an ordinal's plural besides.
_COUNTED = {
    "en": "quarters 4",
    "es": "tercio 3 tercios 3 terceras 3 cuartas 4",
    "fr": "tiers 3 quarts 4",
    "nl": "kwart 4",
    "pl": "trzecia 3 trzecią 3 trzecie 3 trzecich 3 czwarta 4 czwartą 4 czwarte 4 czwartych 4 piąta 5 piątą 5 piąte 5 "
    "piątych 5 dziesiąta 10 dziesiąte 10 dziesiątych 10",
    "pt": "terço 3 terços 3",
    "ru": "трети 3 третей 3 четверти 4 четвертей 4",
    "uk": "третини 3 третин 3 чверті 4 чвертей 4",
}
_ORDINAL_PARTS = frozenset({"en", "es", "fr", "it", "nl", "pt"})  # where a part is said with an ordinal
_SINGLE = {"en": "quarter 4", "fr": "quart 4"}
_WHOLE_PARTS = {
    **{"de": {"dreiviertel": Fraction(3, 4), "zweidrittel": Fraction(2, 3)}, "nl": {"driekwart": Fraction(3, 4)}},
}
_MOST_PARTS = 21


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a language says numbers; all words are casefolded.

    Attributes:
        code: ISO 639-1.
        table: Numbers below a hundred, and hundreds, that are one word, in all forms.
        ones: Words for one that are no articles alone.
        hundred, thousand: Words for these.
        scales: Words that multiply by a dozen, a thousand or more.
        after_hundreds, after_tens: What joins the rest to hundreds, and units to tens; empty for nothing.
        vigesimal: Whether sixty and eighty are counted on from up to nineteen.
        bare_hundred: Whether a hundred or a thousand goes without "a" or "one".
        ordinals: Ordinals below a hundred, from one on, that are one word.
        shares: Words that are nothing but parts, and of how many: "tredjedel" is of three.
        counted: Words that are parts behind a number: "thirds".
        single: Words that are parts behind "one" if nothing is behind them of which they are the third.
        part: Parts that are one word: "driekwart".
        and_half: Finds "and a half", and what is between it and a number.
        half_later: The same behind what is counted: "deux ans et demi".
    """

    code: str
    table: Mapping[str, Fraction]
    ones: frozenset[str]
    hundred: frozenset[str]
    thousand: frozenset[str]
    scales: Mapping[str, int]
    after_hundreds: str
    after_tens: str
    vigesimal: bool
    bare_hundred: bool
    ordinals: Mapping[str, int]
    shares: Mapping[str, int]
    counted: Mapping[str, int]
    single: Mapping[str, int]
    part: Mapping[str, Fraction]
    and_half: re.Pattern[str]
    half_later: re.Pattern[str]


@lru_cache(maxsize=64)
def tongue(code: str) -> Tongue | None:
    """How a language, given by its ISO 639-1 code, says numbers; None without rules for it."""
    from unicode_rbnf import RbnfEngine  # light, but few commands read a sentence

    if code not in RbnfEngine.get_supported_languages():
        return None
    engine = RbnfEngine.for_language(code)
    variants = [engine, *(RbnfEngine.for_language(name) for name in _VARIANTS.get(code, ()))]
    hundred = frozenset(_HUNDRED.get(code, "").split())
    table = {
        word: Fraction(number)
        for number in (*range(900, 99, -100), *range(99, 0, -1))  # of two readings the smaller one counts
        for one in variants
        for word in _spelt(one, number, code)
        if word not in hundred
    } | {word: Fraction(number) for word, number in _OLDER.get(code, {}).items()}
    ordinals = _ordinals(engine, code)
    thousand = frozenset(_THOUSAND.get(code, "").split())
    return Tongue(
        code=code,
        table=table | _halved(table, code),
        ones=frozenset(word for word, number in table.items() if number == 1),
        hundred=hundred,
        thousand=thousand,
        scales=scales(code) | dict.fromkeys(thousand, 1000),
        after_hundreds=_AFTER_HUNDREDS.get(code, ""),
        after_tens=_AFTER_TENS.get(code, ""),
        vigesimal=code == "fr",
        bare_hundred=code in _BARE_HUNDRED,
        ordinals=ordinals,
        shares=_shares(ordinals, table, code) | _listed(_SHARES, code),
        counted=_counted(ordinals, code) | _listed(_COUNTED, code),
        single=(ordinals if code in _ORDINAL_PARTS else {}) | _listed(_SINGLE, code),
        part=_WHOLE_PARTS.get(code, {}),
        and_half=and_half(code),
        half_later=half_later(code),
    )


def rules(engine: RbnfEngine, number: int, *, ordinal: bool = False) -> Mapping[str, str]:
    """A number as each rule of a language has it spelt; nothing where it has none."""
    from unicode_rbnf import FormatPurpose
    from unicode_rbnf.engine import RbnfError

    try:
        spelt = engine.format_number(number, purpose=FormatPurpose.ORDINAL if ordinal else FormatPurpose.CARDINAL)
    except (RbnfError, ValueError):
        return {}
    return spelt.text_by_ruleset


def _spelt(engine: RbnfEngine, number: int, code: str) -> Iterator[str]:
    """The words that say a number, in all forms that are one word."""
    for name, spelt in rules(engine, number).items():
        if code == "fi" and "plural" in name:
            continue  # "kymmenet" are tens, and no ten
        yield from _forms(spelt)


def _forms(spelt: str) -> Iterator[str]:
    word = spelt.casefold().replace("\u00ad", "").replace("ʼ", "'")
    if " " not in word:
        yield word
        yield word.replace("é", "e")  # Norwegian "tjueen"


def _ordinals(engine: RbnfEngine, code: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for number in range(1, 101):
        for name, spelt in rules(engine, number, ordinal=True).items():
            if name.startswith("spellout") and not (code == "fi" and "plural" in name):
                found |= dict.fromkeys(_forms(spelt), number)
    others = _NO_ORDINALS.get(code, set())
    return {word: number for word, number in found.items() if word not in others and not word[0].isdigit()}


def _halved(table: Mapping[str, Fraction], code: str) -> dict[str, Fraction]:
    """Numbers and a half that are one word."""
    found = {word: Fraction(3, 2) for word in _AND_A_HALF.get(code, "").split()}
    for word, number in table.items():
        if number <= _MOST_HALVED:
            found |= dict.fromkeys((word + ending for ending in _HALVED.get(code, ())), number + Fraction(1, 2))
    return found


def _shares(ordinals: Mapping[str, int], table: Mapping[str, Fraction], code: str) -> dict[str, int]:
    """Words that are nothing but parts, put together of an ordinal, or a number: tredje-del, dritte-l, tre-del."""
    endings = _PART_ENDINGS.get(code, ())
    stems = {word: number for word, number in ordinals.items() if word.endswith("e")}
    stems |= {word.removesuffix("de"): number for word, number in stems.items() if word.endswith("nde")}  # åttondel
    if code in {"da", "no"}:
        stems |= {word: int(number) for word, number in table.items()}
    return {stem + ending: number for stem, number in stems.items() for ending in endings if 3 <= number <= _MOST_PARTS}


def _counted(ordinals: Mapping[str, int], code: str) -> dict[str, int]:
    """Plurals of ordinals, which are parts behind a number; in some languages they have none of their own."""
    parts = {word: number for word, number in ordinals.items() if 3 <= number <= _MOST_PARTS or number == 100}
    if code == "en":
        return {f"{word}s": number for word, number in parts.items()}
    if code in {"fr", "es", "pt"}:
        return {f"{word.removesuffix('s')}s": number for word, number in parts.items()}
    if code == "it":
        return {word: number for word, number in parts.items() if word.endswith("i")}
    return parts if code in {"nl", "ru"} else {}


def _listed(tables: Mapping[str, str], code: str) -> dict[str, int]:
    """Words of a language with their numbers, as the tables above have them."""
    words = tables.get(code, "").split()
    return {word: int(number) for word, number in zip(words[::2], words[1::2], strict=True)}


@lru_cache(maxsize=64)
def and_half(code: str) -> re.Pattern[str]:
    """What finds "and a half" right behind a number, also of a language without rules."""
    return re.compile(_half_pattern(code), re.IGNORECASE)


@lru_cache(maxsize=64)
def half_later(code: str) -> re.Pattern[str]:
    """What finds a word behind a number, and a half of it; no half of something else: "y media docena"."""
    if code not in _HALF_LATER:
        return re.compile(r"(?!)")
    scale = "|".join(map(re.escape, (*scales(code), *_HALF_LATER[code].split())))
    return re.compile(rf"[ \u00a0][^\W\d_]+{_half_pattern(code)}(?!\s(?:{scale})\b)", re.IGNORECASE)


def _half_pattern(code: str) -> str:
    if code not in _BEFORE_HALF:
        return r"(?!)"
    one, half = "|".join(sorted(ONE)), "|".join(sorted(HALF))
    return rf"[\s-]{{1,2}}(?:{_BEFORE_HALF[code]})[\s-](?:(?:{one})[\s-])?(?:{half})\b(?!-)"


@lru_cache(maxsize=64)
def scales(code: str) -> dict[str, int]:
    """Words of a language that multiply by a dozen, a thousand or more, casefolded; of any, those that newspapers use.

    What a billion is is the language's own affair: a thousand times what it is in English in the most of them.
    """
    common = {word: scale for scale, words in _LARGE.items() for word in words.split()}
    own = {word: 10**exponent for word, exponent in _listed(_LARGE_OF, code).items()}
    return common | _spelt_scales(code) | _short_scales(code) | dict.fromkeys(_DOZEN.get(code, "").split(), 12) | own


def _spelt_scales(code: str) -> dict[str, int]:
    """Words that multiply, from numbers of two words, of which the first one is small: "five million"."""
    from unicode_rbnf import RbnfEngine

    if code not in RbnfEngine.get_supported_languages():
        return {}
    engine = RbnfEngine.for_language(code)
    found: dict[str, int] = {}
    for many in (1, 2, 5):
        small = set(rules(engine, many).values())
        for scale in (10**3, 10**6, 10**9, 10**12):
            for spelt in rules(engine, many * scale).values():
                first, _, word = spelt.partition(" ")
                if first in small and word and " " not in word:
                    found[word.casefold()] = scale
    return found


def _short_scales(code: str) -> dict[str, int]:
    """Words that multiply as CLDR writes large numbers, in full and cut short: "тыс.", "mln"."""
    known = locales.locale(code)
    formats = known.compact_decimal_formats if known else {}
    found: dict[str, int] = {}
    for width in ("long", "short"):
        for by_size in formats.get(width, {}).values():
            for scale in (10**3, 10**6, 10**9, 10**12):
                word = (
                    re.sub(r"[0'.\s\u00a0]+", " ", getattr(by_size.get(str(scale)), "pattern", "")).strip().casefold()
                )
                full = width == "long" or (len(word) >= _SHORTEST and word not in _OTHER_WORDS)
                if word.isalpha() and full:
                    found.setdefault(word, scale)
    return found
