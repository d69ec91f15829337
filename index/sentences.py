"""Text → whole sentences, as exact spans.

sentencex (rules per language, lossless) finds the ends of sentences. Around it stands what news text needs on top:
lines that belong together are joined first; quotation marks, brackets and dashes of speech are hidden from it, so that
every sentence inside a long quotation is its own; its boundaries are then moved behind the marks that close, those
inside "kl. 18.30", "J. K. Lund" or before "– said the minister" are dropped, and those after "det." and "U.S." added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import sentencex

from index.language import function_words, is_unspaced
from index.language import word as one_word
from index.types import Span

MARKS = "\"“”„‟«»‹›‚‘’'「」『』()[]{}（）【】〈〉《》"
"""Quotation marks and brackets of all kinds; which quotation marks open and which close depends on the language."""

_M = re.escape(MARKS)
_CLOSING = re.escape("".join(set(MARKS) - set("([{（「『【〈《„‚")))
_CLOSING_ALONE = _CLOSING.translate({ord(mark): None for mark in "«‹"})  # French puts a space inside « and »
_HIDDEN = re.compile(rf"(?<![^\W_])[{_M}]|[{_M}](?![^\W_])|(?<!\S)[–—―-]+(?!\S)")
_CLOSED = re.compile(rf"(?:\[\d+\]|[{_CLOSING}.!?…])*(?:\s+[{_CLOSING_ALONE}.](?=\s|$))?")
# Chinese and Japanese write no spaces: directly after a full stop these open the next quotation.
_CLOSED_UNSPACED = re.compile(rf"(?:\[\d+\]|[{_CLOSING.translate({ord(mark): None for mark in '“‘«‹'})}.!?…])*")
_ITEM = re.compile(r"[^\S\n]*(?:[-*•·‣◦▪–—]|\(?\d{1,3}[.)]|[a-zA-Z]\))\s+(?=\S)|[^\S\n]*#{1,6}\s")
_ORDINAL = re.compile(r"\d{1,2}\. [a-zåäöæø]")  # "5. mai", unlike "5. Maj"
_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_ENDED = re.compile(rf"[.!?…:;。！？।॥؟۔][{_M}\s]*$")
_OPEN = re.compile(r"[,،、(\[“„«–—-]$")
_LAST_WORD = re.compile(r"([^\W\d_]+)$")
_NAME_HALF = re.compile(r"[^\W\d_a-z]\w+$")
_FINISHES = re.compile(r"(?:[\w-]+ )?[\w-]*[^\W\d_]{4}[.!?](?=\s)")
_INNER_CAPITAL = re.compile(r"\W*[^\W\d_][A-Z]")
# “Why?” Lund asked. Other languages put the verb first, in small letters.
_REPORTING = re.compile(
    r"\W*(?!that|this|so|yes|no\b)(?:\w+[ ,]+){1,3}?(?:said|says|told|asked|added|replied|wrote)\b", re.IGNORECASE
)
_WORD_AND_NEXT = re.compile(r"(?<![\w.])(\w+(?:\.\w+)*)\.(?=\s+([^\W\d_]+))")
# Whole words, not abbreviations as "Maj. Gen."; before a number they may be ("May. 5"), "art." before a Roman one too.
_WHOLE = re.compile(
    r"(?:\b(?:maj|(?i:mai|may|mei|mars|juni|juli|june|july|ok))|(?:\d|\d\.) Maj)\.(?=\s+[^\s\d])"
    r"|\bart\.(?=\s+[^\W\d_a-z][a-zà-ÿ])"
)
_CAPITALISED = re.compile(r"(?<![^\W\d_])[^\W\d_a-z]\w*\.?[ -]*$")
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_JOINED = re.compile(r"[-‐‑][^\W_]|(?<=\.)[^\W\d_]\.")  # "J.-L.", "Dipl.-Ing.", "மு.க."
_SENTENCE = re.compile(r"[.!?…]+(?=\s)|[。！？।]")
# Before a number these are never the last word of a sentence; neither is a word without vowels, such as "kl".
_ABBREVIATED = (
    "ca no nr vol art kap cap fig abs tel approx aprox est omkr ung jan feb mar apr jun jul aug sep sept okt oct nov "
    "dec dez des pp op st min max inkl exkl"
)
_NUMBER = re.compile(r"[$€£]?\s?\d")
# Whatever follows, these are never the last word of a sentence in their language.
_NEVER_LAST = {
    "en": "ste atty",
    "sv": "t.ex bl.a dvs d.v.s resp enl s.k f.d",
    "no": "f.eks bl.a dvs d.v.s jf jfr",
    "da": "f.eks bl.a dvs d.v.s jf jfr",
    "de": "bspw ggf dipl ing z.b d.h",
    "nl": "o.a bijv d.w.z dhr mw mevr",
    "fr": "sté me",
    "es": "dña sta st",
}
_SPACED = re.compile(r"(?<![\w.])(\w{1,2})\. (\w{1,3})\.$")  # "t. ex."
# After "a.m." these still tell the time.
_TIMES = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Eastern Central Mountain Pacific GMT UTC BST CET CEST "
    "EET ET EST EDT CT CST CDT MT MST MDT PT PST PDT IST JST AEST AEDT"
)
_TITLES = "mme mlle mgr hr frk dr prof fa sra srta dra د أ أ.د डॉ श्री प्रो ড ডা মো"  # before a name, never at the end
# Before a capitalised function word these end a sentence, as in "in the U.S. The"; so do capitals with dots.
_MAY_END = frozenset({"etc", "inc", "corp", "ltd", "co", "jr", "sr", "bros", "al", "a.m", "p.m", "m.m", "osv", "mm"})
_NAMES_TOO = frozenset({"will", "may", "an", "so", "do", "no", "can", "most", "am", "de", "den", "don", "van"})
_BEFORE_ORDINAL = {
    "de": "der die das den dem des am im vom zum zur beim ab bis und ihr ihre ihren ihrem ihrer sein seine seinen "
    "seinem seiner unser unsere unseren unserem unserer mein meinen meinem meiner",
    "da": "den det de i på fra til af om",
    "no": "den det de i på fra til av om",
}
# After "22." these are its month, also where a text has no capitals to tell by.
_MONTHS = {
    "de": "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
}
_DATE_ENDED = re.compile(r"\.| \d{4}\b")  # "17. Mai." and "17. Mai 2021" are dates, whatever the capital
_BEFORE_NAMES = "de du et y e i par selon según por pelo pela con com avec da di von und av og och of by"
_TWO_INITIALS = re.compile(r"[^\W\d_a-z]\. ?[^\W\d_a-z]")
# Words no sentence and hardly a heading ends with: a line of prose that does goes on in the next.
_LEADING = {
    "en": "a an the of and or but from at by with into as than if because while whose which its their our your my his "
    "to in on for between against during under through",
    "sv": "en ett den och eller men att av från till för med i på om som vid mellan mot hos samt sin",
    "no": "en et den og eller men at av fra til for med i på om som ved mellom mot hos samt sin å",
    "da": "en et den og eller men at af fra til for med i på om som ved mellem mod hos samt sin",
    "de": "der die das den dem des ein eine einem einen einer und oder aber dass von zu für in im am mit",
    "fr": "le la les un une des de du et ou mais que à au aux par pour avec dans sur sous entre",
    "es": "el la los las un una de del y o pero que a al por para con en sobre entre su",
}
_PROSE = 40  # characters; a line at least this long without an end may go on in the next
_WRAPPED = range(25, 141)  # longest line of a hard-wrapped text, in characters
_VIEW = 120  # characters around a boundary that decide about it; keeps the time linear


def sentences(text: str, language: str, furniture: Sequence[Span] = ()) -> list[Span]:
    """Cut a text into whole sentences.

    Args:
        text: An article or an answer.
        language: Its ISO 639-1 code; an unknown one is treated like English.
        furniture: Sorted ranges to leave out; a sentence never reaches across one.

    Returns:
        Spans in order, without white space at their ends, not overlapping each other or furniture. Together they hold
        every character that is neither white space nor furniture. A heading and an item of a list are sentences.
    """
    spans: list[Span] = []
    start = 0
    for skipped in (*furniture, Span(len(text), len(text))):
        for block in _blocks(text, Span(start, max(start, skipped.start)), language):
            spans.extend(_segment(text, block, language))
        start = max(start, skipped.end)
    return spans


def lines(text: str, region: Span) -> Iterator[Span]:
    """The lines of a region that hold more than white space, without the white space at their ends."""
    start = region.start
    for match in _BREAKS.finditer(text, region.start, region.end):
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, region.end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The range without white space at its ends; nothing if there is nothing else in it."""
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        yield Span(start, start + len(stripped))


