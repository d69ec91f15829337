"""Bounds of numbers: more than, at least, nearly, no more than."""

from __future__ import annotations

import pytest

from rag.verdicts.refute import of_another_kind


@pytest.mark.parametrize(
    ("claim", "quote", "code", "opposed"),
    [
        ("More than 100 people died.", "Nearly 100 people died.", "en", True),
        ("More than 100 people died.", "Almost 100 people died.", "en", True),
        ("Fler än 100 personer dog.", "Nästan 100 personer dog.", "sv", True),
        ("Mehr als 100 Menschen starben.", "Fast 100 Menschen starben.", "de", True),
        ("Plus de 100 personnes sont mortes.", "Presque 100 personnes sont mortes.", "fr", True),
        ("Más de 100 personas murieron.", "Casi 100 personas murieron.", "es", True),
        ("Over two hundred people died.", "Under two hundred people died.", "en", True),
        ("Più di 100 persone sono morte.", "Quasi 100 persone sono morte.", "it", True),
        ("Meer dan 100 mensen stierven.", "Bijna 100 mensen stierven.", "nl", True),
        ("Mais de 100 pessoas morreram.", "Quase 100 pessoas morreram.", "pt", True),
        ("At least 100 people died.", "No fewer than 100 people died.", "en", False),
        ("At most 100 people died.", "No more than 100 people died.", "en", False),
        ("More than 100 people died.", "No more than 100 people died.", "en", True),
        ("Minst 100 personer dog.", "Inte mer än 100 personer dog.", "sv", True),
        ("Högst 100 personer dog.", "Inte fler än 100 personer dog.", "sv", False),
        ("Höchstens 100 Menschen starben.", "Nicht mehr als 100 Menschen starben.", "de", False),
        ("Høyst 100 mennesker døde.", "Ikke mer enn 100 mennesker døde.", "no", False),
        ("Mindst 100 mennesker døde.", "Ikke færre end 100 mennesker døde.", "da", False),
        ("Au moins 100 personnes sont mortes.", "Pas moins de 100 personnes sont mortes.", "fr", False),
        ("Al menos 100 personas murieron.", "No menos de 100 personas murieron.", "es", False),
        ("Priset steg under två år.", "Priset steg i mer än två år.", "sv", False),
        ("Priset föll under 2022.", "Priset föll med mer än 5 procent under 2022.", "sv", False),
        ("More than 100 people, almost all children, died.", "More than 100 people died.", "en", False),
        ("Almost all people died.", "More than 100 people died.", "en", False),
        ("Более 100 человек погибли.", "Почти 100 человек погибли.", "ru", True),
        ("Over half of the voters said yes.", "Under half of the voters said yes.", "en", True),
        ("More than $100 million was paid.", "Nearly $100 million was paid.", "en", True),
        ("Über zweihundert Menschen starben.", "Unter zweihundert Menschen starben.", "de", True),
        ("Er ist unter drei Kandidaten.", "Er ist einer von mehr als drei Kandidaten.", "de", False),
        ("Yli 100 ihmistä kuoli.", "Lähes 100 ihmistä kuoli.", "fi", True),
        ("Ponad 100 osób zginęło.", "Prawie 100 osób zginęło.", "pl", True),
        ("Понад 100 людей загинули.", "Майже 100 людей загинули.", "uk", True),
        ("Kan bidra med upp till 1000 dollar.", "Kan med minst $ 5000 bidra upp till $ 1000 dollar.", "sv", False),
    ],
)
def test_bounds_exclude_one_another(claim: str, quote: str, code: str, *, opposed: bool) -> None:
    assert of_another_kind(claim, code, quote, code) is opposed
    assert of_another_kind(quote, code, claim, code) is opposed
