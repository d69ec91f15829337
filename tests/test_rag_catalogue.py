"""Questions about the library are answered from its catalog; questions about anything else are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from index.embed import LetterEmbedder
from index.library import Library
from index.load import make_article
from index.types import Article
from rag import catalogue
from rag.catalogue import questions
from rag.chatbot import Chatbot
from rag.engine.double import ParrotModel
from rag.settings import Settings
from rag.types import Done

ASKED = {
    "en": """
        which articles do you have on NATO?
        what is the newest article?
        how many articles are there?
        what is the newest article about?
        Which articles are there?
        list all articles
        show me your articles about Stoltenberg
        Do you have any articles about Lavrov?
        how many articles do you have about the Skripal case?
        what's the latest article on Russia
        Which article is the oldest?
        when was the newest article published?
        what do you have on Peskov?
        What articles do you have?
        how many articles do you have in total?
        what are the articles about?
        which articles about NATO do you have?
        Can you list the articles?
        which documents are in the library?
        what is the oldest article about?
        How many documents do you have?
        Do you have any documents about Lavrov?
        How many documents are in the library?
    """,
    "sv": """
        Vilka artiklar har du om Nato?
        Vilken är den nyaste artikeln?
        Hur många artiklar finns det?
        Vad handlar den senaste artikeln om?
        Vilka artiklar finns det om Ryssland?
        Lista alla artiklar
        Har du några artiklar om Lavrov?
        Vilken artikel är äldst?
        Hur många artiklar har du?
        När publicerades den senaste artikeln?
        Vilka artiklar handlar om Nato?
        hur många artiklar finns i biblioteket?
        Vilka artiklar om Nato har du?
        Vilka dokument har du om Nato?
    """,
    "no": """
        Hvilke artikler har du om Nato?
        Hva er den nyeste artikkelen?
        Hvor mange artikler er det?
        Hvor mange artikler finnes det?
        Hva handler den nyeste artikkelen om?
        Hvilken artikkel er eldst?
        Har du noen artikler om Russland?
        Vis meg alle artiklene
        Hvilken er den siste artikkelen?
    """,
    "da": """
        Hvilke artikler har du om NATO?
        Hvad er den nyeste artikel?
        Hvor mange artikler er der?
        Hvad handler den seneste artikel om?
        Hvilken artikel er den ældste?
        Har du nogen artikler om Rusland?
        Vis alle artikler
    """,
    "de": """
        Welche Artikel hast du über die Nato?
        Was ist der neueste Artikel?
        Wie viele Artikel gibt es?
        Worum geht es im neuesten Artikel?
        Wovon handelt der neueste Artikel?
        Welche Artikel gibt es zur Nato?
        Welcher Artikel ist der älteste?
        Zeig mir alle Artikel
        Hast du Artikel über Lawrow?
        Welche Artikel haben Sie?
        Was haben Sie über die Nato?
        Welche Dokumente haben Sie über Gewalt?
    """,
    "es": """
        ¿Qué artículos tienes sobre la OTAN?
        ¿Cuál es el artículo más reciente?
        ¿Cuántos artículos hay?
        ¿De qué trata el artículo más reciente?
        ¿Cuál es el último artículo?
        ¿Tienes artículos sobre Rusia?
        Muéstrame todos los artículos
        ¿Qué artículos hay?
    """,
    "fr": """
        Quels articles avez-vous sur l'OTAN ?
        Quel est l'article le plus récent ?
        Combien d'articles y a-t-il ?
        De quoi parle le dernier article ?
        Quel est le dernier article ?
        As-tu des articles sur la Russie ?
        Montre-moi tous les articles
        Combien y a-t-il d'articles ?
        Quels sont les articles sur Poutine ?
    """,
}
OTHERS = """
    which articles of the treaty were broken?
    what does the newest article say about Lavrov?
    how many articles does the constitution have?
    how many articles are there in the constitution?
    Which articles did NATO invoke?
    what is the latest article of the treaty?
    which documents were published?
    Who wrote the article?
    What articles were seized?
    how many diplomats are there?
    what is the newest country in NATO?
    which article of the treaty is the oldest?
    list the countries
    what do you know about NATO?
    tell me about NATO
    how many articles were broken?
    What is article 5 about?
    which articles do you have to declare at customs?
    show me what Lavrov said
    What is the newest mission about?
    what happened in the newest article of the deal?
    Vilka artiklar i fördraget bröts?
    Vad säger den senaste artikeln om Lavrov?
    Hur många artiklar har grundlagen?
    Vilken är den senaste sanktionen?
    Vad handlar fördraget om?
    Vad vet du om Nato?
    Hur många finns det?
    Vilka artiklar säljs?
    Hvilke artikler i traktaten ble brutt?
    Hva sier den nyeste artikkelen om Lavrov?
    Hvor mange artikler har grunnloven?
    Hvem skrev artikkelen?
    Which documents are there?
    How many documents are there?
    Which documents are about to be released?
    Which documents are on the table?
    What is the oldest document in the national archive?
    How many stories are there?
    Which articles are about to expire?
    Do you have any articles about Lavrov and what did he say?
    Do you have articles on how many people died in the flood?
    Hur många dokument finns det?
    Har du några artiklar om Lavrov och vad sa han?
    Hvor mange saker er det?
    Was haben sie zur Nato gesagt?
    Was haben Sie zu verbergen?
    Was hast du über Putin gesagt?
    Was gibt es zu essen?
    Welche Dokumente haben sie über Putin veröffentlicht?
    Haben Sie Artikel über Putin veröffentlicht?
    Welche Artikel des Vertrags wurden verletzt?
    Was sagt der neueste Artikel über Lawrow?
    Wie viele Artikel hat das Grundgesetz?
    Wie viele Diplomaten gibt es?
    ¿Qué artículos del tratado se violaron?
    ¿Qué dice el artículo más reciente sobre Lavrov?
    ¿Cuántos artículos tiene la constitución?
    Quels articles du traité ont été violés ?
    Que dit le dernier article sur Lavrov ?
    Combien d'articles compte la constitution ?
    quel est l'article 5 ?
