"""Which day "yesterday", "on Tuesday" and "two days ago" are, and which year "in May", seen from publication. Pure.

What dateparser's tables have of such words is taken from there; here is what they lack.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any

from rag.facts import number_tables

# Words by language, each with how many days later it is.
_WORDS: Mapping[str, Mapping[str, int]] = {
    "da": {"idag": 0, "iaften": 0, "inat": 0, "igår": -1, "forgårs": -2, "imorgen": 1, "overmorgen": 2},
    "de": {"heute": 0, "gestern": -1, "vorgestern": -2, "morgen": 1, "übermorgen": 2},
    "en": {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1},
    "es": {"hoy": 0, "ayer": -1, "anoche": -1, "antes de ayer": -2, "antier": -2, "mañana": 1, "pasado mañana": 2},
    "fi": {"tänään": 0, "eilen": -1, "toissapäivänä": -2, "huomenna": 1, "ylihuomenna": 2},
    "fr": {"aujourd'hui": 0, "hier": -1, "avant-hier": -2, "demain": 1, "après-demain": 2},
    "it": {"oggi": 0, "stasera": 0, "ieri": -1, "avantieri": -2, "domani": 1, "dopodomani": 2},
    "nl": {"vandaag": 0, "vanavond": 0, "gisteren": -1, "eergisteren": -2, "morgen": 1},
    "no": {"idag": 0, "ikveld": 0, "inatt": 0, "igår": -1, "forgårs": -2, "imorgen": 1, "overmorgen": 2},
    "pl": {"dzisiaj": 0, "dziś": 0, "wczoraj": -1, "przedwczoraj": -2, "jutro": 1, "pojutrze": 2},
    "pt": {"hoje": 0, "ontem": -1, "anteontem": -2, "amanhã": 1, "depois de amanhã": 2},
    "ru": {"сегодня": 0, "вчера": -1, "завтра": 1},
    "sv": {"idag": 0, "ikväll": 0, "inatt": 0, "igår": -1, "förrgår": -2, "imorgon": 1, "övermorgon": 2},
}
_SHORTEST = 5  # letters of what is taken from the tables: "huom" is a note as well
_NO_DAY = "till date"
_TWO_WORDS = re.compile(r"\bi (dag|kväll|kveld|aften|natt|nat|går|gårkväll|morgon|morgen)\b")
# "Am Morgen", "por la mañana": in the morning, not tomorrow.
_MORNING = re.compile(r"\b(?:am|jeden|diesen|dieser|der|den|heute|gestern|la|esta|cada|una|de ochtend|elke)\s+$")

_SLOT = "(\\d++[.,]?\\d*+)"  # where dateparser's patterns have a number
_FEW_DAYS = 6  # up to which their number is meant to be exact: a week, or ten days, is about so many
_MOST_DAYS = 31  # of a month
_CARDINAL_DAYS = frozenset({"es", "fr", "it", "nl", "pt"})  # le trois mai
_LOCALES = {"no": "nb"}  # whose tables have another name

# With these a weekday may be the next one as well as the last.
_NEXT = re.compile(
    r"\b(?:will|shall|won't|'ll|next|upcoming|due|plans? to|is to|are to|ska|skall|kommer att|nästa|skal|vil|neste"
    r"|næste|wird|werden|nächste[nrs]?|kommende[nrs]?|soll|sollen|va|vont|prochaine?|doit|doivent|van|próxim[oa]|volgende|zal"
    r"|zullen|prossim[oa])\b|\bpå \w+dag\b"
)
# What is still to come, by language, so that "May" may be the next May. Not "would": "he said in May that it would".
_COMING: Mapping[str, str] = {
    "da": r"skal|vil|næste|kommende|ventes|planlægger|på \w+dag",
    "de": r"wird|werden|soll|sollen|nächste[nrs]?|kommende[nrs]?|geplant\w*",
    "en": r"will|shall|won't|\w+'ll|next(?! to)|upcoming|due(?! to (?:the|an?))|plans? to|(?:is|are|going|set) to"
    r"|planned|scheduled|expected",
    "es": r"va a|van a|próxim[oa]s?|debe|deberá|previst[oa]s?|\w+(?:rá|rán)",
    "fi": r"aikoo|aikovat|tulee|tulevat|ensi|seuraava\w*|tuleva\w*",
    "fr": r"va|vont|prochaine?|doit|doivent|prévue?s?|attendue?s?|\w+[deiu]r(?:a|ont)",
    "it": r"va|vanno|prossim[oa]|dovrebbe(?:ro)?|previst[oaie]|\w+(?:rà|ranno)",
    "nl": r"zal|zullen|gaat|gaan|volgende?|komende?",
    "no": r"skal|vil|neste|kommende|ventes|planlegger|på \w+dag",
    "pl": r"będzie|będą|zostanie|zostaną|ma|mają|planuj\w+|następn\w+|przyszł\w+",
    "pt": r"vai|vão|próxim[oa]s?|deve|devem|prevista?o?s?|\w+(?:rá|rão)",
    "ru": r"будет|будут|планиру\w+|предсто\w+|намерен\w*|следующ\w+",
    "sv": r"ska|skall|kommer att|nästa|kommande|väntas|planera[rs]|på \w+dag",
    "uk": r"буде|будуть|плану\w+|наступн\w+",
}
# What is over.
_OVER: Mapping[str, str] = {
    "da": r"var|havde|har|blev|fik|gik|kom|tog|gav|døde|vandt|holdt|\w{2,}ede|\w{2,}[gklr]te",
    "de": r"war|waren|hat|haben|hatten?|wurden?|begann|blieb|fand|fiel|gab|gewann|ging"
    r"|hielt|kam|nahm|starb|stieg|trat|verlor|zog",
    "en": r"was|were|had|did|has|have|(?<!be )(?:began|became|broke|brought|built|came|caught|fell|fled|fought|found"
    r"|gave|got|grew|held|hit|kept|killed|led|left|lost|made|met|paid|rose|sank|saw|sent|shot|sold|spent|stole|stood|struck|took"
    r"|threw|went|won|(?!need|speed|announced|planned|scheduled|expected)\w{2,}ed)",
    "es": r"ha|han|había|habían|era|eran|fue|fueron|\w{2,}(?:ó|aron|ieron)",
    "fi": r"oli|olivat|\w{2,}(?:nut|nyt|neet)|\w{2,}ttiin|\w{2,}iv[aä]t",
    "fr": r"était|étaient|fut|furent|avait|avaient|(?:a|ont|est|sont) "
    r"(?:été|(?!prévu|attendu)\w+(?:ée?s?|ie?s?|ue?s?|is|it|ert))",
    "it": r"ha|hanno|aveva|avevano|era|erano|fu|furono|è stat[oa]|sono stat[ie]|\w{2,}(?:ò|arono|irono|erono)",
    "nl": r"was|waren|werd|werden|had|hadden|heeft|hebben|ging|kwam|kreeg|nam|stierf|verloor|won"
    r"|\w{2,}(?:elde|erde|kte|pte)",
    "no": r"var|hadde|har|ble|blei|fikk|gikk|kom|tok|ga|døde|vant|holdt|\w{2,}[gklpr]te",
    "pl": r"\w+[aiy]ł[aoy]?|\w{4,}(?:ano|ono)|zginęł[aoy]|zginęli",
    "pt": r"foi|foram|era|eram|tinha|havia|\w{2,}(?:ou|aram|eram|iram|iu)",
    "ru": r"\w+[аеиоуыяё]л[аои]?(?:с[ья])?",
    "sv": r"var|hade|har|blev|fick|gick|kom|tog|gav|dog|vann|höll|greps|\w{2,}(?:ade|dde|kte|pte)s?",
    "uk": r"\w+[аиуяю]в(?:ся)?|\w+[аеиіоуяю]л[аои](?:ся)?",
}

# The first of the next month and the last of this one, as "månadsskiftet" is both.
_TURN_OF_MONTH = re.compile(
    r"månadsskift\w*|månedsskift\w*|turn of the month|end of the month|monatswechsel|monatsende|fin du mois|fin de mes"
)
# A sentence that is about the year it was written in.
_NOW = re.compile(
    r"\b(?:this (?:month|week|spring|summer|autumn|winter)|earlier this|i höst|i vår|i somras|i vinter"
    r"|den här (?:veckan|månaden)|denna (?:vecka|månad)|denne (?:uken|måneden|ugen)"
    r"|diese[nrms]? (?:woche|monat|monats)|cette semaine|ce mois|este mes|esta semana)\b"
)
# Years by language, each with how many it is later.
_YEARS: Mapping[str, Mapping[int, str]] = {
    "da": {-1: r"(?:sidste|forrige) års?|i fjor", 0: r"dette års?|i år", 1: r"næste års?"},
    "de": {
        -1: r"(?:letzt|vergangen|vorig)e[mnrs]? jahr(?:es)?",
        0: r"(?:dies|laufend)e[mnrs]? jahr(?:es)?",
        1: r"(?:nächst|kommend)e[mnrs]? jahr(?:es)?",
    },
    "en": {-1: r"(?<!the )(?<!past )last year", 0: r"this year", 1: r"(?<!the )next year"},
    "es": {-1: r"año pasado|pasado año", 0: r"este año", 1: r"próximo año|año próximo|año que viene"},
    "fi": {-1: r"viime vuo(?:nna|den)", 0: r"tänä vuonna|tämän vuoden", 1: r"ensi vuo(?:nna|den)"},
    "fr": {-1: r"l'an(?:née)? (?:derni(?:er|ère)|passée?)", 0: r"cette année", 1: r"l'an(?:née)? prochaine?"},
    "it": {-1: r"anno scorso|scorso anno", 0: r"quest'anno", 1: r"anno prossimo|prossimo anno"},
    "nl": {-1: r"(?:vorige?|afgelopen) jaar", 0: r"dit jaar", 1: r"(?:volgende?|komende?) jaar"},
    "no": {-1: r"i fjor|fjoråret?s?|forrige år", 0: r"dette året|i år", 1: r"neste års?"},
    "pl": {
        -1: r"(?:zeszł|ubiegł|minion)(?:ym|ego) roku",
        0: r"(?:w tym|tego|bieżącym|bieżącego) roku",
        1: r"przyszł(?:ym|ego) roku",
    },
    "pt": {-1: r"ano passado", 0: r"[dn]?este ano", 1: r"próximo ano|ano que vem"},
    "ru": {
        -1: r"прошл(?:ом году|ого года)",
        0: r"(?:этом|нынешнем|текущем) году|(?:этого|нынешнего|текущего) года",
        1: r"(?:следующ|будущ)(?:ем году|его года)",
    },
    "sv": {-1: r"förra årets?|i fjol|fjolårets?", 0: r"i år|det här året|detta år", 1: r"nästa års?"},
    "uk": {
        -1: r"минул(?:ого року|ому році)|торік",
        0: r"цього року|цьому році|цьогоріч",
        1: r"наступн(?:ого року|ому році)",
    },
}
_TABLED_YEARS = {-1: "1 year ago", 0: "0 year ago", 1: "in 1 year"}
# "More than last year", "more than two days ago": that is not when it was.
_COMPARED = re.compile(
    r"\b(?:than|with|from|as|against|versus|än|med|från|mot|enn|med|fra|end|als|mit|gegenüber|zu[mr]?|contre|à|dan|met"
    r"|rispetto al(?:l')?|respecto al?|frente al?|niż|porównaniu z|чем|сравнению с|ніж|порівняно з|kuin)"
    r"(?: (?:in|the|dem|im|el|o|do|w|в|i))?\s+$"
)

_LAST_YEAR = 60
"""How many days farther than it is a day of the year before publication seems."""
_CLEAR = 1.7
"""How many times as far as the nearest day the next one has to seem, so that nobody can mean that one."""
_MIDDLE = 15  # of a month
_WORD = re.compile(r"\w+")
_NEAR = 40  # characters before a word that may say what it means


@dataclass(frozen=True, slots=True)
class _Tense:
    """How far days seem for the tense of what is said of them.

    News look back: where nothing tells of the future, next year seems far away.

    Attributes:
        past, coming: How many times as far as they are days before and after publication seem.
        next_year: How many days farther those of the next year seem.
    """

    past: int
    coming: int
    next_year: int


_TENSES = {
    # (something is to come, something is over)
    (True, False): _Tense(10, 1, 160),
    (False, True): _Tense(1, 5, 500),
    (True, True): _Tense(1, 1, 150),
    (False, False): _Tense(1, 1, 190),
}


def read(text: str, code: str, published: date, weekdays: Collection[int]) -> set[date]:
    """The days that a text means.

    Args:
        text: A sentence without the dates that it names.
        code: Its ISO 639-1 code.
        published: The day of publication.
        weekdays: Those that it names and that are no part of a date, from 0 for Monday. Each is the last one, or the
            day of publication itself; where something is still to come, the next one as well.
    """
    lowered = _plain(text)
    offsets = {-((published.weekday() - weekday) % 7) for weekday in weekdays}
    if weekdays and _NEXT.search(lowered):
        offsets |= {(weekday - published.weekday() - 1) % 7 + 1 for weekday in weekdays}
    offsets |= set(_offsets(lowered, code))
    days = {published + timedelta(days=offset) for offset in offsets}
    if _TURN_OF_MONTH.search(lowered):
        following = (published.replace(day=28) + timedelta(days=4)).replace(day=1)
        days |= {following, following - timedelta(days=1)}
    return days


def years(text: str, code: str) -> frozenset[int]:
    """Which years a sentence names as "last year", "this year" or "next year", each as how many years later it is."""
    lowered = _plain(text)
    return frozenset(
        later
        for later, pattern in _year_patterns(code)
        for match in pattern.finditer(lowered)
        if not _COMPARED.search(_before(match))
    )


def nearest(month: int, day: int, text: str, code: str, published: date) -> int | None:
    """The year of a day that a sentence names without one, or None if it may as well be another.

    It is the one that puts it nearest to publication, where days that the sentence's tense speaks against seem farther
    away: "opened in January", written in October, is of the same year, "will open in January" of the next.

    Args:
        month: From 1.
        day: From 1, or 0 for the whole month, which is as far as its middle.
        text: The sentence.
        code: Its ISO 639-1 code.
        published: The day of publication.
    """
    lowered = _plain(text)
    tense = _TENSES[_says(_COMING, lowered, code), _says(_OVER, lowered, code)]
    farther = {-1: _LAST_YEAR, 1: tense.next_year}
    seeming: list[tuple[int, int]] = []
    for year in range(published.year - 1, published.year + 2):
        try:
            away = (date(year, month, day or _MIDDLE) - published).days
        except ValueError:  # there is no such day in that year
            continue
        if (day, year, month) == (0, published.year, published.month):
            away = 0
        times = tense.coming if away > 0 else tense.past
        seeming.append((abs(away) * times + farther.get(year - published.year, 0), year))
    seeming.sort()
    if not seeming or (len(seeming) > 1 and seeming[1][0] < _CLEAR * seeming[0][0]):
        return None
    return seeming[0][1]


def is_current(text: str) -> bool:
    """Whether a sentence says that it is about the time when it was written: "this month", "i höst"."""
    return bool(_NOW.search(_plain(text)))


def table(code: str) -> Mapping[str, Any]:
    """Dateparser's words of a language, given by its ISO 639-1 code; empty if it has none."""
    try:
        found: dict[str, Any] = import_module(f"dateparser.data.date_translation_data.{_LOCALES.get(code, code)}").info
    except ModuleNotFoundError:
        return {}
    return found


