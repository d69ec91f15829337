"""Sentences: exact spans that cover the text, cut where a reader would cut them."""

from __future__ import annotations

import json
import textwrap

import pytest
from conftest import SHARED
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import furniture
from index.sentences import sentences
from index.types import Span

LANGUAGES = ["en", "sv", "no", "de", "ja", "th", "ar", "und", "", "xx"]

# Everything that is awkward somewhere: marks, line separators, astral, combining, bidirectional, zero-width, NUL.
AWKWARD = (
    " \t\n\r\v\f\x00\x1c\x1d\x85\u2028\u2029\u00a0.!?…,;:-–—“”"
    "„\"'«»‘’()[]#*1A9aåéÅßİ。「」अि\u0301\u200b\u200f\ufeffש𝔘😀🏽ไ漢"
)
texts = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=AWKWARD, max_size=300),
    st.lists(
        st.sampled_from(
            [
                "He said it.",
                "“Go.",
                "Nu.”",
                "det",
                "U.S.",
                "kl.",
                "18.30",
                "J.",
                "\n",
                "\n\n",
                " ",
                "top of page\n",
                "- ",
                "1. ",
            ]
        ),
        max_size=60,
    ).map("".join),
)


def cut(text: str, language: str = "en") -> list[str]:
    """The sentences of a text as strings."""
    return [text[start:end] for start, end in sentences(text, language)]


def assert_covers(text: str, spans: list[Span], skipped: tuple[Span, ...]) -> None:
    """Spans are in order, trimmed, apart from each other and from furniture, and hold all else but white space."""
    seen = bytearray(len(text))
    for start, end in skipped:
        seen[start:end] = b"f" * (end - start)
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not any(seen[start:end])
        seen[start:end] = b"s" * (end - start)
        last = end
    assert all(mark or character.isspace() for mark, character in zip(seen, text, strict=True))


@settings(deadline=None, max_examples=300)
@given(texts, st.sampled_from(LANGUAGES))
@example("", "en")
@example(" \n\u2028 ", "en")
@example("top of page\n.\nbottom of page", "en")
@example("a.\x00b.\x00 C", "sv")
@example("İ. İ. ŉ. ß. Ab", "tr")
def test_sentences_cover_any_text(text: str, language: str) -> None:
    skipped = furniture.find(text)
    assert_covers(text, sentences(text, language, skipped), skipped)
    assert_covers(text, sentences(text, language), ())


