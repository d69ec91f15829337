"""Numbers in a sentence, in digits or in words, as one spelling: "1,2 miljoner", "1.2 million", "forty-five". Pure.

Newspapers write out small numbers. The words are looked up in the language of the text, because "to" is two in
Norwegian; "one" is left out everywhere, since it is mostly a pronoun or an article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

# Groups of thousands begin with three digits at most: "in 2021 350 people" are two numbers.
_NUMBER = re.compile(r"(?<!\d)(?:\d{1,3}(?:[.,\u00a0\u202f ]\d{3}(?!\d))+|\d+)(?:[.,]\d+)?")
_NEXT = re.compile(r"[\s\u00a0]*([^\W\d_]+)")
_SEPARATOR = re.compile(r"[.,\s\u00a0\u202f](?=\d{3}(?:\D|$))")

# Two to twenty, then the tens, by language.
_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety",
    "sv": "två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo "
    "trettio fyrtio femtio sextio sjuttio åttio nittio",
    "no": "to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tjue "
    "tretti førti femti seksti sytti åtti nitti",
    "da": "to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten tyve "
    "tredive fyrre halvtreds tres halvfjerds firs halvfems",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito "
    "dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "fi": "kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen yksitoista kaksitoista kolmetoista "
    "neljätoista viisitoista kuusitoista seitsemäntoista kahdeksantoista yhdeksäntoista kaksikymmentä "
    "kolmekymmentä neljäkymmentä viisikymmentä kuusikymmentä seitsemänkymmentä kahdeksankymmentä yhdeksänkymmentä",
    "pl": "dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście "
    "piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia trzydzieści czterdzieści "
    "pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
    "ru": "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать сорок пятьдесят шестьдесят "
    "семьдесят восемьдесят девяносто",
    "uk": "два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять чотирнадцять "
    "п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять двадцять тридцять сорок п'ятдесят шістдесят "
    "сімдесят вісімдесят дев'яносто",
}  # fmt: skip
_VALUES = [*range(2, 21), *range(30, 100, 10)]
_LINKS = ("", "-", "og", "und", "en", "ën", "y", "e", "et")
_SCALES = {
    10**2: "hundred hundra hundre hundrede hundert honderd cien cent cento",
    10**3: "thousand tusen tusind tausend duizend mil mille mila tuhat tysiąc tysięcy тысяч тысячи",
    10**6: "million millions mn mkr mnkr miljon miljoner millioner millionen mio mln miljoen millón millones milhão "
    "milhões milione milioni miljoonaa milionów миллион миллионов мільйонів",
    10**9: "billion billions bn mdkr miljard miljarder milliard milliarder milliarden milliards mrd mld mdr "
    "miljarden miliardi miljardia miliardów миллиард миллиардов мільярдів",
    10**12: "trillion trillions tn biljon biljoner biljoen billón billones bilhão bilhões bilione bilioni",
}
_SCALE = {word: scale for scale, words in _SCALES.items() for word in words.split()}
# Elsewhere a billion is a thousand times what it is in English (and a Portuguese "bilhão" in Brazil, where most read).
_LONG_SCALE = {**_SCALE, "billion": 10**12, "billionen": 10**12, "billioner": 10**12, "billions": 10**12}
_LONG_SCALE_LANGUAGES = frozenset({"da", "de", "fr", "no"})
_ONE = frozenset(("a", "one", "en", "ett", "et", "ein", "eine", "einer", "un", "une", "una", "um", "uma", "één", "een"))
_MOST_DIGITS = 15  # of a number that somebody means; decimal arithmetic rounds after 28
_CURRENCIES = ("$", "£", "€")
_DIGIT_SCALES_ONLY = frozenset({"mil", "cent", "mille"})  # also miles, a coin and a percentage


def digits(text: str, code: str) -> set[str]:
    """The numbers that stand in digits, without separators of thousands; "1.2 million" is ``1200000``."""
    found: set[str] = set()
    scales = _scales(code)
    for match in _NUMBER.finditer(text):
        plain = _SEPARATOR.sub("", match[0]).replace(",", ".")
        following = _NEXT.match(text, match.end())
        scale = scales.get(following[1].casefold()) if following and _large(following[1]) else None
        if following and following[0] == "m" and text[: match.start()].endswith(_CURRENCIES):
            scale = 10**6  # $50m; with nothing before it, "50m" is a length
        found.add(_plain(Decimal(plain) * scale) if scale and len(plain) <= _MOST_DIGITS else plain)
    return found


def words(text: str, code: str) -> Iterator[tuple[str, str]]:
    """Each written-out number as (casefolded words, digits); "five million" is one of two words."""
    table, scales = _table(code), _scales(code)
    parts = re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", text.casefold())
    for i, word in enumerate(parts):
        value = _value(word.replace("’", "'"), table)
        if value is None:
            if i and parts[i - 1] in _ONE and word in scales and _large(word):  # "a million"
                yield word, str(scales[word])
            continue
        scale = scales.get(parts[i + 1]) if i + 1 < len(parts) and _large(parts[i + 1]) else None
        yield word, str(value * (scale or 1))


def _large(word: str) -> bool:
    return word.casefold() not in _DIGIT_SCALES_ONLY


def _scales(code: str) -> Mapping[str, int]:
    return _LONG_SCALE if code in _LONG_SCALE_LANGUAGES else _SCALE


def _plain(number: Decimal) -> str:
    """In digits, with no zeros after them that say nothing."""
    return f"{number.normalize():f}"


@lru_cache(maxsize=64)
def _table(code: str) -> dict[str, int]:
    listed = _WORDS.get(code)
    return dict(zip(listed.split(), _VALUES, strict=True)) if listed else {}


@lru_cache(maxsize=8192)
def _composed(word: str, known: frozenset[tuple[str, int]]) -> int | None:
    """A number such as "forty-five", "tjugofem" or "fünfundzwanzig": tens and a unit in either order."""
    units = {name: value for name, value in known if value < 10}
    for name, tens in known:
        if tens < 20:
            continue
        if word.startswith(name):
            rests = [word.removeprefix(name).removeprefix(link) for link in _LINKS]
        elif word.endswith(name):
            rests = [word.removesuffix(name).removesuffix(link) for link in _LINKS]
        else:
            continue
        unit = next((units[rest] for rest in rests if rest in units), None)
        if unit is not None:
            return tens + unit
    return None


def _value(word: str, table: dict[str, int]) -> int | None:
    if not table:
        return None
    return table[word] if word in table else _composed(word, frozenset(table.items()))
