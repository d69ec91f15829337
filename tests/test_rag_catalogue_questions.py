"""What is asked about the library, in each language the same; what only looks like it is left alone."""

from __future__ import annotations

import pytest

from rag.catalogue import questions
from rag.catalogue.questions import Request

# Everything that every language must understand: the kind and the topic of each, then how it is asked.
SAME = {
    "all that you have": ("list", ""),
    "all that there are": ("list", ""),
    "list": ("list", ""),
    "can you list": ("list", ""),
    "show me": ("list", ""),
    "about, you have": ("list", "Peskov"),
    "about, do you have any": ("list", "Peskov"),
    "is there one": ("list", "Peskov"),
    "anything on": ("list", "Peskov"),
    "what on": ("list", "Peskov"),
    "which mention": ("list", "Peskov"),
    "which one mentions": ("list", "Peskov"),
    "in the library": ("list", ""),
    "what they are about": ("list", ""),
    "the newest ones": ("list", ""),
    "your newest ones": ("list", ""),
    "how many": ("count", ""),
    "how many have you": ("count", ""),
    "how many mention": ("count", "Peskov"),
    "how many about": ("count", "Peskov"),
    "how big": ("count", ""),
    "the newest": ("edge", ""),
    "your newest": ("edge", ""),
    "the oldest": ("edge", ""),
    "which is the newest": ("edge", ""),
    "when": ("edge", ""),
    "show the newest": ("edge", ""),
    "newest on": ("edge", "Peskov"),
    "what the newest is about": ("opening", ""),
}
ASKED = {
    "en": """
        Which articles do you have?
        Which articles are there?
        List all articles
        Can you list the articles?
        Show me the articles
        Which articles do you have about Peskov?
        Do you have any articles about Peskov?
        Is there an article about Peskov?
        Do you have anything on Peskov?
        What do you have on Peskov?
        Which articles mention Peskov?
        Which article mentions Peskov?
        What is in the library?
        What are the articles about?
        What are the latest articles?
        What are your newest articles?
        How many articles are there?
        How many articles do you have?
        How many articles mention Peskov?
        How many articles are there about Peskov?
        How big is the library?
        What is the newest article?
        What is your newest article?
        What is the oldest article?
        Which article is the newest?
        When was the newest article published?
        Show me the newest article
        What is the newest article about Peskov?
        What is the newest article about?
    """,
    "sv": """
        Vilka artiklar har du?
        Vilka artiklar finns det?
        Lista alla artiklar
        Kan du lista artiklarna?
        Visa mig artiklarna
        Vilka artiklar har du om Peskov?
        Har du några artiklar om Peskov?
        Finns det någon artikel om Peskov?
        Har du något om Peskov?
        Vad har du om Peskov?
        Vilka artiklar nämner Peskov?
        Vilken artikel nämner Peskov?
        Vad finns i biblioteket?
        Vad handlar artiklarna om?
        Vilka är de senaste artiklarna?
        Vilka är dina nyaste artiklar?
        Hur många artiklar är det?
        Hur många artiklar har du?
        Hur många artiklar nämner Peskov?
        Hur många artiklar finns det om Peskov?
        Hur stort är biblioteket?
        Vilken är den nyaste artikeln?
        Vilken är din nyaste artikel?
        Vilken är den äldsta artikeln?
        Vilken artikel är nyast?
        När publicerades den senaste artikeln?
        Visa mig den nyaste artikeln
        Vilken är den nyaste artikeln om Peskov?
        Vad handlar den nyaste artikeln om?
    """,
    "no": """
        Hvilke artikler har du?
        Hvilke artikler finnes det?
        List opp alle artiklene
        Kan du vise meg artiklene?
        Vis meg artiklene
        Hvilke artikler har du om Peskov?
        Har du noen artikler om Peskov?
        Finnes det en artikkel om Peskov?
        Har du noe om Peskov?
        Hva har du om Peskov?
        Hvilke artikler nevner Peskov?
        Hvilken artikkel nevner Peskov?
        Hva finnes i biblioteket?
        Hva handler artiklene om?
        Hva er de nyeste artiklene?
        Hva er dine nyeste artikler?
        Hvor mange artikler er det?
        Hvor mange artikler har du?
        Hvor mange artikler nevner Peskov?
        Hvor mange artikler finnes det om Peskov?
        Hvor stort er biblioteket?
        Hva er den nyeste artikkelen?
        Hva er din nyeste artikkel?
        Hva er den eldste artikkelen?
        Hvilken artikkel er nyest?
        Når ble den nyeste artikkelen publisert?
        Vis meg den nyeste artikkelen
        Hva er den nyeste artikkelen om Peskov?
        Hva handler den nyeste artikkelen om?
    """,
    "da": """
        Hvilke artikler har du?
        Hvilke artikler findes der?
        List alle artikler
        Kan du vise mig artiklerne?
        Vis mig artiklerne
        Hvilke artikler har du om Peskov?
        Har du nogen artikler om Peskov?
        Findes der en artikel om Peskov?
        Har du noget om Peskov?
        Hvad har du om Peskov?
        Hvilke artikler nævner Peskov?
        Hvilken artikel nævner Peskov?
        Hvad er der i biblioteket?
        Hvad handler artiklerne om?
        Hvad er de seneste artikler?
        Hvad er dine nyeste artikler?
        Hvor mange artikler er der?
        Hvor mange artikler har du?
        Hvor mange artikler nævner Peskov?
        Hvor mange artikler findes der om Peskov?
        Hvor stort er biblioteket?
        Hvad er den nyeste artikel?
        Hvad er din nyeste artikel?
        Hvad er den ældste artikel?
        Hvilken artikel er den nyeste?
        Hvornår blev den nyeste artikel udgivet?
        Vis mig den nyeste artikel
        Hvad er den nyeste artikel om Peskov?
        Hvad handler den nyeste artikel om?
    """,
    "de": """
        Welche Artikel hast du?
        Welche Artikel gibt es?
        Liste alle Artikel auf
        Kannst du die Artikel auflisten?
        Zeig mir die Artikel
        Welche Artikel hast du über Peskov?
        Hast du Artikel über Peskov?
        Gibt es einen Artikel über Peskov?
        Hast du etwas über Peskov?
        Was hast du über Peskov?
        Welche Artikel erwähnen Peskov?
        Welcher Artikel erwähnt Peskov?
        Was ist in der Bibliothek?
        Worum geht es in den Artikeln?
        Was sind die neuesten Artikel?
        Was sind deine neuesten Artikel?
        Wie viele Artikel gibt es?
        Wie viele Artikel hast du?
        Wie viele Artikel erwähnen Peskov?
        Wie viele Artikel gibt es zum Thema Peskov?
        Wie groß ist die Bibliothek?
        Was ist der neueste Artikel?
        Was ist dein neuester Artikel?
        Was ist der älteste Artikel?
        Welcher Artikel ist der neueste?
        Wann wurde der neueste Artikel veröffentlicht?
        Zeig mir den neuesten Artikel
        Was ist der neueste Artikel über Peskov?
        Wovon handelt der neueste Artikel?
    """,
    "es": """
        ¿Qué artículos tienes?
        ¿Qué artículos hay?
        Lista todos los artículos
        ¿Puedes enumerar los artículos?
        Muéstrame los artículos
        ¿Qué artículos tienes sobre Peskov?
        ¿Tienes artículos sobre Peskov?
        ¿Hay algún artículo sobre Peskov?
        ¿Tienes algo sobre Peskov?
        ¿Qué tienes sobre Peskov?
        ¿Qué artículos mencionan a Peskov?
        ¿Qué artículo menciona a Peskov?
        ¿Qué hay en la biblioteca?
        ¿De qué tratan los artículos?
        ¿Cuáles son los artículos más recientes?
        ¿Cuáles son tus últimos artículos?
        ¿Cuántos artículos hay?
        ¿Cuántos artículos tienes?
        ¿Cuántos artículos mencionan a Peskov?
        ¿Cuántos artículos hay sobre Peskov?
        ¿Cómo de grande es la biblioteca?
        ¿Cuál es el artículo más reciente?
        ¿Cuál es tu último artículo?
        ¿Cuál es el artículo más antiguo?
        ¿Qué artículo es el más reciente?
        ¿Cuándo se publicó el artículo más reciente?
        Muéstrame el artículo más reciente
        ¿Cuál es el artículo más reciente sobre Peskov?
        ¿De qué trata el artículo más reciente?
    """,
    "fr": """
        Quels articles as-tu ?
        Quels articles y a-t-il ?
        Liste tous les articles
        Peux-tu lister les articles ?
        Montre-moi les articles
        Quels articles avez-vous sur Peskov ?
        As-tu des articles sur Peskov ?
        Y a-t-il un article sur Peskov ?
        As-tu quelque chose sur Peskov ?
        Qu'as-tu sur Peskov ?
        Quels articles parlent de Peskov ?
        Quel article parle de Peskov ?
        Qu'y a-t-il dans la bibliothèque ?
        De quoi parlent les articles ?
        Quels sont les articles les plus récents ?
        Quels sont tes derniers articles ?
        Combien d'articles y a-t-il ?
        Combien d'articles as-tu ?
        Combien d'articles parlent de Peskov ?
        Combien y a-t-il d'articles sur Peskov ?
        Quelle est la taille de la bibliothèque ?
        Quel est l'article le plus récent ?
        Quel est ton dernier article ?
        Quel est l'article le plus ancien ?
        Quel article est le plus récent ?
        Quand l'article le plus récent a-t-il été publié ?
        Montre-moi l'article le plus récent
        Quel est l'article le plus récent sur Peskov ?
        De quoi parle l'article le plus récent ?
    """,
}
# What a topic is not, in each language: a second question, one of its own, a negation, a law's article, a request.
NO_TOPIC = {
    "en": """
        Do you have any articles about Lavrov? What did he say?
        Which articles do you have on NATO? Who is Stoltenberg?
        Do you have any articles about Lavrov, who is he?
        Do you have articles about Lavrov. What did he say?
        Do you have articles about Lavrov – what did he say?
        Which articles are about NATO, and which is the newest?
        Do you have any articles about Lavrov that explain why he left?
        Do you have articles about Lavrov, summarise them
        Do you have articles about Lavrov and summarise the newest
        Do you have articles about whether Russia left?
        Do you have articles about which countries joined?
        Do you have articles about that Lavrov resigned?
        Do you have articles about Lavrov is leaving?
        Do you have articles about this topic?
        List the articles about NATO but not Lavrov
        List the articles about NATO without Lavrov
        Is there an article about secession in the Spanish constitution?
        Which article is about collective defence in the NATO treaty?
        Which articles are on sale?
        What do you have on your mind?
        What is the newest weapon Russia has?
        How many articles does the NATO treaty have?
        Which articles of the treaty were broken?
        What does the newest article say about Peskov?
        How many articles are there from October?
        Do you have articles about NATO from last week?
        Do you have articles about NATO from October 2021 to 2022?
        Do you have articles about NATO from 05/06/2021?
        Do you have articles about NATO by Reuters?
        Which articles were seized in 2021?
        What did NATO do in October 2021?
        What is the latest news?
        Which articles mention Lavrov most?
        Which articles do you have about May 2021?
        Which articles do you have about NATO? And Russia?
        Do you have articles on gas prices from before 2020?
        How many articles were stolen from the museum?
    """,
    "sv": """
        Har du några artiklar om Lavrov? Vad sa han?
        Vilka artiklar har du om Nato, och vilken är nyast?
        Har du artiklar om när Nato bildades?
        Har du artiklar om Lavrov som förklarar varför han gick?
        Har du artiklar om huruvida Ryssland lämnade?
        Har du artiklar om att Lavrov avgick?
        Lista artiklarna om Nato men inte Lavrov
        Vilka artiklar handlar om försvar i Natofördraget?
        Vilka artiklar handlar om utträde i EU-fördraget?
        Har du artiklar om Nato från förra veckan?
        Hur många artiklar finns det från oktober?
        Vilka artiklar stals från museet?
    """,
    "no": """
        Har du noen artikler om Lavrov? Hva sa han?
        Hvilke artikler har du om Nato, og hvilken er nyest?
        Har du artikler om når Nato ble dannet?
        Har du artikler om Lavrov som forklarer hvorfor han gikk?
        Har du artikler om at Lavrov gikk av?
        List opp artiklene om Nato men ikke Lavrov
        Hvilke artikler handler om forsvar i Nato-traktaten?
        Har du artikler om Nato fra forrige uke?
        Hvor mange artikler ble stjålet fra museet?
    """,
    "da": """
        Har du nogen artikler om Lavrov? Hvad sagde han?
        Hvilke artikler har du om NATO, og hvilken er nyest?
        Har du artikler om hvornår NATO blev dannet?
        Har du artikler om Lavrov der forklarer hvorfor han gik?
        Vis artiklerne om NATO men ikke Lavrov
        Hvilke artikler handler om forsvar i NATO-traktaten?
        Hvilke artikler handler om kongen i grundloven?
        Har du artikler om NATO fra sidste uge?
    """,
    "de": """
        Hast du Artikel über Lawrow? Was hat er gesagt?
        Welche Artikel hast du über die NATO, und welcher ist der neueste?
        Gibt es Artikel über wann Russland ging?
        Hast du Artikel über Lawrow, die erklären, warum er ging?
        Hast du Artikel über ob Russland ging?
        Liste die Artikel über die NATO ohne Lawrow auf
        Gibt es einen Artikel über Abspaltung in der Verfassung?
        Gibt es einen Artikel über Beistand im Nordatlantikvertrag?
        Gibt es einen Artikel über Würde im Grundgesetz?
        Was gibt es über Lawrow zu sagen?
        Hast du Artikel über die NATO aus der letzten Woche?
        Wie viele Artikel gibt es vom Oktober?
        Haben Sie Artikel über Putin veröffentlicht?
    """,
    "es": """
        ¿Tienes artículos sobre Lavrov? ¿Qué dijo?
        ¿Qué artículos tienes sobre la OTAN, y cuál es el más reciente?
        ¿Tienes artículos sobre cuándo se fue Rusia?
        ¿Tienes artículos sobre Lavrov que expliquen por qué se fue?
        ¿Tienes artículos sobre si Rusia se fue?
        Lista los artículos sobre la OTAN pero no Lavrov
        ¿Hay algún artículo sobre la secesión en la Constitución?
        ¿Qué artículo habla de la defensa en el tratado de la OTAN?
        ¿Tienes artículos sobre la OTAN de la semana pasada?
    """,
    "fr": """
        As-tu des articles sur Lavrov ? Qu'a-t-il dit ?
        Quels articles as-tu sur l'OTAN, et quel est le plus récent ?
        As-tu des articles sur quand la Russie est partie ?
        As-tu des articles sur Lavrov qui expliquent pourquoi il est parti ?
        As-tu des articles sur si la Russie part ?
        Liste les articles sur l'OTAN mais pas Lavrov
        Y a-t-il un article sur la sécession dans la Constitution ?
        Quel article parle de la défense dans le traité de l'OTAN ?
        As-tu des articles sur l'OTAN de la semaine dernière ?
    """,
}


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


