"""Countries, cities, and what is of them: one key in every language, and in every case of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.facts import demonyms, territories
from rag.facts.spellings import of_name, spelling


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (
            "@Europe/Kyiv",
            "en:Kyiv en:Kiev de:Kiew sv:Kiev sv:Kyivs uk:Київ uk:Києві ru:Киев ru:Киеве pl:Kijowie fi:Kiovan",
        ),
        ("@Europe/Brussels", "en:Brussels sv:Bryssel de:Brüssel fr:Bruxelles ru:Брюссель ru:Брюсселя no:Brussel"),
        ("@Europe/Copenhagen", "en:Copenhagen sv:Köpenhamn sv:Köpenhamns de:Kopenhagen da:København"),
        ("@Europe/Moscow", "en:Moscow sv:Moskva de:Moskaus fr:Moscou ru:Москве pl:Moskwie fi:Moskovassa"),
        ("@Asia/Kolkata", "en:Calcutta sv:Kolkata"),
        ("@TR", "en:Turkey en:Türkiye sv:Turkiet de:Türkei fi:Turkissa tr:Türkiye'nin"),
        ("@GB", "en:Britain en:UK de:Großbritannien fr:Grande-Bretagne ru:Великобритании sv:Storbritannien"),
        ("@US", "en:America en:USA de:USA fi:Yhdysvalloissa ru:США"),
        ("@NL", "en:Holland en:Netherlands de:Niederlanden sv:Nederländerna"),
        ("@MM", "en:Burma en:Myanmar sv:Burma"),
        ("@CZ", "en:Czechia sv:Tjeckien pl:Czechach"),
        ("@RU", "ru:России ru:Россией fi:Venäjällä pl:Rosji uk:Росії cs:Ruska"),
        ("@PL", "pl:Polsce ru:Польше uk:Польщі"),
        ("@FI", "fi:Suomessa fi:Suomeen fi:Suomen"),
        ("@DE", "pl:Niemczech pl:Niemiec cs:Německu sv:Tysklands en:Germany's"),
        ("@SG", "en:Singapore sv:Singapore"),
        ("@150", "en:Europe sv:Europa"),
    ],
)
def test_a_place_has_one_key_in_every_language(key: str, names: str) -> None:
    for named in names.split():
        code, _, name = named.partition(":")
        assert territories.place(name.casefold(), code) == key, named


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("england", "en"),
        ("indiana", "en"),
        ("индиана", "ru"),
        ("roman", "en"),
        ("georg", "de"),
        ("armen", "de"),
        ("mona", "pl"),
        ("turkussa", "fi"),
        ("world", "en"),
        ("easter", "en"),
        ("knox", "en"),
        ("congo", "en"),  # which of the two
        ("fn", "fr"),
        ("new mexico", "en"),
    ],
)
def test_what_is_no_place_of_its_language_has_no_key(name: str, code: str) -> None:
    assert territories.place(name, code) is None


@pytest.mark.parametrize(
    ("text", "code", "names"),
    [
        ("The U.S. and the United States left New Mexico.", "en", {"u.s", "united states", "new mexico"}),
        ("In New York's and Mexico City, not hong kong.", "en", {"new york", "mexico city"}),
        ("La paz llegó a La Paz y a EE. UU.", "es", {"la paz", "ee. uu"}),
        ("in den Vereinigten Staaten", "de", {"vereinigten staaten"}),
        ("w Stanach Zjednoczonych", "pl", {"stanach zjednoczonych"}),
        ("Nya Zeelands minister", "sv", {"nya zeelands"}),
    ],
)
def test_places_of_several_words_are_written_like_names(text: str, code: str, names: set[str]) -> None:
    assert {name.removesuffix("'s") for name in territories.of_several_words(text, code)} == names


@pytest.mark.parametrize(
    ("one", "other", "inside"),
    [
        ("@Europe/Moscow", "@RU", True),
        ("@Europe/Brussels", "@BE", True),
        ("@RU", "@Europe/Moscow", False),
        ("@FR", "@150", True),
        ("@FR", "@EU", True),
        ("@FR", "@DE", False),
    ],
)
def test_a_city_lies_in_its_country(one: str, other: str, inside: bool) -> None:
    assert territories.lies_in(one, other) is inside


@pytest.mark.parametrize(
    ("code", "words", "key"),
    [
        ("en", "Russian Russians", "@RU"),
        ("en", "American", "@US"),
        ("en", "Indian", "@IN"),
        ("en", "Nigerian", "@NG"),
        ("en", "Nigerien", "@NE"),
        ("en", "Polish", "@PL"),
        ("en", "Indiana Roman Latin polish", None),
        ("sv", "ryska rysk ryskt", "@RU"),
        ("sv", "irakiska", "@IQ"),
        ("sv", "fantastisk", None),
        ("de", "russischen", "@RU"),
        ("de", "belgische", "@BE"),
        ("fr", "française", "@FR"),
        ("es", "rusa", "@RU"),
        ("ru", "украинских", "@UA"),
        ("pl", "niemieckiego", "@DE"),
        ("xx", "Russian", None),
    ],
)
def test_what_is_of_a_country_is_known_by_its_language_or_its_name(code: str, words: str, key: str | None) -> None:
    assert {demonyms.country(word, code) for word in words.split()} == {key}


@pytest.mark.parametrize(
    "names",
    [
        "Schroeder Schröder",
        "Mueller Müller",
        "Khrushchev Chruschtschow Хрущёв Chrusjtjov Khrouchtchev Chruszczow",
        "Gorbachev Gorbatschow Горбачёв Gorbatjov Gorbatchev Gorbaczow",
        "Yushchenko Juschtschenko Ющенко Juszczenko",
        "Putin Poutine Путин",
        "Lavrov Lawrow Лавров Ławrow",
        "Navalny Nawalnyj Навальный",
    ],
)
def test_transliterations_have_one_spelling(names: str) -> None:
    assert len({spelling(name) for name in names.split()}) == 1


@pytest.mark.parametrize("pair", ["Martin Martine", "Joe Jo", "Larsen Larsson", "Johan Johanna", "Rome Romeo"])
def test_names_that_are_spelt_alike_are_not_one(pair: str) -> None:
    one, other = pair.casefold().split()
    assert of_name(one, "en").isdisjoint(of_name(other, "en"))


@pytest.mark.parametrize(
    ("one", "code", "other", "other_code"),
    [
        ("lavrovs", "sv", "lavrov", "en"),
        ("лаврова", "ru", "lawrow", "de"),
        ("лаврову", "ru", "лавровым", "ru"),
        ("qaddafi", "en", "gaddafi", "en"),
        ("qaida", "en", "kaida", "de"),
    ],
)
def test_a_name_is_found_in_the_forms_of_its_language(one: str, code: str, other: str, other_code: str) -> None:
    assert not of_name(one, code).isdisjoint(of_name(other, other_code))


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["en", "de", "pl", "fi", "zh", "und"]))
def test_any_text_may_be_looked_through(text: str, code: str) -> None:
    assert all(name == name.casefold() for name in territories.of_several_words(text, code))
    for word in text.split():
        found = territories.place(word.casefold(), code), demonyms.country(word, code)
        assert all(key is None or key.startswith("@") for key in found)
        assert all(of_name(word.casefold(), code))