"""


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("code", "question"), [(code, q) for code, asked in ASKED.items() for q in lines_of(asked)])
def test_a_question_about_the_library_is_understood(code: str, question: str) -> None:
    request = questions.understand(question)
    assert request is not None
    assert request.language == code or {request.language, code} == {"no", "da"}  # "Vis alle artikler" is both


@pytest.mark.parametrize("question", lines_of(OTHERS))
def test_a_question_about_anything_else_is_left_alone(question: str) -> None:
    assert questions.understand(question) is None


def dated(article_id: str, title: str, text: str, day: str | None, language: str = "en") -> Article:
    published = date.fromisoformat(day) if day else None
    return make_article(text, id=article_id, title=title, language=language, published=published)


STORM = "The storm closed the harbour of Luleå on Monday. Seven ships waited outside."
BUDGET = "The council passed its budget on Friday. Nobody mentioned the harbour."
BRIDGE = "Bron över älven stängdes på tisdagen och öppnar inte förrän i maj."


@pytest.fixture
def bot(library: Library, settings: Settings) -> Iterator[Chatbot]:
    library.ingest_articles(
        [
            dated("storm", "Storm closes harbour", STORM, "2021-10-19"),
            dated("budget", "Budget passed", BUDGET, "2021-10-22"),
            dated("bridge", "Bron stängd", BRIDGE, None, "sv"),
        ]
    )

    def never() -> ParrotModel:
        raise AssertionError("the model must not be opened")

    with Chatbot(library, never, LetterEmbedder(), settings) as bot:
        yield bot


def test_how_many_there_are_is_counted(bot: Chatbot) -> None:
    answer = bot.ask("How many articles are there?")
    assert answer.status == "about_library"
    assert answer.text == "There are 3 articles. The dated ones are from 2021-10-19 to 2021-10-22."
    assert (answer.sources, answer.citations, answer.confidence, answer.model) == ((), (), 1.0, "")


def test_all_are_listed_newest_first_with_their_days(bot: Chatbot) -> None:
    answer = bot.ask("Vilka artiklar finns det?")
    assert answer.language == "sv"
    assert answer.text.splitlines()[1:] == [
        "1. Budget passed (2021-10-22)",
        "2. Storm closes harbour (2021-10-19)",
        "3. Bron stängd",
    ]
    assert [source.article.id for source in answer.sources] == ["budget", "storm", "bridge"]
    for source in answer.sources:
        passage = source.hit.passage
        assert source.article.text[passage.start : passage.end] == passage.text != ""


def test_a_topic_narrows_the_list_to_articles_that_name_it(bot: Chatbot) -> None:
    answer = bot.ask("Which articles do you have about ships?")
    assert answer.text.splitlines()[:2] == ["One article names “ships”:", "1. Storm closes harbour (2021-10-19)"]
    both = bot.ask("How many articles do you have on the harbour?")
    assert both.text.startswith("2 articles name “the harbour”:")


@pytest.mark.parametrize(
    ("question", "text", "code"),
    [
        ("Which articles do you have about Germany?", "Germany voted on Sunday.", "en"),
        ("Which articles do you have about energy policy?", "The policies on energy were late.", "en"),
        ("Which articles do you have about cities?", "The city grew.", "en"),
        ("Welche Artikel gibt es über Köln?", "Der Kölner Dom steht in Ko\u0308ln.", "de"),
        ("¿Qué artículos hay sobre México?", "México ganó.", "es"),
        ("Vilka artiklar har du om Nato?", "Natos chef talade.", "sv"),
    ],
)
def test_a_topic_is_found_in_whatever_form(
    library: Library, settings: Settings, question: str, text: str, code: str
) -> None:
    library.ingest_articles([make_article(text, id="a", title="", language=code)])
    with Chatbot(library, ParrotModel(), LetterEmbedder(), settings) as bot:
        answer = bot.ask(question)
    assert answer.status == "about_library"
    assert "1." in answer.text


def test_a_word_that_merely_begins_alike_is_another_topic(library: Library, settings: Settings) -> None:
    library.ingest_articles([make_article("The police came.", id="a", title="", language="en")])
    with Chatbot(library, ParrotModel(), LetterEmbedder(), settings) as bot:
        assert "No article names" in bot.ask("Which articles do you have about policy?").text


def test_a_topic_that_no_article_names_is_said_to_be_missing(bot: Chatbot) -> None:
    answer = bot.ask("Do you have any articles about elections?")
    assert answer.text.startswith("No article in English names “elections”.\nClose to it:\n1. ")
    assert len(answer.sources) == 3


def held(library: Library, *texts: tuple[str, str]) -> Library:
    library.ingest_articles(make_article(text, id=text, title="", language=code) for code, text in texts)
    return library


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("Har du noen artikler om spionasje?", "Nærmest «spionasje»:"),
        ("Har du nogen artikler om spionage?", "Nærmest »spionage«:"),
        ("Har du artiklar om spioneri?", "Närmast ”spioneri”:"),
        ("Hast du Artikel über Spionage?", "Am nächsten zu „Spionage“:"),
        ("¿Tienes artículos sobre espionaje?", "Lo más cercano a «espionaje»:"),
        ("As-tu des articles sur les taupes ?", "Les plus proches de « les taupes » :"),
        ("Do you have any articles about cheese?", "No article names “cheese”."),
    ],
)
def test_nothing_is_denied_of_articles_in_other_languages(library: Library, question: str, head: str) -> None:
    answer = catalogue.answer(question, held(library, ("en", "He was convicted of being a spy.")))
    assert answer is not None
    assert answer.text.startswith(f"{head}\n")
    assert len(answer.sources) == 1


def test_what_is_close_in_writing_is_denied_together(library: Library) -> None:
    held(library, ("no", "Skipet ventet."), ("da", "Skibet ventede."))
    answer = catalogue.answer("Har du noen artikler om spionasje?", library)
    assert answer is not None
    assert answer.text.startswith("Ingen artikkel nevner «spionasje».")


def test_an_alliance_is_found_by_its_name_in_another_language(library: Library) -> None:
    answer = catalogue.answer("Quels articles parlent de l'OTAN ?", held(library, ("en", "NATO expelled eight.")))
    assert answer is not None
    assert answer.text.startswith("Un article mentionne « l'OTAN » :")


def test_what_is_not_surely_asked_of_the_library_counts_only_where_articles_name_it(library: Library) -> None:
    held(library, ("en", "Peskov spoke."))
    assert catalogue.answer("Which articles mention Peskov?", library) is not None
    assert catalogue.answer("Which articles mention self-defence?", library) is None
    assert catalogue.answer("What do you have on offer?", library) is None
    assert catalogue.answer("Do you have any articles on self-defence?", library) is not None


def test_of_topics_with_or_between_them_one_is_enough(library: Library) -> None:
    held(library, ("en", "Peskov spoke."), ("en", "Lavrov spoke."), ("en", "Nobody spoke."))
    answer = catalogue.answer("Which articles do you have about Peskov or Lavrov?", library)
    assert answer is not None
    assert answer.text.startswith("2 articles name “Peskov or Lavrov”:")


def test_the_newest_ones_are_a_list_and_the_oldest_begin_with_the_oldest(bot: Chatbot) -> None:
    newest, oldest = bot.ask("What are the latest articles?"), bot.ask("What are the oldest articles?")
    assert [source.article.id for source in newest.sources] == ["budget", "storm", "bridge"]
    assert [source.article.id for source in oldest.sources] == ["storm", "budget", "bridge"]


def test_the_newest_and_the_oldest_are_named_and_the_undated_counted(bot: Chatbot) -> None:
    newest, oldest = bot.ask("What is the newest article?"), bot.ask("Vilken är den äldsta artikeln?")
    assert newest.text == "The newest article is “Budget passed”, 2021-10-22. One article has no date."
    assert oldest.text == "Den äldsta artikeln är ”Storm closes harbour”, 2021-10-19. En artikel saknar datum."
    assert [source.article.id for source in newest.sources] == ["budget"]
    about = bot.ask("What is the newest article on ships?")
    assert about.text.startswith("The newest article is “Storm closes harbour”")


def test_what_the_newest_is_about_is_told_by_a_verbatim_quote_of_its_beginning(bot: Chatbot) -> None:
    answer = bot.ask("What is the newest article about?")
    (quote,) = answer.quotes
    assert quote.article.text[quote.start : quote.end] == quote.text == "The council passed its budget on Friday."
    (citation,) = answer.citations
    assert answer.text[citation.start : citation.end] == citation.sentence == quote.text
    assert answer.text.endswith("It begins:\n" + quote.text)
    assert answer.grounded


def test_without_any_date_there_is_no_newest(library: Library, settings: Settings) -> None:
    library.ingest_articles([dated("bridge", "Bron stängd", BRIDGE, None, "sv")])
    answer = Chatbot(library, ParrotModel(), LetterEmbedder(), settings).ask("What is the newest article?")
    assert answer.text == "None of the articles has a date.\n1. Bron stängd"


def test_only_the_articles_that_one_may_look_in_are_told_of(bot: Chatbot) -> None:
    assert bot.ask("How many articles are there?", within={"storm"}).text == "There is one article."


def test_the_answer_comes_at_once_and_keeps_the_question(bot: Chatbot) -> None:
    (event,) = bot.stream("Hello, how many articles are there?")
    assert isinstance(event, Done)
    assert event.answer.question == "Hello, how many articles are there?"
    assert set(event.answer.timings) == {"total"}


def test_every_language_has_every_phrase_and_every_pattern_compiles() -> None:
    keys = {code: set(tongue.answers) for code, tongue in questions.tongues().items()}
    assert set(keys) == set(ASKED)
    assert all(found == keys["en"] for found in keys.values())


def test_small_talk_needs_neither_search_nor_model(bot: Chatbot) -> None:
    (event,) = bot.stream("Hej!")
    assert isinstance(event, Done)
    assert (event.answer.status, event.answer.language, event.answer.sources) == ("small_talk", "sv", ())