@settings(deadline=None)
@given(texts, st.lists(st.tuples(st.integers(0, 300), st.integers(1, 20)), max_size=6))
def test_any_furniture_is_left_out(text: str, places: list[tuple[int, int]]) -> None:
    skipped: list[Span] = []
    for start, length in sorted(places):
        if start < len(text) and (not skipped or start >= skipped[-1].end):
            skipped.append(Span(start, min(len(text), start + length)))
    assert_covers(text, sentences(text, "en", skipped), tuple(skipped))


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["The harbour closed.", "Ferries wait.", "Why?", "Nobody says!"]),
        ("en", ["Dr. Berg met the U.S. envoy at 5 p.m. on Jan. 5.", "He left at once."]),
        ("en", ["Prices rose in the U.S. and the U.K. fell behind by 3.5 percent."]),
        ("en", ["He moved to the U.S. in May."]),
        ("en", ["She lives in the U.S.", "The company does not."]),
        ("en", ["He met J. K. Lund and George W. Holm."]),
        ("en", ["They chose plan B.", "Then it rained."]),
        ("en", ["Nobody told me.", "Everyone knew."]),
        ("en", ["The iPhone came late.", "iPhone sales fell."]),
        ("en", ["It opened in 1990.", "18 guests came."]),
        ("sv", ["Mötet börjar kl. 18.30 på torsdag.", "Alla är välkomna."]),
        ("sv", ["T.ex. fem st. av dem, bl.a. Eva, kom ca. 10 minuter för sent.", "Den 5. maj regnade det."]),
        ("sv", ["– Jag tror på det.", "Det blir bra, sade Eva Lund."]),
        ("sv", ["Hon ville gå ut.", "Han ville vara med.", "De gick."]),
        ("sv", ["Det kostar 1.500 kr. 2024 höjs priset."]),  # may be two sentences; better one too few than a wrong one
        ("no", ["Toget går kl. 18.30 i dag.", "Hun er født 5. mai 1990.", "Ca. 50 pst. er enige."]),
        ("de", ["Am 5. Mai kam sie an.", "Der 2. Zug fiel aus.", "Dr. Müller u.a. warteten, z.B. am Gleis."]),
        ("de", ["„Wir gehen.", "Sofort.“", "Das sagte Eva Lund."]),
        ("fr", ["« Nous partons.", "Maintenant. »", "Lund est parti.", "« Pourquoi ? » demande-t-elle.", "Qui sait ?"]),
        ("fr", ["M. Lund est arrivé à 18 h.", "Mme. Lund aussi."]),
        ("en", ["Vol. 2 is out.", "It sells."]),
        ("no", ["Kl. 18.30 i dag er det møte.", "Kom!"]),
        ("fr", ["Il est parti.", "«Je reste.", "Toi aussi», dit-elle."]),
        ("en", ["He died at 3:30 a.m. Saturday in Miami.", "He was 54."]),
        ("en", ["It is at 9 p.m. ET in Miami.", "It is at 10 a.m. GMT.", "It is late."]),
        ("en", ["It began at 9 p.m.", "Fans left on Monday.", "Tuesday was quiet."]),
        ("en", ["The price is approx. $30.", "The est. 3,000 people left."]),
        ("sv", ["Företag som t.ex. Saab deltar, t. ex. Volvo, dvs. Geely.", "De är många."]),
        ("sv", ["Det gäller resp. Malmö och Lund.", "Enl. Polisen greps två.", "De är unga."]),
        ("no", ["Selskaper som f.eks. Hydro deltar, dvs. Norge, jf. Grunnloven.", "De er store."]),
        ("no", ["Prisen steg med 50 pst.", "Det er mye."]),
        ("no", ["Møtet er 17. Mai.", "Alle kommer."]),
        ("da", ["Mødet er 17. Maj 2021 i Aarhus.", "Alle kommer."]),
        ("no", ["Han ble nummer 3.", "Mai var kald."]),
        ("no", ["800.000 ansatte har ikke fått lønn siden 22. desember.", "det er mye."]),
        ("da", ["9 ud af 10 har ikke fået løn siden 22. december."]),
        ("da", ["Selskaber som bl.a. Novo deltager.", "De er store."]),
        ("nl", ["Dhr. Jansen en mw. De Vries kwamen.", "Het kost o.a. 3 mln. euro."]),
        ("de", ["Das gilt bspw. Berlin.", "Der Dipl.-Ing. Max Huber kam.", "Er ging."]),
        ("de", ["Das Spiel beginnt Freitag, 22. Oktober, in Köln.", "Es ist spät."]),
        ("de", ["Ihr 50. Geburtstag war gestern.", "Sein 3. Tor fiel spät.", "Das Spiel ist am 5.", "Das sagte er."]),
        ("fr", ["Le livre de J. Dupont est paru.", "J.-L. Mélenchon et J. L. Borloo parlent.", "C'est tout."]),
        ("es", ["El libro de J. García salió.", "J. M. Aznar y F. González hablaron.", "Costó aprox. 30 euros."]),
        ("ru", ["По словам С. В. Лаврова, это так.", "В 2021 г. Россия закрыла представительство.", "Он прав."]),
        ("ru", ["Он родился в 1950 г.", "Он умер."]),
        ("ja", ["これは文です。", "これも文です。", "「はい。」と言った。"]),
        ("zh", ["港口关闭了。", "渡轮在等待。"]),
        ("zh", ["他说港口关闭了。", "“渡轮在等待。”", "船走了。"]),
        ("hi", ["बंदरगाह बंद है।", "नावें रुकी हैं।"]),
        ("en", ["She will retire in May.", "Ferries left on 5 May.", "Lund may.", "He said OK.", "Lund left."]),
        (
            "en",
            ["Maj. Gen. Eva Lund came on May. 5 to see Art. 5.", "She studied art.", "Lund left under art. IV of it."],
        ),
        ("sv", ["Hon slutar i maj.", "Färjorna gick den 3 maj.", "De kom."]),
        (
            "ar",
            [
                "قال د. أحمد محمود إن الميناء مغلق.",
                "وأضاف أ.د. سالم أن السفن تنتظر.",
                "وصل م. علي عام 2021.",
                "وانتهى.",
            ],
        ),
        ("ar", ["وقال الوزير: د. أحمد غائب.", "د. سالم حاضر."]),
        ("hi", ["डॉ. सिंह और श्री. शर्मा ने कहा।", "उन्होंने जानकारी दी.", "वह बंद है.", "वे गए।"]),
        ("mr", ["सरकारने बंदर बंद केले.", "डॉ. पाटील यांनी सांगितले."]),
        ("bn", ["ড. ইউনূস ও মো. সাহাবুদ্দিন এলেন।", "ডা. রহমান বলেন।"]),
        ("ta", ["அரசு துறைமுகத்தை மூடியது.", "மு.க. ஸ்டாலின் கூறினார்."]),
        ("he", ["הסופר א. ב. יהושע הגיע.", "הנמל נסגר."]),
        ("ko", ["그가 할 것.", "배는 밖에 있다."]),
    ],
)
def test_ends_of_sentences(language: str, parts: list[str]) -> None:
    assert cut(" ".join(parts) if language not in {"ja", "zh"} else "".join(parts), language) == parts


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["“We go.", "Now.", "They stay.”", "He left."]),
        ("en", ['He said "Go.', 'Now."', "Then he left."]),
        ("en", ["‘Hi there.", "Come in.’", "She smiled."]),
        ("en", ["“Why?” Anna said.", "Nobody answered."]),
        ("en", ["“Why?” asked the mayor, a friend of his.", "Nobody answered."]),
        ("en", ["They were “very tired”.", "They slept."]),
        ("en", ["Things get worse. ” – said the minister, Eva Lund.", "Others agree."]),
        ("en", ["(He was here.", "She was not.)", "They know."]),
        ("en", ["It was proved.[2]", "It was doubted.[3][4]", "It is open."]),
        ("en", ["Don't go.", "It’s the Joneses’ house.", "The '90s were fine."]),
        ("sv", ["”Vi går.", "Nu.”", "Han gick."]),
        ("sv", ["”Nej!” sade han.", "»Ja.»", "Så slutade det."]),
        ("de", ["„Gut.", "Wir gehen.“", "Ende."]),
        ("de", ["„Nein“, sagte er.", "»Doch.«", "Sie ging."]),
        ("no", ["«Vi går.", "Nå.»", "Han gikk."]),
    ],
)
def test_quotation_marks_stay_with_their_sentences(language: str, parts: list[str]) -> None:
    assert cut(" ".join(parts), language) == parts


