"""Passages: exact, complete, whole sentences, near the target length."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from conftest import SHARED
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import furniture
from index.load import read_file
from index.passages import RULES, TokenCounter, parts, split
from index.sentences import sentences
from index.types import Article, Passage, Span

ARTICLES = SHARED / "articles"
PIECES = [
    "A cat sat. ",
    "Why? ",
    "“No. ",
    "no ",
    "word, ",
    "\n",
    "\n\n",
    "top of page\n",
    ".\n",
    "Heading\n",
    "漢",
    "\u0301",
    "😀 ",
]
texts = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=120).map("".join))


def words(batch: Sequence[str]) -> list[int]:
    """A tokenizer by hand: one token for each word."""
    return [len(text.split()) for text in batch]


def characters(batch: Sequence[str]) -> list[int]:
    """A tokenizer by hand: one token for every four characters, rounded down, so that some texts have none."""
    return [len(text) // 4 for text in batch]


def article(text: str, language: str = "en") -> Article:
    """An article of this text with its furniture marked."""
    return Article("a", "", text, language, furniture=furniture.find(text))


def assert_exact(whole: Article, passages: list[Passage]) -> None:
    """Every character that is neither white space nor furniture is in exactly one passage, at its place."""
    text = whole.text
    seen = bytearray(len(text))
    for start, end in whole.furniture:
        seen[start:end] = b"f" * (end - start)
    last = 0
    for passage in passages:
        assert passage.article_id == whole.id
        assert passage.id is None
        assert last <= passage.start < passage.end <= len(text)
        assert text[passage.start : passage.end] == passage.text == passage.text.strip()
        assert not any(seen[passage.start : passage.end])
        seen[passage.start : passage.end] = b"p" * len(passage.text)
        last = passage.end
    assert all(mark or character.isspace() for mark, character in zip(seen, text, strict=True))


@settings(deadline=None, max_examples=300)
@given(texts, st.sampled_from(["en", "sv", "ja", "und"]), st.sampled_from([words, characters]), st.integers(1, 40))
@example("", "en", words, 1)
@example("top of page\n.\nbottom of page", "en", words, 5)
@example("\u0301" * 300, "en", characters, 3)
def test_passages_hold_the_whole_article(text: str, language: str, count: TokenCounter, target: int) -> None:
    whole = article(text, language)
    assert_exact(whole, split(whole, count, target))


@settings(deadline=None, max_examples=200)
@given(texts, st.integers(5, 40))
def test_passages_are_whole_sentences_of_bearable_length(text: str, target: int) -> None:
    whole = article(text)
    found = sentences(text, "en", whole.furniture)
    starts, ends = {span.start for span in found}, {span.end for span in found}
    long = [span for span in found if len(text[span.start : span.end].split()) > 2 * target]
    for passage in split(whole, words, target):
        inside = [span for span in found if passage.start <= span.start and span.end <= passage.end]
        if not any(span.start < passage.end and passage.start < span.end for span in long):
            assert passage.start in starts
            assert passage.end in ends
            assert passage.tokens == sum(words([text[a:b] for a, b in inside]))
        assert passage.tokens <= (1.5 if len(inside) > 1 else 2) * target


def test_neighbouring_sentences_are_packed_evenly() -> None:
    whole = article(" ".join("Ten words make one sentence in this very small article." for _ in range(25)))
    passages = split(whole, words, 100)
    assert [passage.tokens for passage in passages] in (
        [120, 130],
        [130, 120],
        [80, 90, 80],
        [80, 80, 90],
        [90, 80, 80],
    )


def test_paragraphs_are_kept_together() -> None:
    paragraph = " ".join(["Ten words make one sentence in this very small article."] * 8)
    text = "\n\n".join([paragraph] * 4)
    assert [passage.text for passage in split(article(text), words, 90)] == [paragraph] * 4


def test_a_heading_stays_with_what_follows() -> None:
    paragraph = " ".join(["Ten words make one sentence in this very small article."] * 9)
    text = f"{paragraph}\n\nWho pays\n\n{paragraph}\n\nWho does not?\n{paragraph}"
    assert [passage.text.split("\n")[0] for passage in split(article(text), words, 90)] == [
        paragraph,
        "Who pays",
        "Who does not?",
    ]


def test_a_title_is_no_passage_of_its_own() -> None:
    paragraph = " ".join(["Ten words make one sentence in this very small article."] * 14)
    passages = split(article(f"Harbour closed\n\n{paragraph}"), words, 100)
    assert len(passages) == 1 or passages[0].tokens > 30


def test_furniture_ends_a_passage() -> None:
    whole = article("The harbour closed.\nAdvertisement\nFerries wait.")
    assert [passage.text for passage in split(whole, words)] == ["The harbour closed.", "Ferries wait."]


def test_a_long_sentence_is_cut_between_clauses() -> None:
    clause = "the harbour of the small old town stays closed;"
    text = " ".join([clause] * 12)
    passages = split(article(text), words, 40)
    assert_exact(article(text), passages)
    assert all(passage.text.endswith(";") and passage.tokens <= 60 for passage in passages)


def test_a_sentence_without_clauses_is_cut_between_words() -> None:
    text = " ".join(["harbour"] * 300)
    passages = split(article(text), words, 40)
    assert all(re.fullmatch(r"harbour( harbour)*", passage.text) for passage in passages)
    assert max(passage.tokens for passage in passages) <= 60
    assert min(passage.tokens for passage in passages) >= 30


def test_a_word_without_end_is_cut_anywhere_but_before_a_combining_mark() -> None:
    text = "e\u0301" * 1000
    passages = split(article(text), characters, 40)
    assert_exact(article(text), passages)
    assert max(passage.tokens for passage in passages) <= 60
    assert not any(passage.text.startswith("\u0301") for passage in passages)


def test_sentences_are_counted_in_one_batch() -> None:
    sizes: list[int] = []

    def count(batch: Sequence[str]) -> list[int]:
        sizes.append(len(batch))
        return words(batch)

    split(article("The harbour closed. Ferries wait. Nobody knows why."), count)
    assert sizes == [3]


def test_a_target_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot hold a sentence"):
        split(article("The harbour closed."), words, 0)


def test_the_rules_have_a_version() -> None:
    assert RULES


@pytest.mark.parametrize("unit", ["word ", "Word. ", "x", "word, ", "a\n", "漢"])
def test_long_texts_without_structure_complete(unit: str) -> None:
    whole = article(unit * (200_000 // len(unit)))
    assert_exact(whole, split(whole, characters))


def test_real_articles_are_cut_well() -> None:
    files = sorted(ARTICLES.glob("*.txt")) if ARTICLES.exists() else []
    if not files:
        pytest.skip(f"the real articles are not at {ARTICLES}")
    for file in files:
        whole = read_file(file, id=file.name)
        passages = split(whole, characters)
        assert_exact(whole, passages)
        assert all(40 <= passage.tokens <= 180 for passage in passages)
        assert not any("source site" in p.text or "of page" in p.text or "Source link" in p.text for p in passages)


@given(texts.filter(str.strip), st.integers(1, 50))
def test_parts_of_a_long_sentence_hold_all_of_it_and_none_is_longer(text: str, longest: int) -> None:
    letters = ["".join(text[start:end].split()) for start, end in parts(text, Span(0, len(text)), longest)]
    assert "".join(letters) == "".join(text.split())
    assert all(len(part) <= longest for part in letters)
