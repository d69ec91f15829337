"""Somebody who is named holds the office that was asked for, or is known to hold another."""

from __future__ import annotations

import pytest

from rag.offices import another

_ELSEWHERE = '"They can call our ambassador in Bern," said Foreign Minister Ida Falk yesterday.'


@pytest.mark.parametrize(
    ("question", "said", "quote"),
    [
        ("Who is the ambassador to Switzerland?", "The ambassador to Switzerland is Ida Falk.", _ELSEWHERE),
        ("What is the name of the new ambassador in Bern?", "Her name is Ida Falk.", _ELSEWHERE),
        ("Who is the country's ambassador?", "Ida Falk", _ELSEWHERE),
        ("Who is the mayor of Bern?", "Falk", "President Falk came. The mayor thanked her."),
        ("Who is the vice president?", "Ida Falk is.", "President Ida Falk spoke. The vice president was ill."),
        ("Who is the president of Ruritania?", "Ida Falk.", "Vice President Ida Falk spoke for an hour."),
        ("Who was the president's spokesman?", "It was Falk.", "President Falk spoke. His spokesman did not."),
    ],
)
def test_another_office_is_told(question: str, said: str, quote: str) -> None:
    assert another(said, question, "en", [(quote, "en")])


@pytest.mark.parametrize(
    ("question", "said", "quote"),
    [
        ("Who is the foreign minister?", "Ida Falk", _ELSEWHERE),
        ("Who is the ambassador to Switzerland?", "Ida Falk", "The ambassador, Ida Falk, has left."),
        (
            "Who is the ambassador to Switzerland?",
            "Ida Falk",
            "Ida Falk, since May the ambassador to Switzerland, left.",
        ),
        ("Who is the ambassador?", "Ida Falk", "Ambassador Ida Falk spoke. Foreign Minister Falk is her sister."),
        ("Who is the chairman of the club?", "Ida Falk", "President Ida Falk opened the meeting."),  # no office of ours
        ("Who met the ambassador in Bern?", "Ida Falk", _ELSEWHERE),  # asks for no office
        ("Who is Ambassador Smith's guest?", "Ida Falk", _ELSEWHERE),
        ("Who is the ambassador?", "Nobody knows.", _ELSEWHERE),
        ("Who is the ambassador?", "Ida Falk", "Ida Falk has left."),
        ("Who is the ambassador, Ida Falk?", "Ida Falk", _ELSEWHERE),
        ("Who is the ambassador?", "Ida Falk", ""),
    ],
)
def test_no_other_office_is_told(question: str, said: str, quote: str) -> None:
    assert not another(said, question, "en", [(quote, "en")])


@pytest.mark.parametrize(
    ("code", "question", "quote", "right"),
    [
        (
            "sv",
            "Vem är ambassadör i Belgien?",
            "Utrikesminister Ida Falk bad dem ringa.",
            "Ambassadören Ida Falk reste.",
        ),
        ("no", "Hvem er ordfører i Bø?", "Statsminister Ida Falk kom. Ordføreren smilte.", "Ordfører Ida Falk reiste."),
        ("no", "Hvem er Norges utenriksminister?", "Forsvarsminister Ida Falk kom.", "Utenriksminister Ida Falk kom."),
        ("da", "Hvem er borgmester i Ribe?", "Statsminister Ida Falk kom.", "Borgmester Ida Falk kom."),
        ("de", "Wer ist der Bürgermeister von Ulm?", "Kanzlerin Ida Falk kam.", "Bürgermeisterin Ida Falk kam."),
        ("fr", "Qui est l'ambassadeur en Suisse ?", "Le président Ida Falk est venu.", "L'ambassadrice Ida Falk part."),
        ("es", "¿Quién es el alcalde de Lugo?", "El presidente Ida Falk llegó.", "La alcaldesa Ida Falk llegó."),
        ("it", "Chi è il sindaco di Bari?", "Il presidente Ida Falk parlò.", "La sindaca Ida Falk parlò."),
        ("nl", "Wie is de burgemeester van Ede?", "Premier Ida Falk kwam.", "Burgemeester Ida Falk kwam."),
        ("pt", "Quem é o embaixador na Suíça?", "O presidente Ida Falk falou.", "A embaixadora Ida Falk falou."),
    ],
)
def test_offices_are_known_in_many_languages(code: str, question: str, quote: str, right: str) -> None:
    assert another("Ida Falk", question, code, [(quote, code)])
    assert not another("Ida Falk", question, code, [(right, code)])


def test_question_and_quote_may_differ_in_language() -> None:
    question = "Who is the ambassador to Switzerland?"
    assert another("Ida Falk", question, "en", [("Utrikesminister Ida Falk bad dem ringa.", "sv")])
    assert not another("Ida Falk", question, "en", [("Ambassadören Ida Falk bad dem ringa.", "sv")])


def test_nothing_is_told_of_a_language_without_offices() -> None:
    assert not another("Ida Falk", "Kuka on suurlähettiläs?", "fi", [(_ELSEWHERE, "en")])
