"""What numbers count: a number of something else proves nothing."""

from __future__ import annotations

import pytest

from rag.facts.counts import otherwise

MEDALS = "Svindal vant to OL-gull, fem VM-gull og 36 enkeltseirer i verdenscupen."
EXPELLED = "NATO expelled eight diplomats and cut the mission to ten members."


@pytest.mark.parametrize(
    ("said", "quoted", "code"),
    [
        ("Twelve were killed.", "Five were killed, twelve were hurt.", "en"),
        ("How many people were killed? Twelve.", "Five people were killed, twelve were hurt.", "en"),
        ("How many diplomats were expelled? Ten.", EXPELLED, "en"),
        ("Hvor mange VM-gull har Svindal? 36", MEDALS, "no"),
        ("Hur många fartyg sjönk? Nio", "Tre fartyg sjönk och nio båtar skadades.", "sv"),
        ("Wie viele Schiffe sanken? Neun.", "Drei Schiffe sanken, neun Boote wurden beschädigt.", "de"),
        ("Combien de navires ont coulé ? Neuf", "Trois navires ont coulé et neuf bateaux ont été touchés.", "fr"),
    ],
)
def test_the_number_of_something_else(said: str, quoted: str, code: str) -> None:
    assert otherwise(said, quoted, code)


@pytest.mark.parametrize(
    ("said", "quoted", "code"),
    [
        ("How many diplomats were expelled? Eight.", EXPELLED, "en"),
        ("Hvor mange VM-gull har Svindal? Fem.", MEDALS, "no"),
        ("How many people died? 12", "Five people were hurt and twelve died.", "en"),
        ("How many people were there? 300", "The hall held 300 guests.", "en"),  # guests may be people
        ("How many of the ten ships sank? Three", "Three of the ten ships sank.", "en"),
        ("How many ships sank in 2014? Three ships.", "Three ships sank in 2014 and nine boats.", "en"),
        ("Who won 36 races? Svindal", MEDALS, "en"),
        ("In 2014, how many people died? 12", "12 people died in 2014.", "en"),
        ("How many people died? 12 in 2014.", "12 people died in 2014.", "en"),
        ("How many people have died? 45", "Five more people died on Monday, bringing the death toll to 45.", "en"),
        ("How many people live there? 5,400", "200 people work in the mine; the town has 5,400.", "en"),
        ("How many seats does it hold? 36 of 50", "It holds 36 seats in the council of 50 members.", "en"),
        ("Wie viel kosten die Karten? 30", "Die 50 Karten kosten 30 Euro.", "de"),
        ("¿Cuánto cuestan las entradas? 30", "Las 50 entradas cuestan 30 euros.", "es"),
        ("How many in 2014? 12", "12 people died in 2014.", "en"),
        ("Hur många? Nio", "Tre fartyg sjönk och nio båtar skadades.", "sv"),
    ],
)
def test_the_number_of_what_was_asked_or_of_nobody_knows_what(said: str, quoted: str, code: str) -> None:
    assert not otherwise(said, quoted, code)


@pytest.mark.parametrize(
    ("claim", "quote", "differs"),
    [
        ("Twelve people were killed.", "Five people were killed and twelve injured.", True),
        ("Five people were killed.", "Five people were killed and twelve injured.", False),
        ("The party won 49 seats, up from 62.", "The party won 62 seats, up from 49.", True),
        ("She is a 45-year-old woman.", "The 54-year-old woman lives on 45th Street.", True),
        ("He was born in 1952.", "He was born in 1925 and moved to Oslo in 1952.", True),
        ("He was born in 1925.", "He was born in 1925 and moved to Oslo in 1952.", False),
        ("Eight diplomats left.", "Eight Russian diplomats left, and ten diplomats stayed.", False),
        ("Between 10 million and 15 million people starve.", "10 to 15 million people starve.", False),
        ("31.", "Nine people died, 31 were hurt.", False),
        ("12 soldiers were wounded.", "It killed three soldiers and wounded 12, the army said.", False),
        ("12 soldiers were killed.", "It killed three soldiers and wounded 12, the army said.", True),
        ("Eight people were killed and 86 injured.", "It killed eight people, injuring 86, they said.", False),
        # What a number measures is compared by of_another_kind.
        (
            "Petro got 47 percent of the vote.",
            "Moreno got 50 percent of the vote, Petro 47 percent, the rest none.",
            False,
        ),
    ],
)
def test_what_is_counted_has_another_number(claim: str, quote: str, differs: bool) -> None:
    assert otherwise(claim, quote, "en") is differs


