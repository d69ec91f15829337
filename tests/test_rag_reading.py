"""The model reads the best passage first, and more only when it finds no answer there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from conftest import article
from hypothesis import given
from hypothesis import strategies as st

from index.types import Hit, Passage
from rag import prompt
from rag.engine.double import ParrotModel
from rag.engine.port import Sampling
from rag.reading import AS_THEY_ARE, INSISTENTLY, NATIVELY, ROUNDS, Given, Reading, Round, Said, added, rounds
from rag.types import Opinion

TEXTS = (
    "The harbour was closed on Monday.",
    "Seven ships waited outside.",
    "The mayor blamed the storm.",
    "Rain fell.",
)


def hits(count: int) -> list[Hit]:
    """The first of the texts, each an article of one passage."""
    return [hit(text, rank) for rank, text in enumerate(TEXTS[:count], start=1)]


def hit(text: str, rank: int = 1) -> Hit:
    """An article of one passage, as it was found."""
    one = article(f"a{rank}", text)
    return Hit(Passage(one.id, 0, len(text), text, 6), one, 1.0 / rank, rank)


def read(question: str, found: list[Hit], model: ParrotModel | None = None, asked_in: str = "en") -> tuple[str, Round]:
    one = Round(model or ParrotModel(), Sampling(), question, Given(found, asked_in), asked_in, threading.Event())
    return "".join(one), one


def said(text: str, *, refused: bool = False, says: Said = frozenset()) -> Reading:
    """What came of a round."""
    return Reading(Opinion(text, 1, refused, 0.5, {"unfound": -1.0}), (), says)


@given(st.integers(0, 4))
def test_rounds_grow_from_the_best_and_never_repeat(count: int) -> None:
    found = hits(count)
    made = list(rounds(found, "en", [said(prompt.REFUSAL, refused=True)]))
    assert [len(one.hits) for one in made] == sorted({min(size, count) for size in ROUNDS})
    assert all(list(one.hits) == found[: len(one.hits)] for one in made)
    assert not any(one.natively for one in made)


@pytest.mark.parametrize("asked_in", ["sv", "de", "ru"])
def test_a_foreign_question_that_was_refused_is_asked_again_in_its_own_words(asked_in: str) -> None:
    readings = [said(prompt.REFUSAL, refused=True)]
    again = list(rounds(hits(4), asked_in, readings))[len(ROUNDS) :]
    natively = [(size, asked_in, True) for size in NATIVELY]
    as_they_are = [(size, "en", False) for size in AS_THEY_ARE]
    assert [(len(one.hits), one.answer_in, one.natively) for one in again] == natively + as_they_are


def test_a_foreign_question_is_asked_no_more_once_it_is_answered() -> None:
    assert len(list(rounds(hits(4), "sv", [said("Sju fartyg.")]))) == len(ROUNDS)
    readings = [said(prompt.REFUSAL, refused=True)]
    asking = rounds(hits(4), "sv", readings)
    for _ in range(len(ROUNDS) + 1):
        next(asking)
    readings.append(said("Sju fartyg."))
    assert [one.natively for one in asking] == [True]


def test_what_is_written_alike_is_not_foreign() -> None:
    found = [replace(hit, article=replace(hit.article, language="da")) for hit in hits(2)]
    assert len(list(rounds(found, "no", []))) == 2
    assert len(list(rounds(found, "sv", []))) == 4


def test_in_its_own_words_means_the_words_around_the_question() -> None:
    built = prompt.build("Vad stängde?", hits(1), "sv", natively=True)
    assert built.question == "Fråga: Vad stängde?\nSvar på svenska:"
    assert built.passages == prompt.build("Vad stängde?", hits(1), "sv").passages
    assert not prompt.has_words("en")
    assert prompt.build("What?", hits(1), "en", natively=True) == prompt.build("What?", hits(1), "en")


def test_what_only_says_the_question_again_counts_as_a_refusal() -> None:
    _, one = read("What did the harbour that was closed on Monday close?", hits(1))
    assert one.draft.text == "The harbour was closed on Monday."
    assert one.draft.hollow
    assert one.draft.refused


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("The office closes on Monday, 4 March.", "The office closes on 4 March 2022.", True),
        ("In November 2021.", "On 1 November 2021.", True),
        ("In November.", "On 1 November.", True),
        ("From 1 to 5 November 2021.", "On 1 November 2021.", True),
        ("On Monday and Tuesday.", "On Monday.", True),
        ("Seven ships sank on 4 March.", "Seven ships sank in March.", True),
        ("The office closes on 4 March.", "The office closes on 5 March.", False),
        ("On 1 November 2021.", "On 2 November 2021.", False),
        ("In November 2021.", "In October 2021.", False),
        ("Monday.", "Tuesday.", False),
        ("Falk resigned on Monday, 4 March.", "Berg resigned on Monday, 4 March.", False),
        ("Seven on 4 March 2021.", "Eight on 4 March 2021.", False),
        ("Seven ships sank.", "Eight ships sank.", False),
        ("Seven ships sank, with 12 men.", "Seven ships sank.", True),
        ("7 ships sank.", "Seven ships sank there.", True),
        ("Seven ships sank off Luleå.", "Ships sank off Luleå in 2021.", True),
        ("Seven ships sank in 2021.", "Eight ships sank in 2021.", False),
        ("The loss was 3 billion kronor.", "The loss was 3 kronor.", True),
    ],
)
def test_answers_agree_on_what_is_said_and_when(one: str, other: str, agree: bool) -> None:
    first, second = (said(text, says=added(text, "When does the office close?", "en")) for text in (one, other))
    assert first.agrees(second) is second.agrees(first) is agree


def test_what_an_answer_adds_is_read_in_its_own_language() -> None:
    text = "The office was closed in the spring."
    assert {"the", "was"} & added(text, "När stängde kontoret?", "sv")
    assert not {"the", "was"} & added(text, "När stängde kontoret?", "sv", "en")


def test_the_language_of_what_was_said_is_known() -> None:
    assert read("Vad om ships waited outside?", hits(2), asked_in="sv")[1].draft.said_in == "sv"  # too short to tell
    question = "Varför blev the harbour closed on Monday?"
    found = [hit("The harbour was closed on Monday because of the storm.")]
    assert read(question, found, asked_in="sv")[1].draft.said_in == "en"
    copied = "Hamnen stängdes på måndagen på grund av stormen. 1998, 2002, 2006, 2010, 2014, 2018."
    for question, text in (("Varför stängdes hamnen?", copied[:48]), ("1998, 2002?", copied[49:])):
        last = Round(ParrotModel(), Sampling(), question, Given([hit(copied)], "en"), "sv", threading.Event())
        assert "".join(last) == text
        assert last.draft.said_in == ("sv" if "hamnen" in question else "en")


def test_passages_of_an_unknown_language_are_not_asked_again() -> None:
    found = [replace(hit, article=replace(hit.article, language="und")) for hit in hits(4)]
    assert len(list(rounds(found, "sv", []))) == len(ROUNDS)


def test_where_all_is_refused_that_passages_state_the_model_may_not_refuse() -> None:
    found, readings = hits(4), [said(prompt.REFUSAL, refused=True)]
    seen: list[int] = []

    def states(read: Sequence[Hit]) -> float:
        seen.append(len(read))
        return 1.0

    assert [(len(one.hits), one.stated) for one in rounds(found, "en", readings, states)] == [
        *((size, None) for size in ROUNDS),
        *((size, 1.0) for size in INSISTENTLY),
    ]
    assert seen == list(INSISTENTLY)
    for count, read in ((1, (1,)), (0, ())):
        assert (
            tuple(len(one.hits) for one in rounds(hits(count), "en", readings, states) if one.stated is not None)
            == read
        )


@pytest.mark.parametrize(("swedish", "read"), [((), (1, 2)), ((1, 2), (1,)), ((0,), ()), ((0, 1, 2), ())])
def test_the_model_may_always_refuse_what_passages_of_other_languages_state(
    swedish: tuple[int, ...], read: tuple[int, ...]
) -> None:
    found = hits(3)
    for place in swedish:
        found[place] = replace(found[place], article=replace(found[place].article, language="sv"))
    readings = [said(prompt.REFUSAL, refused=True)]
    for asked_in in ("sv", "en"):
        insisted = [one for one in rounds(found, asked_in, readings, lambda _: 4.0) if one.stated is not None]
        assert tuple(len(one.hits) for one in insisted) == read


@pytest.mark.parametrize("stated", [None, -4.0])
def test_what_passages_do_not_state_may_be_refused(stated: float | None) -> None:
    readings = [said(prompt.REFUSAL, refused=True)]
    assert not any(one.stated is not None for one in rounds(hits(4), "en", readings, lambda _: stated))


def test_a_model_that_does_not_tell_how_it_might_have_begun_is_not_asked_what_passages_state() -> None:
    opinion = replace(said(prompt.REFUSAL, refused=True).opinion, signals={})
    seen: list[int] = []
    readings = [Reading(opinion, (), frozenset())]
    assert len(list(rounds(hits(4), "en", readings, lambda read: seen.append(len(read))))) == len(ROUNDS)
    assert seen == []


def test_nothing_is_insisted_on_once_there_is_an_answer() -> None:
    assert len(list(rounds(hits(4), "en", [said("Seven ships.")], lambda _: 4.0))) == len(ROUNDS)
    readings = [said(prompt.REFUSAL, refused=True)]
    asking = rounds(hits(4), "en", readings, lambda _: 4.0)
    while next(asking).stated is None:
        pass
    readings.append(said("Seven ships."))
    assert list(asking) == []


@pytest.mark.parametrize("insists", [True, False])
def test_who_may_not_refuse_is_held_back_by_all_means(insists: bool) -> None:
    model = ParrotModel()
    given = Given(hits(1), "en", stated=1.0 if insists else None)
    list(Round(model, Sampling(reluctance=1.5), "How many ships?", given, "en", threading.Event()))
    (sampling,) = model.samplings
    assert sampling.openings == ((prompt.REFUSAL,),)
    assert (sampling.reluctance > 10) is insists
    assert insists or sampling.reluctance == 1.5


def test_what_is_said_is_shown_and_kept() -> None:
    shown, one = read("How many ships waited?", hits(2))
    assert shown == one.draft.text == "Seven ships waited outside."
    assert one.draft.read == 2
    assert len(one.draft.logprobs) == 4
    assert not one.draft.refused


def test_a_refusal_is_never_shown() -> None:
    shown, one = read("Who won?", hits(2))
    assert shown == ""
    assert one.draft.refused
    assert one.draft.text == prompt.REFUSAL


def test_words_that_only_begin_like_a_refusal_are_shown_in_the_end() -> None:
    assert prompt.may_refuse("NOT")
    assert not prompt.may_refuse("NOTHING happened")
    shown, one = read("Whose NOTE?", [*hits(1)], ParrotModel(refusal="NOTE the harbour."))
    assert shown == one.draft.text == "NOTE the harbour."


def test_how_near_a_refusal_was_is_known_where_the_engine_tells() -> None:
    assert read("Who won?", hits(2), ParrotModel(leaning=0.0))[1].draft.unfound == 0.0
    assert read("How many ships waited?", hits(2), ParrotModel(leaning=0.0))[1].draft.unfound == -12.0
    assert read("How many ships waited?", hits(2))[1].draft.unfound is None
