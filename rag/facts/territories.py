"""Countries, cities and their like by one key, whatever a language calls them: Tyskland, Germany, Allemagne. Pure.

The names are CLDR's, from babel, which has those of countries, continents and a city for each zone of time; what
newspapers say besides, and the abbreviations of a few alliances, are here. A key of a country is ``@DE``, one of a city
``@Europe/Berlin``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from index import language
from rag.facts import locales

# Also said, in whatever language; CLDR's English, for one, has but "Türkiye", and its German no "Großbritannien".
_SHORT: Mapping[str, tuple[str, ...]] = {
    "US": (
        "usa",
        "us",
        "u.s",
        "u.s.a",
        "eua",
        "eeuu",
        "ee.uu",
        "ee. uu",
        "сша",
        "america",
        "amerika",
        "yhdysvaltain",
        "yhdysvaltojen",
    ),
    "GB": (
        *("uk", "u.k", "britain", "great britain", "großbritannien", "britannia", "grande-bretagne", "gran bretaña"),
        *("gran bretagna", "grã-bretanha", "groot-brittannië", "британия", "британія"),
    ),
    "AE": ("uae", "u.a.e", "vae", "оаэ"),
    "NATO": ("nato", "otan", "нато"),
    "EU": ("eu", "e.u", "ue", "ес", "єс"),
    "UN": ("un", "u.n", "fn", "onu", "uno", "vn", "yk", "оон"),
    "WHO": ("who", "oms", "воз"),
    "TR": ("turkey",),
    "NL": ("holland", "hollanti", "holanda", "hollande", "olanda", "голландия", "голландія"),
    "MM": ("burma", "birma", "birmanie", "birmania"),
    "CZ": ("czech republic", "tschechische republik", "république tchèque", "república checa", "repubblica ceca"),
    "CI": ("ivory coast", "elfenbeinküste", "costa de marfil"),
    "BY": ("белоруссия", "weißrussland", "biélorussie", "bielorrusia", "bielorussia", "wit-rusland", "vitryssland"),
    "MD": ("moldova", "moldawien", "moldavien", "moldavie", "молдавия"),
    "TL": ("east timor",),
    "PS": ("palestine", "palestina", "palästina", "palestyna", "палестина"),
    "SZ": ("swaziland",),
    # In other cases than CLDR's names, with other letters inside.
    "DE": ("niemiec",),
    "IT": ("włoch", "włoszech"),
    "HU": ("węgier", "węgrzech"),
    "Europe/Kyiv": ("києва", "києві", "києвом"),
}
_NO_PLACES = frozenset({"001", "ZZ", "XA", "XB", "QO"})  # the world, and what is none
_NO_NAMES = frozenset({"congo", "kongo", "конго"})  # of which there are two, as the one or the other by language
_OTHERWISE = {"fr": frozenset({"fn"})}  # short for something else in a language: a party
_UNINHABITED, _UNION = "UM", "EU"
_LATIN = re.compile(r"[a-z]")
_WHOLE = "ru"  # a language of another script has a name for every city
# Words before a country that make a name of another place of it: "New Mexico".
_NEW = r"(?:New|Nueva|Nuevo|Nouveau|Nouvelle|Nova|Novo|Nuova|Nuovo|Neu|Nya|Ny)"
# What follows the stem of a name in languages with cases.
_ENDINGS: Mapping[str, re.Pattern[str]] = {
    code: re.compile(endings)
    for code, endings in {
        "cs": "[aeiouy]|ou|em|om|ami|ach|ech|ich",
        "de": "n|s|ns|es",
        "fi": "[inta]|i?(?:(?:ss|st|ll|lt|t|n)a|lle|ksi)|[aeiou]n|h[aeiouy]n|seen|iin|jen|in",
        "pl": "[aeiyuo]|i[aeu]|iem|em|ow|om|ami|ach|ech",
        "ru": "[аяуюыиеьо]|ои|еи|ею|ою|ом|ем|ам|ям|ами|ями|ах|ях|ов|ев",
        "uk": "[аяуюиіеьо]|ои|еи|ею|ою|єю|ом|ем|єм|ам|ям|ами|ями|ах|ях|ів|ії",
    }.items()
}
_LAST = re.compile("[aeiouyаяьиеоыіиє]$")  # an ending of its own that a name may have
# Other letters before an ending: Polska, Polsce; Niemcy, Niemczech; Turkki, Turkissa; Suomi, Suomessa; Alankomaat.
_SHIFTED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "fi": (("([kpt])\\1(?=[aeiouy]$)", r"\1"), ("i$", "e"), ("t$", ""), ("at$", ""), ("aa?t$", "o")),
    "pl": (("k[aoy]$", "c"), ("c[aoy]$", "cz")),
}
_STEM = 4  # letters that are left of a name at least


def key(name: str, code: str) -> str | None:
    """What a name in a language, casefolded, stands for, such as ``@DE``; None for anything but a territory."""
    found = place(name, code)
    return None if found is None or "/" in found else found


def city(name: str, code: str) -> str | None:
    """The same of a city: ``@Europe/Kyiv`` is Kyiv, Kiew and Київ."""
    found = place(name, code)
    return found if found and "/" in found else None


@lru_cache(maxsize=50_000)
def place(name: str, code: str) -> str | None:
    """The key of a territory or a city, in whatever case of its language the name is."""
    table = _table(code)
    plain = folded(name)
    for form in dict.fromkeys((plain, *(plain[: mark.start()] for mark in re.finditer("'", plain)))):
        for bare in (form, form.removesuffix("s")):
            if bare in table:
                return table[bare]
    if code not in _ENDINGS:
        return None
    if " " in plain:
        return next((found for pattern, found in _inflected(code) if pattern.fullmatch(plain)), None)
    return _by_stem(plain, code)


@lru_cache(maxsize=512)
def called(of: str, code: str) -> frozenset[str]:
    """What the place of a key is called in a language, casefolded; in languages with cases, it has other forms too."""
    named = (*_short(), *_territories(code), *_cities(code))
    return frozenset(name.casefold() for name, key_of in named if key_of == of and place(name.casefold(), code) == of)


def has_cases(code: str) -> bool:
    """Whether names of places have cases in a language, as far as they are known."""
    return code in _ENDINGS


def is_abbreviation(name: str, code: str) -> bool:
    """Whether a name, casefolded, is a territory's only in capitals: "US" is one, "us" and "Kim Jong Un" are not."""
    plain = folded(name)
    return plain in _ABBREVIATIONS and (len(plain) <= _PAIR or plain in language.function_words(code))


