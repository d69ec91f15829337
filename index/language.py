"""Which language a text is in, and its words for lexical search.

Detection is py3langid (naive Bayes over byte n-grams; the model ships with the library), restricted to the written
languages newspapers appear in. Stems are Snowball's. Stop words are the stop-words package's, except where its list is
far too long: its English one holds "close", "announce" and "bill", its Swedish one "beslut" (decision).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

UNKNOWN = "und"
"""The code of a language that cannot be told."""

NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian",
    "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "lo": "Lao",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi",
    "ms": "Malay", "my": "Burmese", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pa": "Punjabi",
    "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "si": "Sinhala",
    "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili",
    "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""English names of the languages that can be detected, by ISO 639-1 code."""

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
"""Snowball's algorithms by ISO 639-1 code."""

ENGLISH = """
a about above after again against all also am an and any are aren as at be because been before being below between
both but by can could couldn did didn do does doesn doing don down during each few for from further had hadn has
hasn have haven having he her here hers herself him himself his how i if in into is isn it its itself just ll may me
might more most must my myself no nor not now of off on once only or other our ours ourselves out over own re same
shall she should shouldn so some such than that the their theirs them themselves then there these they this those
through to too under until up upon ve very was wasn we were weren what when where whether which while who whom whose
why will with won would wouldn you your yours yourself yourselves
"""
"""English function words: what a question and any passage share without it meaning anything."""

SWEDISH = """
alla allt än andra annan annat är åt att av även blev bli blir blivit båda bara både där de del dem den denna deras
dess dessa det detta dig din dina dit ditt dock du då efter eftersom ej eller en enligt er era ert ett från för före
genom ha hade haft han hans har hela henne hennes här hon honom hos hur i icke in ingen inget inga innan inom inte
ja jag ju kan kom kommer kunde kunna man med mellan men mer mest mig min mina mitt mot mycket måste ni nog nu någon
något några när och också om oss på redan samma samt sedan ska skall skulle själv sig sin sina sitt som så sådan
sådana sådant till under upp ur ut utan vad var vara varför varit varje vars vart vem vems vi vid vilka vilken
vilket vill vår våra vårt över
"""
"""Swedish function words, likewise."""

