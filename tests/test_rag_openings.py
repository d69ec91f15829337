"""A claim that has somebody else begin the sentence of its quote."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.verdicts.openings import another


@pytest.mark.parametrize(
    ("said", "quoted", "code", "known", "is_another"),
    [
        ("Google bought the company.", "Apple bought the company.", "en", "apple", True),
        ("Macron resigned.", "Scholz resigned on Monday.", "en", "scholz", True),
        ("Macron resigned.", "On Monday, Scholz resigned.", "en", "scholz", True),
        ("Scholz trat zurück.", "Merz trat zurück.", "de", "merz", True),
        ("Google a acheté l'entreprise.", "Apple a acheté l'entreprise.", "fr", "apple", True),
        ("Macron avgick.", "Kristersson avgick.", "sv", "kristersson", True),
        ("Google bought the company.", "Apple bought the company.", "en", "", False),  # both may be nouns
        ("Ministern avgick.", "Kristersson avgick.", "sv", "kristersson", False),
        ("Bolaget köpte Polestar.", "Google köpte Polestar.", "sv", "google", False),
        ("Officials said so.", "Scholz said so.", "en", "scholz", False),
        ("He resigned.", "Scholz resigned.", "en", "scholz", False),
        ("Scholz resigned.", "Olaf Scholz resigned.", "en", "olaf scholz", False),
        ("Zelensky said so.", "Zelenskyj said so.", "en", "zelenskyj", False),
        ("Menschen flohen.", "Merz floh.", "de", "merz", False),
        ("Google bought the company.", "Apple sold the company.", "en", "apple", False),
        ("Norge.", "Sverige.", "sv", "sverige", False),
        ("", "Scholz.", "de", "scholz", False),
    ],
)
def test_who_does_what_a_name_does_in_the_quote(
    said: str, quoted: str, code: str, known: str, is_another: bool
) -> None:
    assert another(said, quoted, code, frozenset(known.split())) is is_another


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["en", "de", "und"]))
def test_any_two_texts_can_be_compared(said: str, quoted: str, code: str) -> None:
    assert not another(said, quoted, code, frozenset())