CASES = [
    (code, question, *expected)
    for code, asked in ASKED.items()
    for question, expected in zip(lines_of(asked), SAME.values(), strict=True)
]


@pytest.mark.parametrize(("code", "question", "kind", "topic"), CASES)
def test_every_language_understands_the_same(code: str, question: str, kind: str, topic: str) -> None:
    request = questions.understand(question)
    assert request is not None
    assert (request.kind, request.topic) == (kind, topic)
    assert request.language == code or {request.language, code} == {"no", "da"}  # much is said alike in both


@pytest.mark.parametrize("question", [one for asked in NO_TOPIC.values() for one in lines_of(asked)])
def test_what_holds_more_than_a_topic_is_left_alone(question: str) -> None:
    assert questions.understand(question) is None


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which articles do you have about NATO, Russia and Ukraine?", "NATO, Russia and Ukraine"),
        ("Do you have any articles about the U.S. mission?", "the U.S. mission"),
        ("Do you have any articles about St. Petersburg?", "St. Petersburg"),
        ("Do you have any articles about the WHO?", "the WHO"),
        ("Do you have any articles about IT?", "IT"),
        ("Which articles do you have on the topic of gas from Russia?", "gas from Russia"),
        ("WHICH ARTICLES DO YOU HAVE ABOUT NATO?", "nato"),
        ("Which articles are on Lavrov?", "Lavrov"),
        ("Which articles do you have about NATO in 30 countries?", "NATO in 30 countries"),
        ("Which articles do you have about NATO, please?", "NATO"),
        ("Welche Artikel gibt es zum Thema NATO?", "NATO"),
        ("Hast du Artikel über Agenten?", "Agenten"),
        ("Hast du Artikel über Algerien?", "Algerien"),
        ("Hast du Artikel über Argentinien?", "Argentinien"),
        ("Hast du Artikel über die Angeklagten?", "die Angeklagten"),
        ("Hast du Artikel über die Gegenwart?", "die Gegenwart"),
        ("Quels articles parlent du Brexit ?", "Brexit"),
        ("Quels articles parlent de l'OTAN ?", "l'OTAN"),
        ("As-tu des articles sur l'est de l'Ukraine ?", "l'est de l'Ukraine"),
        ("¿Qué artículos hay sobre la OTAN?", "la OTAN"),
    ],
)
def test_a_topic_is_what_stands_in_its_place(question: str, topic: str) -> None:
    request = questions.understand(question)
    assert request is not None
    assert request.topic == topic


