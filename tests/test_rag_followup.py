"""A follow-up takes its history along, a new topic does not, and a prompt keeps data apart from orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from conftest import article

from index.load import make_article
from index.types import Hit, Passage
from rag import prompt, smalltalk
from rag.followup import Asked, language_of, resolve
from rag.leaning import Leaning, leans
from rag.types import Turn


def leaning(question: str, before: Turn) -> Leaning:
    """Whether a question leans on a turn, in the language that it has after it."""
    return leans(question, language_of(question, [before]))


LEANING = {
    "en": """
        What did she say?
        Since when?
        How old is she?
        And her party?
        Where does she live?
        Why?
        Why not?
        How come?
        Who else?
        Did they agree?
        What happened next?
        Is that true?
        What does that mean?
        Can you explain that?
        Which one?
        How many of them?
        What about Tromsø?
        And in Norway?
        when?
        who said that?
        what was her reaction?
        Is she popular?
        Was it expensive?
        Tell me more
        How did it end?
        What is his job?
        Is he still in office?
        Who replaced him?
        Where did it happen?
        So what happens now?
        Is it dangerous?
        Is it true?
        Did anyone else comment?
        What did Zakharova accuse him of?
        When did Lavrov announce it?
        What does Germany think about that?
        And before that?
        How long did it take?
        Was it raining then?
        How much does it cost?
        How cold was it?
        Did she get there in time?
        What else did she say?
        When was this announced?
        Why did they do that?
        thanks, and where does she work?
        In which city?
        For how long?
        By whom?
        What are her plans for Norway?
        Can you explain it in more detail?
        Could you explain why?
        What else?
    """,
    "sv": """
        Vad sa hon?
        Hur gammal är hon?
        Varför det?
        När då?
        Var bor hon?
        Och hennes parti?
        Varför inte?
        Vem mer?
        Vilken då?
        Hur många av dem?
        Och i Norge?
        Vad gjorde de sen?
        Vad betyder det?
        Är det sant?
        Var det dyrt?
        Vad hände sedan?
        Är han kvar?
        Vem ersatte honom?
        Hur lång tid tog det?
        Vad kostade den?
        När var det?
        Hur kom det sig?
        Vad tycker Tyskland om det?
        När började den?
        Vem sa så?
        Hur gick det?
        Hur gick det sen?
        Har de kommit överens?
        Vad heter hennes man?
        Vad med Sverige?
        Berätta mer om henne
        Kan du förklara det?
        Hur då?
        Av vem?
        I vilken stad?
        Sedan när?
        Vad menade hon med det?
        Varför gjorde hon det?
        Var ligger det?
        Hur långt är det dit?
        Vad kostar det?
        Hur påverkar det priset i Sverige?
    """,
    "no": """
        Hva sa hun?
        Hvor gammel er hun?
        Hvorfor det?
        Når da?
        Hvor bor hun?
        Og partiet hennes?
        Hvorfor ikke?
        Hvem andre?
        Hvilken?
        Hvor mange av dem?
        Og i Norge?
        Hva gjorde de etterpå?
        Hva betyr det?
        Er det sant?
        Var det dyrt?
        Hva skjedde så?
        Er han fortsatt der?
        Hvem erstattet ham?
        Hvor lang tid tok det?
        Hva kostet den?
        Når var det?
        Hva synes Tyskland om det?
        Når begynte den?
        Hvem sa det?
        Hvordan gikk det?
        Ble de enige?
        Hva heter mannen hennes?
        Hva med Sverige?
        Fortell mer om henne
        Kan du forklare det?
        Hvordan da?
        Av hvem?
        Siden når?
        Hva mente hun med det?
        Hvorfor gjorde hun det?
        Hvor ligger det?
        Enn i Sverige?
        Hvem var det?
    """,
    "da": """
        Hvad sagde hun?
        Hvor gammel er hun?
        Hvorfor det?
        Hvornår?
        Og i Norge?
        Hvad betyder det?
        Hvad med Sverige?
        Hvem erstattede ham?
        Hvor bor hun?
    """,
    "de": """
        Was sagte sie?
        Wie alt ist sie?
        Warum?
        Und in Norwegen?
        Wer hat ihn ersetzt?
        Seit wann?
        Was bedeutet das?
        Wo wohnt sie?
        Was ist mit Schweden?
        Wie geht es weiter?
    """,
    "es": """
        ¿Qué dijo ella?
        ¿Por qué?
        ¿Y en Noruega?
        ¿Desde cuándo?
        ¿Qué significa eso?
        ¿Qué más dijo?
        ¿Qué le dijo?
    """,
    "fr": """
        Qu'a-t-elle dit ?
        Pourquoi ?
        Et en Norvège ?
        Depuis quand ?
        Que signifie cela ?
        Quel âge a-t-elle ?
        Pourquoi a-t-il augmenté les impôts ?
        Combien de soldats a-t-elle envoyés ?
        Comment son mari est-il mort ?
    """,
}
COMPLETE = {
    "en": """
        Is it true that the harbour in Luleå is closed?
        Is it raining in Oslo?
        How long does it take to fly to Mars?
        What is it like to live on Svalbard?
        Who was it that won the race in Sandnes?
        Does it snow in Rome?
        How far is it from Oslo to Bergen?
        What did Trump say about his tax returns?
        Why did Sweden join NATO?
        Who wrote Hamlet?
        What is the capital of Peru?
        Which countries have their own space agency?
        How many soldiers lost their lives in Syria?
        Is there any news about the Nobel prize?
        What did Equinor say about the oil on its terminal?
        Is it possible to visit the Amazon in winter?
        Did Zuccarello hurt his arm in the match?
        How much does it cost to enter the Louvre?
        Who said that Russia is not interested in dialogue?
        What happened on November 1 in Brussels?
        Did NATO announce that it will close its office?
        When does school start this week in Oslo?
        Who is Ned Price?
        What did Maas say when he spoke in Berlin?
        Can you explain why Sweden joined NATO?
        Who else ran against Macron in 2022?
        What else did Sarkozy say about Libya in Paris?
        Who won this year's election in Norway?
        What is inflation?
        what is brexit
        who is zelensky
    """,
    "sv": """
        Är det sant att hamnen i Luleå är stängd?
        Regnar det i Oslo?
        Hur långt är det från Oslo till Bergen?
        Vem var det som vann loppet i Sandnes?
        Finns det någon artikel om Nobelpriset?
        Vad sa Trump om sin deklaration?
        Varför gick Sverige med i Nato?
        Vad heter huvudstaden i Peru?
        Hur många soldater miste livet i Syrien?
        Går det att besöka Amazonas på vintern?
        Hur gick det för Sverige i VM?
        Vad är det för väder i Bergen?
        Vilka länder har den högsta skatten i Europa?
        Hur mycket kostar den nya bron över Göta älv?
        Vad säger de norska forskarna om glaciärerna?
        Hur många är det som har fått HPV-vaccinet?
        Vem är den ryske utrikesministern?
        Vad gjorde den brittiske officeren James Le Mesurier?
        När började det andra världskriget i Europa?
        Vad tog Equinor för risker när de borrade i Australien?
        Varför är det krig i Syrien?
        När är det val i Sverige?
        vad är nato
    """,
    "no": """
        Er det sant at havna i Bodø er stengt?
        Regner det i Oslo?
        Hvor langt er det fra Oslo til Bergen?
        Hvem var det som vant løpet i Sandnes?
        Finnes det noen artikkel om Nobelprisen?
        Hva sa Trump om skatten sin?
        Hvorfor ble Sverige med i Nato?
        Hva heter hovedstaden i Peru?
        Hvor mange soldater mistet livet i Syria?
        Går det an å besøke Amazonas om vinteren?
        Hvordan gikk det med Norge i VM?
        Hva er det for vær i Bergen?
        Hvilke land har den høyeste skatten i Europa?
        Hvor mye koster den nye brua over Glomma?
        Hva sier de norske forskerne om breene på Svalbard?
        Hvem er den russiske utenriksministeren?
        Når begynte den andre verdenskrigen i Europa?
        Hvor mange er det som har fått HPV-vaksinen?
        Hvor mye koster det å bo i Oslo?
    """,
    "de": """
        Stimmt es, dass der Hafen von Bodø gesperrt ist?
        Regnet es in Oslo?
        Gibt es Neues zum Nobelpreis?
        Warum trat Schweden der Nato bei?
        Wie geht es dem Papst?
        Warum kam es zum Krieg in Syrien?
    """,
    "fr": """
        Est-il vrai que le port de Bodø est fermé ?
        Pourquoi la Suède a-t-elle rejoint l'OTAN ?
        Y a-t-il des nouvelles du prix Nobel ?
        Pourquoi le gouvernement a-t-il augmenté les impôts ?
        Pourquoi l'usine de Bodø a-t-elle fermé ?
        Depuis quand les entreprises suédoises peuvent-elles exporter ?
        Que s'est-il passé à Paris le 13 novembre ?
    """,
    "es": """
        ¿Es cierto que el puerto de Bodø está cerrado?
        ¿Por qué entró Suecia en la OTAN?
        ¿Qué le pasó a Maradona?
        ¿Qué le dijo Putin a Biden?
        ¿Quién ganó las elecciones?
    """,
    "da": """
        Er det sandt at havnen i Bodø er lukket?
        Regner det i Oslo?
        Hvem var det der vandt løbet i Sandnes?
    """,
}
OPENINGS = {
    "en": Turn("Who is the mayor of Bodø?", "Ida Pinnerød is the mayor."),
    "sv": Turn("Vem är borgmästare i Bodø?", "Ida Pinnerød är borgmästare."),
    "no": Turn("Hvem er ordfører i Bodø?", "Ida Pinnerød er ordfører."),
    "da": Turn("Hvem er borgmester i Bodø?", "Ida Pinnerød er borgmester."),
    "de": Turn("Wer ist Bürgermeisterin von Bodø?", "Ida Pinnerød ist Bürgermeisterin."),
    "es": Turn("¿Quién es la alcaldesa de Bodø?", "Ida Pinnerød es la alcaldesa."),
    "fr": Turn("Qui est maire de Bodø ?", "Ida Pinnerød est maire de la ville."),
}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, line.strip()) for code, lines in table.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("en", "What is inflation and how is it measured?"),
        ("en", "Has the harbour been closed and when will it open?"),
        ("en", "How do vaccines work and are they safe?"),
        ("en", "Tell me about the vaccine"),
        ("en", "Explain photosynthesis"),
        ("en", "Are tigers extinct yet?"),
        ("en", "Can the president pardon himself?"),
        ("en", "How does the brain repair itself?"),
        ("en", "Which club lost its licence?"),
        ("en", "what did trump say about his tax returns"),
        ("en", "is putin ill and will he resign"),
        ("sv", "Vad är inflation och hur mäts den?"),
        ("sv", "Berätta om klimatet"),
        ("sv", "Vem är den rikaste i världen?"),
        ("sv", "Hur många bor det i Oslo?"),
        ("no", "Hvem er den rikeste i verden?"),
        ("no", "Fortell om klimaet"),
        ("de", "Können Sie mir sagen, wer die Wahl gewann?"),
        ("de", "Bitte sagen Sie mir, wer Papst ist"),
        ("fr", "Existe-t-il un vaccin contre le paludisme ?"),
        ("es", "¿Quién perdió su puesto?"),
    ],
)
def test_what_a_question_may_explain_itself_does_not_surely_lean(code: str, question: str) -> None:
    assert leans(question, code) != "yes"


@pytest.mark.parametrize(
    ("code", "question", "leaning"),
    [("it", "Perché?", "yes"), ("it", "E la Germania?", "perhaps"), ("nl", "Wat deed Poetin daarna in Moskou?", "no")],
)
def test_of_a_language_without_a_table_its_function_words_tell(code: str, question: str, leaning: str) -> None:
    assert leans(question, code) == leaning


@pytest.mark.parametrize(("code", "question"), pairs(LEANING))
def test_small_words_show_that_a_question_leans_on_its_history(code: str, question: str) -> None:
    assert leaning(smalltalk.without_small_talk(question), OPENINGS[code]) == "yes"


@pytest.mark.parametrize(("code", "question"), pairs(COMPLETE))
def test_the_same_small_words_lean_on_nothing_in_a_whole_question(code: str, question: str) -> None:
    assert leaning(question, OPENINGS[code]) != "yes"


@pytest.mark.parametrize(
    "question",
    [
        "What did Taugbøl say about his win in Sandnes?",
        "Did Maas say that he wants more dialogue with Russia?",
        "Why did the city of Bergen close its harbour in November?",
        "Hva sa Bjørgaas om mannen han lette etter?",
    ],
)
def test_a_pronoun_that_the_question_itself_explains_leans_on_nothing(question: str) -> None:
    assert leaning(question, OPENINGS["en"]) != "yes"


HISTORY = [Turn("Who is the mayor of Bodø?", "Ida Pinnerød."), Turn("Who leads the harbour board?", "Nils Ek.")]
BOARD = "The harbour board is led by Nils Ek, who came second in the vote."


def test_a_follow_up_takes_the_turn_before_along() -> None:
    asked = resolve("And since when?", HISTORY)
    assert asked.follows
    assert asked.question == "Who leads the harbour board? Nils Ek. And since when?"
    assert asked.query == f"And since when? {asked.question}"


def test_a_follow_up_of_a_follow_up_takes_both_along() -> None:
    history = [HISTORY[0], Turn("Since when?", "Since 2019."), Turn("Thanks!", "You're welcome.")]
    assert resolve("Why not earlier?", history).question == (
        "Who is the mayor of Bodø? Ida Pinnerød. Since when? Since 2019. Why not earlier?"
    )


def test_a_new_topic_leaves_the_old_one_behind() -> None:
    question = "Why did Sweden join NATO?"
    assert resolve(question, HISTORY) == Asked(question, question, False, question)
    later = [*HISTORY, Turn(question, "Because of the war.")]
    assert resolve("When was that?", later).question == f"{question} Because of the war. When was that?"


def test_a_refusal_is_not_taken_along_and_a_long_answer_not_whole() -> None:
    refused = [Turn("Who leads the harbour board?", "The articles don't say.")]
    assert resolve("Since when?", refused).question == "Who leads the harbour board? Since when?"
    endless = [Turn("Who leads the harbour board?", "word " * 5000)]
    assert len(resolve("Since when?", endless).question.split()) < 100


def test_a_short_question_is_in_the_language_of_the_conversation() -> None:
    norwegian = [Turn("Når ble diplomatene utvist av Nato?", "De ble utvist i oktober.")]
    assert (language_of("Hvor da?", norwegian), language_of("Nato?", norwegian)) == ("no", "no")
    assert language_of("Why did they leave so early?", norwegian) == "en"
    assert language_of("Why?", norwegian) == "en"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("北约为什么关闭了在莫斯科的办公室？", "zh"),
        ("Почему НАТО ушла?", "ru"),
        ("Γιατί έκλεισε;", "el"),
        ("Why?", "en"),
    ],
)
def test_a_short_question_in_another_script_is_in_its_own_language(question: str, code: str) -> None:
    assert language_of(question, [Turn("When did NATO leave Moscow?", "In October.")]) == code


def test_of_a_long_answer_without_spaces_little_is_taken_along() -> None:
    long = [Turn("北约为什么离开了莫斯科？", "莫斯科" * 2000)]
    assert len(resolve("为什么？", long).question) < 300


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("Vem vann valet i Norge?", "sv"),
        ("Finns det liv på Mars?", "sv"),
        ("Vad sa Mette Frederiksen?", "sv"),
        ("Vem blev ny chef i Nato?", "sv"),
        ("vem dog i går", "sv"),
        ("Hvem vant valget i Sverige?", "no"),
        ("Hvor meget koster det?", "da"),
        ("Hvem er leder af Nato?", "da"),
        ("Vad sa Putin?", "sv"),
        ("Vad sa Peskov?", "sv"),
        ("Hva sa Putin?", "no"),
        ("Vem mötte Stoltenberg?", "sv"),
        ("Quando foi?", "pt"),
    ],
)
def test_close_languages_are_told_apart_by_their_small_words(question: str, code: str) -> None:
    assert language_of(question) == code


@pytest.mark.parametrize(
    ("question", "said", "code"),
    [
        ("Hvor mange land er det i EU?", "Hvem er ordfører i Bodø? Ida Pinnerød er ordfører.", "no"),
        ("And Tromsø?", "Who is the mayor of Bodø? Ida Pinnerød is the mayor.", "en"),
        ("And Malmö?", "Who is the mayor of Bodø? Ida Pinnerød is the mayor.", "en"),
        ("in Oslo?", "Who is the mayor of Bodø? Ida Pinnerød is the mayor.", "en"),
        ("Source?", "Who is the mayor of Bodø? Ida Pinnerød is the mayor.", "en"),
        ("Et Oslo ?", "Qui est maire de Bodø ? Ida Pinnerød est maire de la ville.", "fr"),
        ("Und Oslo?", "Wer ist Bürgermeisterin von Bodø? Ida Pinnerød ist Bürgermeisterin.", "de"),
        ("Why him?", "Wer ist Bürgermeisterin von Bodø? Ida Pinnerød ist Bürgermeisterin.", "en"),
        ("Why?", "Kuka on Bodøn pormestari? Ida Pinnerød on kaupungin pormestari.", "en"),
        ("Fortell mer", "Hvem er ordfører i Bodø? Ida Pinnerød er ordfører.", "no"),
        ("Og så?", "Hvad lukkede Rusland? Rusland lukkede missionen i Bruxelles.", "da"),
        ("Et en 2018 ?", "Qui est maire de Bodø ? Ida Pinnerød est maire de la ville.", "fr"),
    ],
)
def test_a_name_does_not_change_the_language_of_a_conversation(question: str, said: str, code: str) -> None:
    assert language_of(question, [Turn(said, "")]) == code


def test_without_history_nothing_changes() -> None:
    assert resolve("Why?", []) == Asked("Why?", "Why?", False, "Why?")
    assert resolve("Why?", [Turn("Hi!", "Hello!")]) == Asked("Why?", "Why?", False, "Why?")


def test_a_greeting_is_not_searched_for() -> None:
    assert resolve("Hi, who leads the board?", []).query == "who leads the board?"


@pytest.mark.parametrize(
    ("question", "alone", "follows"),
    [
        ("How many members voted?", 0.5, True),
        ("How many members voted?", 0.72, True),  # about as well
        ("How much does a loaf cost?", 0.8, False),
        ("Who leads Kiruna?", 0.5, False),  # a name that is not in what is found with the history
    ],
)
def test_where_words_do_not_tell_the_articles_are_asked(question: str, alone: float, follows: bool) -> None:
    def search(query: str, limit: int) -> list[Hit]:
        return [replace(hit(BOARD), score=0.7 if "Nils Ek" in query else alone)][:limit]

    assert leaning(question, HISTORY[-1]) == "perhaps"
    assert resolve(question, HISTORY, search).follows is follows
    assert not resolve(question, HISTORY).follows


def hit(text: str, title: str = "", published: date | None = None) -> Hit:
    whole = make_article(text, id="a", title=title, language="en", published=published)
    return Hit(Passage("a", 0, len(text), text, 1, 1), whole, 1.0, 1)


def test_a_passage_carries_its_title_and_day_on_lines_of_their_own() -> None:
    built = prompt.build("Q?", [hit("Best\n\ntext."), hit("Second.", "A title", date(2021, 10, 19))], "sv")
    assert built.passages == ("A title (2021-10-19)\nSecond.\n\n", "Best text.\n\n")
    assert built.question == "Question: Q?\nAnswer in Swedish:"
    assert built.user.endswith(built.question)


def test_an_unknown_language_is_answered_in_kind() -> None:
    assert "the language of the question" in prompt.build("???", [], "und").question


@pytest.mark.parametrize(
    "said",
    [
        "NOT FOUND",
        " not found. ",
        "I don't know.",
        "Not mentioned.",
        "It is not explicitly stated.",
        "The answer is not in the passages.",
        "None of the passages mention it.",
        "Das wird nicht erwähnt.",
        "Det er ikke oppgitt.",
        "Det nämns inte.",
        "No se menciona.",
        "Niet gevonden.",
        "Не найдено.",
        *(prompt.not_in_articles(code) for code in ("da", "de", "fi", "it", "nl", "pl", "pt", "ru", "uk")),
        "I don’t know",
        "There is no information about that.",
        "Det finns ingen referens till Warszawa i litteraturen.",
        "Det finnes ingen opplysninger om det.",
        "Es gibt keine Informationen darüber.",
        "Il n'y a aucune information sur ce navire.",
        "Il n'y a pas d'informations.",
        "Es gibt dazu keine Angaben.",
        "Der findes ingen oplysninger.",
        "No hay información sobre eso.",
        "The date of the premiere is NOT FOUND.",
        "The passages do not contain the answer.",
        "The provided passages don't explicitly mention when.",
        "That is not mentioned in the given text.",
        "Det framgår inte av artiklarna.",
        "Artiklarna nämner inte priset.",
        "Teksten inneholder ikke svaret.",
        "Das wird in den Artikeln nicht erwähnt.",
        "Das steht in den Passagen nicht, nicht erwähnt.",
        "Los artículos no lo dicen.",
        "No se menciona en los artículos.",
        "Ce n'est pas mentionné dans les articles.",
        "The article does not mention when the mission closes.",
        "The passages do not say who was hurt.",
        "The context provided does not specify the price.",
        "There is no information about the price in the passages.",
        "No information is provided.",
        "No information",
        "I do not know what he said.",
        "Not found. The minister said nothing.",
        "It is not mentioned in any of the passages.",
        "Det nämns inte i de givna artiklarna.",
        "Texten säger inget om priset.",
        "Artikkelen nevner ikke prisen.",
        "Det fremgår ikke af artiklen.",
        "Artiklerne siger ikke hvornår.",
        "Der Artikel erwähnt den Preis nicht.",
        "Die Passagen enthalten keine Angaben dazu.",
        "",
        " \n.",
    ],
)
def test_refusals_are_known(said: str) -> None:
    assert prompt.is_refusal(said)


@pytest.mark.parametrize(
    "said",
    [
        "Eight.",
        "Nothing was closed.",
        "The wreck was found in May.",
        "Åtta diplomater.",
        "The murder weapon was not found.",
        "The ministry gave no information.",
        "The Northwest Passage does not freeze.",
        "Vapnet hittades inte.",
        "Kontoret står inte i Moskva.",
        "Die Leiche wurde nicht gefunden.",
        "There is no mention of Crimea in the treaty.",
        "Det finns ingen risk för regn.",
        "Es gibt keine Hinweise auf ein Verbrechen.",
        "Es gibt keine Informationspflicht.",
        "Det finns inga uppgifter om skadade, uppger polisen.",
        "Il n'y a pas d'information judiciaire ouverte contre le maire.",
        "El arma no fue encontrada.",
        "L'accord n'est pas mentionné par Moscou.",
        "Article 5 of the treaty does not specify how members must help.",
        "The text of the agreement does not mention Crimea.",
        "The final text does not include a ceasefire.",
        "The articles of impeachment do not mention Ukraine.",
        "The author of the article does not give her name.",
        "He wrote the article but did not give his name.",
        "The text message did not mention a bomb.",
        "No information was stolen in the attack.",
        "Not found guilty of murder.",
        "“I don't know,” Trump said.",
        "The price was not mentioned by the minister.",
        "None of the articles of the treaty was broken.",
        "Det nämns inte av polisen varför.",
        "Not before May.",
        "I don't know, the minister replied.",
        "”Jag vet inte”, sade Löfven.",
        "– Jeg vet ikke, sier Støre.",
        "Avtalets text nämner inte Krim.",
        "Artikel 5 säger inte att länder måste skicka trupper.",
        "Rätten till abort nämns inte i artikel 8.",
        "Passagerarna säger inget om olyckan.",
        "Teksten i avtalen nevner ikke Krim.",
        "Tekstmeldingen inneholder ikke trusler.",
        "Die Textilfirma sagt, sie habe keine Schuld.",
        "Der Text des Abkommens enthält keine Frist.",
        "Artikel 16a enthält keine Obergrenze.",
    ],
)
def test_answers_are_not_refusals(said: str) -> None:
    assert not prompt.is_refusal(said)


def test_the_honest_sentence_falls_back_to_english() -> None:
    assert prompt.not_in_articles("sv") == "Det framgår inte av artiklarna."
    assert prompt.not_in_articles("xx") == prompt.not_in_articles("en") == "The articles don't say."


def test_an_article_made_for_tests_is_whole() -> None:
    assert article("a", "One sentence.").text == "One sentence."


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("sv", "Vad hände den 1 november?"),
        ("sv", "Vad sa Löfven den 10 november om sin avgång?"),
        ("sv", "Vad är det senaste om kriget i Ukraina?"),
        ("no", "Hva skjedde i Oslo den 22. juli 2011?"),
        ("en", "Why did Volvo say it would cut jobs in Gothenburg?"),
        ("en", "Did Russia say when it would reopen the mission in Brussels?"),
        ("en", "Has Turkey ratified the Paris agreement yet?"),
        ("en", "Did the Federal Reserve raise interest rates again?"),
        ("de", "Wer gewann das Finale?"),
        ("de", "Was ist das Kyoto-Protokoll?"),
    ],
)
def test_what_a_question_names_itself_is_not_sought_in_its_history(code: str, question: str) -> None:
    assert leaning(question, OPENINGS[code]) != "yes"


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("sv", "Vad tyckte hon om det?"),
        ("en", "Has it opened yet?"),
        ("en", "What did he say about it?"),
        ("en", "Why did he leave the Volvo plant in Gothenburg?"),
        ("de", "Warum hat er das gesagt?"),
    ],
)
def test_what_only_the_history_explains_is_still_sought_there(code: str, question: str) -> None:
    assert leaning(question, OPENINGS[code]) == "yes"