_CLOSE = (frozenset({"no", "da"}),)
_LEAST = 0.1  # below this share of the probability the best language is a guess: "NATO", "hej"
_SAMPLE = 4000  # characters; more text does not change the verdict
_SHORT = 12  # words; up to here function words say more than letters do
_APOSTROPHES = re.compile("[‘’ʼ＇`´]")
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff"))  # soft hyphens, joiners and marks inside words
_CLITIC = re.compile(r"(?<=\w)'(?:s|t|re|ve|ll|d|m)\b")  # Russia's, doesn't, they're
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # U.S., z.B.
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:[.,' \u00a0\u202f]\d{3})+)(?![\d]|[.,]\d)")
# Scripts written without spaces (Thai, Lao, Burmese, Khmer, kana, Han) or with long words of particles (Hangul).
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+"
)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """The detector, restricted to ``NAMES``; takes about half a second to load, once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # slow to import

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*NAMES, "nn"])
    return identifier


@lru_cache(maxsize=len(NAMES))
def function_words(language: str) -> frozenset[str]:
    """The stop words of a language, casefolded; empty for one without a list."""
    if language in {"en", "sv"}:
        return frozenset((ENGLISH if language == "en" else SWEDISH).split())
    from stop_words import StopWordError, get_stop_words  # reads its word lists when imported

    try:
        listed: list[str] = get_stop_words("nb" if language == "no" else language)
    except StopWordError:
        return frozenset()
    return frozenset(unicodedata.normalize("NFKC", word).casefold() for word in listed)


def detect(text: str, among: Collection[str] | None = None) -> str:
    """The language a text is written in.

    Args:
        text: Any text; only its beginning is looked at.
        among: Codes to choose from; then the likeliest of them is returned, however unlikely it is.

    Returns:
        An ISO 639-1 code of ``NAMES`` (both written forms of Norwegian are ``"no"``), or ``UNKNOWN`` for a text
        without letters, or too short to tell when any language is allowed.
    """
    sample = text[:_SAMPLE].replace("\x00", " ")
    if not any(character.isalpha() for character in sample):
        return UNKNOWN
    shares: dict[str, float] = {}
    for code, share in _identifier().rank(sample):
        merged = "no" if code == "nn" else code
        shares[merged] = shares.get(merged, 0.0) + share
    if among is not None:
        shares = {code: shares[code] for code in among if code in shares}
    words = _words(sample)
    best = max(shares, key=lambda code: shares[code] * _evidence(words, code), default=UNKNOWN)
    if among is None and shares[best] * _evidence(words, best) < _LEAST:
        return UNKNOWN
    return best


def _evidence(words: list[str], language: str) -> float:
    """How much the function words of a short text speak for a language: 1 (nothing) to 8 (every word is one)."""
    if not words or len(words) > _SHORT:
        return 1.0
    known = function_words(language)
    return float(8.0 ** (sum(word in known for word in words) / len(words)))


def close_to(code: str) -> frozenset[str]:
    """A language and those so close to it, in writing, that a word of one is often a word of the other."""
    return frozenset({code}).union(*(group for group in _CLOSE if code in group))


def name(code: str) -> str:
    """The English name of a language, such as ``"Swedish"`` for ``"sv"``; the code itself if it is not in ``NAMES``."""
    return NAMES.get(code, "an unknown language" if code == UNKNOWN else code)


def is_unspaced(text: str) -> bool:
    """Whether a text has letters of a script without spaces between words: Chinese, Japanese, Thai and their like."""
    return bool(_UNSPACED.search(text))


def script(text: str) -> str:
    """The script of most letters of a text, such as "LATIN" or "CJK", as Unicode names them; "" without any."""
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    return next((name for name, _ in Counter(names).most_common(1)), "")


@lru_cache(maxsize=1)
def word() -> re.Pattern[str]:
    """One word: letters, digits and the marks that combine with them, such as the vowel signs of Hindi."""
    marks = [chr(point) for point in (*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0))]
    inside = "".join(mark for mark in marks if unicodedata.category(mark)[0] == "M")
    return re.compile(f"(?:[^\\W_]|[{inside}])+")


@lru_cache(maxsize=len(STEMMERS))
def _stemmer(algorithm: str) -> Callable[[str], str]:
    """Snowball's stemmer of that name, remembering what it has stemmed; safe to call from several threads."""
    import snowballstemmer  # imports all of its languages

    @lru_cache(maxsize=50_000)
    def stem(word: str) -> str:
        stemmed: str = snowballstemmer.stemmer(algorithm).stemWord(word)
        return stemmed

    return stem


def _words(text: str, language: str = UNKNOWN) -> list[str]:
    """The casefolded words of a text in order; without thousands separators, English possessives, dots of initials."""
    seen = text.translate(_UNSEEN)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    plain = _APOSTROPHES.sub("'", folded)
    if language == "en":
        plain = _CLITIC.sub("", plain)
    plain = _INITIALS.sub(lambda match: match[0].replace(".", ""), plain)
    plain = _THOUSANDS.sub(lambda match: match[1] + re.sub(r"\D", "", match[2]), plain)
    found: list[str] = word().findall(plain)
    return found


def terms(text: str, language: str, *, stop_words: bool = False) -> list[str]:
    """The words of a text as lexical search compares them, in order, with repetitions.

    Casefolded and stemmed (Snowball); numbers are kept, their thousands separators dropped; runs of Chinese, Japanese,
    Korean, Thai, Lao, Khmer and Burmese become overlapping pairs of characters. Each term is one token of SQLite's
    ``unicode61`` with categories ``L* N* Co M*``, which test_index_language proves.

    Args:
        text: Any text.
        language: Its ISO 639-1 code; another string means no stemming and no stop words.
        stop_words: Keep function words too.
    """
    dropped = frozenset() if stop_words else function_words(language)
    stem = _stemmer(STEMMERS[language]) if language in STEMMERS else None
    found: list[str] = []
    for word in _words(text, language):
        if word in dropped:
            continue
        if is_unspaced(word):
            found.extend(_pieces(word))
        else:
            found.append((stem(word) or word) if stem else word)
    return found


def _pieces(word: str) -> list[str]:
    """Character pairs of the unspaced runs of a word, and what lies between the runs as it is."""
    pieces: list[str] = []
    end = 0
    for run in _UNSPACED.finditer(word):
        pieces.extend(filter(None, [word[end : run.start()]]))
        pieces.extend([run[0][i : i + 2] for i in range(len(run[0]) - 1)] or [run[0]])
        end = run.end()
    return [*pieces, *filter(None, [word[end:]])]