def test_lines_are_blocks_of_their_own() -> None:
    text = "Harbour closed\nThe harbour closed on Monday. Ferries wait\n\nWho is to blame\n\nNobody knows."
    assert cut(text) == [
        "Harbour closed",
        "The harbour closed on Monday.",
        "Ferries wait",
        "Who is to blame",
        "Nobody knows.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "On Monday the council sent three of its members to the\n\nHarbour office, which was closed.",
        "The council has sent its best speaker, the engineer Eva\n\nHolmström. Three others went with her to town.",
        "The ferries, which had waited for days in the rain,\n\nReturned on Monday.",
        "The ferries that had waited for days\nwere sent home.",
    ],
)
def test_broken_paragraphs_are_joined(text: str) -> None:
    first = cut(text)[0]
    assert "\n" in first
    assert first.endswith(".")


def test_a_heading_is_not_joined_with_the_text_below() -> None:
    assert cut("What the council is for\n\nHarbours need care. Money is short.")[0] == "What the council is for"
    assert cut("The ten questions everybody has asked us about harbours\nHarbours are deep.")[1] == "Harbours are deep."


def wrapped(text: str, width: int) -> str:
    """A text in lines of at most ``width`` characters."""
    return "\n".join(textwrap.wrap(text, width))


WHALE = "Eva Holm and Per Berg of Hamburg closed Ystad Harbour on Monday because Dr. Lund saw a Norwegian whale."


