"""Small talk of all fourteen languages, what is composed of phrases, and what must stay a question in each of them."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from rag import wording
from rag.smalltalk import is_small_talk, reply, without_small_talk
from rag.types import Turn

TABLE = wording.table("smalltalk")
LANGUAGES = ["da", "de", "en", "es", "fi", "fr", "it", "nl", "no", "pl", "pt", "ru", "sv", "uk"]
# By language and kind.
SAID = {
    ("en", "abilities"): "What are your capabilities?|What kind of questions can I ask?|Could you please help me?"
    "|Can you help me? Thanks!|Please, help me|What can you do for me?",
    ("en", "thanks"): "thanks for the answer|Thanks again, everyone!|no thanks|Thank you so much for all your help."
    "|thanks for the detailed explanation|Thank you very much indeed|Thanks in advance",
    ("en", "greeting"): "Hello?|Hi Pullquote!|hey all",
    ("sv", "abilities"): "Vad kan man fråga om?|Kan ni hjälpa mig, snälla?|Vilka frågor kan jag ställa?",
    ("sv", "thanks"): "Nej tack|Tack för svaret, det var till stor hjälp!|stort tack för förklaringen",
    ("no", "abilities"): "Hva kan man spørre om?|Kan du vennligst hjelpe meg?",
    ("no", "thanks"): "tusen takk for svaret|Takk for det|nei takk",
    ("da", "abilities"): "Hvad kan man spørge om?|Kunne du hjælpe mig?",
    ("da", "thanks"): "tak for det|mange tak for hjælpen|ellers tak",
    ("de", "abilities"): "Was können Sie?|Was können Sie tun?|Können Sie mir bitte helfen?|Was kannst du alles?"
    "|Bitte hilf mir!|Was kann man fragen?|Wer sind Sie?",
    (
        "de",
        "thanks",
    ): "Danke für die Antwort|vielen Dank für Ihre Hilfe|nein danke|Vielen Dank für die schnelle Antwort",
    ("de", "wellbeing"): "Wie geht es Ihnen?|Danke, gut. Und dir?",
    ("es", "abilities"): "¿Qué sabes hacer?|¿Podrías ayudarme?|¿Me puede ayudar, por favor?|¿Qué se puede preguntar?",
    ("es", "thanks"): "gracias por la respuesta|muchas gracias por tu explicación|No, gracias",
    ("fr", "abilities"): "Que pouvez-vous faire pour moi ?|Qu'est-ce que tu sais faire ?"
    "|Pouvez-vous m'aider, s'il vous plaît ?|Quelles questions puis-je poser ?",
    ("fr", "thanks"): "Merci pour la réponse|Merci beaucoup pour votre aide|Non merci|merci à tous",
    ("it", "abilities"): "Cosa puoi fare?|Che cosa sai fare?|Puoi aiutarmi, per favore?|Chi sei?|Cosa posso chiederti?",
    ("it", "thanks"): "Grazie mille!|Grazie per la risposta|ok grazie|Ti ringrazio",
    ("it", "greeting"): "ciao|Buongiorno!",
    ("it", "wellbeing"): "Come stai?|Buonasera, come va?",
    ("it", "farewell"): "Arrivederci",
    ("it", "approval"): "va bene|Ho capito",
    ("nl", "abilities"): "Wat kun je doen?|Kunt u mij helpen?|Wat kun je voor mij doen?|Wie ben je?",
    ("nl", "thanks"): "Dank je|Dank u wel voor uw hulp|bedankt voor het antwoord|Nee, dank je",
    ("nl", "greeting"): "Hoi!|Goedemorgen",
    ("nl", "wellbeing"): "Hoe gaat het met u?|Goed, dank je. En met u?",
    ("nl", "farewell"): "Tot ziens!",
    ("nl", "approval"): "Ik snap het.",
    ("pl", "abilities"): "Co potrafisz?|Czy możesz mi pomóc?|O co mogę zapytać?|Kim jesteś?",
    ("pl", "thanks"): "Dziękuję|Dziękuję bardzo za pomoc|Dzięki za odpowiedź!",
    ("pl", "greeting"): "Cześć|Dzień dobry!",
    ("pl", "wellbeing"): "Jak się masz?",
    ("pl", "farewell"): "Do widzenia",
    ("pl", "approval"): "Rozumiem",
    ("pt", "abilities"): "O que podes fazer?|Você pode me ajudar?|Quem é você?|O que posso perguntar?",
    ("pt", "thanks"): "Obrigado pela ajuda|Muito obrigada!|Obrigado pela resposta",
    ("pt", "greeting"): "Olá|Bom dia!|Oi",
    ("pt", "wellbeing"): "Tudo bem?|Olá, como estás?",
    ("pt", "farewell"): "Até logo",
    ("pt", "approval"): "Perfeito",
    ("fi", "abilities"): "Mitä osaat tehdä?|Voitko auttaa minua?|Kuka olet?|Mitä voin kysyä?",
    ("fi", "thanks"): "Kiitos|Kiitos avusta!|Paljon kiitoksia vastauksesta",
    ("fi", "greeting"): "Moi!|Hyvää päivää",
    ("fi", "wellbeing"): "Mitä kuuluu?",
    ("fi", "farewell"): "Näkemiin",
    ("fi", "approval"): "Ymmärrän",
    ("ru", "abilities"): "Что ты умеешь?|Вы можете мне помочь, пожалуйста?|Кто ты?|Что можно спросить?",
    ("ru", "thanks"): "Спасибо|Спасибо большое за ответ!|Хорошо, спасибо",
    ("ru", "greeting"): "Привет!|Здравствуйте",
    ("ru", "wellbeing"): "Как дела?",
    ("ru", "farewell"): "До свидания",
    ("ru", "approval"): "Понятно",
    ("uk", "abilities"): "Що ти вмієш?|Чи можете ви мені допомогти?|Хто ти?",
    ("uk", "thanks"): "Дякую за допомогу|Дуже дякую!",
    ("uk", "greeting"): "Привіт!|Добрий день",
    ("uk", "wellbeing"): "Як справи?",
    ("uk", "farewell"): "До побачення",
    ("uk", "approval"): "Зрозуміло",
}
QUESTIONS = """
Thanks to whom was the treaty signed?|Who said hello to Putin?|What can you do in Oslo in winter?|Can you help refugees?
What can you do about fraud?|What can one do?|Could you help them?|How can Norway help me?|What are their capabilities?
Thanks for what?|Thanks, now?|Great, everybody?|Good?|ok, again?|Hello Kitty – who makes it?|Hi-Fi prices in Norway?
Hey Jude|Ciao Bella restaurant|Good Morning Britain presenter|Thank you for smoking|Who is Mr. Bye|For the answer?
Goodbye, Lenin! Who directed it?|Can you help there?|How are they?|And so?|please?|Thanks?
Tack till vem?|Vad kan man göra i Bodø?|Vem sa hej till Putin?|Kan ni hjälpa flyktingar?|Vad kan de göra?|Hur mår de?
Bra, då?|Tack, och Norge?|Hej då-kampanjen, vad är det?
Hvem takket Putin?|Hva kan man gjøre?|Hva kan de spørre om?|Kan de hjelpe?|Takk til hvem?
Tak for hvad?|Hvad kan De?|Hvad kan man gøre?|Hvem sagde hej til Putin?
Was können sie?|Was können sie tun?|Können sie helfen?|Können sie mir helfen?|Was kann man tun?
Wer sagte Hallo zu Putin?|Dank wem wurde der Vertrag unterzeichnet?|Danke für nichts?|Was sind ihre Fähigkeiten?
Was machen sie?
¿Qué puede hacer?|¿Puede ayudarme?|¿Qué se puede hacer?|¿Quién dijo hola a Putin?|Gracias a quién se firmó?
Merci à qui ?|Que peut-on faire ?|Que peut-il faire ?|Qui a dit bonjour à Poutine ?|Et eux ?
Merci patron, qui l'a fait ?
Grazie a chi è stato firmato il trattato?|Cosa può fare la NATO?|Cosa si può fare?|Chi ha detto ciao a Putin?|Come sta?
Può aiutarmi?|Bene, e allora?|E lei?|Bene?
Dank aan wie werd het verdrag getekend?|Wat kan de NAVO doen?|Wat kan men doen?|Wie zei hallo tegen Poetin?
Hoe gaat het?|Hallo Nederland, wie presenteert dat?|Goed, en dan?
Dzięki komu podpisano traktat?|Co może zrobić NATO?|Co można zrobić?|Kto powiedział cześć Putinowi?|Pomoc?|A oni?
Graças a quem foi assinado o tratado?|O que pode fazer a NATO?|O que se pode fazer?|Pode ajudar?|Ajuda?|Como está?
Quem disse olá a Putin?
Kiitos kenelle?|Mitä Nato voi tehdä?|Mitä voi tehdä?|Kuka sanoi hei Putinille?|Terve?|Voivatko he auttaa?
Hyvä, ja sitten?
Спасибо кому?|Что может сделать НАТО?|Что можно сделать?|Кто сказал привет Путину?|Помощь?|Пока?|Кто они?|Как они?
Кому дякують?|Що може зробити НАТО?|Що можна зробити?|Хто сказав привіт Путіну?|Допомога?|Як вони?|Добре, а далі?
"""
CONVERSATIONS = {
    "it": Turn("Che cosa ha chiuso la Russia a Kirkenes?", "La Russia ha chiuso il consolato."),
    "ru": Turn("Что закрыла Россия в Киркенесе?", "Россия закрыла консульство."),
    "uk": Turn("Що закрила Росія?", "Росія закрила консульство."),
    "nl": Turn("Wat sloot Rusland?", "Rusland sloot het consulaat."),
    "pl": Turn("Co zamknęła Rosja?", "Rosja zamknęła konsulat."),
    "pt": Turn("O que fechou a Rússia?", "A Rússia fechou o consulado."),
    "fi": Turn("Mitä Venäjä sulki?", "Venäjä sulki konsulaatin."),
    "sv": Turn("Vad stänger Ryssland?", "Ryssland stänger konsulatet."),
    "no": Turn("Hva stenger Russland i Kirkenes?", "Russland stenger konsulatet."),
}


@pytest.mark.parametrize(
    ("language", "kind", "said"), [(*key, said) for key, listed in SAID.items() for said in listed.split("|")]
)
def test_small_talk_of_all_languages_gets_the_reply_of_its_kind(language: str, kind: str, said: str) -> None:
    told = reply(said)
    assert told is not None
    assert (told.language, told.text) == (language, TABLE[language]["answers"][kind])


@pytest.mark.parametrize("question", re.split(r"[|\n]", QUESTIONS.strip()))
def test_a_question_of_any_language_is_never_taken_for_small_talk(question: str) -> None:
    assert reply(question) is None
    assert not is_small_talk(question)


@pytest.mark.parametrize(("language", "turn"), CONVERSATIONS.items())
def test_a_phrase_of_all_languages_is_answered_in_that_of_the_conversation(language: str, turn: Turn) -> None:
    told = reply("ok", [turn])
    assert told is not None
    assert told.language == language


@pytest.mark.parametrize(
    ("said", "language"),
    [("Hallo!", "de"), ("ciao", "it"), ("super", "de"), ("hej", "sv"), ("hei", "no"), ("hi", "en"), ("farvel", "da")],
)
def test_a_first_word_of_several_languages_is_answered_in_the_likeliest(said: str, language: str) -> None:
    told = reply(said)
    assert told is not None
    assert told.language == language


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Which articles do you have? Thanks!", "Which articles do you have?"),
        ("How many articles are there? Thank you", "How many articles are there?"),
        ("Which articles do you have? That's all, thanks!", "Which articles do you have?"),
        ("List the articles. Thanks, please.", "List the articles."),
        ("Hi can you list the articles", "can you list the articles"),
        ("Hello there 😀 what did Russia close?", "what did Russia close?"),
        ("Hi - what did Russia close?", "what did Russia close?"),
        ("Hi,who left?", "who left?"),
        ("Thanks! and in Norway?", "and in Norway?"),
        ("Hej! Kan du hjälpa mig? Vad stänger Ryssland?", "Vad stänger Ryssland?"),
        ("Hej vad stänger Ryssland?", "vad stänger Ryssland?"),
        ("Hallo, welche Artikel gibt es? Vielen Dank!", "welche Artikel gibt es?"),
        ("Bonjour pouvez-vous m'aider ? Qui est parti ? Merci d'avance !", "Qui est parti ?"),
        ("¡Hola! ¿Qué cerró Rusia? ¡Gracias!", "¿Qué cerró Rusia?"),
        ("Ciao cosa ha chiuso la Russia? Grazie mille!", "cosa ha chiuso la Russia?"),
        ("Hoi wat sloot Rusland?", "wat sloot Rusland?"),
        ("Cześć co zamknęła Rosja? Dziękuję", "co zamknęła Rosja?"),
        ("Olá o que fechou a Rússia? Obrigado.", "o que fechou a Rússia?"),
        ("Moi mitä Venäjä sulki? Kiitos!", "mitä Venäjä sulki?"),
        ("Привет что закрыла Россия?", "что закрыла Россия?"),
        ("Привіт! Що закрила Росія? Дякую!", "Що закрила Росія?"),
    ],
)
def test_small_talk_before_and_behind_a_question_is_dropped(said: str, left: str) -> None:
    assert without_small_talk(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "Hello Kitty – who makes it?",
        "Hi-Fi – what is it?",
        "Hey Jude",
        "Hey Jude – who wrote it?",
        "Chatbot – what is it?",
        "Thanks, Obama",
        "Ciao Bella restaurant",
        "Hello, Dolly – who sang it?",
        "Hello! magazine – who owns it?",
        "Hello was a hit when?",
        "Goodbye, Lenin! Who directed it?",
        "ok.ru – who owns it?",
        'Who sang "Hi! Thanks"?',
        "Who is Mr. Bye",
        "Who are you, Mr Putin?",
        "What can you do? And in Oslo?",
        "The rent went up. What can you do?",
        "Is it over? That's all?",
        "Hej Matematik – hvad er det?",
    ],
)
def test_what_may_be_part_of_a_question_stays(said: str) -> None:
    assert without_small_talk(said) == said


def test_the_table_says_the_same_in_every_language() -> None:
    assert sorted(TABLE) == LANGUAGES
    kinds = ["abilities", "wellbeing", "thanks", "farewell", "greeting", "approval"]
    for entry in TABLE.values():
        assert list(entry["answers"]) == kinds
        assert list(entry["said"]) == [*kinds, "beside", "behind", "joins"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_phrase_of_the_table_is_written_so_that_it_is_misread(code: str) -> None:
    for listed in (TABLE[code]["asks"], *TABLE[code]["said"].values()):
        assert "(" not in re.sub(r"\([^()]*\)", "", listed)  # closed, and not one inside another
        assert not re.search(r"[^\w\s'|()*-]", listed)
        assert all(phrase.strip() for phrase in re.sub(r"\([^()]*\)", "x", listed).split("|"))


def test_a_phrase_is_likeliest_in_one_language_only() -> None:
    stars = Counter(
        phrase
        for entry in TABLE.values()
        for listed in entry["said"].values()
        for phrase in re.findall(r"[\w ]+\*", listed)
    )
    assert {phrase for phrase, times in stars.items() if times > 1} == set()


def test_a_long_text_is_no_small_talk_and_is_told_soon() -> None:
    assert not is_small_talk("thanks " * 100_000)
    assert without_small_talk("Who left? " * 10_000).startswith("Who left?")
