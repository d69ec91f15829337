"""Small talk is answered in its language, and no question is ever taken for it."""

from __future__ import annotations

import pytest

from rag.smalltalk import is_small_talk, reply, without_small_talk
from rag.types import Turn


@pytest.mark.parametrize(
    ("said", "language", "answer"),
    [
        ("Hi!", "en", "Hello!"),
        ("heeey there 😀", "en", "Hello!"),
        ("Thanks a lot!", "en", "You're welcome."),
        ("Hello, thank you so much", "en", "You're welcome."),
        ("What can you do?", "en", "I'm Pullquote."),
        ("ok", "en", "Good."),
        ("How are you?", "en", "I'm fine"),
        ("Goodbye", "en", "Goodbye!"),
        ("That's all.", "en", "Goodbye!"),
        ("Hej!", "sv", "Hej!"),
        ("Tack så mycket", "sv", "Varsågod."),
        ("Vad kan du göra?", "sv", "Jag är Pullquote."),
        ("Hei", "no", "Hei!"),
        ("Tusen takk!", "no", "Bare hyggelig."),
        ("Hva kan du gjøre?", "no", "Jeg er Pullquote."),
        ("Mange tak", "da", "Selv tak."),
        ("Goddag", "sv", "Hej!"),  # Danish too: without a history, the first in the table
        ("Hvad kan du?", "da", "Jeg er Pullquote."),
        ("Guten Tag", "de", "Hallo!"),
        ("Vielen Dank", "de", "Gern geschehen."),
        ("Was kannst du?", "de", "Ich bin Pullquote."),
        ("Hola, ¿qué tal?", "es", "Bien, gracias."),
        ("muchas gracias", "es", "De nada."),
        ("¿Qué puedes hacer?", "es", "Soy Pullquote."),
        ("Bonjour", "fr", "Bonjour"),
        ("Très bien, et vous ?", "fr", "Bien, merci."),
        ("Merci beaucoup !", "fr", "De rien."),
        ("Qu’est-ce que tu peux faire ?", "fr", "Je suis Pullquote."),
    ],
)
def test_small_talk_gets_a_fitting_reply_in_its_language(said: str, language: str, answer: str) -> None:
    told = reply(said)
    assert told is not None
    assert (told.language, told.text[: len(answer)]) == (language, answer)


@pytest.mark.parametrize(
    "question",
    [
        "Hi, what did Russia close?",
        "Thanks, and in Norway?",
        "Hello Kitty",
        "What can you do about espionage?",
        "Help for Ukraine",
        "Who are you quoting?",
        "What is this?",
        "Nice",
        "no",
        "Nato?",
        "Good Friday agreement",
        "Tack vare vem?",
        "Hej, vad stänger Ryssland?",
        "Hva kan Nato gjøre?",
        "Danke, und wer ist Peskow?",
        "Was ist das?",
        "¿Qué puede hacer la OTAN?",
        "Merci, et en Norvège ?",
        "Que peut faire l'OTAN ?",
        "ok, and then?",
        "I see, and then?",
        "Great, so?",
        "thanks, and then?",
        "Jaha och så?",
        "Ok, och?",
        "Greit, og så?",
        "Je vois, et ?",
        "Wer sind sie?",
        "Was können sie?",
        "Wie geht es ihnen?",
        "¿Cómo está?",
        "Hva så?",
        "Hur är läget?",
        "That's all?",
        "Det var allt?",
        "C'est tout ?",
        "hi " * 30,
        "",
        "?!",
    ],
)
def test_a_question_is_never_taken_for_small_talk(question: str) -> None:
    assert reply(question) is None
    assert not is_small_talk(question)


def test_a_phrase_of_several_languages_is_answered_in_that_of_the_conversation() -> None:
    danish = [Turn("Hvor mange diplomater blev udvist af Nato?", "Der blev udvist otte diplomater.")]
    told = reply("Hej", danish)
    assert told is not None
    assert told.language == "da"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Hi, what did Russia close?", "what did Russia close?"),
        ("Hi. Thanks! And in Norway?", "And in Norway?"),
        ("What did Russia close?", "What did Russia close?"),
        ("Well, what did he say?", "Well, what did he say?"),
        ("Hi!", "Hi!"),
    ],
)
def test_what_is_left_of_a_question_without_the_greeting_before_it(said: str, left: str) -> None:
    assert without_small_talk(said) == left
