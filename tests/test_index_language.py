"""Languages: detection of articles and questions, and words for lexical search."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.language import NAMES, STEMMERS, UNKNOWN, detect, function_words, name, terms

SAMPLES = {
    "en": "The harbour of the small town has been closed since Monday because a whale was seen there.",
    "sv": "Hamnen i den lilla staden har varit stängd sedan i måndags eftersom en val har synts där.",
    "no": "Havnen i den lille byen har vært stengt siden mandag fordi en hval er blitt sett der.",
    "da": "Havnen i den lille by har været lukket siden mandag, fordi der er blevet set en hval.",
    "de": "Der Hafen der kleinen Stadt ist seit Montag geschlossen, weil dort ein Wal gesehen wurde.",
    "fr": "Le port de la petite ville est fermé depuis lundi parce qu'une baleine y a été vue.",
    "es": "El puerto de la pequeña ciudad está cerrado desde el lunes porque se vio allí una ballena.",
    "fi": "Pienen kaupungin satama on ollut suljettuna maanantaista lähtien, koska siellä nähtiin valas.",
    "ru": "Порт небольшого города закрыт с понедельника, потому что там видели кита.",
    "ar": "أغلق ميناء المدينة الصغيرة منذ يوم الاثنين لأن حوتا شوهد هناك.",
    "zh": "小镇的港口自周一起关闭，因为有人在那里看到了一头鲸鱼。",
    "ja": "クジラが目撃されたため、小さな町の港は月曜日から閉鎖されている。",
    "th": "ท่าเรือของเมืองเล็กๆ ปิดตั้งแต่วันจันทร์ เพราะมีคนเห็นวาฬที่นั่น",
    "hi": "छोटे शहर का बंदरगाह सोमवार से बंद है क्योंकि वहाँ एक व्हेल देखी गई थी।",
}


@pytest.mark.parametrize("language", SAMPLES)
def test_the_language_of_a_sentence(language: str) -> None:
    assert detect(SAMPLES[language]) == language
    assert detect(SAMPLES[language], {"en", "sv", language}) == language


def test_both_written_norwegians_are_one() -> None:
    assert detect("Hamna i den vesle byen har vore stengd sidan måndag fordi ein kval er sett der.") == "no"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("what did Russia close on November 1?", "en"),
        ("Who won?", "en"),
        ("And in Norway?", "en"),
        ("Vad stängde Ryssland?", "sv"),
        ("Och i Norge?", "sv"),
        ("När öppnar skolan?", "sv"),
        ("Hva med Sverige?", "no"),
        ("Hvem vant valget?", "no"),
        ("Wer ist das?", "de"),
        ("Und in Norwegen?", "de"),
    ],
)
def test_the_language_of_a_short_question(question: str, language: str) -> None:
    assert detect(question, {"en", "sv", "no", "de"}) == language
    assert detect(question) == language


@pytest.mark.parametrize("text", ["", "   ", "1234 567", "?!", "…", "\x00\x00"])
def test_no_letters_no_language(text: str) -> None:
    assert detect(text) == UNKNOWN
    assert detect(text, {"en", "sv"}) == UNKNOWN


def test_a_name_is_too_little_to_tell() -> None:
    assert detect("NATO") == UNKNOWN
    assert detect("NATO", {"sv"}) == "sv"
    assert detect("The harbour is closed.", ()) == UNKNOWN
    assert detect("The harbour is closed.", {"xx"}) == UNKNOWN


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_known_language_or_none(text: str) -> None:
    assert detect(text) in {*NAMES, UNKNOWN}
    assert detect(text, ["sv", "en"]) in {"sv", "en", UNKNOWN}


def test_names() -> None:
    assert name("sv") == "Swedish"
    assert name("xx") == "xx"
    assert name(UNKNOWN) == "an unknown language"
    assert set(STEMMERS) <= set(NAMES)


def test_words_are_stemmed_in_order_without_function_words() -> None:
    assert terms("The harbours were closing; a HARBOUR closed.", "en") == ["harbour", "close", "harbour", "close"]
    assert terms("Hamnarna stängdes, hamnen stängs", "sv") == ["hamn", "stäng", "hamn", "stäng"]


def test_function_words_are_kept_on_request() -> None:
    assert terms("the harbour is closed", "en", stop_words=True) == ["the", "harbour", "is", "close"]


def test_words_that_carry_a_question_are_no_function_words() -> None:
    for word in ["close", "announce", "bill", "state", "two"]:
        assert word not in function_words("en")
    for word in ["beslut", "sju", "viktig"]:
        assert word not in function_words("sv")
    assert {"the", "what", "did"} <= function_words("en")
    assert {"vad", "och", "är"} <= function_words("sv")
    assert "og" in function_words("no")


def test_possessives_and_contractions_in_english() -> None:
    assert terms("Russia's and Russia’s", "en") == ["russia", "russia"]
    assert terms("They don’t close", "en") == ["close"]
    assert terms("U.S. and US", "en") == ["us", "us"]


def test_what_nobody_sees_inside_a_word_does_not_split_it() -> None:
    assert terms("Regierungs\u00adsprecherin ge\u200bschlos\u2060sen \ufeffHafen", "de") == terms(
        "Regierungssprecherin geschlossen Hafen", "de"
    )


def test_numbers_are_kept_and_their_thousands_joined() -> None:
    assert terms("10,000 10.000 10 000 10\u00a0000 1,234,567", "und") == ["10000"] * 4 + ["1234567"]
    assert terms("On 2021-10-19 at 18.30, 3.5 percent", "en")[:5] == ["2021", "10", "19", "18", "30"]


def test_unknown_languages_are_only_folded() -> None:
    assert terms("The Harbours ÉTÉ", "und") == ["the", "harbours", "été"]
    assert terms("The Harbours", "xx") == ["the", "harbours"]


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert terms("A\u030angstro\u0308m", "sv") == terms("Ångström", "sv")


def test_unspaced_scripts_become_pairs() -> None:
    assert terms("日本語", "ja") == ["日本", "本語"]
    assert terms("港", "zh") == ["港"]
    assert terms("NATO北約abc", "zh") == ["nato", "北約", "abc"]
    assert terms("서울시", "ko") == ["서울", "울시"]
    assert terms("ไทย", "th") == ["ไท", "ทย"]


def test_hindi_words_keep_their_vowel_signs() -> None:
    assert terms("हिन्दी", "und") == ["हिन्दी"]


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=120), st.sampled_from([*STEMMERS, "ja", "th", "und"]), st.booleans())
@example("½ ① Ⅷ ª ŉ İ ß ﬁ ꙮ 𝟘 x\u0301 \ue000 _a_ a_b", "en", True)
def test_every_term_is_one_token_of_the_full_text_index(text: str, language: str, keep: bool) -> None:
    found = terms(text, language, stop_words=keep)
    connection = sqlite3.connect(":memory:")
    try:
        options = "unicode61 remove_diacritics 0 categories ''L* N* Co M*''"
        connection.execute(f"CREATE VIRTUAL TABLE words USING fts5(word, tokenize='{options}')")
        connection.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab(words, instance)")
        connection.executemany("INSERT INTO words(rowid, word) VALUES (?, ?)", enumerate(found, 1))
        counted = connection.execute("SELECT doc, count(*) FROM tokens GROUP BY doc ORDER BY doc").fetchall()
        assert counted == [(number, 1) for number in range(1, len(found) + 1)]
    finally:
        connection.close()