@pytest.mark.parametrize(
    ("question", "any_of"),
    [
        ("Which articles do you have about NATO or Lavrov?", ("NATO", "Lavrov")),
        ("Which articles do you have about NATO, Lavrov or gas?", ("NATO", "Lavrov", "gas")),
        ("Vilka artiklar har du om Nato eller Lavrov?", ("Nato", "Lavrov")),
        ("Hvilke artikler har du om Nato eller Lavrov?", ("Nato", "Lavrov")),
        ("Hast du Artikel über die NATO oder Lawrow?", ("die NATO", "Lawrow")),
        ("¿Tienes artículos sobre la OTAN o Lavrov?", ("la OTAN", "Lavrov")),
        ("As-tu des articles sur l'OTAN ou Lavrov ?", ("l'OTAN", "Lavrov")),
        ("Which articles do you have about NATO and Lavrov?", ("NATO and Lavrov",)),
    ],
)
def test_or_is_between_topics_of_which_one_is_enough(question: str, any_of: tuple[str, ...]) -> None:
    request = questions.understand(question)
    assert request is not None
    assert request.any_of == any_of


@pytest.mark.parametrize(
    ("question", "sure"),
    [
        ("Do you have any articles about Peskov?", True),
        ("List the articles about Peskov", True),
        ("Which articles are in the library about Peskov?", True),
        ("Which articles do you have on art?", True),
        ("Is there an article about Peskov?", False),
        ("Which articles are about Peskov?", False),
        ("What do you have on Peskov?", False),
        ("Har du några artiklar om Peskov?", True),
        ("Vilka artiklar handlar om Peskov?", False),
        ("Hast du Artikel über Peskow?", True),
        ("Gibt es Artikel über Peskow?", False),
        ("¿Tienes artículos sobre Peskov?", True),
        ("¿Hay artículos sobre Peskov?", False),
        ("As-tu des articles sur Peskov ?", True),
        ("Y a-t-il un article sur Peskov ?", False),
    ],
)
def test_only_what_speaks_to_the_library_is_surely_about_it(question: str, sure: bool) -> None:
    request = questions.understand(question)
    assert request is not None
    assert request.sure == sure


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which articles do you have? Thanks!", Request("list", "en")),
        ("How many articles are there? Thank you", Request("count", "en")),
        ("How many articles are there, thanks", Request("count", "en")),
        ("Hello! How many articles are there? Thank you!", Request("count", "en")),
        ("Hur många artiklar finns det? Tack!", Request("count", "sv")),
        ("Wie viele Artikel gibt es? Danke!", Request("count", "de")),
        ("¿Cuántos artículos hay? Gracias", Request("count", "es")),
        ("Combien d'articles y a-t-il ? Merci !", Request("count", "fr")),
        ("What are the oldest articles?", Request("list", "en", oldest=True)),
    ],
)
def test_small_talk_behind_a_question_is_no_part_of_it(question: str, expected: Request) -> None:
    assert questions.understand(question) == expected