@lru_cache(maxsize=64)
def ordinals(code: str) -> Mapping[str, int]:
    """What the days of a month are called in a language when they are spelt out, in small letters."""
    found = dict(_spelt(code, ordinals=True))
    if code in _CARDINAL_DAYS:
        found |= {word: day for word, day in _spelt(code, ordinals=False).items() if day > 1}
    return found


def counts(text: str, code: str) -> bool:
    """Whether there is a word in a text that ends one of :func:`ordinals`, of which there are too many to look for."""
    return not _last_words(code).isdisjoint(_WORD.findall(text.lower()))


@lru_cache(maxsize=64)
def _last_words(code: str) -> frozenset[str]:
    return frozenset(_WORD.findall(said)[-1] for said in ordinals(code))


@lru_cache(maxsize=64)
def _spelt(code: str, *, ordinals: bool) -> Mapping[str, int]:
    """The numbers up to 31 as a language spells them out, in small letters, in all their forms."""
    from unicode_rbnf import RbnfEngine  # light, but few commands read a sentence

    if code not in RbnfEngine.get_supported_languages():
        return {}
    engine = RbnfEngine.for_language(code)
    found: dict[str, int] = {}
    for number in range(1, _MOST_DAYS + 1):
        for said in number_tables.rules(engine, number, ordinal=ordinals).values():
            word = said.lower().replace("\u00ad", "").replace("ʼ", "'")
            found.setdefault(word, number)
            found.setdefault(word.replace("é", "e"), number)  # Norwegian "én"
            found.setdefault(word.replace("-", " "), number)
    return {word: number for word, number in found.items() if not word[:1].isdecimal()}


