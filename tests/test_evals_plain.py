"""The pipeline that ours is compared with does what tutorials do."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from evals.plain import PlainAsker, PlainPipeline, chunks_of, declines
from evals.sets import EvalArticle, EvalSet
from index.embed import LetterEmbedder
from rag.engine.double import ParrotModel
from rag.settings import Settings

SET = EvalSet(
    "tiny",
    (
        EvalArticle("a", "Eight diplomats left Brussels [1]. They flew home.", "Diplomats"),
        EvalArticle("b", "Seven dogs barked in Oslo.", "Dogs"),
    ),
    (),
)


NOT_MENTIONED = (
    "The context provided does not mention any significant company that Governor Robert Dinwiddie had an investment in."
)
"""What the default model said of a question of squad2-en that its articles leave open."""


def asker_that_refuses(refusal: str = "NOT FOUND") -> PlainAsker:
    embedder = LetterEmbedder()
    return PlainAsker(chunks_of(SET, embedder), embedder, ParrotModel(refusal), Settings())


@pytest.fixture
def asker() -> Iterator[PlainAsker]:
    yield asker_that_refuses()


def test_a_citation_is_the_number_that_the_model_typed_and_the_whole_chunk(asker: PlainAsker) -> None:
    answer = asker.ask("How many diplomats left Brussels?", within=["a"])
    assert answer.status == "answered"
    assert "Brussels [1]" in answer.text
    (quote,) = answer.quotes
    assert quote.article_id == "a"
    assert quote.text == SET.articles[0].text


def test_only_the_articles_named_are_looked_in(asker: PlainAsker) -> None:
    assert {source.article.id for source in asker.ask("Which dogs barked?", within=["b"]).sources} == {"b"}
    assert {source.article.id for source in asker.ask("Which dogs barked?").sources} == {"a", "b"}


@pytest.mark.parametrize(
    ("said", "cited"),
    [
        ("It was so [1, 2].", {1, 2}),
        ("It was so [2,1].", {1, 2}),
        ("It was so [1], [2].", {1, 2}),
        ("It was so [1 and 2].", {1, 2}),
        ("It was so [ 2 ].", {2}),
        ("It was so [1, 7].", {1}),
        ("[2]", {2}),
        ("It was so [sic].", set()),
    ],
)
def test_numbers_may_share_their_brackets(said: str, cited: set[int]) -> None:
    answer = asker_that_refuses(said).ask("Qqq zzz?")
    assert (answer.status, {quote.number for quote in answer.quotes}) == ("answered", cited)


def test_a_refusal_is_one_and_the_surer_it_is_the_less_the_articles_hold_the_answer() -> None:
    refused = asker_that_refuses(NOT_MENTIONED).ask("Qqq zzz?")
    assert (refused.status, refused.text, refused.citations) == ("not_in_articles", NOT_MENTIONED, ())
    assert refused.confidence == 0.0  # every word had the probability 1
    answered = asker_that_refuses("The Song dynasty didn't share artistic inspiration with the Yuan.").ask("Qqq zzz?")
    assert (answered.status, answered.confidence) == ("answered", 1.0)
    assert asker_that_refuses("").ask("Qqq zzz?").confidence == 0.0  # nothing said is nothing known


@pytest.mark.parametrize(
    "said",
    [
        NOT_MENTIONED,
        "I don't know.",
        "Sorry, I don't know.",
        "I'm sorry, but I don't know the answer to that question.",
        "I cannot answer.",
        "I’m unable to answer this question based on the context.",
        "I don't have enough information to answer.",
        "The numbered context does not contain the answer.",
        "The context does not discuss the treaty [1].",
        "Unfortunately, the given context does not provide this information.",
        "[1], [2] and [3] do not say when.",
        "None of the numbered contexts mention it.",
        "The information provided does not specify the date.",
        "Based on the numbered context, I cannot determine who won.",
        "Based on the numbered context, it is not clear when Qutb was born.",
        "According to the context, there is no information about his birth.",
        "There is no specific mention of a company in the numbered context provided.",
        "The answer cannot be determined from the given context.",
        "The question cannot be answered from the context.",
        "Sorry, this cannot be answered from the context.",
        "Unfortunately, this is not said in the context.",
        "Not enough information to answer.",
        "Kontexten nämner inte var han föddes.",
        "Den numrerade kontexten innehåller ingen information om detta.",
        "Tyvärr vet jag inte.",
        "Jag kan inte svara på frågan.",
        "Det framgår inte av kontexten.",
        "Beklager, konteksten sier ikke noe om det.",
    ],
)
def test_what_a_model_says_that_does_not_know(said: str) -> None:
    assert declines(said)


@pytest.mark.parametrize(
    "said",
    [
        "[1]",
        "The Song dynasty didn't share artistic inspiration with the Yuan.",
        "According to [3], Saudi Arabia spent over 100 billion dollars in the ensuing decades.",
        "According to the context, there were 3 Khitan Tumens.",
        'The notion "force" does not keep its meaning in quantum mechanics.',
        "SAT solvers do not usually handle large instances.",
        "The colonization of India did not occur in the mid-18th century.",
        'Ronaldo said: "I don\'t know how he does it."',
        '"I don\'t know how he does it," said X.',
        '"Sorry, I cannot answer that," said the minister.',
        "I cannot answer that, said the minister.",
        "I am not sure, the Norwegian minister said.",
        "Insufficient information led to the disaster.",
        "Informationen innehåller inga namn.",
        "The context in which he spoke was the war.",
        "The context in which he spoke does not include Europe.",
        "There is no mention of God in the constitution.",
        "The documents do not mention his name.",
        "It is not known who built the tower.",
        "Unfortunately, the ship sank.",
        "Sorry, the band's third single, came out in 2001.",
        "None.",
    ],
)
def test_what_is_an_answer_all_the_same(said: str) -> None:
    assert not declines(said)


def test_the_pipeline_opens_an_asker_for_a_set() -> None:
    pipeline = PlainPipeline(Settings(), Console(file=io.StringIO()), model=ParrotModel())
    pipeline._embedder = LetterEmbedder()
    with pipeline(SET) as asker:
        assert asker.ask("Which dogs barked?").model == "parrot"