def country(of: str) -> str:
    """The key of the territory that the place of a key lies in; that of a territory is its own."""
    return f"@{get_global('zone_territories').get(of[1:], of[1:])}"


def lies_in(one: str, other: str) -> bool:
    """Whether a place is, or may be, a part of another one, by their keys: a city of a country, that of a continent."""
    wide = other[1:].isdecimal() or other == f"@{_UNION}"
    return one == other or country(one) == other or (wide and not one[1:].isdecimal())


def of_several_words(text: str, code: str) -> set[str]:
    """The places in a text whose names have several words, or dots, casefolded: "united states", "u.s".

    "New Mexico" is one as well, though of no country: it is none of Mexico's names.
    """
    names = (re.sub(r"\s+", " ", match.group()) for match in _several(code).finditer(text.replace("’", "'")))
    return {name.casefold() for name in names if _is_name(name)}


def of_one_word(code: str) -> dict[str, str]:
    """The territories' names in a language that are one word, casefolded, with their keys."""
    named = (*_territories(code), *_short())
    return {
        name.casefold(): of
        for name, of in named
        if re.fullmatch(r"[^\W\d_]{3,}", name) and "/" not in of and not is_abbreviation(name, code)
    }


_ABBREVIATIONS = frozenset(name for names in _SHORT.values() for name in names)
_PAIR = 2


def _is_name(found: str) -> bool:
    """Whether what looks like a name is written like one: "La Paz" is, "la paz" and "La paz" are not."""
    words = re.findall(r"[^\W\d_]+", found)
    return words[0][0].isupper() and words[-1][0].isupper() and ("." not in found or found.isupper())


