"""Search across languages with the real embedder: an English question finds the Swedish article, stage by stage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import article

from index import language
from index.embed import Embedder, LetterEmbedder
from index.library import Library
from index.search import Searcher, _spoken
from index.settings import Settings
from index.tokens import TokenStore

ARTICLES = [
    ("bridge-sv", "Bron över älven stängs i tre veckor för reparation. Bussarna leds om via Storgatan.", "sv"),
    ("fish-sv", "Fiskarna i hamnen klagar över dåliga fångster av torsk i år.", "sv"),
    ("bridge-en", "The council debated the price of the new bridge for hours without a decision.", "en"),
    ("school-en", "Pupils return to school on Monday after the long summer holiday.", "en"),
    ("storm-no", "Stormen rev av taket på skolen i Bodø natt til torsdag.", "no"),
]


QUESTIONS = [
    ("How long is the bridge over the river closed for repair?", "bridge-sv"),
    ("Hur länge är bron stängd?", "bridge-sv"),
    ("What did the council debate?", "bridge-en"),
    ("Where did the storm tear off a roof?", "storm-no"),
    ("Vad klagar fiskarna över?", "fish-sv"),
]


@pytest.fixture(scope="module")
def real_library(real_embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with Library.open(settings.library_dir, real_embedder, settings) as library:
        library.ingest_articles([article(name, text, code) for name, text, code in ARTICLES])
        yield library


@pytest.mark.parametrize(("question", "expected"), QUESTIONS)
def test_the_right_article_comes_first(real_library: Library, question: str, expected: str) -> None:
    hits = real_library.search(question, 3)
    assert hits[0].article.id == expected
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert all(hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text for hit in hits)


def test_within_narrows_every_stage(real_library: Library) -> None:
    hits = real_library.search("the bridge over the river", 10, within={"school-en", "fish-sv"})
    assert {hit.article.id for hit in hits} == {"school-en", "fish-sv"}
    assert real_library.search("the bridge", 10, within=set()) == []


def test_hits_say_which_stage_found_them(real_library: Library) -> None:
    hits = {hit.article.id: hit for hit in real_library.search("the price of the new bridge", 5)}
    assert hits["bridge-en"].lexical_rank == 1
    assert hits["bridge-en"].dense is not None
    assert hits["bridge-sv"].lexical is None  # its words are not those of the question


@pytest.fixture(scope="module")
def searcher(real_library: Library, real_embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Over the same library, with token vectors of all its passages."""
    catalog, vectors = real_library._catalog, real_library._vectors
    tokens = TokenStore(tmp_path_factory.mktemp("tokens"), real_embedder)
    found = catalog.passages(catalog.passage_ids())
    tokens.add(list(found), real_embedder.encode_passages([passage.text for passage, _ in found.values()]))
    return Searcher(catalog, vectors, real_embedder, Settings(home=real_library.directory), tokens=tokens)


def article_of(searcher: Searcher, passage_id: int) -> str:
    return searcher._catalog.passages([passage_id])[passage_id][1].id


@pytest.mark.parametrize(("question", "expected"), QUESTIONS)
def test_every_stage_says_what_it_found(searcher: Searcher, question: str, expected: str) -> None:
    trace = searcher.trace(question)
    for stage in (trace.dense, trace.lexical, trace.late, trace.fused):
        assert [score for _, score in stage] == sorted((score for _, score in stage), reverse=True)
        assert len({i for i, _ in stage}) == len(stage)
    assert len(trace.dense) == len(trace.late) == len(trace.fused) == len(ARTICLES)
    assert set(trace.cosines) == {i for i, _ in trace.fused}
    assert article_of(searcher, trace.late[0][0]) == expected
    assert article_of(searcher, trace.fused[0][0]) == expected
    assert searcher.search(question, 2)[0].article.id == expected


def test_words_speak_only_of_languages_they_can_match(searcher: Searcher) -> None:
    trace = searcher.trace("What did the council debate about the bridge?")
    assert {article_of(searcher, i) for i, _ in trace.lexical} == {"bridge-en"}
    swedish = searcher.trace("Hur länge är bron stängd?")
    assert {article_of(searcher, i) for i, _ in swedish.lexical} == {"bridge-sv"}


def test_a_question_in_no_language_is_compared_with_all(searcher: Searcher) -> None:
    assert _spoken("Storgatan", {"sv": 2, "en": 2, "no": 1}) == {"en", "sv", "no"}
    assert [article_of(searcher, i) for i, _ in searcher.trace("Storgatan").lexical] == ["bridge-sv"]
    assert [article_of(searcher, i) for i, _ in searcher.trace("Bodø").lexical] == ["storm-no"]


def test_a_question_in_a_language_that_is_not_there_is_searched_by_its_vectors(searcher: Searcher) -> None:
    trace = searcher.trace("Combien de temps le pont sur la rivière sera-t-il fermé pour réparation ?")
    assert trace.lexical == []
    assert article_of(searcher, trace.fused[0][0]) == "bridge-sv"