def _says(words: Mapping[str, str], lowered: str, code: str) -> bool:
    return code in words and re.search(rf"(?<![\w'])(?:{words[code]})(?!\w)", lowered) is not None


def _offsets(lowered: str, code: str) -> Iterator[int]:
    """How many days later than publication the days are that words such as "yesterday" or "two days ago" tell."""
    words = _words(code)
    for match in _words_pattern(code).finditer(lowered):
        later = words[match[0]]
        if not (later == 1 and _MORNING.search(_before(match))):
            yield later
    ago = _ago(code)
    numbers = _few(code)
    for match in ago.finditer(lowered) if ago else ():
        said = next(group for group in match.groups() if group)
        days = int(said) if said.isdecimal() else numbers.get(said, 0)
        if 0 < days <= _FEW_DAYS and not _COMPARED.search(_before(match)):
            yield -days


def _before(match: re.Match[str]) -> str:
    """What stands right before a match."""
    return match.string[max(0, match.start() - _NEAR) : match.start()]


@lru_cache(maxsize=64)
def _words(code: str) -> Mapping[str, int]:
    """Words and phrases of a language, each with how many days later than publication it is."""
    found = dict(_WORDS.get(code, {}))
    for key, phrases in table(code).get("relative-type", {}).items():
        told = re.fullmatch(r"(in )?(\d) day( ago)?", key)
        for phrase in phrases if told else ():
            if told and len(phrase) >= _SHORTEST and phrase != _NO_DAY:
                found.setdefault(_plain(phrase), int(told[2]) * (1 if told[1] else -1))
    return found