@pytest.mark.parametrize(
    ("claim", "quote", "code"),
    [
        ("Sweden has 5 million inhabitants.", "Norway has 5 million inhabitants, Sweden 10 million.", "en"),
        ("Norway has 10 million inhabitants.", "Norway has 5 million inhabitants, Sweden 10 million.", "en"),
        ("Sweden has 5 million people.", "Norway has 5 million inhabitants, Sweden 10 million.", "en"),
        ("Volvo cut 500 jobs.", "Volvo cut 300 jobs and Scania 500.", "en"),
        ("Scania cut 300 jobs.", "Volvo cut 300 jobs and Scania 500.", "en"),
        ("It rose from 5 percent to 3 percent.", "It rose from 3 percent to 5 percent.", "en"),
        ("It rose to 3 percent.", "It rose from 3 percent to 5 percent.", "en"),
        ("Den steg från 5 till 3 procent.", "Den steg från 3 till 5 procent.", "sv"),
        ("Sie stieg von 5 auf 3 Prozent.", "Sie stieg von 3 auf 5 Prozent.", "de"),
        ("Il est passé de 5 % à 3 %.", "Il est passé de 3 % à 5 %.", "fr"),
        ("It fired 12 of its staff.", "It fired 12 percent of its staff.", "en"),
        ("It fired 12 percent of its staff.", "It fired 12 of its staff.", "en"),
        ("One soldier was killed in the attack.", "Three soldiers were killed in the attack.", "en"),
        ("En soldat dödades i attacken.", "Tre soldater dödades i attacken.", "sv"),
        ("Ein Soldat wurde getötet.", "Drei Soldaten wurden getötet.", "de"),
        ("1 soldier was killed.", "Three soldiers were killed.", "en"),
        ("It was the sixth factory.", "It was the seventh factory, and the sixth mill.", "en"),
        ("Volvo strich 500 Stellen.", "Volvo strich 300 Stellen und Scania 500.", "de"),
        ("Sverige har 5 miljoner invånare.", "Norge har 5 miljoner invånare, Sverige 10 miljoner.", "sv"),
        ("On Tuesday 5 people died.", "On Monday 5 people died, on Tuesday 8.", "en"),
        ("Norway won 3 medals.", "Sweden won 3 medals, Norway 1.", "en"),
    ],
)
def test_a_number_of_another_name_end_or_kind(claim: str, quote: str, code: str) -> None:
    assert otherwise(claim, quote, code)


@pytest.mark.parametrize(
    ("claim", "quote", "code"),
    [
        ("Sweden has 10 million inhabitants.", "Norway has 5 million inhabitants, Sweden 10 million.", "en"),
        ("Norway has 5 million inhabitants.", "Norway has 5 million inhabitants, Sweden 10 million.", "en"),
        (
            "Sweden, unlike Norway, has 10 million inhabitants.",
            "Norway has 5 million inhabitants, Sweden 10 million.",
            "en",
        ),
        ("Scania cut 500 jobs.", "Volvo cut 300 jobs and Scania 500.", "en"),
        ("Volvo cut 300 jobs.", "Volvo cut 300 jobs and Scania 500.", "en"),
        ("It rose from 3 percent to 5 percent.", "It rose from 3 percent to 5 percent.", "en"),
        ("It rose to 5 percent.", "It rose from 3 percent to 5 percent.", "en"),
        ("It rose from 3 percent to 5 percent.", "It rose to 5 percent from 3 percent.", "en"),
        ("Un taux de 5 %.", "Il est passé de 3 % à 5 %.", "fr"),
        ("It fired 12 percent of its staff.", "It fired 12 percent of its staff.", "en"),
        ("How many percent voted? 12 voted yes.", "12 percent voted yes.", "en"),
        ("53 percent voted no.", "47 percent voted yes, 53 no.", "en"),
        ("One soldier was killed.", "One soldier was killed and three soldiers hurt.", "en"),
        ("En person greps.", "Två personer dog och en greps.", "sv"),
        ("Un homme a été arrêté.", "Deux hommes ont été tués et un autre arrêté.", "fr"),
        ("1 soldier was killed.", "One soldier was killed.", "en"),
        ("The third soldier died.", "Three soldiers were hurt; the third died.", "en"),
        ("Half of the passengers died.", "The train had 300 passengers, and half of them died.", "en"),
        ("Sverige har 10 miljoner invånare.", "Norge har 5 miljoner invånare, Sverige 10 miljoner.", "sv"),
        ("In Oslo, Norway scored 3 goals.", "In Oslo, Norway scored 3 goals, Sweden 1.", "en"),
        ("300 jobs were cut at Volvo.", "300 jobs were cut at Volvo and 500 at Scania.", "en"),
        ("Scania cut 500 jobs.", "300 jobs were cut at Volvo and 500 at Scania.", "en"),
        ("He was mayor from 2019 to 2021.", "He was mayor from 2019 to 2021.", "en"),
        ("Byron Howard directed at least one film.", "Byron Howard directed three films.", "en"),
        ("Yale has 19 justices.", "Yale has five U.S. Presidents, 19 U.S. Supreme Court Justices and 20 others.", "en"),
        ("The Meizu PRO 5 came out on February 17.", "The Meizu PRO 5 was released on February 17.", "en"),
    ],
)
def test_a_number_of_the_same(claim: str, quote: str, code: str) -> None:
    assert not otherwise(claim, quote, code)