def test_a_swedish_question_taken_for_norwegian_still_has_its_words(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("a", "Cypern styrdes av en kung som bodde i Nicosia på den tiden.", "sv")])
    searcher = Searcher(library._catalog, library._vectors, LetterEmbedder(), settings)
    assert language.detect("Vem styrde Cypern 1191?") == "no"  # one day it may not be; then find another
    assert _spoken("Vem styrde Cypern 1191?", {"sv": 1, "en": 1}) == {"sv"}
    assert _spoken("Vem styrde Cypern 1191?", {"no": 1, "sv": 1}) == {"no"}
    assert len(searcher.trace("Vem styrde Cypern 1191?").lexical) == 1


@pytest.mark.parametrize("few", [0, 4000])
def test_foreign_passages_are_found_among_many_of_the_questions_own_language(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Forty English passages of the same letters are nearer than the one Swedish passage, until cosines are level."""
    monkeypatch.setattr("index.search._FEW", few)
    library.ingest_articles([article(f"en{i}", "the bridge is closed t", "en") for i in range(40)])
    library.ingest_articles([article("sv", "the bridge is closed z", "sv")], corpus="other")
    narrow = settings.model_copy(update={"candidates": 5})
    trace = Searcher(library._catalog, library._vectors, LetterEmbedder(), narrow).trace("the bridge is closed")
    (foreign,) = library._catalog.passage_ids(["sv"])
    assert foreign in dict(trace.fused)
    assert foreign not in dict(trace.dense)


def test_a_word_that_only_some_passages_hold_decides(library: Library, settings: Settings) -> None:
    library.ingest_articles(
        [article(f"a{i}", f"the harbour was closed {'today' if i == 3 else ''}", "en") for i in range(9)]
    )
    searcher = Searcher(library._catalog, library._vectors, LetterEmbedder(), settings)
    assert searcher.search("harbour today", 1)[0].article.id == "a3"
    assert searcher._rarity(["harbour"]) == pytest.approx(1e-6)
    assert searcher._rarity(["today"]) == pytest.approx(math.log((9 - 1 + 0.5) / 1.5))
    assert searcher._rarity(["unheard"]) == pytest.approx(math.log(9.5 / 0.5))


def test_passages_without_token_vectors_are_found_too(library: Library, settings: Settings, tmp_path: Path) -> None:
    library.ingest_articles([article(f"a{i}", f"passage {'x' * i} about ships", "en") for i in range(1, 7)])
    ids = library._catalog.passage_ids()
    tokens = TokenStore(tmp_path / "tokens", LetterEmbedder())
    searcher = Searcher(library._catalog, library._vectors, LetterEmbedder(), settings, tokens=tokens)
    assert len(searcher.search("ships xxx", 10)) == 6
    tokens.add(ids[:3], LetterEmbedder().encode_passages([f"passage {'x' * i} about ships" for i in range(1, 4)]))
    trace = searcher.trace("ships xxx")
    assert {i for i, _ in trace.late} == set(ids[:3])
    assert {i for i, _ in trace.fused} == set(ids)


def test_a_question_of_odd_characters_is_searched_like_any_other(real_library: Library) -> None:
    for question in ('"', "NEAR(a b)", "*", "😀", "a" * 5000, "\u202e???", "' OR 1=1 --"):
        assert len(real_library.search(question, 2)) == 2


def test_the_double_can_be_computed_by_hand() -> None:
    embedder = LetterEmbedder()
    assert embedder.query("ab") @ embedder.query("a") == pytest.approx(2**-0.5)
    assert embedder.query("123")[-1] == 1.0
    assert embedder.count_tokens(["one two", ""]) == [2, 0]


@pytest.mark.parametrize("which", ["real_embedder", "double"])
def test_embedders_keep_the_port(which: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = LetterEmbedder() if which == "double" else request.getfixturevalue(which)
    texts = ["One short text.", "", "En längre text på svenska, med flera ord i sig.", "x " * 2000]
    seen: list[int] = []
    vectors = embedder.passages(texts, lambda step: seen.append(step.done))
    assert vectors.shape == (4, embedder.dimension)
    assert vectors.dtype.name == "float32"
    assert (vectors**2).sum(axis=1) == pytest.approx([1.0] * 4, abs=1e-4)
    assert seen[-1] == 4
    assert embedder.passages([]).shape == (0, embedder.dimension)
    assert embedder.query("One short text.").shape == (embedder.dimension,)
    counts = embedder.count_tokens(texts)
    assert counts[1] == 0
    assert counts[0] < counts[2] < counts[3]
    assert embedder.identity
    alone = embedder.passages(texts[2:3])[0]
    assert alone == pytest.approx(vectors[2], abs=1e-4)  # a batch does not change a vector
