"""What is right, what is a good quote, and how sure we may be: pure functions over one answer or over many.

Every definition here is in words in ``docs/evaluation.md``; the two change together.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Any, Literal

from evals.sets import Question
from index.language import UNKNOWN
from rag.types import Answer, Status

Outcome = Status | Literal["error"]

Z_95 = 1.959963984540054  # the normal distribution's 97.5th percentile
SHORT_ALIAS = 3  # letters up to which an alias must be a word of its own: "ten" is no answer inside "attention"

_PUNCTUATION = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def normalise(text: str) -> str:
    """Text for comparison: NFKC, casefolded, white space as single spaces, one kind of quotation mark and of dash."""
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_PUNCTUATION).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


@lru_cache(maxsize=4096)
def _pattern(alias: str) -> re.Pattern[str]:
    """The expression that finds a normalised alias: numbers and short words whole, everything else anywhere."""
    wanted = re.escape(alias)
    if alias.isdecimal():
        return re.compile(rf"(?<!\w)(?<!\d[.,]){wanted}(?!\w)(?![.,]\d)")
    if len(alias) <= SHORT_ALIAS and alias.isalpha() and alias.upper() != alias:  # scripts without case have no spaces
        return re.compile(rf"(?<!\w){wanted}(?:'?s)?(?!\w)")  # "USAs" and "NATO's" are the word too
    before = r"(?<!\d)(?<!\d[.,])" if alias[0].isdecimal() else ""
    after = r"(?!\d)(?![.,]\d)" if alias[-1].isdecimal() else ""
    return re.compile(before + wanted + after)


def holds(text: str, alias: str) -> bool:
    """Whether a text holds an alias, both normalised.

    An alias of digits only, or of up to three letters, must be a word of its own: "8" is not in "1989", "ten" is not in
    "often"; a genitive s is no hindrance. Where a longer alias begins or ends with a digit, no number may go on there:
    "2.8" is not in "12.8". Any other alias may stand anywhere, in a compound too. Punctuation at its end is ignored.
    """
    wanted = normalise(alias)
    return bool(_pattern(wanted.rstrip(" .,;:") or wanted).search(normalise(text)))


def holds_each_group(text: str, groups: Iterable[Iterable[str]]) -> bool:
    """The rule of accuracy: whether each group has an alias in the text. True for no groups."""
    return all(any(holds(text, alias) for alias in group) for group in groups)


@dataclass(frozen=True, slots=True)
class QuoteScore:
    """One quote that was shown.

    Attributes:
        article_id, start, end, text: As the answer gives them.
        verbatim: Whether the set's own text of that article has exactly these characters at these offsets.
        good: Whether it comes from a gold article and holds an alias of any group.
    """

    article_id: str
    start: int
    end: int
    text: str
    verbatim: bool
    good: bool


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question and how it went.

    Attributes:
        question: The question asked.
        status: The answer's status, or ``"error"`` when there was no answer.
        right: Answered with an alias of each group, or, if unanswerable, said not to be in the articles.
        quotes: Every quote shown, once.
        gold_found: Whether a gold article is among the sources; None where the set names no gold article.
        seconds: From the question to the whole answer, measured from outside.
        first_token: From the question to the model's first token, as the answer states it; None if it has none.
        verdict_seconds: From the model's last token to the checked answer; None where no model was asked.
        confidence: The answer's own, whatever its status.
        believed_false: Whether it gives another of the quiz's choices and not the right one; None without choices.
        disputed: Whether it says that its articles disagree.
        said_in: ISO 639-1 code of the answer's language.
    """

    question: Question
    status: Outcome
    right: bool
    quotes: tuple[QuoteScore, ...] = ()
    gold_found: bool | None = None
    seconds: float = 0.0
    first_token: float | None = None
    verdict_seconds: float | None = None
    confidence: float = 0.0
    believed_false: bool | None = None
    disputed: bool = False
    said_in: str = ""

    @property
    def judges_quotes(self) -> bool:
        """Whether its quotes count: an answered, answerable question whose gold articles are known."""
        return self.question.answerable and bool(self.question.gold) and self.status == "answered"

    @property
    def tells_language(self) -> bool:
        """Whether the language of its answer can be held against that of the question."""
        return self.status == "answered" and bool(self.said_in) and self.question.language != UNKNOWN