@lru_cache(maxsize=64)
def _words_pattern(code: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(_words(code), key=len, reverse=True)))
    # An apostrophe may stand before it, as in "l'altro ieri", but no quotation mark: 'Tonight Show'.
    return re.compile(rf"(?<![\w-])(?<!(?<!\w)')(?:{words})(?![\w'-])" if words else r"(?!)")


@lru_cache(maxsize=64)
def _ago(code: str) -> re.Pattern[str] | None:
    """What finds "two days ago": dateparser's patterns, with any form of its word for days, and a number in words."""
    known = table(code)
    days = {word.casefold() for word in known.get("day", []) if len(word) > 2}
    units = "|".join(map(re.escape, sorted(days, key=len, reverse=True)))
    patterns = {
        rf"{re.escape(before)}(\d{{1,2}}|\w+)"
        + re.sub(r"\w+", lambda m: f"(?:{units})" if m[0] in days else m[0], after)
        for phrase in known.get("relative-type-regex", {}).get("\\1 day ago", [])
        for before, slot, after in [phrase.casefold().partition(_SLOT)]
        if slot and days.intersection(after.split())
    }
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(patterns))})(?!\w)") if patterns else None


@lru_cache(maxsize=64)
def _few(code: str) -> Mapping[str, int]:
    """Numbers in words, and articles that are one."""
    simple = ((word, one) for each in table(code).get("simplifications") or () for word, one in each.items())
    return {**_spelt(code, ordinals=False), **{word: int(one) for word, one in simple if one.isdecimal()}}


@lru_cache(maxsize=64)
def _year_patterns(code: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    tabled = table(code).get("relative-type", {})
    phrases = {later: "|".join(map(re.escape, tabled.get(key, []))) for later, key in _TABLED_YEARS.items()}
    listed = {later: words for later, words in _YEARS.get(code, phrases).items() if words}
    return tuple((later, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for later, words in listed.items())


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """Small letters, one kind of apostrophe, and "i dag" as one word."""
    return _TWO_WORDS.sub(lambda match: f"i{match[1]}", text.casefold().replace("’", "'"))
