"""An answer that only says the question again is none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import rag
from rag.hollow import is_hollow


@pytest.mark.parametrize(
    ("question", "said", "code"),
    [
        ("What does the harbour close on Monday?", "The harbour closes on Monday.", "en"),
        ("What does the harbour close on Monday?", "Yes.", "en"),
        ("Who won the race in Oslo?", "Yes, the race in Oslo was won.", "en"),
        ("In which year did the harbour of Luleå open?", "The harbour of Luleå opened in that year.", "en"),
        ("Was schließt der Hafen in Kiel?", "Ja, der Hafen schließt in Kiel.", "de"),
        ("Was schließt der Hafen in Kiel?", "Der Hafen schließt in Kiel.", "de"),
        ("Hva stenger havnen i Bergen?", "Havnen stenger i Bergen.", "no"),
        ("Vad stänger hamnen i Luleå?", "Hamnen stänger i Luleå.", "sv"),
        ("¿Qué cierra el puerto en Cádiz?", "El puerto cierra en Cádiz.", "es"),
        ("¿A quién debe escribir Falk tras el cierre?", "Falk debe escribir a Falk tras el cierre.", "es"),
        ("À qui le port doit-il écrire en cas d'urgence ?", "Le port doit écrire au port en cas d'urgence.", "fr"),
    ],
)
def test_what_only_says_the_question_again_is_hollow(question: str, said: str, code: str) -> None:
    assert is_hollow(said, question, code)


@pytest.mark.parametrize(
    ("question", "said", "code"),
    [
        ("What does the harbour close on Monday?", "The harbour closes its office.", "en"),
        ("When does the harbour close?", "The harbour closes on 4 March.", "en"),
        ("When does the harbour close?", "The harbour closes on Friday.", "en"),
        ("When did the harbour close in 2021?", "On 4 March 2021.", "en"),
        ("How many ships of the seven left?", "All of the ships.", "en"),
        ("Who won the race, Falk or Berg?", "Falk won the race.", "en"),
        ("Which town has more harbours, Luleå or Piteå?", "Luleå.", "en"),
        ("Who won the match between Falk and Berg?", "Falk won the match.", "en"),
        ("Did the harbour close on Monday?", "Yes, the harbour closed on Monday.", "en"),
        ("Did the harbour close?", "Yes.", "en"),
        ("Was it Falk who closed the harbour?", "Yes.", "en"),
        ("When Falk closed the harbour, did Berg protest?", "Yes, Berg protested.", "en"),
        ("What did Falk join, the council and the board?", "Falk joined the board.", "en"),
        ("How many of the ships left the harbour?", "All the ships left the harbour.", "en"),
        ("What happened to the harbour of Luleå?", "No, the harbour of Luleå did not close.", "en"),
        ("Where is the University of Oslo?", "The University of Oslo is in Oslo.", "en"),
        ("What is the capital of Luxembourg?", "Luxembourg.", "en"),
        ("Var Falk i Luleå?", "Ja.", "sv"),
        ("Vet man varför hamnen stängde?", "Nej.", "sv"),
        ("Hur många fartyg lämnade hamnen?", "Alla fartyg lämnade hamnen.", "sv"),
        ("Hvis havnen lukker, vil Falk så svare?", "Ja.", "da"),
        ("Weiß man, warum der Hafen schließt?", "Nein.", "de"),
        ("Est-ce que le port ferme à Brest ?", "Oui, le port ferme à Brest.", "fr"),
        ("Is het waar dat de haven sluit?", "Ja.", "nl"),
        ("Wat heeft Falk in Gent?", "Falk heeft geen huis in Gent.", "nl"),
        ("È vero che il porto chiude?", "Sì.", "it"),
        ("When did the harbour close?", "The harbour did not close.", "en"),
        ("Vem vann loppet, Falk eller Berg?", "Falk vann loppet.", "sv"),
        ("Stängde hamnen i Luleå?", "Ja, hamnen i Luleå stängde.", "sv"),
        ("???", "!!!", "und"),
        ("What?", "", "en"),
        ("What?", "Closed.", "en"),
    ],
)
def test_what_tells_anything_is_not(question: str, said: str, code: str) -> None:
    assert not is_hollow(said, question, code)


def test_every_language_has_every_table() -> None:
    tables = tomllib.loads(Path(rag.__file__).with_name("hollow.toml").read_text(encoding="utf-8"))
    assert {part: set(words) for part, words in tables.items()} == {part: set(tables["asks"]) for part in tables}