def score_question(question: Question, answer: Answer, texts: Mapping[str, str], seconds: float) -> QuestionScore:
    """Judge one answer against its question and the set's own texts, by article id."""
    quotes = tuple(
        QuoteScore(
            article_id=quote.article_id,
            start=quote.start,
            end=quote.end,
            text=quote.text,
            verbatim=is_verbatim(texts, quote.article_id, quote.start, quote.end, quote.text),
            good=quote.article_id in question.gold and any(holds(quote.text, a) for g in question.answers for a in g),
        )
        for quote in answer.quotes
    )
    if question.answerable:
        right = answer.status == "answered" and holds_each_group(answer.text, question.answers)
    else:
        right = answer.status == "not_in_articles"
    found = any(source.article.id in question.gold for source in answer.sources)
    return QuestionScore(
        question=question,
        status=answer.status,
        right=right,
        quotes=quotes,
        gold_found=found if question.gold else None,
        seconds=seconds,
        first_token=answer.timings.get("first_token"),
        verdict_seconds=answer.timings.get("attribute"),
        confidence=answer.confidence,
        believed_false=believes_false(question, answer) if question.choices else None,
        disputed=answer.disputed,
        said_in=answer.said_in or answer.language,
    )


def believes_false(question: Question, answer: Answer) -> bool:
    """Whether an answer gives a choice of the quiz that is wrong, and not the right one as well."""
    if answer.status != "answered" or holds_each_group(answer.text, question.answers):
        return False
    wrong = [choice for place, choice in enumerate(question.choices) if place != question.choice]
    return any(holds(answer.text, choice) for choice in wrong)


def is_verbatim(texts: Mapping[str, str], article_id: str, start: int, end: int, text: str) -> bool:
    """Whether the article has exactly this text, and some text, at these offsets (code points, end exclusive)."""
    article = texts.get(article_id)
    return article is not None and 0 <= start < end <= len(article) and article[start:end] == text


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a rate by Wilson's score method, or None for no trials.

    It stays within 0 and 1 and has a width at 0 and at n hits, where the usual formula has none.
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    if n == 0:
        return None
    share, square = hits / n, Z_95 * Z_95
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z_95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def rate(name: str, outcomes: Iterable[bool]) -> dict[str, Any]:
    """A rate as ``name``, its 95 % interval as ``name_95``, its trials as ``name_n``; None where nothing was tried."""
    tried = list(outcomes)
    hits, n = sum(tried), len(tried)
    interval = wilson(hits, n)
    return {
        name: round(hits / n, 4) if n else None,
        f"{name}_95": [round(bound, 4) for bound in interval] if interval else None,
        f"{name}_n": n,
    }


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The area under the ROC curve: the chance that a positive's score is above a negative's, ties counting half.

    None without either. Source: the Mann-Whitney statistic divided by its maximum (Hanley and McNeil, 1982).
    """
    if not positive or not negative:
        return None
    ordered = sorted(negative)
    wins = sum(bisect_left(ordered, score) + bisect_right(ordered, score) for score in positive) / 2
    return wins / (len(positive) * len(negative))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 4) if known else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def aggregate(scores: Sequence[QuestionScore]) -> dict[str, Any]:
    """The figures of one set, as JSON types; see ``docs/evaluation.md`` for each. Order of the scores is no matter."""
    answerable = [score for score in scores if score.question.answerable]
    unanswerable = [score for score in scores if not score.question.answerable]
    judged = [score for score in answerable if score.judges_quotes]
    return {
        "n": len(scores),
        "n_answerable": len(answerable),
        "n_unanswerable": len(unanswerable),
        **rate("accuracy", (score.right for score in answerable)),
        **rate("refused_unanswerable", (score.status == "not_in_articles" for score in unanswerable)),
        **rate("false_refusals", (score.status == "not_in_articles" for score in answerable)),
        **rate("quote_precision", (quote.good for score in judged for quote in score.quotes)),
        **rate("quote_recall", (any(q.good for q in score.quotes) for score in judged if score.right)),
        **rate("verbatim", (quote.verbatim for score in scores for quote in score.quotes)),
        "wrong_quotes": sum(not quote.good for score in judged for quote in score.quotes),
        **rate("believed_false", (s.believed_false for s in answerable if s.believed_false is not None)),
        **rate("disputed", (score.disputed for score in answerable)),
        **rate("in_its_language", (s.said_in == s.question.language for s in answerable if s.tells_language)),
        "auroc": _rounded(auroc([s.confidence for s in answerable], [s.confidence for s in unanswerable])),
        **rate("gold_found", (score.gold_found for score in answerable if score.gold_found is not None)),
        "seconds_to_first_token": _median(score.first_token for score in scores),
        "seconds_to_verdicts": _median(score.verdict_seconds for score in scores),
        "seconds_total": _median(score.seconds for score in scores if score.status != "error"),
        "statuses": dict(sorted(Counter(score.status for score in scores).items())),
    }