@pytest.mark.parametrize("width", [30, 38, 72, 100, 120])
@pytest.mark.parametrize("above", ["Harbour closed", "Harbour closed " + "and closed " * 12 + "again"])
def test_hard_wrapped_lines_are_joined(width: int, above: str) -> None:
    found = cut(f"{above}\n\n{wrapped(' '.join([WHALE] * 8), width)}")
    assert [" ".join(one.split()) for one in found] == [above, *[WHALE] * 8]


def test_the_lines_of_a_poem_are_not_joined() -> None:
    poem = ["Whose harbour this is I think I know", "His house is in the village though", "He will not see me"]
    poem += ["Stopping here", "To watch the whale beneath the snow", "My little boat must think it odd"]
    assert cut("\n".join(poem)) == poem


def test_items_of_lists_are_sentences() -> None:
    text = "Three things:\n1. Open the harbour. Now.\n2) close the road\n- feed the whale\n* Go home"
    assert cut(text) == [
        "Three things:",
        "1. Open the harbour.",
        "Now.",
        "2) close the road",
        "- feed the whale",
        "* Go home",
    ]


def test_text_without_capitals_is_still_cut() -> None:
    assert cut("the harbour closed. ferries wait. why?") == ["the harbour closed.", "ferries wait.", "why?"]


def test_a_sentence_ends_at_furniture() -> None:
    text = "The harbour was\nAdvertisement\nclosed on Monday."
    assert [text[a:b] for a, b in sentences(text, "en", furniture.find(text))] == [
        "The harbour was",
        "closed on Monday.",
    ]


@pytest.mark.parametrize(
    "unit", ["word ", "“word ", "Word. ", "word. ", "A. ", "x", "a\n", "(", '".', "- ", "漢", "\u0301", "U.S. "]
)
def test_long_texts_without_structure_complete(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    assert_covers(text, sentences(text, "en"), ())


def test_real_articles_are_covered_and_read_well() -> None:
    files = sorted((SHARED / "articles").glob("*.txt")) if SHARED.exists() else []
    if not files:
        pytest.skip(f"the real articles are not in {SHARED}")
    for file in files:
        text = file.read_text(encoding="utf-8")
        skipped = furniture.find(text)
        found = sentences(text, "sv" if file.name.startswith("000") else "en", skipped)
        assert_covers(text, found, skipped)
        for start, end in found:
            assert end - start < 500
            assert text[start] not in ".,;”", text[start:end]
            assert not text[start].islower(), text[start:end]


def test_sets_of_articles_are_covered() -> None:
    files = sorted((SHARED / "data").glob("*/articles.jsonl")) if SHARED.exists() else []
    if not files:
        pytest.skip(f"the sets are not in {SHARED}")
    for file in files:
        for row in file.read_text(encoding="utf-8").split("\n")[:20]:
            if row:
                text = json.loads(row)["text"]
                assert_covers(text, sentences(text, "sv" if "sv" in str(file) else "en"), ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rådet möttes den 3 maj. Borgmästare Orlov kom.", "sv"),
        ("The council met on 3 May. Mayor Orlov came.", "en"),
        ("Møtet er 3. mai. Ordføreren kommer.", "no"),
    ],
)
def test_a_sentence_may_end_with_a_short_month(text: str, language: str) -> None:
    assert len(sentences(text, language)) == 2
