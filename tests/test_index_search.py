"""Search across languages with the real embedder: an English question finds the Swedish article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import article

from index.embed import Embedder, LetterEmbedder, folder_identity
from index.library import Library
from index.settings import Settings

ARTICLES = [
    ("bridge-sv", "Bron över älven stängs i tre veckor för reparation. Bussarna leds om via Storgatan.", "sv"),
    ("fish-sv", "Fiskarna i hamnen klagar över dåliga fångster av torsk i år.", "sv"),
    ("bridge-en", "The council debated the price of the new bridge for hours without a decision.", "en"),
    ("school-en", "Pupils return to school on Monday after the long summer holiday.", "en"),
    ("storm-no", "Stormen rev av taket på skolen i Bodø natt til torsdag.", "no"),
]


@pytest.fixture(scope="module")
def real_library(real_embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with Library.open(settings.library_dir, real_embedder, settings) as library:
        library.ingest_articles([article(name, text, code) for name, text, code in ARTICLES])
        yield library


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How long is the bridge over the river closed for repair?", "bridge-sv"),
        ("Hur länge är bron stängd?", "bridge-sv"),
        ("What did the council debate?", "bridge-en"),
        ("Where did the storm tear off a roof?", "storm-no"),
        ("Vad klagar fiskarna över?", "fish-sv"),
    ],
)
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


def test_identity_follows_the_bytes_of_a_model_folder(tmp_path: Path) -> None:
    folder, cache = tmp_path / "model", tmp_path / "cache"
    (folder / "sub").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "sub" / "config.json").write_text("{}")
    first = folder_identity(folder, cache)
    assert folder_identity(folder, cache) == first
    moved = folder.rename(tmp_path / "elsewhere")
    assert folder_identity(moved, cache) == first
    (moved / "model.safetensors").write_bytes(b"others!")
    assert folder_identity(moved, cache) != first
