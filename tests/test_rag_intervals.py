"""Numbers and days as intervals: nothing is contradicted that may be so as well."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import intervals


@pytest.mark.parametrize(
    ("one", "other", "code", "differ"),
    [
        ("At least 100", "120", "en", False),
        ("At least 100", "80", "en", True),
        ("At least about 100", "95", "en", False),
        ("More than 100", "At least 103", "en", False),
        ("More than $100", "$120", "en", False),
        ("100 or more", "120", "en", False),
        ("100+", "120", "en", False),
        ("About 100", "103", "en", False),
        ("Nearly 100", "103", "en", False),
        ("Some 100", "103", "en", False),
        ("About 100", "150", "en", True),
        ("Up to 100", "80", "en", False),
        ("Up to 100", "120", "en", True),
        ("100 to 150", "120", "en", False),
        ("100 to 150", "160", "en", True),
        ("Between 100 and 150", "120", "en", False),
        ("10 to 15 million", "12 million", "en", False),
        ("1.2 million", "1,234,567", "en", False),
        ("1.2 million", "1.4 million", "en", True),
        ("Five million", "5.2 million", "en", False),
        ("8 percent", "8.3 percent", "en", False),
        ("100", "103", "en", True),
        ("Rund 100", "103", "de", False),
        ("Mehr als 100", "120", "de", False),
        ("Über 100", "80", "de", True),
        ("Ungefär 100", "103", "sv", False),
        ("Minst 100", "120", "sv", False),
        ("Mellan 10 och 15 personer", "12 personer", "sv", False),
        ("Plus de 100", "120", "fr", False),
        ("Al menos 100", "120", "es", False),
        ("Более 200", "250", "ru", False),
        ("Noin 100", "150", "fi", True),
        ("In the 1990s", "In 1994", "en", False),
        ("In the 1990s", "In 2001", "en", True),
        ("Under 1990-talet", "1994", "sv", False),
        ("Dans les années 1990", "En 1994", "fr", False),
        ("Before 2030", "In 2028", "en", False),
        ("By 2020", "In 2028", "en", True),
        ("Since 2014", "In 2016", "en", False),
        ("Twelve killed, 30 hurt", "Twelve killed, 40 hurt", "en", True),
        ("12 killed and 30 hurt", "30 hurt and 12 killed", "en", False),
        ("Twelve killed, 30 hurt", "Twelve killed", "en", False),
        ("At 18:30", "At 19:00", "en", True),
    ],
)
def test_numbers_differ_only_where_both_cannot_be_so(one: str, other: str, code: str, differ: bool) -> None:
    ours, theirs = intervals.numbers(one, code), intervals.numbers(other, code)
    assert intervals.differ(ours, theirs) is differ
    assert intervals.differ(theirs, ours) is differ


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("Between November 1 and 3.", "On November 2.", True),
        ("Between November 1 and 3.", "On November 5.", False),
        ("From 3 to 7 May.", "On 5 May.", True),
        ("Before November 1.", "On October 30.", True),
        ("Before November 1.", "On November 5.", False),
        ("Before January 3.", "On December 30.", True),
        ("By December.", "On November 30.", True),
        ("Until the 3rd of May.", "On 1 May.", True),
        ("After 3 May.", "On 5 May.", True),
        ("In November.", "On November 1.", True),
        ("On November 1.", "On November 2.", False),
    ],
)
def test_days_meet_where_both_may_be_so(one: str, other: str, meet: bool) -> None:
    pairs = [(a, b) for a in intervals.days(one, "en") for b in intervals.days(other, "en")]
    assert pairs
    assert any(intervals.days_meet(a, b) for a, b in pairs) is meet
    assert any(intervals.days_meet(b, a) for a, b in pairs) is meet


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(["en", "de", "ru", "und"]))
def test_any_text_has_intervals(text: str, code: str) -> None:
    assert not intervals.differ(intervals.numbers(text, code), intervals.numbers(text, code))
    assert all(intervals.days_meet(one, one) for one in intervals.days(text, code))
