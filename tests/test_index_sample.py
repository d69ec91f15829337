"""The articles shipped with Pullquote: enough of them, whole, dated, and in our own words."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from conftest import SHARED

from index.load import READERS, read_file
from index.types import Article

ORIGINALS = SHARED / "articles"
LONGEST_SHARED_RUN = 7  # words; titles of offices and names make some runs unavoidable


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The sample corpus as the index reads it, by file name."""
    with resources.as_file(resources.files("index") / "sample") as folder:
        return {path.name: read_file(path, id=path.name) for path in sorted(folder.iterdir())}


def words(text: str) -> list[str]:
    """The words of a text, case folded."""
    return re.findall(r"\w+(?:[-'’]\w+)*", text.casefold())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of so many consecutive words."""
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def test_there_is_nothing_but_articles() -> None:
    folder = resources.files("index") / "sample"
    names = [entry.name for entry in folder.iterdir()]
    assert len(names) >= 7
    assert {Path(name).suffix for name in names} == {".txt", ".md"} <= set(READERS)


def test_each_has_a_title_and_a_day(articles: dict[str, Article]) -> None:
    for name, article in articles.items():
        assert len(article.title.split()) >= 5, name
        assert article.title in article.text, name
        assert article.published is not None, name
        assert date(2021, 10, 1) <= article.published <= date(2021, 10, 31), name


def test_the_days_are_those_that_the_files_state(articles: dict[str, Article]) -> None:
    assert articles["russia-closes-nato-mission.txt"].published == date(2021, 10, 19)
    assert articles["nato-expels-eight-russians.md"].published == date(2021, 10, 7)
    assert articles["ryssland-stanger-natokontor.txt"].published == date(2021, 10, 19)
    assert articles["russland-schliesst-vertretung.txt"].published == date(2021, 10, 19)
    assert articles["nato-og-russland-bakgrunn.md"].published == date(2021, 10, 21)


def test_several_languages(articles: dict[str, Article]) -> None:
    languages = [article.language for article in articles.values()]
    assert languages.count("en") >= 4
    assert languages.count("sv") >= 2
    assert "de" in languages
    assert {"no", "nb"} & set(languages)


def test_each_has_the_length_of_a_short_article(articles: dict[str, Article]) -> None:
    for name, article in articles.items():
        assert 150 <= len(words(article.text)) <= 350, name


def test_the_question_of_the_readme_is_answered_by_one_sentence(articles: dict[str, Article]) -> None:
    text = articles["russia-closes-nato-mission.txt"].text
    (sentence,) = (s for s in re.split(r"(?<=\.)\s", text) if "On November 1" in s)
    assert "close its permanent mission" in sentence
    assert "Brussels" in sentence


@pytest.mark.skipif(not ORIGINALS.is_dir(), reason=f"LOUD: {ORIGINALS} is not on this machine; wording is not compared")
def test_no_wording_is_taken_from_the_articles_behind_the_facts(articles: dict[str, Article]) -> None:
    length = LONGEST_SHARED_RUN + 1
    originals = {path.name: runs(path.read_text(encoding="utf-8"), length) for path in ORIGINALS.glob("*.txt")}
    assert len(originals) == 5
    for name, article in articles.items():
        for original, theirs in originals.items():
            assert not runs(article.text, length) & theirs, f"{name} shares wording with {original}"
