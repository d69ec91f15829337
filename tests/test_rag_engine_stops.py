"""Stop strings, also those that come in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.engine.stops import Stops


def through(pieces: list[str], *strings: str) -> str:
    stops = Stops(strings)
    return "".join(stops.feed(piece) for piece in pieces) + stops.rest()


def test_a_stop_string_split_over_pieces_ends_the_text_before_it() -> None:
    assert through(["Yes.", "\nQue", "stion", ": and"], "\nQuestion:") == "Yes."


def test_what_only_looked_like_one_is_shown_after_all() -> None:
    assert through(["Yes.\nQue", "er answer"], "\nQuestion:") == "Yes.\nQueer answer"


def test_without_stop_strings_all_is_shown_at_once() -> None:
    stops = Stops(("",))
    assert stops.feed("anything") == "anything"
    assert stops.rest() == ""


PIECES = st.lists(st.text("ab", max_size=4))
STRING = st.text("ab", min_size=1, max_size=3)


@given(PIECES, STRING)
def test_it_is_the_text_before_the_string(pieces: list[str], string: str) -> None:
    text = "".join(pieces)
    assert through(pieces, string) == text.partition(string)[0]


@given(PIECES, st.lists(STRING, max_size=3))
def test_none_of_several_strings_is_shown(pieces: list[str], strings: list[str]) -> None:
    text = "".join(pieces)
    shown = through(pieces, *strings)
    assert text.startswith(shown)
    assert not any(string in shown for string in strings)
    assert shown == text or any(string in text for string in strings)