# Lines → blocks


def _blocks(text: str, region: Span, language: str) -> Iterator[Span]:
    """Runs of lines that hold whole sentences: broken paragraphs and hard-wrapped lines are put together."""
    found = list(lines(text, region))
    width = _wrap_width(text, found)
    start = 0
    for i, line in enumerate(found):
        if i + 1 < len(found) and _goes_on(text, line, found[i + 1], width, language):
            continue
        yield Span(found[start].start, line.end)
        start = i + 1


def _goes_on(text: str, line: Span, following: Span, width: int, language: str) -> bool:
    """Whether a line ends in mid-sentence, or where a hard-wrapped text happens to be broken."""
    above = text[max(line.start, line.end - _VIEW) : line.end]
    below = text[following.start : min(following.end, following.start + _VIEW)]
    if _ITEM.match(below) and not (_ORDINAL.match(below) and len(above) >= _PROSE and not _ITEM.match(above)):
        return False
    if text[line.start] == "#":
        return False
    if width and _forced(text, line, following, width) and _adjacent(text, line, following):
        return True
    if _ENDED.search(above):
        return False
    return _lowercase(below) or (line.end - line.start >= _PROSE and _unfinished(above, below, language))


def _unfinished(above: str, below: str, language: str) -> bool:
    """Whether a line of prose stops at a comma, an article or a preposition, or the next one finishes its last name."""
    last = _LAST_WORD.search(above)
    if _OPEN.search(above) or (last and last[1] in _LEADING.get(language, "").split()):
        return True
    return bool(_NAME_HALF.search(above) and _FINISHES.match(below))


