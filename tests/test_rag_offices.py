"""Somebody who is named holds the office that was asked for, or is known to hold another."""

from __future__ import annotations

import pytest

from rag.offices import another

_ELSEWHERE = '"They can call our ambassador in Bern," said Foreign Minister Ida Falk yesterday.'


@pytest.mark.parametrize(
    ("question", "said", "quote"),
    [
        ("Who is the ambassador to Switzerland?", "The ambassador to Switzerland is Ida Falk.", _ELSEWHERE),
        ("What is the name of the new ambassador in Bern?", "Her name is Ida Falk.", _ELSEWHERE),
        ("Who is the country's ambassador?", "Ida Falk", _ELSEWHERE),
        ("Who is the mayor of Bern?", "Falk", "President Falk came. The mayor thanked her."),
        ("Who is the vice president?", "Ida Falk is.", "President Ida Falk spoke. The vice president was ill."),
        ("Who is the president of Ruritania?", "Ida Falk.", "Vice President Ida Falk spoke for an hour."),
        ("Who was the president's spokesman?", "It was Falk.", "President Falk spoke. His spokesman did not."),
        (
            "Who is the ambassador?",
            "Our ambassador knows, said Foreign Minister Ida Falk.",
            f"Our ambassador knows. {_ELSEWHERE}",
        ),
        ("Who is the spokesman of the president?", "Ida Falk", "President Ida Falk spoke."),
        ("Which politician is the president now?", "Ida Falk", "Mayor Ida Falk spoke."),
        ("Who's currently the president?", "Ida Falk", "Mayor Ida Falk spoke."),
        ("Tell me who the United States president is.", "Ida Falk", "Mayor Ida Falk spoke."),
        ("Tell me who is acting president", "Ida Falk", "Mayor Ida Falk spoke."),
        ("Who is the president?", "Ida Falk met Per Lund.", "Mayor Ida Falk met Per Lund."),
        (
            "Who is the ambassador?",
            "Ida Falk, who left NATO and Germany.",
            '"NATO and Germany know our ambassador," Foreign Minister Ida Falk said.',
        ),
        ("Who is the ambassador?", "Ida Jordan", '"NATO has our ambassador," Foreign Minister Ida Jordan said.'),
        ("Who is the king?", "John F. Kennedy II", "President John F. Kennedy II, who met Queen Ida."),
        ("Who is the mayor?", "Ida Falk", "Justice Secretary Ida Falk spoke."),
        ("Who is the foreign minister?", "Ida Falk", "Minister of Finance Ida Falk spoke."),
        ("Who is the secretary of state?", "Ida Falk", "The secretary of state for health Ida Falk spoke."),
    ],
)
def test_another_office_is_told(question: str, said: str, quote: str) -> None:
    assert another(said, question, "en", [(quote, "en")])


@pytest.mark.parametrize(
    ("question", "said", "quote"),
    [
        ("Who is the foreign minister?", "Ida Falk", _ELSEWHERE),
        ("Who is the ambassador to Switzerland?", "Ida Falk", "The ambassador, Ida Falk, has left."),
        (
            "Who is the ambassador to Switzerland?",
            "Ida Falk",
            "Ida Falk, since May the ambassador to Switzerland, left.",
        ),
        ("Who is the ambassador?", "Ida Falk", "Ambassador Ida Falk spoke. Foreign Minister Falk is her sister."),
        ("Who is the chairman of the club?", "Ida Falk", "President Ida Falk opened the meeting."),  # no office of ours
        ("Who met the ambassador in Bern?", "Ida Falk", _ELSEWHERE),  # asks for no office
        ("Who is Ambassador Smith's guest?", "Ida Falk", _ELSEWHERE),
        ("Who is the ambassador?", "Nobody knows.", _ELSEWHERE),
        ("Who is the ambassador?", "Ida Falk", "Ida Falk has left."),
        ("Who is the ambassador, Ida Falk?", "Ida Falk", _ELSEWHERE),
        ("Who is the ambassador?", "Ida Falk", ""),
        ("Who is the ambassador?", "42", _ELSEWHERE),
        ("Who is the king?", "Theresa May; she met President Falk.", "King May met them. President Falk came."),
    ],
)
def test_no_other_office_is_told(question: str, said: str, quote: str) -> None:
    assert not another(said, question, "en", [(quote, "en")])


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("Who is the spokesman for the president?", "Kremlin spokesman Ida Falk spoke."),
        ("Who is the lawyer of the mayor?", "Prosecutor Ida Falk spoke."),
        ("Who was killed with the mayor?", "It killed prosecutor Ida Falk."),
        ("Who was fired by the president?", "Prosecutor Ida Falk was fired."),
        ("Who was elected president?", "Mayor Ida Falk won."),
        ("Who is running for president?", "Mayor Ida Falk runs."),
        ("Who is accusing the president?", "Mayor Ida Falk is."),
        ("Tell me who met the president.", "Mayor Ida Falk did."),
    ],
)
def test_who_has_to_do_with_an_officer_is_not_asked_for_the_office(question: str, quote: str) -> None:
    assert not another("Ida Falk", question, "en", [(quote, "en")])


