"""Attribution: the sentence that states the claim is quoted, exactly, or nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import article
from hypothesis import given, settings
from hypothesis import strategies as st

import index
from index.embed import Embedder, LetterEmbedder
from index.errors import EmptyArticle
from index.types import Article, Hit, Passage, Span
from rag.attribute import Attributor
from rag.evidence import Sentence
from rag.facts.claims import Terms, coverage, keys, lacking, missing
from rag.types import Citation, Source

TEXT = (
    "The council met on 3 May 2021. Twelve members voted for the tunnel. Mayor Sergei Orlov called it a mistake. "
    "Construction starts in the autumn. The budget is 1,200 million kronor."
)
SWEDISH = "Rådet möttes den 3 maj. Borgmästare Sergej Orlov kallade tunneln ett misstag."


def source(number: int, of: Article, start: int = 0, end: int | None = None) -> Source:
    """The article, or a part of it, as a source."""
    stop = len(of.text) if end is None else end
    passage = Passage(of.id, start, stop, of.text[start:stop], 1, number)
    return Source(number, Hit(passage, of, 1.0, number))


def cite(question: str, text: str, *sources: Source, asked_in: str = "en") -> tuple[Citation, ...]:
    return Attributor(LetterEmbedder()).cite(question, text, asked_in, sources)


@pytest.mark.parametrize(
    ("question", "text", "quoted"),
    [
        ("How many voted for the tunnel?", "Twelve members voted for it.", "Twelve members voted for the tunnel."),
        ("How many voted for the tunnel?", "12.", "Twelve members voted for the tunnel."),
        ("Who called it a mistake?", "Sergey Orlov", "Mayor Sergei Orlov called it a mistake."),
        ("When does construction start?", "In the autumn.", "Construction starts in the autumn."),
        ("How big is the budget?", "It is 1200 million kronor.", "The budget is 1,200 million kronor."),
    ],
)
def test_the_sentence_that_states_it_is_quoted(question: str, text: str, quoted: str) -> None:
    (citation,) = cite(question, text, source(1, article("a", TEXT)))
    assert [quote.text for quote in citation.quotes] == [quoted]
    assert citation.verdict == "supported"


def test_a_word_is_not_found_inside_another_one() -> None:
    text = "Sixteen people came to the meeting on the tunnel yesterday. Six voted for the tunnel."
    (citation,) = cite("How many voted for the tunnel?", "Six.", source(1, article("a", text)))
    assert [quote.text for quote in citation.quotes] == ["Six voted for the tunnel."]


def test_yes_is_quoted_from_what_its_question_asks() -> None:
    text = "Yesterday it rained in Lund. The council voted for the tunnel."
    (citation,) = cite("Did the council vote for the tunnel?", "Yes.", source(1, article("a", text)))
    assert [quote.text for quote in citation.quotes] == ["The council voted for the tunnel."]


@pytest.mark.parametrize(
    ("question", "no", "said", "supported"),
    [
        ("Did the council vote for the tunnel?", "No.", "The council voted for the tunnel in May.", False),
        ("Did the council vote for the tunnel?", "No.", "The council did not vote for the tunnel.", True),
        ("Hat der Rat für den Tunnel gestimmt?", "Nein.", "Der Rat hat für den Tunnel gestimmt.", False),
        ("Hat der Rat für den Tunnel gestimmt?", "Nein.", "Der Rat hat nicht für den Tunnel gestimmt.", True),
        ("Röstade rådet för tunneln?", "Nej.", "Rådet röstade för tunneln i maj, efter lång debatt.", False),
    ],
)
def test_no_stands_on_what_is_denied_only(question: str, no: str, said: str, supported: bool) -> None:
    code = {"No.": "en", "Nein.": "de", "Nej.": "sv"}[no]
    long = f"{said} {'Det regnade. ' if code == 'sv' else 'It rained. '}"
    (citation,) = cite(question, no, source(1, article("a", long, code)), asked_in=code)
    assert (citation.verdict == "supported") is supported


def test_a_wrong_number_is_never_supported() -> None:
    (citation,) = cite("How many members voted?", "Fifteen 15 members voted.", source(1, article("a", TEXT)))
    assert citation.verdict != "supported"


def test_a_name_the_articles_do_not_hold_is_never_supported() -> None:
    (citation,) = cite("Who is the mayor?", "The mayor is Angela Schmidt.", source(1, article("a", TEXT)))
    assert citation.verdict != "supported"


def test_what_has_nothing_to_do_with_the_sources_gets_no_quote() -> None:
    (citation,) = cite("Who won?", "Brazil defeated Argentina 4 to 1 yesterday.", source(1, article("a", "Qqq zz.")))
    assert citation.quotes == ()
    assert citation.verdict == "unsupported"


def test_a_claim_over_two_sentences_gets_both() -> None:
    claim = "Mayor Orlov called the tunnel a mistake although twelve members voted for it."
    (citation,) = cite("What happened?", claim, source(1, article("a", TEXT)))
    assert citation.quotes[0].text == "Twelve members voted for the tunnel. Mayor Sergei Orlov called it a mistake."


@pytest.mark.parametrize(
    ("question", "text", "quoted"),
    [
        ("Where did they meet?", "Bern [1].", "They met in Bern."),
        ("Did the council vote for it?", "Yes [1].", "The council voted for it."),
    ],
)
def test_a_source_that_the_model_names_is_none_of_its_words(question: str, text: str, quoted: str) -> None:
    found = source(1, article("a", "Yesterday it rained in Lund. They met in Bern. The council voted for it."))
    assert [quote.text for quote in cite(question, text, found)[0].quotes] == [quoted]


def test_of_a_text_without_full_stops_a_part_is_quoted() -> None:
    text = f"{'bread and milk and ' * 400}then they met in bern {'and then more eggs ' * 400}"
    (citation,) = cite("Where did they meet?", "They met in Bern.", source(1, article("a", text), 7600, 7700))
    (quote,) = citation.quotes
    assert "they met in bern" in quote.text
    assert len("".join(quote.text.split())) <= 1000


@pytest.mark.parametrize("text", ["Նա եկավ։", "እሱ መጣ።", "เขามาเมื่อวานนี้", "သူလာသည်။"])
def test_what_ends_like_a_sentence_of_its_script_is_no_headline(text: str) -> None:
    whole = article("a", text, "und")
    assert not Sentence(whole, Span(0, len(text)), 0, Terms.of(text, "und")).headline


def test_vowel_signs_are_letters() -> None:
    text = "यह एक मुद्दा था। नरेंद्र मोदी ने कहा।"
    found = source(1, article("a", text, "hi"))
    assert [quote.text for quote in cite("किसने कहा?", "मोदी", found, asked_in="hi")[0].quotes] == ["नरेंद्र मोदी ने कहा।"]


def test_two_sentences_that_state_it_together_come_before_one_that_only_has_its_number() -> None:
    text = (
        "Ten days ago the mission reduced its staff in Bern by two people. Both had been accused of theft. "
        "It was also agreed that the size of the mission is to be reduced. Instead of 20, only ten may remain."
    )
    (citation,) = cite(
        "What was the size of the mission reduced to?",
        "The size of the mission was reduced to 10.",
        source(1, article("a", text)),
    )
    assert [quote.text for quote in citation.quotes] == [text[text.index("It was") :]]
    assert citation.verdict == "supported"


def test_what_the_passages_lack_is_quoted_from_the_rest_of_their_article() -> None:
    whole = article("a", TEXT)
    (citation,) = cite("Who?", "Sergei Orlov called it a mistake.", source(1, whole, 0, TEXT.index("Mayor") - 1))
    assert [quote.text for quote in citation.quotes] == ["Mayor Sergei Orlov called it a mistake."]


def test_a_passage_is_quoted_before_the_rest_of_an_article() -> None:
    text = "Orlov opposes the tunnel. " * 2
    (citation,) = cite("Who?", "Orlov opposes the tunnel.", source(1, article("a", text), text.rindex("Orlov")))
    assert [quote.start for quote in citation.quotes] == [text.rindex("Orlov")]


def test_a_claim_that_joins_two_articles_gets_a_quote_from_each() -> None:
    first, second = (
        article("a", "Orlov opposes the tunnel."),
        article("b", "In Lund, Anna Berg wants the tunnel built."),
    )
    claim = "Sergei Orlov opposes the tunnel, while Anna Berg wants it."
    (citation,) = cite("Who thinks what of the tunnel?", claim, source(1, first), source(2, second))
    assert {quote.article_id for quote in citation.quotes} == {"a", "b"}


def test_an_answer_of_one_word_is_found_in_a_compound_and_in_a_close_language() -> None:
    text = "Lunsjen var god. Regjeringen stenger Nato-kontoret i Brussel."
    (citation,) = cite("Hvad lukker regeringen?", "Kontoret.", source(1, article("a", text, "no")), asked_in="da")
    assert [quote.text for quote in citation.quotes] == ["Regjeringen stenger Nato-kontoret i Brussel."]


def test_a_day_is_the_same_in_whatever_words() -> None:
    text = "The office opened on 3 March. The office closes on November 1. The office was painted on 4 May."
    (citation,) = cite("När stänger kontoret?", "Den 1 november.", source(1, article("a", text)), asked_in="sv")
    assert [quote.text for quote in citation.quotes] == ["The office closes on November 1."]


def test_what_the_articles_deny_is_never_supported() -> None:
    text = "The council will not build the tunnel. Rain is expected."
    stated, denied = (
        cite("What will the council do?", claim, source(1, article("a", text)))[0]
        for claim in ("The council will not build the tunnel.", "The council will build the tunnel.")
    )
    assert (stated.verdict, denied.verdict) == ("supported", "partly")
    assert stated.quotes[0].text == denied.quotes[0].text == "The council will not build the tunnel."


ORDERED = "Russia has ordered Nato to close its liaison office in Moscow and recalled diplomats."


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Russia closed its liaison office in Moscow.", "partly"),
        ("Russia ordered Nato to close its liaison office in Moscow.", "supported"),
        ("Nato must close its liaison office in Moscow.", "supported"),
        ("Russia has recalled diplomats.", "supported"),
    ],
)
def test_who_tells_somebody_to_do_a_thing_has_not_done_it(claim: str, expected: str) -> None:
    (citation,) = cite("What did Russia do?", claim, source(1, article("a", f"{ORDERED} Rain is expected.")))
    assert citation.verdict == expected
    assert [quote.text for quote in citation.quotes] == [ORDERED]


def test_support_is_a_probability_and_falls_with_what_is_wrong() -> None:
    right, wrong = (
        cite("Who voted?", f"{number} members voted for the tunnel.", source(1, article("a", TEXT)))[0].support
        for number in ("Twelve", "Thirteen")
    )
    assert 0.0 < wrong < right < 1.0


def test_each_sentence_has_its_own_quote_and_equal_spans_share_a_number() -> None:
    text = "Twelve members voted for the tunnel. Sergei Orlov called it a mistake. Orlov is the mayor."
    citations = cite("What happened?", text, source(1, article("a", TEXT)))
    assert [citation.sentence for citation in citations] == [
        "Twelve members voted for the tunnel.",
        "Sergei Orlov called it a mistake.",
        "Orlov is the mayor.",
    ]
    assert [quote.number for citation in citations for quote in citation.quotes] == [1, 2, 2]


def test_a_quote_in_another_language_counts_by_its_names() -> None:
    (citation,) = cite("Who called it a mistake?", "Sergey Orlov.", source(1, article("s", SWEDISH, "sv")))
    assert [quote.text for quote in citation.quotes] == ["Borgmästare Sergej Orlov kallade tunneln ett misstag."]


def test_the_sentence_is_quoted_rather_than_its_headline() -> None:
    text = "Orlov opposes the tunnel\n\nOn Monday Orlov said that he opposes the tunnel. Work goes on."
    (citation,) = cite("What does Orlov oppose?", "Orlov opposes the tunnel.", source(1, article("a", text)))
    assert [quote.text for quote in citation.quotes] == ["On Monday Orlov said that he opposes the tunnel."]


def test_no_sources_no_quotes() -> None:
    (citation,) = cite("Who?", "Somebody.")
    assert (citation.quotes, citation.verdict) == ((), "unsupported")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=200).filter(str.strip), min_size=1, max_size=3),
    st.text(max_size=80),
    st.text(max_size=80),
    st.sampled_from(["en", "sv", "de", "ru", "ja", "und"]),
    st.floats(0, 1),
)
def test_every_quote_is_verbatim_whatever_the_text(
    texts: list[str], question: str, answer: str, code: str, cut: float
) -> None:
    wholes = []
    for i, text in enumerate(texts):
        try:
            wholes.append(article(str(i), text, code))
        except EmptyArticle:
            continue
    by_id = {whole.id: whole for whole in wholes}
    sources = [source(i, whole, 0, 1 + int(cut * (len(whole.text) - 1))) for i, whole in enumerate(wholes, start=1)]
    # What the articles themselves say is an answer too, and one that gets quotes.
    for said in (answer, *texts):
        for citation in cite(question, said, *sources, asked_in=code):
            assert said[citation.start : citation.end] == citation.sentence
            assert bool(citation.quotes) or citation.verdict == "unsupported"
            for quote in citation.quotes:
                assert quote.text == by_id[quote.article_id].text[quote.start : quote.end]
                assert quote.text.strip() == quote.text != ""


def test_terms_tell_numbers_names_and_words_apart() -> None:
    terms = Terms.of("Yesterday the mayor Sergei Orlov opened eight new schools for 1,200 pupils.", "en")
    assert terms.numbers == {"8", "1200"}
    assert terms.names == {"sergei", "orlov"}
    assert {"mayor", "open", "school", "pupil"} <= terms.words
    assert not Terms.of("", "en")


def test_coverage_and_what_is_missing() -> None:
    asked = Terms.of("How many schools were opened?", "en")
    claim = Terms.of("Eight schools were opened.", "en")
    right, wrong = Terms.of("They opened 8 schools.", "en"), Terms.of("They opened 9 schools.", "en")
    assert coverage(claim, right, asked) == 1.0
    assert (coverage(claim, wrong, asked) or 0.0) < 0.5
    assert missing(claim, right, asked) == set()
    assert missing(claim, wrong, asked) == {"8"}
    assert coverage(Terms.of("", "en"), right, asked) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lavrov", "Lawrow"),
        ("Lavrov", "Лавров"),
        ("Sergej", "Sergey"),
        ("Orlov", "Orlovs"),
        ("Zelensky", "Selenskyj"),
        ("Nato", "Nato-möte"),
    ],
)
def test_a_name_is_known_in_other_spellings(one: str, other: str) -> None:
    said, read = Terms.of(f"It was {one}.", "en"), Terms.of(f"Det var {other}.", "sv")
    assert missing(said, read, Terms.of("", "en")) == set()


@pytest.mark.parametrize(("one", "other"), [("Johansson", "Johan"), ("Lavrov", "Larsen"), ("Iran", "Irak")])
def test_names_that_begin_alike_are_not_one(one: str, other: str) -> None:
    assert keys(one.casefold()).isdisjoint(keys(other.casefold()))


def test_one_strange_name_among_several_is_forgiven_a_number_is_not() -> None:
    read = Terms.of("In Lund, Sergei Orlov and Anna Berg met 12 members.", "en")
    said = "In Lund, Sergei Orlov and Anna {} met {} members."
    assert not lacking(Terms.of(said.format("Dahl", "12"), "en"), read, Terms.of("", "en"))
    assert lacking(Terms.of(said.format("Berg", "13"), "en"), read, Terms.of("", "en"))
    assert lacking(Terms.of("In Paris, Karin Dahl met them.", "en"), read, Terms.of("", "en"))


def test_names_alone_do_not_make_a_foreign_sentence_the_quote(real_embedder: Embedder) -> None:
    sample = Path(index.__file__).parent / "sample"
    names = ("ryssland-stanger-natokontor.txt", "nato-og-russland-bakgrunn.md")
    found = [
        article(name, (sample / name).read_text(encoding="utf-8"), code)
        for name, code in zip(names, ("sv", "no"), strict=True)
    ]
    (citation,) = Attributor(real_embedder).cite(
        "Varför stänger Ryssland sitt kontor?",
        "Ryssland stänger sitt kontor i Moskva för att avsluta sambandet med Nato.",
        "sv",
        [source(number, one) for number, one in enumerate(found, start=1)],
    )
    assert citation.quotes[0].article.language == "sv"


def test_an_answer_is_read_in_its_own_language() -> None:
    news = source(1, article("a", "The storm took 3 ships off Luleå. Nobody was hurt.", "en"))

    def verdict(said_in: str) -> str:
        attributor = Attributor(LetterEmbedder())
        (citation,) = attributor.cite(
            "Hur många fartyg tog stormen?", "The storm took four ships off Luleå.", "sv", [news], said_in=said_in
        )
        return citation.verdict

    assert (verdict("en"), verdict("sv"), verdict("")) == ("partly", "supported", "supported")