def _wrap_width(text: str, found: Sequence[Span]) -> int:
    """The column a text is hard-wrapped at, 0 if it is not: nearly every line break in its paragraphs is forced."""
    pairs = [(a, b) for a, b in pairwise(found) if _adjacent(text, a, b)]
    width = max((line.end - line.start for line, _ in pairs), default=0)
    if width not in _WRAPPED:
        return 0
    forced = sum(_forced(text, a, b, width) for a, b in pairs)
    return width if forced >= 3 and forced >= 0.7 * len(pairs) else 0


def _forced(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether the first word of the following line had no room on this one."""
    first = text[following.start : min(following.end, following.start + width)].split(None, 1)
    return line.end - line.start + 1 + len(first[0]) > width


def _adjacent(text: str, line: Span, following: Span) -> bool:
    """Whether there is no blank line between two lines."""
    return len(_BREAKS.findall(text, line.end, following.start)) == 1


def _lowercase(text: str) -> bool:
    """Whether the first word starts with a small letter and is not of the kind of "iPhone"."""
    for character in text[:8]:
        if character.isalnum():
            return character.islower() and not _INNER_CAPITAL.match(text)
    return False


# Blocks → sentences


def _segment(text: str, block: Span, language: str) -> Iterator[Span]:
    """The sentences of one block."""
    original = text[block.start : block.end]
    start = 0
    for end in _ends(original, language):
        for span in _trimmed(original, start, end):
            yield Span(block.start + span.start, block.start + span.end)
        start = end


def _ends(block: str, language: str) -> Iterator[int]:
    """Where the sentences of a block end, the last one at its end."""
    seen, worded, cased = 0, False, block != block.lower()
    for candidate in _candidates(block, language):
        closed = (_CLOSED_UNSPACED if language in {"zh", "ja"} else _CLOSED).match(block, candidate)
        end = closed.end() if closed else candidate
        if not seen < end < len(block):
            continue
        worded = worded or any(character.isalnum() for character in block[seen:end])
        if _JOINED.match(block, end):
            continue
        before, after = block[max(0, end - _VIEW) : end], block[end : end + _VIEW].lstrip()
        seen = end
        if (
            worded
            and any(character.isalnum() for character in after)
            and not _inside(before, after, language, cased=cased)
        ):
            yield end
            worded = False
    yield len(block)


def _candidates(block: str, language: str) -> list[int]:
    """Where sentences may end, each directly after the full stop."""
    hidden = _HIDDEN.sub(_blank, _BREAKS.sub(_blank, block))
    item = _ITEM.match(block)
    if item:  # "1. First" is not a sentence "1."
        hidden = " " * item.end() + hidden[item.end() :]
    segments: list[str] = sentencex.segment(language, hidden)
    if "".join(segments) != hidden:
        return [match.end() for match in _SENTENCE.finditer(block)]
    ends = _missed(hidden, language)
    position = 0
    for segment in segments:
        position += len(segment)
        ends.add(position - len(segment) + len(segment.rstrip()))
    return sorted(ends)


def _blank(match: re.Match[str]) -> str:
    """As many spaces as the match has characters, so that offsets stay."""
    return " " * len(match[0])


def _missed(hidden: str, language: str) -> set[int]:
    """Ends that sentencex takes for abbreviations: a function word, "May.", and "U.S." before "The"."""
    words = function_words(language)
    return {match.end() for match in _WHOLE.finditer(hidden)} | {
        match.end()
        for match in _WORD_AND_NEXT.finditer(hidden)
        if match[2][0].isupper()
        and ((match[1].islower() and match[1] in words) or (_may_end(match[1]) and _starts(match[2], words)))
    }


def _may_end(word: str) -> bool:
    """Whether an abbreviation (without its last dot) stands at the end of sentences too."""
    return word.casefold() in _MAY_END or ((len(word) == 1 or "." in word) and word.isupper())


def _starts(word: str, words: frozenset[str]) -> bool:
    """Whether a capitalised word is a function word, and not likely to be a name, so that it starts a sentence."""
    return word.casefold() in words and word.casefold() not in _NAMES_TOO


def _inside(before: str, after: str, language: str, *, cased: bool) -> bool:
    """Whether a boundary lies inside a sentence after all, judged by the characters around it."""
    if after[0] in ",;:" or (cased and _lowercase(after)):
        return True
    if before[-1] in MARKS and (_REPORTING.match(after) or (language == "ja" and after.startswith("と"))):
        return True
    dotted = _dotted().search(before.rsplit(maxsplit=1)[-1]) if before[-1] == "." else None
    return bool(dotted) and _abbreviated(dotted[1] if dotted else "", before, after, language)


@lru_cache(maxsize=1)
def _dotted() -> re.Pattern[str]:
    """The word before the full stop a text ends with, with its own full stops and vowel signs: "t.ex", "डॉ"."""
    return re.compile(rf"(?<![\w.])({one_word().pattern}(?:\.{one_word().pattern})*)\.$")


def _abbreviated(word: str, before: str, after: str, language: str) -> bool:
    """Whether the full stop after a word belongs to an abbreviation, an ordinal or an initial."""
    preceding = before[: -len(word) - 1].rstrip(f"{MARKS} ")
    first = not preceding or preceding[-1] in ".!?"
    short = word.isalpha() and not set(word.casefold()) & set("aeiouyåäöæøéèü")
    following = _NEXT_WORD.match(after)
    name = following[0] if following else ""
    last = preceding.rsplit(maxsplit=1)[-1] if preceding else ""
    if word.casefold() in {"a.m", "p.m"}:
        return name in _TIMES.split()
    if _never_last(word, before, language):
        return True
    if _NUMBER.match(after) and (first or word.islower()):
        return short or word.casefold() in _ABBREVIATED.split()
    if word.isdigit():
        return len(word) < 3 and _is_ordinal(last, name, after[len(name) :], language)
    titled = word.casefold() in _TITLES.split() or (first and len(word) < 4 and short and word not in _TIMES.split())
    return titled or _is_initial(word, preceding, after, language)  # "M. Lund"


def _is_initial(word: str, preceding: str, after: str, language: str) -> bool:
    """Whether a letter stands for a first name, as in "said J. K. Lund", or for the Russian word for a year."""
    following = _NEXT_WORD.match(after)
    if following is None or not (word == "г" or _is_letter(word)):
        return False
    goes_on = not _starts(following[0], function_words(language))
    last = preceding.rsplit(maxsplit=1)[-1] if preceding else ""
    if word == "г":  # "2021 г."
        return last.isdigit() and goes_on
    named = bool(_CAPITALISED.search(preceding)) or last in _BEFORE_NAMES.split()
    return bool(_TWO_INITIALS.match(after)) or (named and goes_on)


def _is_letter(word: str) -> bool:
    """Whether a word is a capital, or letters of a script without capitals with a full stop after each: "أ.د"."""
    if word.lower() != word.upper():
        return len(word) == 1 and word.isupper()
    return all(len(letter) == 1 and letter.isalpha() for letter in word.split(".")) and not is_unspaced(word)


def _never_last(word: str, before: str, language: str) -> bool:
    """Whether no sentence ends with an abbreviation, such as "t.ex." or "t. ex."."""
    spaced = _SPACED.search(before)
    forms = {word.casefold(), f"{spaced[1]}.{spaced[2]}".casefold() if spaced else ""}
    return not forms.isdisjoint(_NEVER_LAST.get(language, "").split())


def _is_ordinal(last: str, following: str, rest: str, language: str) -> bool:
    """Whether a number with a full stop counts something, judged by the words before and after it, and by the rest."""
    months = _MONTHS.get(language, "").split()
    if following in months or (following.lower() in months and _DATE_ENDED.match(rest)):
        return True
    ordered = last.casefold() in _BEFORE_ORDINAL.get(language, "").split()
    return ordered and not _starts(following, function_words(language))
