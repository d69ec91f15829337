"""Names are completed from the passages, for who asks who, and never otherwise."""

from __future__ import annotations

import pytest

from index.load import make_article
from index.types import Hit, Passage
from rag.names import completed


def hit(text: str, code: str = "en", number: str = "a") -> Hit:
    return Hit(Passage(number, 0, len(text), text, 1, 1), make_article(text, id=number, language=code), 1.0, 1)


TENNIS = hit(
    "On Sunday Novak Djokovic beat Nick Kyrgios. Djokovic had lost the first set. The chairman, Ludwig van der Berg, "
    "spoke. The author J. K. Lund watched, and so did President Emmanuel Macron and Mary Ann O’Neill."
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Djokovic", "Novak Djokovic"),
        ("It was Kyrgios.", "It was Nick Kyrgios."),
        ("Kyrgios's coach", "Nick Kyrgios's coach"),
        ("Berg spoke.", "Ludwig van der Berg spoke."),
        ("Lund", "J. K. Lund"),
        ("President Macron", "President Emmanuel Macron"),
        ("O’Neill and Macron", "Mary Ann O’Neill and Emmanuel Macron"),
        ("Nick Kyrgios", "Nick Kyrgios"),
        ("van der Berg", "van der Berg"),
        ("Federer", "Federer"),
        ("nobody", "nobody"),
    ],
)
def test_a_last_name_becomes_the_whole_name(said: str, told: str) -> None:
    assert completed(said, "Who was there?", "en", [TENNIS]) == told


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("What did he lose?", "en"),
        ("Who beat Kyrgios?", "en"),  # the name is the question's own
        ("Which player did the WHO praise?", "en"),
        ("Where lives the man who came?", "en"),
        ("Vad hände?", "sv"),
        ("Vilka länder var där?", "sv"),
        ("???", "und"),
    ],
)
def test_other_questions_are_answered_as_the_model_did(question: str, code: str) -> None:
    assert completed("Kyrgios", question, code, [TENNIS]) == "Kyrgios"


def test_in_other_languages_too() -> None:
    swedish = hit("Det säger utrikesminister Sergej Lavrov. Lavrov reste hem.", "sv")
    assert completed("Lavrov sade det.", "Vem sade det?", "sv", [swedish]) == "Sergej Lavrov sade det."
    assert completed("Lavrov sade det.", "Och av vem?", "sv", [swedish]) == "Sergej Lavrov sade det."


@pytest.mark.parametrize(
    "text",
    [
        "The brothers George Bush and Jeb Bush came.",  # which of the two?
        "His brother George Bush came. Later Bush spoke, and with him Jeb Bush.",
        "Bush won. His wife, Barbara Bush, wept.",  # the first mention is not the longer form
        "Since Bush left, nothing happened. It is long since.",
        "Advertisement Bush topped the list.",  # any word may open a sentence, and this was seen once
        "MAYOR JEB BUSH WINS\nBush Wins Again",  # a headline
        "They met in the George Bush Library.",
        "It was America's Bush who came.",
        "The Bush Bush came.",
        "They came on Friday. On Sunday Bush came.",
        "The old George Bush hid behind a bush.",
        "The new Vice President Bush came.",
    ],
)
def test_what_is_not_sure_is_left_alone(text: str) -> None:
    assert completed("Bush", "Who came?", "en", [hit(text)]) == "Bush"


@pytest.mark.parametrize(
    ("said", "text", "code", "question"),
    [
        ("Germany won.", "Germany won. Some had played in East Germany.", "en", "Who won?"),
        ("By the President.", "It was opposed by the Vice President.", "en", "Who signed?"),
        ("President", "It was opposed by the Vice President.", "en", "Who signed?"),
        ("Es war die Polizei.", "Das sagte die Berliner Polizei.", "de", "Wer war es?"),
        ("NATO", "The new General Assembly NATO met.", "en", "Who met?"),
    ],
)
def test_countries_offices_and_bodies_are_no_last_names(said: str, text: str, code: str, question: str) -> None:
    assert completed(said, question, code, [hit(text, code)]) == said


def test_every_article_that_has_the_name_must_have_it_in_full_first() -> None:
    full, bare = hit("It was the player Jeb Bush. Bush left."), hit("Bush left.", number="b")
    assert completed("Bush", "Who left?", "en", [full]) == "Jeb Bush"
    assert completed("Bush", "Who left?", "en", [full, bare]) == "Bush"


def test_a_longer_form_that_stands_in_no_passage_cannot_be_quoted() -> None:
    whole = make_article("It was Jeb Bush. Bush left.", id="a", language="en")
    part = Hit(Passage("a", 17, 27, "Bush left.", 1, 1), whole, 1.0, 1)
    assert completed("Bush", "Who left?", "en", [part]) == "Bush"


def test_what_opens_two_sentences_is_a_name() -> None:
    text = "Jeb Bush came. Nobody saw him. Jeb Bush left."
    assert completed("Bush", "Who came?", "en", [hit(text)]) == "Jeb Bush"


def test_mr_johnson_is_the_boris_johnson_of_before() -> None:
    text = "Boris Johnson resigned on Thursday. Mr Johnson said so. He is Boris Johnson."
    assert completed("Johnson", "Who resigned?", "en", [hit(text)]) == "Boris Johnson"
    assert completed("Mr Johnson", "Who resigned?", "en", [hit(text)]) == "Mr Johnson"


@pytest.mark.parametrize(
    ("said", "text", "code", "question"),
    [
        (
            "President Biden said so.",
            "First lady Jill Biden visited a school. It was Jill Biden. President Biden said so. Biden was proud.",
            "en",
            "Who said so?",
        ),
        (
            "Mr McCann",
            "The disappearance of Madeleine McCann is not solved. Mr. McCann spoke. Mr McCann wept.",
            "en",
            "Who spoke?",
        ),
        (
            "Prime Minister Trudeau",
            "The airport is named after Pierre Trudeau. Prime Minister Trudeau resigned.",
            "en",
            "Who resigned?",
        ),
        (
            "Le président Macron",
            "L'épouse du président, Brigitte Macron, est venue. Le président Macron a parlé.",
            "fr",
            "Qui a parlé ?",
        ),
        ("Floyd died.", "His brother, Philonise Floyd, testified on Wednesday. Floyd died in May.", "en", "Who died?"),
        ("Assange", "His wife Stella Assange wept outside the court. Assange was released.", "en", "Who was released?"),
        ("Kristersson", "Hustrun Birgitta Kristersson är präst. Det sa Kristersson.", "sv", "Vem sa det?"),
    ],
)
def test_a_relative_or_a_namesake_is_somebody_else(said: str, text: str, code: str, question: str) -> None:
    assert completed(said, question, code, [hit(text, code)]) == said


@pytest.mark.parametrize(
    ("said", "text", "code", "question"),
    [
        (
            "Biden’s wife is Jill Biden.",
            "On Sunday Jill Biden came. Biden's aides said so.",
            "en",
            "Who is Biden's wife?",
        ),
        ("Trump är gift med Melania Trump.", "Det sa Melania Trump. Trump log.", "sv", "Vem är Trumps fru?"),
    ],
)
def test_the_questions_own_name_is_left_alone_in_the_genitive_too(
    said: str, text: str, code: str, question: str
) -> None:
    assert completed(said, question, code, [hit(text, code)]) == said
