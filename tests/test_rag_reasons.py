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