@pytest.mark.parametrize(
    "quote",
    [
        "The mayor, Ida Falk, spoke. President Ida Falk spoke.",
        "The mayor of the city, Falk, spoke. President Ida Falk spoke.",
        "Ida Falk (58), the mayor of Bern, spoke. President Ida Falk spoke.",
        "Ida Falk, the U.S. mayor, spoke. President Ida Falk spoke.",
        "Former president Ida Falk spoke.",
        "Former New York City prosecutor Ida Falk spoke.",
        "Its new chief and then prime minister Ida Falk spoke.",
        "The ex-president Ida Falk spoke.",
    ],
)
def test_titles_before_commas_are_seen_and_former_ones_do_not_count(quote: str) -> None:
    assert not another("Ida Falk", "Who is the mayor?", "en", [(quote, "en")])


def test_who_is_named_beside_the_holder_may_have_another_office() -> None:
    quote = "Mayor Per Lund spoke. President Ida Falk spoke, too."
    assert not another("Per Lund; he met President Ida Falk.", "Who is the mayor?", "en", [(quote, "en")])


def test_what_the_question_owns_is_nobody_who_is_named() -> None:
    assert not another("Bern has none.", "Who is Bern's mayor?", "en", [("President Bern spoke.", "en")])


@pytest.mark.parametrize(
    ("answer", "quote"),
    [
        ("It is Abdullah II.", "The king, Abdullah II, spoke. Queen Elizabeth II spoke."),
        ("It is John F. Kennedy.", "The king, Kennedy, spoke. President F. spoke."),
    ],
)
def test_numbers_and_initials_are_no_last_names(answer: str, quote: str) -> None:
    assert not another(answer, "Who is the king?", "en", [(quote, "en")])


def test_offices_are_told_near_a_name() -> None:
    quote = "The king" + " of the far north" * 30 + " saw President Falk."
    assert another("Falk", "Who is the king?", "en", [(quote, "en")])


@pytest.mark.parametrize(
    ("code", "question", "quote"),
    [
        ("es", "¿Quién es el presidente del Gobierno?", "El presidente Ida Falk habló."),
        ("es", "¿Quién es la canciller de Alemania?", "La canciller alemana Ida Falk habló."),
        ("es", "¿Quién es el canciller federal?", "El canciller Ida Falk habló."),
        ("es", "¿Quién es el alcalde?", "El exministro y antiguo presidente Ida Falk habló."),
        ("it", "Chi è il presidente del Consiglio?", "Il presidente Ida Falk parlò."),
        ("pt", "Quem é o ministro das Relações Exteriores?", "O chanceler Ida Falk falou."),
        ("da", "Hvem er talsmand for partiet?", "Politisk ordfører Ida Falk kom."),
        ("no", "Hvem er ordfører?", "Advokat Ida Falk kom."),
        ("de", "Wer ist der Bundespräsident?", "Mit Bundespräsidenten Ida Falk kam Kanzlerin Ida Falk."),
        ("de", "Wer ist der Außenminister?", "Der Besuch des Außenministers Ida Falk. Kanzlerin Ida Falk kam."),
        ("de", "Wer ist der Kanzler?", "Die ehemalige Hamburger Bürgermeisterin Ida Falk kam."),
        ("sv", "Vem är generalsekreterare?", "Norges tidigare statsminister Ida Falk kom."),
        ("fr", "Qui est le sélectionneur ?", "L'ancien capitaine Ida Falk est venu."),
        ("nl", "Wie is de premier?", "Voormalig burgemeester Ida Falk kwam."),
    ],
)
def test_names_of_two_offices_and_declined_and_former_ones_are_known(code: str, question: str, quote: str) -> None:
    assert not another("Ida Falk", question, code, [(quote, code)])


