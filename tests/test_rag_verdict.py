"""The probability behind a verdict, and the file its weights come from."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest

from index.embed import unit
from rag.facts.claims import Terms
from rag.verdicts.cues import told_to
from rag.verdicts.verdict import NAMES, Signals, Text, signals, support, values

ASKED = Terms.of("Who met?", "en")


def text(words: str, *vectors: list[float]) -> Text:
    """A sentence whose token vectors are these."""
    tokens = unit(np.array(vectors, dtype=np.float32))
    weights = np.full(len(vectors), 1 / len(vectors), dtype=np.float32)
    return Text(words, Terms.of(words, "en"), tuple(words.casefold().split()), tokens[0], tokens, weights)


def compared(claim: Text, *read: Text) -> Signals:
    everything = Terms.joined([one.terms for one in read])
    return signals(claim, ASKED, read, everything, best=0, run=[0])


def test_signals_by_hand() -> None:
    claim = text("Orlov met Berg", [1, 0], [0, 1])
    found = compared(claim, text("Orlov met nobody", [1, 0]), text("Berg", [0, 1]))
    # two words, one of which opens the sentence, are in the quote; a name, which counts double, was read elsewhere
    assert found.covered == pytest.approx(2 / 4)
    assert found.covered_all == 1.0
    assert found.names_missing == 0.0
    assert found.pairs == 0.5  # "orlov met" of "orlov met", "met berg"
    assert (found.aligned, found.aligned_all) == (0.5, 1.0)
    assert (found.weakest, found.weakest_all) == (0.0, 1.0)
    assert found.reverse == 1.0
    assert found.negation_differs == 1.0


@pytest.mark.parametrize(
    ("text", "code", "deeds"),
    [
        ("Russia has ordered Nato to close its office and told it to leave.", "en", ("close", "leave")),
        ("It asked about tomorrow.", "en", ()),
        ("They were asked to go.", "en", ()),  # nobody else is told: what follows is what they do
        ("Ryssland har beordrat Nato att stänga sitt kontor.", "sv", ("stänga",)),
        ("Russland har beordret Nato å stenge kontoret.", "no", ("stenge",)),
        ("Russland forderte die Nato auf, das Büro zu schließen.", "de", ("schließen",)),
        ("La Russie a ordonné à l’Otan de fermer son bureau.", "fr", ("fermer",)),
        ("Russia has ordered Nato to close it.", "fi", ()),
    ],
)
def test_what_somebody_is_told_to_do(text: str, code: str, deeds: tuple[str, ...]) -> None:
    assert told_to(text, code) == deeds


def test_nothing_embedded_says_nothing() -> None:
    plain = Text("Orlov met Berg", Terms.of("Orlov met Berg", "en"), ("orlov",))
    found = compared(plain, plain)
    assert (found.similar, found.aligned, found.covered) == (0.0, 0.0, 1.0)


def test_what_is_stated_word_for_word_is_likelier_than_what_is_not() -> None:
    claim = text("Orlov met Berg", [1, 0], [0, 1])
    same, other = compared(claim, claim), compared(claim, text("Rain is expected", [-1, 0.2]))
    assert 0.0 < support(other) < 0.5 < support(same) < 1.0


def test_the_weights_fit_the_signals_and_say_where_they_come_from() -> None:
    content = json.loads(resources.files("rag").joinpath("verdicts.json").read_text(encoding="utf-8"))
    assert set(content["signals"]) == set(NAMES)
    assert all(row["spread"] > 0 for row in content["signals"].values())
    assert {"command", "sets", "versions", "commit", "source_left_out", "embedder"} <= set(content)
    assert not any("length" in name or "count" in name for name in NAMES)
    assert len(values(compared(text("a b", [1, 0]), text("a b", [1, 0])))) == len(NAMES)
