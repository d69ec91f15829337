"""An article names a topic in whatever form and spelling, and not by a word that merely begins alike."""

from __future__ import annotations

import pytest

from index.load import make_article
from rag.catalogue import topic as topics


def names(topic: str, code: str, text: str, language: str) -> bool:
    article = make_article(text, id="a", title="", language=language)
    return bool(topics.naming([article], [topics.wanted(topic, code)]))


@pytest.mark.parametrize(
    ("topic", "code", "text", "language"),
    [
        ("NATO", "en", "The NATO chief spoke.", "en"),
        ("NATO", "en", "Nato's chief spoke.", "en"),
        ("NATO", "sv", "Natos chef talade.", "sv"),
        ("nato", "en", "The NATO chief spoke.", "en"),
        ("the US", "en", "The U.S. left.", "en"),
        ("the U.S.", "en", "The US left.", "en"),
        ("USA", "sv", "USA:s president talade.", "sv"),
        ("EU", "de", "Die EU-Kommission tagte.", "de"),
        ("UK", "en", "The UK's minister spoke.", "en"),
        ("the WHO", "en", "The WHO warned.", "en"),
        ("Lavrov", "sv", "Lavrovs tal var kort.", "sv"),
        ("Lavrov", "en", "Lawrow sprach kurz.", "de"),
        ("Lawrow", "de", "Lavrov spoke.", "en"),
        ("Lavrov", "en", "По словам Лаврова, миссия закрыта.", "ru"),
        ("Stoltenberg", "en", "Stoltenbergs tale var kort.", "no"),
        ("energy policy", "en", "The policies on energy were late.", "en"),
        ("wars", "en", "The war went on.", "en"),
        ("Köln", "de", "Der Kölner Dom steht.", "de"),
        ("Russia", "en", "Ryssland stänger kontoret.", "sv"),
        ("Ryssland", "sv", "Russia closes its mission.", "en"),
        ("l'OTAN", "fr", "NATO expels eight.", "en"),
        ("la Russie", "fr", "Russland schließt die Vertretung.", "de"),
        ("the United States of America", "en", "The United States left.", "en"),
        ("the United States", "en", "USA lämnar.", "sv"),
        ("USA", "de", "In den Vereinigten Staaten wird gewählt.", "de"),
        ("South Africa", "en", "Sydafrika röstade.", "sv"),
        ("Russia's war in Ukraine", "en", "Russia and Ukraine are at war.", "en"),
        ("e-mail", "en", "An e-mail was sent.", "en"),
        ("G20", "en", "The G20 met.", "en"),
    ],
)
def test_a_topic_is_named_in_any_form(topic: str, code: str, text: str, language: str) -> None:
    assert names(topic, code, text, language)


@pytest.mark.parametrize(
    ("topic", "code", "text", "language"),
    [
        ("the UK", "en", "Ukraine voted.", "en"),
        ("EU", "en", "Europe voted.", "en"),
        ("Niger", "en", "Nigeria voted.", "en"),
        ("Mali", "en", "A malicious attack.", "en"),
        ("war", "en", "Warsaw voted.", "en"),
        ("AI", "en", "The airline will aid.", "en"),
        ("the US", "en", "They use it with us.", "en"),
        ("USA", "en", "They use it.", "en"),
        ("USA", "es", "Se usa mucho.", "es"),
        ("UN", "en", "Un homme est parti.", "fr"),
        ("the WHO", "en", "The man who left.", "en"),
        ("IT", "en", "It rained.", "en"),
        ("NATO", "en", "The natofication went on.", "en"),
        ("policy", "en", "The police came.", "en"),
        ("Iran", "en", "Iraq voted.", "en"),
        ("new weapons", "en", "The news on weapons was bad.", "en"),
        ("Turkey", "en", "They ate turkish delight.", "en"),
        ("Austria", "en", "Australia voted.", "en"),
        ("Russia and Ukraine", "en", "Russia voted.", "en"),
    ],
)
def test_a_word_that_merely_looks_alike_is_another(topic: str, code: str, text: str, language: str) -> None:
    assert not names(topic, code, text, language)


def test_of_many_articles_other_spellings_are_found_if_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [make_article(text, id=text[:6]) for text in ("Lavrov left Moscow.", "Lawrow left Moscow.")]

    def found(topic: str) -> list[str]:
        return [one.id for one in topics.naming(articles, [topics.wanted(topic, "en")])]

    assert found("Lavrov") == ["Lavrov", "Lawrow"]
    monkeypatch.setattr(topics, "_MANY", 1)
    assert found("Lavrov") == ["Lavrov"]
    assert found("Lavrow") == ["Lavrov", "Lawrow"]