@pytest.mark.parametrize(
    ("code", "question", "quote"),
    [
        ("de", "Wer ist der Außenminister?", "Kanzlerin Ida Falk kam."),
        ("de", "Welcher Politiker ist Präsident?", "Bundesaußenministerin Ida Falk kam."),
        ("de", "Wer ist Präsident?", "Innenminister Ida Falk kam."),
        ("sv", "Vem är statsminister nu?", "Finansministern Ida Falk kom."),
        ("no", "Hvem er nå statsminister?", "Finansminister Ida Falk kom."),
        ("fr", "Qui est le nouveau Premier ministre ?", "La ministre de la Justice Ida Falk est venue."),
        ("fr", "Qui est le président français ?", "Le ministre de l'Intérieur Ida Falk est venu."),
        ("es", "¿Quién es el nuevo embajador ruso?", "La ministra de Hacienda Ida Falk llegó."),
        ("it", "Chi è il nuovo presidente francese?", "Il ministro della Salute Ida Falk parlò."),
        ("pt", "Quem é o novo embaixador russo?", "O ministro da Fazenda Ida Falk falou."),
        ("nl", "Wie is de premier?", "Minister van Financiën Ida Falk kwam."),
    ],
)
def test_other_ministers_and_adjectives_are_known(code: str, question: str, quote: str) -> None:
    assert another("Ida Falk", question, code, [(quote, code)])


@pytest.mark.parametrize(
    ("code", "office"),
    [
        ("sv", "utrikesministern"),
        ("sv", "försvarsminister"),
        ("no", "utenriksministeren"),
        ("da", "forsvarsministeren"),
        ("de", "bundesaußenminister"),
        ("de", "verteidigungsministerin"),
        ("nl", "minister van defensie"),
        ("en", "secretary of state for foreign affairs"),
        ("en", "secretary of state for defence"),
    ],
)
def test_a_minister_with_an_office_of_our_own_is_no_other_minister(code: str, office: str) -> None:
    question = {"sv": "Vem är", "no": "Hvem er", "da": "Hvem er", "de": "Wer ist", "nl": "Wie is", "en": "Who is"}[code]
    other = {"sv": "Finansminister", "no": "Finansminister", "da": "Finansminister", "de": "Finanzminister"}
    quote = f"{other.get(code, 'Mayor' if code == 'en' else 'Minister van Financiën')} Ida Falk."
    assert another("Ida Falk", f"{question} {office}?", code, [(quote, code)])


@pytest.mark.parametrize(
    ("code", "question", "quote", "right"),
    [
        (
            "sv",
            "Vem är ambassadör i Belgien?",
            "Utrikesminister Ida Falk bad dem ringa.",
            "Ambassadören Ida Falk reste.",
        ),
        ("no", "Hvem er ordfører i Bø?", "Statsminister Ida Falk kom. Ordføreren smilte.", "Ordfører Ida Falk reiste."),
        ("no", "Hvem er Norges utenriksminister?", "Forsvarsminister Ida Falk kom.", "Utenriksminister Ida Falk kom."),
        ("da", "Hvem er borgmester i Ribe?", "Statsminister Ida Falk kom.", "Borgmester Ida Falk kom."),
        ("de", "Wer ist der Bürgermeister von Ulm?", "Kanzlerin Ida Falk kam.", "Bürgermeisterin Ida Falk kam."),
        ("fr", "Qui est l'ambassadeur en Suisse ?", "Le président Ida Falk est venu.", "L'ambassadrice Ida Falk part."),
        ("es", "¿Quién es el alcalde de Lugo?", "El presidente Ida Falk llegó.", "La alcaldesa Ida Falk llegó."),
        ("it", "Chi è il sindaco di Bari?", "Il presidente Ida Falk parlò.", "La sindaca Ida Falk parlò."),
        ("nl", "Wie is de burgemeester van Ede?", "Premier Ida Falk kwam.", "Burgemeester Ida Falk kwam."),
        ("pt", "Quem é o embaixador na Suíça?", "O presidente Ida Falk falou.", "A embaixadora Ida Falk falou."),
    ],
)
def test_offices_are_known_in_many_languages(code: str, question: str, quote: str, right: str) -> None:
    assert another("Ida Falk", question, code, [(quote, code)])
    assert not another("Ida Falk", question, code, [(right, code)])


def test_question_and_quote_may_differ_in_language() -> None:
    question = "Who is the ambassador to Switzerland?"
    assert another("Ida Falk", question, "en", [("Utrikesminister Ida Falk bad dem ringa.", "sv")])
    assert not another("Ida Falk", question, "en", [("Ambassadören Ida Falk bad dem ringa.", "sv")])


def test_nothing_is_told_of_a_language_without_offices() -> None:
    assert not another("Ida Falk", "Kuka on suurlähettiläs?", "fi", [(_ELSEWHERE, "en")])
