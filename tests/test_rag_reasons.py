"""An answer to why gives a reason, or is known to evade."""

from __future__ import annotations

import pytest

from rag.reasons import evades


@pytest.mark.parametrize(
    ("question", "said", "code", "evasive"),
    [
        ("Why is Russia closing its mission?", "Russia closes its mission to NATO in Brussels.", "en", True),
        ("Why is Russia closing its mission?", "Russia closes its mission because of the expulsions.", "en", False),
        ("Why is Russia closing its mission?", "Russia closes its mission to protest.", "en", False),
        ("Why is Russia closing its mission?", "Because of spies, Russia closes its mission.", "en", False),
        ("Warum schließt Russland seine Vertretung?", "Der Grund ist, dass Russland seine Leute ruft.", "de", False),
        ("Varför stänger Ryssland sitt kontor?", "Eftersom Nato utvisar stänger Ryssland kontoret.", "sv", False),
        ("Why is Russia closing its mission?", "Allegations of espionage.", "en", False),
        ("When is Russia closing its mission?", "Russia closes its mission in November.", "en", False),
        ("Varför stänger Ryssland sitt kontor?", "Ryssland stänger sitt kontor i Bryssel.", "sv", True),
        ("Varför stänger Ryssland sitt kontor?", "Ryssland stänger sitt kontor på grund av spioneri.", "sv", False),
        ("Hvorfor stenger Russland kontoret?", "Russland stenger kontoret i Brussel.", "no", True),
        ("Hvorfor stenger Russland kontoret?", "Russland stenger kontoret for å svare Nato.", "no", False),
        ("Warum schließt Russland seine Vertretung?", "Russland schließt seine Vertretung in Brüssel.", "de", True),
        ("Warum schließt Russland seine Vertretung?", "Russland schließt sie, weil Diplomaten gehen.", "de", False),
        ("Pourquoi la Russie ferme-t-elle sa mission ?", "La Russie ferme sa mission à Bruxelles.", "fr", True),
        ("¿Por qué Rusia cierra su misión?", "Rusia cierra su misión en Bruselas.", "es", True),
        ("¿Por qué Rusia cierra su misión?", "Rusia cierra su misión tras la expulsión.", "es", False),
        ("???", "!!!", "und", False),
        ("Why?", "It does.", "en", False),
    ],
)
def test_what_only_says_the_question_again_evades(question: str, said: str, code: str, evasive: bool) -> None:
    assert evades(said, question, code) is evasive


@pytest.mark.parametrize(
    ("question", "said", "code"),
    [
        ("Why was he arrested?", "He was arrested on suspicion of fraud.", "en"),
        ("Why was Navalny jailed?", "Navalny was jailed on charges of fraud.", "en"),
        ("Why did Truss resign?", "Truss resigned on health grounds.", "en"),
        ("Why did Russia close its mission?", "Russia closed its mission, citing the expulsion of diplomats.", "en"),
        ("Why did Russia close its mission?", "Russia closed its mission in reaction to the expulsions.", "en"),
        ("Why did the ship sink?", "The ship sank when it hit an iceberg.", "en"),
        ("Why was the flight cancelled?", "The flight was cancelled, caused by fog.", "en"),
        ("Varför stänger Ryssland sitt kontor?", "Ryssland stänger sitt kontor i protest mot utvisningarna.", "sv"),
        ("Varför stänger Ryssland sitt kontor?", "Ryssland stänger sitt kontor som reaktion på dem.", "sv"),
        ("Varför greps mannen?", "Mannen greps för mord.", "sv"),
        ("Varför greps mannen?", "Mannen greps misstänkt av polisen.", "sv"),
        ("Hvorfor stenger Russland kontoret?", "Russland stenger kontoret som reaksjon på utvisningene.", "no"),
        ("Hvorfor lukker Rusland sin mission?", "Rusland lukker sin mission som reaktion på dem.", "da"),
        ("Warum schließt Russland seine Vertretung?", "Russland schließt seine Vertretung aus Protest.", "de"),
        ("Warum schließt Russland seine Vertretung?", "Russland schließt seine Vertretung als Antwort.", "de"),
        ("Pourquoi la Russie ferme-t-elle sa mission ?", "La Russie ferme sa mission en représailles.", "fr"),
        ("¿Por qué Rusia cierra su misión?", "Rusia cierra su misión en represalia a la expulsión.", "es"),
        ("¿Por qué Rusia cierra su misión?", "Rusia cierra su misión a raíz de la expulsión.", "es"),
        ("Perché la Russia chiude la sua missione?", "La Russia chiude la sua missione come ritorsione.", "it"),
    ],
)
def test_a_reason_is_known_by_the_words_it_is_given_with(question: str, said: str, code: str) -> None:
    assert not evades(said, question, code)
