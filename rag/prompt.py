"""What the model is told. Everything an article says is data: it cannot end its own block or give an order."""

from __future__ import annotations

from collections.abc import Sequence

from index import language
from index.types import Hit
from rag import orders
from rag.engine.port import Prompt

# What the model is to say when the passages hold no answer; recognised by :func:`is_refusal`.
REFUSAL = "NOT FOUND"

SYSTEM = (
    "You answer questions about news articles, using only the passages given. "
    "Answer briefly and to the point, in a full sentence, with the names, numbers and dates of the passages. "
    f"If the passages do not contain the answer, reply only: {REFUSAL}"
)

_NOT_IN_ARTICLES = {
    "da": "Det fremgår ikke af artiklerne.",
    "de": "Das steht nicht in den Artikeln.",
    "en": "The articles don't say.",
    "es": "Los artículos no lo dicen.",
    "fi": "Artikkelit eivät kerro sitä.",
    "fr": "Les articles ne le disent pas.",
    "it": "Gli articoli non lo dicono.",
    "nl": "De artikelen vermelden het niet.",
    "no": "Det står ikke i artiklene.",
    "pl": "Artykuły o tym nie mówią.",
    "pt": "Os artigos não o dizem.",
    "ru": "В статьях об этом не говорится.",
    "sv": "Det framgår inte av artiklarna.",
    "uk": "У статтях про це не йдеться.",
}
NO_ARTICLES = "There are no articles yet. Add some with: pullquote index FOLDER"

# Ways in which small models say that they do not know, in spite of being told the words to use.
_REFUSALS = (
    "not found",
    "i don't know",
    "i do not know",
    "don't contain the answer",
    "do not contain the answer",
    "does not contain the answer",
    "do not contain information",
    "does not contain information",
    "do not contain any information",
    "does not contain any information",
    "no information",
    "not mentioned in the passages",
    "not provided in the passages",
    "not specified in the passages",
    "passages do not",
    "passages don't",
    "passage does not",
    "jag vet inte",
    "framgår inte",
    "står inte i",
    "inte nämn",
    "nämns inte",
    "hittades inte",
    "innehåller inte",
    "ikke funnet",
    "vet ikke",
    "står ikke i",
    "nevnes ikke",
    "nicht gefunden",
    "ich weiß nicht",
    "nicht erwähnt",
    "no se menciona",
    "no lo sé",
    "no encontrado",
    "n'est pas mentionné",
    "je ne sais pas",
    "non trouvé",
)


def build(question: str, hits: Sequence[Hit], asked_in: str) -> Prompt:
    """The prompt for a question: passages in order of relevance, the best one next to the question.

    Args:
        question: Standing on its own.
        hits: Best first.
        asked_in: ISO 639-1 code of the question's language, in which the answer is wanted.
    """
    wanted = language.name(asked_in) if asked_in != language.UNKNOWN else "the language of the question"
    return Prompt(
        system=SYSTEM,
        passages=tuple(_block(hit) for hit in reversed(hits)),
        question=f"Question: {question}\nAnswer in {wanted}:",
    )


def check(question: str, hits: Sequence[Hit]) -> Prompt:
    """The prompt that asks whether passages answer a question at all; the same passages: none is computed anew."""
    return Prompt(
        system=SYSTEM,
        passages=tuple(_block(hit) for hit in reversed(hits)),
        question=f"Question: {question}\nDo the passages above state the answer to this question? Yes or No:",
    )


def is_refusal(text: str) -> bool:
    """Whether the model said that it found no answer, in its words or in ours."""
    said = text.casefold().replace("’", "'")
    return not said.strip(" .\n") or any(phrase in said for phrase in _REFUSALS)


def may_refuse(text: str) -> bool:
    """Whether what was said so far may still become :data:`REFUSAL`, so that nobody should see it yet."""
    start = text.strip()
    return REFUSAL.startswith(start[: len(REFUSAL)])


def not_in_articles(asked_in: str) -> str:
    """The honest sentence, in the question's language where we have it."""
    return _NOT_IN_ARTICLES.get(asked_in, _NOT_IN_ARTICLES["en"])


def _block(hit: Hit) -> str:
    """A passage as the model reads it: where it comes from, then its text on one line, without orders to the model."""
    article = hit.article
    text = orders.without(hit.passage.text, article.language)
    day = f" ({article.published.isoformat()})" if article.published else ""
    title = " ".join(article.title.split())
    heading = f"{title}{day}\n" if title and not hit.passage.text.startswith(article.title) else ""
    return f"{heading}{' '.join(text.split())}\n\n"
