"""The pipeline that tutorials build, to compare ours with: chunks, the nearest few, one prompt that asks for citations.

Chunks of up to 512 tokens, the four nearest by cosine, in order, numbered, and the whole prompt read for each question;
a citation is whatever number the model types, and what it cites is the whole chunk. Same embedder and same language
model as ours, so that the difference is the pipeline's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from rich.console import Console

from evals.answers import Asker
from evals.pipeline import as_article
from evals.sets import EvalSet
from index import language, passages
from index.embed import Embedder, Vectors, open_embedder
from index.types import Article, Hit, Passage
from rag import prompt
from rag.engine import open_model
from rag.engine.port import LanguageModel, Prompt, Sampling
from rag.settings import Settings
from rag.types import Answer, Citation, Quote, Source, Turn

CHUNK_TOKENS = 320
"""Tokens of the embedder that a chunk should have; it may have half as many again, and is below 512 with its prompt."""
NEAREST = 4
SYSTEM = (
    "You are a helpful assistant. Answer the question using only the numbered context below, and cite the context you "
    "use with its number in square brackets, like [1]. If the answer is not in the context, say that you don't know."
)
_MARK = re.compile(r"\[\s*(\d+(?:\s*(?:[,;&]|and)\s*\d+)*)\s*\]")
# How a model says that it does not know, told as :data:`SYSTEM` has it, beyond what :func:`rag.prompt.is_refusal` knows
# of those told to keep to passages and articles. Unlike there, it must begin the answer, an apology or "Based on the
# context," aside. What does not tell must be the context, a number in it, or the information that was provided: what
# "the documents do not mention" may be the answer.
_APOLOGY = (
    r"(?:(?:i'm|i am) )?(?:(?:very|so) )?(?:sorry|unfortunately|i apologi[sz]e|tyvärr|beklager|dessverre|desværre)\b"
    r"\W*(?:(?:but|men) )?"
)
_GROUND = (
    r"(?:based on|according to|from|in|given|baserat på|basert på|baseret på|enligt|ifølge) "
    r"[^,.]{0,60}(?:context|information|passages?|text|kontext\w*|kontekst\w*|\[\d+\])[^,.]{0,40}, "
)
_OPENING = re.compile(rf"[^\w\[]*(?:{_APOLOGY})?(?:{_GROUND})?")
_GIVEN = r"(?:numbered|provided|given|supplied|available|above)"
_TEXTS = r"(?:information|passages?|texts?|documents?|sources?|paragraphs?|excerpts?)"
_CONTEXT = (
    rf"(?:(?:the|this|your|any of the) )?(?:(?:{_GIVEN} )*contexts?|(?:{_GIVEN} )+{_TEXTS}|{_TEXTS}(?= {_GIVEN}))"
    rf"(?: (?:that (?:is|was) )?{_GIVEN})*"
)
_NUMBERS = r"\[[\d, ]+\](?:(?:,|,? and|,? or) \[[\d, ]+\])*"
_TELLS = (
    r"(?:contain|mention|provide|discuss|state|say|specify|give|indicate|include|tell|answer|address|describe|explain|"
    r"refer|reveal|have|list|cover|clarify|identify)"
)
_SV_CONTEXT = (
    r"(?:(?:den|det|de) )?(?:\w+ )?"
    r"(?:kontext(?:en)?|kontekst(?:en)?|sammanhanget|sammenhengen|sammenhængen)"
)
_SV_TELLS = (
    r"(?:nämner|innehåller|anger|säger|ger|beskriver|diskuterar|nevner|nævner|inneholder|indeholder|oppgir|angiver|sier|"
    r"siger|gir|giver|diskuterer)"
)
_DECLINED = (
    rf"(?:{_CONTEXT}|{_NUMBERS}) (?:do|does|did)(?: not|n't) (?:\w+ly )?{_TELLS}\b",
    r"(?:none|neither) of the (?:\w+ )?contexts?\b|neither \[\d+\] nor \[\d+\]",
    r"(?:i|we) (?:can't|cannot|can not|could not|couldn't) (?:\w+ly )?(?:answer|determine|find|provide|help|assist)\b",
    r"(?:i'm|i am) (?:unsure|unable to|not (?:sure|certain|aware|able to))\b",
    r"(?:i|we) (?:do not|don't) (?:actually know|(?:have|see|find) (?:\w+ ){0,2}(?:information|answer|mention))\b",
    r"(?:the|this|your) question (?:cannot|can't|can not|could not) be answered",
    r"(?:there is )?(?:not enough|insufficient) (?:information|context)"
    r"(?:\W*$| (?:given|provided|available|in the|to (?:answer|determine|say|tell))\b)",
    r"(?:the answer is )?(?:unknown|not known)\W*$",
    rf"{_SV_CONTEXT}(?: \w+)? {_SV_TELLS} (?:\w+ )?(?:inte|inge[nt]|inga|ikke|intet)\b",
    r"(?:jag|jeg) kan (?:\w+ )?(?:inte|ikke) (?:be)?svar[ae]\b|(?:vet|ved) (?:jag|jeg) (?:\w+ )?(?:inte|ikke)\b",
)
# These only where the same sentence speaks of the context: "It is not known who built it." may be the answer.
_DECLINED_OF_CONTEXT = (
    r"(?:it|this|that|the answer) (?:(?:is not|isn't|was not) (?:\w+ly )?(?:clear|stated|said|mentioned|specified|"
    r"possible|known|given|provided)|is (?:unclear|unknown|impossible)|(?:cannot|can't|can not) be)\b",
    r"there (?:is|was|are) no (?:\w+ )?(?:mention|reference|information|answer|indication|details?)\b",
    r"(?:det(?:ta)? |dette )?(?:framgår|nämns|anges|står|finns|fremgår|nevnes|nævnes|oppgis|finnes|findes)\b[^.]{0,40}"
    r"\b(?:inte|inge[nt]|inga|ikke|intet)\b",
)
_SAYS_NOTHING = re.compile("|".join(_DECLINED))
_IN_CONTEXT = re.compile(rf"(?=[^.]*\b(?:{_CONTEXT}|{_SV_CONTEXT})\b)")
_NOTHING_IN_CONTEXT = re.compile("|".join(_DECLINED_OF_CONTEXT))
_REPORTED = re.compile(
    r"\W*[\"“”„«]|[^.]*,\W*(?:(?!(?:is|was|not|be) )\w+ ){0,3}(?:said|replied|sade|svarade|svarte|svarede)\b"
)


@dataclass(frozen=True, slots=True)
class Chunks:
    """A set, cut and embedded: articles and chunks in the same order as the rows of ``vectors``."""

    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    vectors: Vectors


class PlainPipeline:
    """Opens a :class:`PlainAsker` over a set's articles.

    Args:
        settings: Name the models, and the length of an answer.
        console: Told what is being embedded.
        model: Instead of the one that the settings name.
    """

    def __init__(self, settings: Settings, console: Console, *, model: LanguageModel | None = None) -> None:
        self._settings = settings
        self._console = console
        self._model = model
        self._embedder: Embedder | None = None

    @contextmanager
    def __call__(self, eval_set: EvalSet) -> Iterator[Asker]:
        """The asker for a set."""
        self._embedder = embedder = self._embedder or open_embedder(self._settings)
        self._model = self._model or open_model(self._settings)
        self._console.print(f"{eval_set.name}: chunks for the plain pipeline", markup=False)
        yield PlainAsker(chunks_of(eval_set, embedder), embedder, self._model, self._settings)


class PlainAsker:
    """Answers from chunks, as a tutorial would."""

    def __init__(self, chunks: Chunks, embedder: Embedder, model: LanguageModel, settings: Settings) -> None:
        self._chunks = chunks
        self._embedder = embedder
        self._model = model
        self._settings = settings

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),  # noqa: ARG002 -- tutorials know no conversation
        *,
        within: Collection[str] | None = None,
    ) -> Answer:
        """The answer."""
        began = perf_counter()
        hits = self._nearest(question, within)
        sources = tuple(Source(i, hit) for i, hit in enumerate(hits, start=1))
        blocks = tuple(f"[{s.number}] {s.article.title}\n{s.hit.passage.text}\n\n" for s in sources)
        text, logprobs, first = "", list[float](), 0.0
        asked = Prompt(SYSTEM, blocks, f"Question: {question}\nAnswer:")
        sampling = Sampling(max_tokens=self._settings.max_tokens, adapted=False)
        for piece in self._model.stream(asked, sampling):
            first = first or perf_counter() - began
            text += piece.text
            logprobs.append(piece.logprob)
        total = perf_counter() - began
        sure = math.exp(sum(logprobs) / len(logprobs)) if logprobs else 0.0
        refused = declines(text)
        shared = Answer(
            question,
            text.strip(),
            "not_in_articles",
            sources=sources,
            # As ours: how probable it is that the articles hold the answer, so that to refuse with certainty is least.
            confidence=1.0 - sure if refused and logprobs else sure,
            timings={"first_token": first, "total": total},
            model=self._model.name,
            language=language.detect(question),
        )
        return shared if refused else _cited(shared)

    def _nearest(self, question: str, within: Collection[str] | None) -> list[Hit]:
        cosines = self._chunks.vectors @ self._embedder.query(question)
        wanted = None if within is None else frozenset(within)
        order = [int(i) for i in np.argsort(-cosines) if wanted is None or self._chunks.articles[i].id in wanted]
        return [
            Hit(self._chunks.passages[i], self._chunks.articles[i], float(cosines[i]), rank)
            for rank, i in enumerate(order[:NEAREST], start=1)
        ]


def declines(text: str) -> bool:
    """Whether a model that was told to say so said that it does not know."""
    if prompt.is_refusal(text):
        return True
    said = text.casefold().replace("’", "'")
    if _REPORTED.match(said):  # somebody else says it
        return False
    begun = _OPENING.sub("", said, count=1)
    if prompt.is_refusal(begun) or _SAYS_NOTHING.match(begun):
        return True
    return bool(_IN_CONTEXT.match(said) and _NOTHING_IN_CONTEXT.match(begun))


def chunks_of(eval_set: EvalSet, embedder: Embedder) -> Chunks:
    """Every article of a set in chunks of whole sentences, embedded."""
    articles: list[Article] = []
    cut: list[Passage] = []
    for article in map(as_article, eval_set.articles):
        pieces = passages.split(article, embedder.count_tokens, CHUNK_TOKENS)
        articles += [article] * len(pieces)
        cut += pieces
    vectors = embedder.passages([piece.text for piece in cut])
    return Chunks(tuple(articles), tuple(cut), vectors)


def _cited(answer: Answer) -> Answer:
    """The answer as one citation of the chunks whose numbers the model typed; a number that no chunk has is nothing."""
    by_number = {source.number: source for source in answer.sources}
    typed = dict.fromkeys(int(number) for mark in _MARK.findall(answer.text) for number in re.findall(r"\d+", mark))
    quotes = tuple(
        Quote(source.article, source.hit.passage.start, source.hit.passage.end, 1.0, number)
        for number in typed
        if (source := by_number.get(number)) is not None
    )
    citation = Citation(answer.text, 0, len(answer.text), quotes, "supported" if quotes else "unsupported")
    return Answer(
        answer.question,
        answer.text,
        "answered",
        (citation,),
        answer.sources,
        answer.confidence,
        timings=answer.timings,
        model=answer.model,
        language=answer.language,
    )
