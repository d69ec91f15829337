"""Articles that contradict one another: both sides are quoted, and only where they really differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import article

from index.embed import LetterEmbedder
from index.library import Library
from index.types import Hit, Passage
from rag.chatbot import Chatbot
from rag.dispute import LOOKED_AT, contradicts, rivals, told
from rag.engine.double import ParrotModel
from rag.reading import Reading
from rag.settings import Settings
from rag.types import Answer, Checked, Citation, Done, Found, Opinion, Quote, Source

EIGHT = "Eight diplomats of the mission were expelled by the alliance."
TEN = "The alliance expelled ten diplomats of the mission, officials said."
AGAIN = "Some 8 diplomats of the mission had been expelled from the alliance."
SWEDISH = "Tio diplomater vid delegationen utvisades av alliansen."
QUESTION = "How many diplomats of the mission were expelled by the alliance?"


def ask(library: Library, settings: Settings, texts: Sequence[str], question: str = QUESTION) -> Answer:
    library.ingest_articles([article(f"article {place}", text) for place, text in enumerate(texts)])
    with Chatbot(library, ParrotModel(leaning=3.0), LetterEmbedder(), settings) as bot:
        return bot.ask(question)


def test_another_number_in_another_article_is_told_and_both_are_quoted(library: Library, settings: Settings) -> None:
    answer = ask(library, settings, [EIGHT, TEN])
    assert answer.disputed
    assert "Another article says otherwise:" in answer.text
    assert {quote.text for quote in answer.quotes} == {EIGHT, TEN}
    assert [quote.number for quote in answer.quotes] == [1, 2]
    assert all(answer.text[one.start : one.end] == one.sentence for one in answer.citations)
    assert answer.grounded


def test_the_answer_is_there_before_another_article_is_read(library: Library, settings: Settings) -> None:
    library.ingest_articles([article(f"article {place}", text) for place, text in enumerate([EIGHT, TEN])])
    with Chatbot(library, ParrotModel(leaning=3.0), LetterEmbedder(), settings) as bot:
        events = list(bot.stream(QUESTION))
        alone = list(bot.stream(QUESTION, within=["article 0"]))
    *_, checked, done = events
    assert isinstance(checked, Checked)
    assert isinstance(done, Done)
    assert not checked.answer.disputed
    assert done.answer.disputed
    assert done.answer.text.startswith(checked.answer.text)
    assert not any(isinstance(event, Checked) for event in alone)


def test_a_library_that_takes_its_place_meanwhile_contradicts_nothing(
    library: Library, settings: Settings, tmp_path: Path
) -> None:
    library.ingest_articles([article("ours", EIGHT)])
    with Library.open(tmp_path / "other", LetterEmbedder(), settings) as other:
        other.ingest_articles([article("theirs", TEN)])
        with Chatbot(library, ParrotModel(leaning=3.0), LetterEmbedder(), settings) as bot:
            events = bot.stream(QUESTION)
            first = next(events)
            bot.library = other
            *_, done = events
            assert isinstance(first, Found)
            assert isinstance(done, Done)
            assert done.answer.status == "answered"
            assert not done.answer.disputed
            bot.library = library


@pytest.mark.parametrize("other", [AGAIN, "The harbour was closed for ten days, sailors said on Monday."])
def test_the_same_number_or_another_matter_is_no_disagreement(library: Library, settings: Settings, other: str) -> None:
    answer = ask(library, settings, [EIGHT, other])
    assert answer.status == "answered"
    assert not answer.disputed
    assert "otherwise" not in answer.text


def test_it_can_be_switched_off(library: Library, settings: Settings) -> None:
    answer = ask(library, settings.model_copy(update={"disputes": False}), [EIGHT, TEN])
    assert answer.status == "answered"
    assert not answer.disputed


def test_articles_may_disagree_across_languages(library: Library, settings: Settings) -> None:
    answer = ask(library, settings, [EIGHT, SWEDISH.replace("Tio", "10")])
    assert answer.status == "answered"
    assert {quote.article_id for quote in answer.quotes} <= {"article 0", "article 1"}


def test_an_answer_without_a_full_stop_gets_one_before_the_other_side() -> None:
    other = Reading(
        Opinion("Ten were. So it was.", 1, refused=False, confidence=0.9, signals={}),
        (Citation("Ten were.", 0, 9, (), "supported"), Citation("So it was.", 10, 20, (), "supported")),
        frozenset(),
    )
    both = told(
        Answer("How many?", "Åtta", "answered", (Citation("Åtta", 0, 4, (), "supported"),), language="sv"), other
    )
    assert both.text == "Åtta. En annan artikel säger något annat: Ten were. So it was."
    assert [both.text[one.start : one.end] for one in both.citations] == [one.sentence for one in both.citations]
    assert both.citations[1].sentence == "En annan artikel säger något annat: Ten were."
    assert both.disputed


BEGIN = "The mission closes after the summit, they say."


def said(text: str, source: str, before: str = "", language: str = "en", begin: str = BEGIN) -> Reading:
    """An answer that stands on a quote of an article of its own, and is believed; what is ``before`` is not quoted."""
    quoted = f"{begin} {text}"
    whole = replace(article(source, f"{before} {quoted}".strip()), language=language)
    quote = Quote(whole, len(whole.text) - len(quoted), len(whole.text), 1.0, 1)
    citations = (Citation(text, 0, len(text), (quote,), "supported"),)
    return Reading(Opinion(text, 1, refused=False, confidence=0.9, signals={}), citations, frozenset())


@pytest.mark.parametrize(
    ("ours", "theirs", "against"),
    [
        ("On November 1.", "In November.", False),
        ("In November.", "On November 1.", False),
        ("On November 1.", "On November 2.", True),
        ("Eight were.", "Ten were.", True),
        ("Eight were.", "They were, in 2021.", False),
        ("In 2020.", "In 2021.", True),
        ("In 2020.", "Ten were.", False),
        ("It fell by 20 percent.", "It fell by 3 billion kronor.", False),
        ("It fell by 20 percent.", "It fell by 30 per cent.", True),
        ("It is 8 km long.", "It is 5 miles long.", False),
        ("He got two years in prison.", "He got 24 months in prison.", False),
        ("It paid $10 million.", "It paid 12 million dollars.", True),
        ("A total of 63% voted for it.", "A total of 349 voted for it.", False),
        ("At least 100 were.", "120 were.", False),
        ("More than 100 were.", "At least 103 were.", False),
        ("Nearly 100 were.", "103 were.", False),
        ("1.2 million were.", "1,234,567 were.", False),
        ("100 to 150 were.", "120 were.", False),
        ("At least 100 were.", "80 were.", True),
        ("Twelve killed, 30 hurt.", "Twelve killed, 40 hurt.", True),
    ],
)
def test_only_what_cannot_both_be_so_is_a_contradiction(ours: str, theirs: str, against: bool) -> None:
    answer = Answer("When does the mission close?", ours, "answered", language="en")
    assert contradicts(said(theirs, "b"), said(ours, "a"), answer.question, answer) is against


@pytest.mark.parametrize(
    ("ours", "theirs", "against"),
    [
        ("On Thursday.", "On September 8.", False),
        ("On Thursday.", "On Friday.", True),
        ("On September 8, it said on Thursday.", "On September 8, it said on Friday.", False),
        ("On September 8, it said on Thursday.", "On September 9, it said on Thursday.", True),
        ("On 3 May 2021.", "On 3 May 2022.", True),
        ("In May 2021.", "In 2023.", True),
        ("In May 2021.", "In May.", False),
        ("Norway", "Las Vegas", True),
        ("“Norway”", "Las Vegas does.", True),
        ("Norway does.", "Norway’s rulers do.", False),
        ("Malmö", "Las Vegas", False),  # for all one knows it is a word like "Radishes"
        ("Radishes do.", "Seaweed does.", False),
        ("A short circuit did.", "An electrical fault did.", False),
        ("Norway does.", "Its rulers do.", False),
        ("In Norway, the UN did.", "The United Nations in Sweden did.", False),
        ("The IAEA did.", "The International Atomic Energy Agency did.", False),
        ("Paris Saint-Germain does.", "PSG does.", False),
        ("In Kyiv.", "In Kiev.", False),
        ("In Kyiv.", "In Moscow.", True),
        ("In the UK.", "In Britain.", False),
        ("In the U.S. it does.", "In America.", False),
        ("In Holland.", "In the Netherlands.", False),
        ("In Burma.", "In Myanmar.", False),
        ("The Federal Reserve.", "At the Fed.", False),
        ("In Moscow.", "In Russia.", False),
        ("In Brussels.", "In Belgium.", False),
        ("In France.", "In Europe.", False),
        ("In Kyiv.", "In Russia.", True),
        ("In Niger.", "In Nigeria.", True),
        ("In Mexico.", "In New Mexico.", True),
        ("It was Larsen.", "It was Larsson.", True),
        ("Between November 1 and 3.", "On November 2.", False),
        ("Before November 1.", "On October 30.", False),
        ("By December.", "On November 30.", False),
        ("In the 1990s.", "In 1994.", False),
        ("In the 1990s.", "In 2004.", True),
        ("In May 2021, before 2023.", "In May 2021.", False),
    ],
)
def test_days_and_names_are_held_against_their_like_and_words_against_nothing(
    ours: str, theirs: str, against: bool
) -> None:
    answer = Answer("What closes the mission after the summit?", ours, "answered", language="en")
    assert contradicts(said(theirs, "b"), said(ours, "a"), answer.question, answer) is against


@pytest.mark.parametrize(
    ("ours", "theirs", "code", "against"),
    [
        ("Durch Regen.", "Durch Schnee und Eis.", "de", False),
        ("Durch Anna Berg.", "Durch Erik Orlow.", "de", True),
        ("In der Ukraine.", "In Kiew.", "de", False),
        ("In Berlin.", "In Paris.", "de", True),
        ("Rund 100.", "103.", "de", False),
        ("I Kiev.", "I Ukraina.", "sv", False),
        ("I Kiev.", "I Ryssland.", "sv", True),
        ("Minst 100.", "120.", "sv", False),
    ],
)
def test_other_languages_disagree_no_sooner(ours: str, theirs: str, code: str, against: bool) -> None:
    asked = {"de": "Wie schließt die Mission?", "sv": "Hur stänger missionen?"}[code]
    answer = Answer(asked, ours, "answered", language=code)
    one, other = (said(text, text, language=code, begin=asked.replace("?", ".")) for text in (ours, theirs))
    assert contradicts(other, one, asked, answer) is against


@pytest.mark.parametrize("answer", ["Dubai", "“Dubai”", "Dubai does.", "Dubai’s rulers do."])
def test_a_name_may_open_an_answer(answer: str) -> None:
    question = "What closes the mission after the summit?"
    ours = said(answer, "a", before="They met in Dubai.")
    assert contradicts(said("Las Vegas", "b"), ours, question, Answer(question, answer, "answered", language="en"))


def test_names_in_articles_of_two_languages_contradict_nothing() -> None:
    answer = Answer("Where does the mission close after the summit?", "In Cologne.", "answered", language="en")
    cologne, bonn = said("In Cologne.", "a"), said("In Bonn.", "b")
    assert contradicts(bonn, cologne, answer.question, answer)
    assert not contradicts(said("In Bonn.", "b", language="de"), cologne, answer.question, answer)


def test_an_article_that_states_the_answer_in_other_words_is_not_asked() -> None:
    answer = Answer("How many were expelled by the alliance?", "Eight were.", "answered", language="en")
    best = said("Eight were.", "a")
    others = [article(f"b{number}", "Of the expelled by the alliance ten were.") for number in range(20)]
    hits = [Hit(Passage(one.id, 0, len(one.text), one.text, 1, 1), one, 1.0, 1) for one in others]
    found: list[int] = []
    weighed: list[str] = []

    def find(limit: int) -> list[Hit]:
        found.append(limit)
        return hits

    def support(source: Source) -> float:
        weighed.append(source.article.id)
        return 0.9 if source.article.id == "b0" else 0.1

    read = [source.article.id for source in rivals(best, answer.question, answer, find, support)]
    assert read == ["b1", "b2", "b3"]
    assert found == [LOOKED_AT]
    assert weighed == ["b0", *read]


def test_nothing_is_searched_for_an_answer_that_adds_nothing_to_compare() -> None:
    answer = Answer("Was the mission closed?", "Yes, it was closed for good.", "answered", language="en")

    def nothing(*_: object) -> NoReturn:
        pytest.fail("nothing had to be looked at")

    assert not list(rivals(said("Yes, it was closed for good.", "a"), answer.question, answer, nothing, nothing))


def test_an_article_is_asked_too_whose_passages_are_not_among_the_sources(library: Library, settings: Settings) -> None:
    few = settings.model_copy(update={"sources": 1})
    answer = ask(library, few, [EIGHT, AGAIN, TEN])
    assert len(answer.sources) == 1
    assert answer.disputed
    assert TEN in {quote.text for quote in answer.quotes}


def test_names_that_one_article_has_both_of_are_no_contradiction() -> None:
    answer = Answer("Who attended the summit?", "Joe Biden attended it.", "answered", language="en")
    biden, putin = said("Joe Biden attended it.", "a"), said("Vladimir Putin attended it.", "b")
    both = said("Vladimir Putin attended it.", "c", before="Later Joe Biden spoke.")
    assert contradicts(putin, biden, answer.question, answer)
    assert not contradicts(both, biden, answer.question, answer)