@lru_cache(maxsize=50_000)
def folded(name: str) -> str:
    """A name as it is compared: casefolded, without accents."""
    apart = unicodedata.normalize("NFKD", re.sub("[’ʼ]", "'", name.casefold()))
    return unicodedata.normalize("NFKC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


@lru_cache(maxsize=64)
def _table(code: str) -> dict[str, str]:
    """The folded names of a language with their keys. Where two places have one name, the first one has it."""
    found: dict[str, str] = {}
    for name, of in (*_short(), *_territories(code), *_cities(code)):
        if folded(name) not in _NO_NAMES | _OTHERWISE.get(code, frozenset()):
            found.setdefault(folded(name), of)
    return found


def _short() -> Iterator[tuple[str, str]]:
    for territory, names in _SHORT.items():
        for name in names:
            yield name, f"@{territory}"


def _territories(code: str) -> Iterator[tuple[str, str]]:
    """The territories of a language as CLDR has them; "Myanmar (Burma)" is two names."""
    for territory, name in locale(code).territories.items():
        if territory not in _NO_PLACES and name[0].isupper() == name[0].upper().isupper():
            for one in re.split(r"\s*[()]\s*", name):
                if one:
                    yield one, f"@{territory}"


def _cities(code: str) -> Iterator[tuple[str, str]]:
    """The cities of the zones of time: by the language's own name, the English one, and those of the zone."""
    own, latin = locale(code).time_zones, _LATIN.search(folded(locale(code).territories.get("FR", "France")))
    for zone, of in _zones().items():
        ids = [zone, *(old for old in _older().get(zone, ()) if old in own)]
        yield from ((own[one]["city"], of) for one in ids if "city" in own.get(one, {}))
        if latin:
            usual = _english(zone)
            spelt = (one.rpartition("/")[2].replace("_", " ") for one in (zone, *_older().get(zone, ())))
            yield usual, of
            yield from ((name, of) for name in spelt if not usual.startswith(f"{name} "))  # "Easter Island"


def _english(zone: str) -> str:
    """What the city of a zone is called in English."""
    cities = locale("en").time_zones
    ids = [zone, *_older().get(zone, ())]
    named = (cities[one]["city"] for one in ids if "city" in cities.get(one, {}))
    return next(named, zone.rpartition("/")[2].replace("_", " "))


@lru_cache(maxsize=1)
def _older() -> dict[str, list[str]]:
    """What else the zones are called that CLDR has cities for: Europe/Kiev is Europe/Kyiv. Others are other cities."""
    found: dict[str, list[str]] = defaultdict(list)
    named = locale(_WHOLE).time_zones
    for old, zone in get_global("zone_aliases").items():
        if old in named:
            found[zone].append(old)
    return found


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Each zone with a city, and that one's key; a city that is a whole territory, such as Singapore, has its."""
    english = locale("en").territories
    found: dict[str, str] = {}
    for zone, territory in get_global("zone_territories").items():
        part = zone.count("/") > 1 and territory == "US"  # "America/Indiana/Knox"
        if part or "/" not in zone or zone.startswith(("Etc/", "Antarctica/")) or territory == _UNINHABITED:
            continue
        whole = set(_english(zone).split()) <= set(english.get(territory, "").split())
        found[zone] = f"@{territory}" if whole else f"@{zone}"
    return found


def locale(code: str) -> Locale:
    """What babel knows of a language; English for one that it does not know."""
    return locales.locale(code) or Locale("en")


@lru_cache(maxsize=16)
def _stems(code: str) -> dict[str, set[str]]:
    """What stands before an ending in the names of a language, each with the places it may be."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, of in _table(code).items():
        stems = {name} if code in {"de", "fi"} else {_LAST.sub("", name)}
        stems |= {re.sub(ending, shifted, name) for ending, shifted in _SHIFTED.get(code, ())}
        for stem in stems:
            if len(stem) >= _STEM and " " not in stem:
                found[stem].add(of)
    return dict(found)


def _by_stem(word: str, code: str) -> str | None:
    """The only place whose name in another case a word may be: the one that it shares most letters with."""
    stems, ending = _stems(code), _ENDINGS[code]
    for length in range(len(word) - 1, _STEM - 1, -1):
        found = stems.get(word[:length])
        if found and ending.fullmatch(word[length:]):
            return next(iter(found)) if len(found) == 1 else None
    return None


@lru_cache(maxsize=16)
def _inflected(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What finds the names of several words in a language with cases, each with its key."""
    several = ((name, of) for name, of in _table(code).items() if " " in name)
    return tuple((re.compile(_pattern(name, code)), of) for name, of in several)


def _pattern(name: str, code: str) -> str:
    """What finds a folded name of several words; in a language with cases, each of its words may have another end."""
    if code not in _ENDINGS:
        return r"\s+".join(map(re.escape, name.split()))
    return r"\s+".join(
        rf"{re.escape(word[: max(_STEM, len(word) - 2)])}\w{{0,4}}" if len(word) > _STEM else re.escape(word)
        for word in name.split()
    )


@lru_cache(maxsize=64)
def _several(code: str) -> re.Pattern[str]:
    """What finds any name of several words, in whatever letters' case."""
    names = sorted((name for name in _named(code) if " " in name or "." in name), key=len, reverse=True)
    new = rf"(?-i:{_NEW}) (?:{'|'.join(_simple(code))})"
    return re.compile(rf"(?<![\w.])(?:{'|'.join([*(_pattern(name, code) for name in names), new])})s?(?!\w)", re.I)


def _named(code: str) -> set[str]:
    """The names of a language with their accents and without."""
    names = (name.casefold().replace("’", "'") for name, _ in (*_short(), *_territories(code), *_cities(code)))
    return {form for name in names for form in (name, folded(name))}


def _simple(code: str) -> Iterator[str]:
    """The names of territories that have one word, for a pattern."""
    return (re.escape(name) for name in of_one_word(code))
