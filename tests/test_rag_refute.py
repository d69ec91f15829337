"""Two sentences of nearly the same words that say different things, and those that don't."""

from __future__ import annotations

import pytest

from rag.facts import territories
from rag.facts.claims import Terms, holds, weighed
from rag.verdicts import deeds, refute


@pytest.mark.parametrize(
    ("claim", "quotes", "elsewhere"),
    [
        ("31 people died in the fire.", ["The building had 31 flats."], True),
        ("31 people died in the fire.", ["31 people died in Leeds."], False),
        (
            "Anna Berg called it a mistake.",
            ["Sergei Orlov called it a mistake.", "Anna Berg chaired the meeting."],
            True,
        ),
        ("Anna Berg called it a mistake.", ["It was a mistake, Anna Berg said."], False),
        ("Anna Berg called it a mistake.", ["Berg called it a mistake.", "Anna Berg chaired the meeting."], False),
        ("Anna Berg called it a mistake.", ["Erik Berg called it a mistake.", "Anna Berg chaired the meeting."], True),
        ("Anna Berg called it a mistake.", ["Then A. Berg called it a mistake.", "Anna Berg chaired it."], True),
        ("Anna Berg called it a mistake.", ["Then Ms Berg called it a mistake.", "Anna Berg chaired it."], False),
        ("Anna Berg called it a mistake.", ["And Governor Berg called it a mistake.", "Anna Berg led it."], False),
        ("Anna Berg was arrested.", ["Berg was arrested.", "Police arrested Erik Berg too.", "Anna Berg sang."], False),
        (
            "Anna Berg said the tunnel was a mistake.",
            ["Erik Ek said the tunnel was a mistake.", "Anna Berg said it would rain."],
            True,
        ),
        ("Anna Berg resigned on Monday.", ["Erik Ek resigned on Monday.", "Anna Berg left on Monday."], True),
        ("Anna Berg said the tunnel was a mistake.", ["The tunnel was a mistake, Anna Berg said on Monday."], False),
        ("Anna Berg spoke on Monday.", ["On Monday, Anna Berg held a speech.", "Erik Ek listened."], False),
        ("Ang Lee called it a mistake.", ["Lee called it a mistake.", "Ang Lee chaired the meeting."], False),
        ("New Mexico banned it.", ["Mexico banned it.", "New Mexico is a state."], True),
        ("Northern Ireland voted for it.", ["Ireland voted for it.", "Northern Ireland has 18 members."], True),
        ("He resigned on 1 November 2020.", ["He resigned on 1 November 2021.", "He took office in May 2020."], True),
        ("On Friday, Macron met Putin in Moscow.", ["In Moscow, Macron and Putin held talks on Friday."], False),
        ("NATO is led by Stoltenberg.", ["Stoltenberg leads NATO."], False),
        ("The staff was cut to 10.", ["The staff was cut.", "Instead of 20, only ten may stay."], False),
        (
            "The staff was cut to 10.",
            ["Instead of 20, only ten may stay now.", "The staff was cut."],
            True,
        ),  # the other way round
        ("The staff was cut to 10 in May.", ["The staff was cut.", "Instead of 20, only ten may stay."], True),
        ("The staff was cut to 10.", ["The staff was cut.", "The embassy in Oslo has ten."], True),
        ("The fire killed 31 people.", ["The fire killed people.", "The building had 31 flats."], True),
        (
            "The fire killed 31 people.",
            ["The fire killed people.", "Of these 31 people nothing else was known."],
            False,
        ),
        ("Eight.", ["Eight diplomats left."], False),  # nothing but a number: there is no matter to compare
        ("Det hände 2021.", ["It happened in 2021."], False),
    ],
)
def test_a_number_or_name_from_a_sentence_about_something_else(claim: str, quotes: list[str], elsewhere: bool) -> None:
    code = "sv" if claim.startswith("Det") else "en"
    found = refute.elsewhere(
        claim, Terms.of(claim, code), Terms.of("?", code), [[(quote, Terms.of(quote, "en")) for quote in quotes]]
    )
    assert found is elsewhere


def test_no_number_goes_on_with_a_sentence_of_another_quote() -> None:
    claim = "The fire killed 31."
    quotes = ["The fire killed several residents.", "31 households received compensation afterwards."]
    told = [(quote, Terms.of(quote, "en")) for quote in quotes]
    assert refute.elsewhere(claim, Terms.of(claim, "en"), Terms.of("?", "en"), [[one] for one in told])


def test_each_quote_is_read_in_its_own_language() -> None:
    claim, quotes = (
        "Profit rose 3 percent.",
        [("Profit was told on Monday.", "en"), ("Vinsten föll med 3 procent.", "sv")],
    )
    for told in (quotes, quotes[1:], quotes[::-1]):
        runs = [[(quote, Terms.of(quote, code))] for quote, code in told]
        assert refute.refuted(claim, Terms.of(claim, "en"), Terms.of("How was the profit?", "en"), runs)


@pytest.mark.parametrize(
    ("claim", "code", "quote", "quoted_in", "another"),
    [
        ("It costs 50 million dollars.", "en", "It costs 50 million euros.", "en", True),
        ("Det kostar 50 miljoner dollar.", "sv", "It costs 50 million euros.", "en", True),
        ("It costs $50m.", "en", "Det kostar 50 miljoner dollar.", "sv", False),
        ("It costs 5 euros, or 6 dollars.", "en", "It costs 6 dollars.", "en", False),
        ("Support rose by 3 percentage points.", "en", "Support rose by 3 percent.", "en", True),
        ("Stödet ökade med 3 procentenheter.", "sv", "Stödet ökade med 3 procent.", "sv", True),
        ("Support fell by 3 percentage points.", "en", "Support fell 3 points.", "en", False),
        ("Priset är över 2000 kronor.", "sv", "Priset är under 2000 kronor.", "sv", True),
        ("Minst 62 sköts ihjäl.", "sv", "62 sköts ihjäl under 2022.", "sv", False),
        ("Alcaraz ganó el torneo.", "es", "Alcaraz derrota a Ruud en el torneo.", "es", False),
        ("More than 500 left.", "en", "Fewer than 500 left.", "en", True),
        ("Riksbanken höjer räntan.", "sv", "Riksbanken sänker räntan.", "sv", True),
        ("Die EZB erhöht den Leitzins.", "de", "Die EZB senkt den Leitzins.", "de", True),
        ("Inflation rose to 3 percent.", "en", "Inflation rose to 3 percent and fell later.", "en", False),
        ("It was her fourth title.", "en", "It was her third title.", "en", True),
        ("Attacken skedde i västra Ukraina.", "sv", "Attacken skedde i östra Ukraina.", "sv", True),
        ("Außenminister Berg sagte es.", "de", "Finanzminister Berg sagte es.", "de", True),
        ("Finansminister Berg sade det.", "sv", "Statsminister Berg sade det.", "sv", True),
        ("Food prices rose.", "en", "Prices of food fell in May, the agency said.", "en", True),
        ("Bayern gewann das Finale.", "de", "Bayern hat das Finale verloren.", "de", True),
        # What is opposite is said of something else.
        ("The pound fell to a low.", "en", "The pound slumped to a low as borrowing costs rose.", "en", False),
        ("City won with a goal by Rodri.", "en", "City beat Inter, who had lost in May, by a goal.", "en", False),
        ("Inflation fell 8.3 percent.", "en", "Inflation slowed 8.3 percent, while rents rose 9 percent.", "en", False),
        ("Japan vant mot Tyskland.", "no", "Berlin hat verloren.", "de", True),  # their words can't be compared
        ("Rain.", "en", "Snow.", "en", False),
        ("Er zahlte 300 Euro an den Staat.", "de", "Er zahlte dem Staat 300 Euro.", "de", False),
        ("Prices rose 20 percent.", "en", "Prices rose 20 percent to 20 euros.", "en", False),
    ],
)
def test_words_that_exclude_one_another(claim: str, code: str, quote: str, quoted_in: str, another: bool) -> None:
    assert refute.of_another_kind(claim, code, quote, quoted_in) is another


@pytest.mark.parametrize(
    ("claim", "code", "quote", "quoted_in", "otherwise"),
    [
        ("Senator Berg resigned.", "en", "Governor Berg resigned.", "en", True),
        ("President Anna Berg resigned.", "en", "Chancellor Berg's party lost, and she resigned.", "en", True),
        ("King Charles III opened the bridge.", "en", "Prince Charles opened the bridge.", "en", True),
        ("The fire was in King Street.", "en", "The fire was in Queen Street.", "en", True),
        ("Präsidentin Berg trat zurück.", "de", "Kanzlerin Berg trat zurück.", "de", True),
        ("Ministerpräsident Berg kam.", "de", "Bundespräsident Berg kam.", "de", True),
        ("Kanzler Scholz kam.", "de", "Chancellor Scholz came.", "en", False),
        ("President Harris came.", "en", "Vice President Harris came.", "en", True),
        ("President Berg came.", "en", "President Berg, once Governor Berg, came.", "en", False),
        ("Chancellor Scholz met Macron.", "en", "Scholz met President Macron.", "en", False),
        ("Le président Xi est parti.", "fr", "Kungen gick med president Xi.", "sv", False),
        ("Senator Berg resigned.", "en", "Berg resigned.", "en", False),
        ("Senator Berg åkte hem.", "sv", "Guvernör Berg reste hem.", "sv", True),
        ("Senator Berg åkte hem.", "sv", "Guvernör Ek åkte hem.", "sv", False),
    ],
)
def test_titles_before_the_same_name(claim: str, code: str, quote: str, quoted_in: str, otherwise: bool) -> None:
    assert refute.titled_otherwise(claim, code, [(quote, Terms.of(quote, quoted_in))]) is otherwise


@pytest.mark.parametrize(
    ("claim", "quote", "code", "turned"),
    [
        ("NATO closed Russia's office in Moscow.", "Russia closed NATO's office in Moscow on Monday.", "en", True),
        ("Arsenal beat Chelsea 2-1.", "Chelsea beat Arsenal 2-1 at Stamford Bridge.", "en", True),
        ("AIK slog Djurgården.", "Djurgården slog AIK på Tele2 Arena.", "sv", True),
        ("Russia closed NATO's office.", "Russia closed NATO's office in Moscow.", "en", False),
        ("Arsenal was beaten by Chelsea.", "Chelsea beat Arsenal.", "en", False),
        ("Orlov left.", "Berg left Orlov.", "en", False),
        ("NATO accused Moscow of lying.", "Moscow accused NATO of lying after the talks.", "en", True),
        ("NATO accused Moscow of lying.", "NATO was accused by Moscow of lying.", "en", True),
        ("Moscow accused NATO of lying.", "NATO was accused by Moscow of lying.", "en", False),
        ("Russia attacked Ukraine with drones.", "Before dawn Ukraine attacked Russia with drones.", "en", True),
        ("Chelsea were beaten by Arsenal.", "Arsenal were beaten by Chelsea.", "en", True),
        ("Die Ukraine wurde von Russland angegriffen.", "Russland wurde von der Ukraine angegriffen.", "de", True),
        ("Rusia acusó a Ucrania de que mentía.", "Ucrania acusó a Rusia de que mentía.", "es", True),
        ("L'Ukraine a accusé la Russie.", "La Russie a accusé l'Ukraine, dit Macron.", "fr", True),
        ("Nato anklagar Moskva.", "Nato anklagas av Moskva.", "sv", True),
        ("Orlov left after Ek beat Berg.", "Berg lost to Ek before Orlov left.", "en", False),
        ("Macron met Putin in Moscow.", "Putin met Macron in Moscow.", "en", False),
        ("Löfven träffade Solberg.", "Solberg träffade Löfven i Oslo.", "sv", False),
    ],
)
def test_who_did_it_to_whom(claim: str, quote: str, code: str, turned: bool) -> None:
    assert deeds.turned_round(claim, quote, code) is turned


@pytest.mark.parametrize(
    ("claim", "quote", "code", "not_done"),
    [
        ("Ukrainian forces surrendered.", "Russia ordered Ukrainian forces to surrender.", "en", True),
        ("La OTAN cerró la oficina.", "Rusia ordenó a la OTAN cerrar la oficina.", "es", True),
        ("Tesla builds a factory.", "Musk told investors that Tesla will build a factory.", "en", False),
        (
            "Britain supports Ukraine.",
            "Wallace told the BBC that Britain will continue to support Ukraine.",
            "en",
            False,
        ),
        (
            "La police a évacué le palais de justice.",
            "La police a évacué les prisonniers du palais de justice.",
            "fr",
            False,
        ),
        ("Russia was told to leave.", "NATO told Russia to leave.", "en", False),
        ("The United States closed it.", "Russia ordered the United States to close it.", "en", True),
        ("NATO closed it.", "Russia ordered NATO's besieged officers to close it.", "en", True),
        ("It agreed to pay $4bn.", "Huang told reporters the company agreed to pay $4bn.", "en", False),
    ],
)
def test_who_is_told_to_do_a_thing_has_not_done_it(claim: str, quote: str, code: str, not_done: bool) -> None:
    assert refute.told_instead(claim, quote, code) is not_done


@pytest.mark.parametrize(
    ("claim", "quote", "code", "not_done"),
    [
        ("The council has built the tunnel.", "The council plans to build the tunnel.", "en", True),
        ("The council plans to build it.", "The council plans to build the tunnel.", "en", False),
        ("Volvo har köpt Polestar.", "Volvo vill köpa Polestar.", "sv", True),
        ("Renault a fermé l'usine.", "Renault veut fermer l'usine.", "fr", True),
        ("Renault a fermé l'usine.", "Renault proposera de fermer l'usine.", "fr", True),
        ("Renault a fermé l'usine.", "Les deux se sont proposés de fermer l'usine.", "fr", True),
        ("Russia closed its mission.", "Russia Plans to Close Its Mission to NATO", "en", True),
        ("Russia closed its mission.", "RUSSIA PLANS TO CLOSE ITS MISSION", "en", True),
        ("El Gobierno subió los impuestos.", "El Gobierno planea subir los impuestos.", "es", True),
        ("The council built the tunnel.", "The council built the tunnel, and wants to sell it.", "en", False),
        ("Iran har skutt ned en drone.", "Donald Trump bekreftet at Iran har skutt ned en drone.", "no", False),
        ("It was going to Rwanda.", "A plane with asylum seekers to Rwanda was stopped.", "en", False),
        ("Bolaget säger upp 300.", "Bolaget säger upp 300, det vill säga var tionde.", "sv", False),
        ("Dijo que el paro sube.", "El ministro, que espera que caiga, dijo que el paro sube.", "es", False),
        ("Sen aloitti.", "Sen aikoo aloittaa.", "fi", False),  # a language without lists
    ],
)
def test_who_plans_a_thing_has_not_done_it(claim: str, quote: str, code: str, not_done: bool) -> None:
    assert refute.planned_only(claim, quote, code) is not_done


@pytest.mark.parametrize(
    ("claim", "quote", "code", "negates"),
    [
        ("Sweden will join NATO.", "Sweden will not join NATO, Andersson said.", "en", True),
        (
            "Sverige ska gå med i Nato.",
            "Sverige ska inte gå med i Nato, sade Andersson.",
            "sv",
            True,
        ),  # "gå" says little
        ("Schweden wird beitreten.", "Schweden wird nicht beitreten, sagte Andersson.", "de", True),
        ("He was found guilty.", "He was found not guilty after a trial.", "en", True),
        ("Sweden will not join NATO.", "Sweden will not join NATO, Andersson said.", "en", False),
        ("They came.", "They came, but not by train.", "en", False),
        ("She lived there.", "She not only lived there, but died there.", "en", False),
        ("He left Downing Street.", "He left No. 10 Downing Street.", "en", False),
        ("The trial starts in May.", "The trial will not start until May.", "en", False),
        ("Rättegången börjar i maj.", "Rättegången börjar inte förrän i maj.", "sv", False),
        ("It reopens in May.", "It will not reopen until late in May 2025.", "en", False),
        ("The vote is at 18:30.", "They will not vote until 18:30.", "en", False),
        ("The talks resumed.", "The talks have not resumed and will pause until May.", "en", True),
        ("The talks resumed.", "The talks have not resumed and won't until Russia leaves.", "en", True),
        ("Sweden will join NATO.", "Sweden will not join NATO until Turkey agrees.", "en", True),
        ("Sweden will join NATO.", "Sweden will not join NATO until 30 states may vote.", "en", True),
        ("Hun har vært minister før.", "Hun har ikke vært minister før.", "no", True),
        ("Norge stengte grensen.", "Norge stengte ikke grensen før jul.", "no", True),
        ("El ministro dimitió antes del voto.", "El ministro no dimitió antes del voto.", "es", True),
        ("The plant had been attacked.", "The plant had never before been attacked.", "en", True),
        ("So many came.", "Never before had so many come.", "en", False),
        ("Er hat es versprochen.", "Er hat es nicht bloß versprochen.", "de", False),
        ("Labour held the seat.", "Labour barely held the seat.", "en", False),
        ("El Congreso aprobó la ley.", "Sin embargo, el Congreso aprobó la ley.", "es", False),
        ("Russia will not close its mission.", "Russia will close its mission on Monday, he said.", "en", True),
        ("Russland wird die Vertretung nicht schließen.", "Russland wird die Vertretung schließen.", "de", True),
        ("Nobody was hurt in the fire.", "Two men were hurt in the fire that broke out at night.", "en", True),
        ("Russia will not close its mission.", "Russia will close its mission, but it wants no war.", "en", True),
        ("Russia will not close it.", "Russia will keep it open.", "en", False),
        ("No ships sailed.", "Ships waited in the harbour.", "en", False),
        ("He came without money.", "He came with money from Oslo.", "en", False),
        ("It will not start until May.", "It will start in May.", "en", False),
        ("She was there, not in Rome.", "She was there with her son.", "en", False),
        ("At most 100 people came.", "No more than 100 people came.", "en", False),
        ("Högst 100 personer kom.", "Inte fler än 100 personer kom.", "sv", False),
    ],
)
def test_what_stands_behind_a_not(claim: str, quote: str, code: str, negates: bool) -> None:
    assert refute.negates(claim, quote, code) is negates


@pytest.mark.parametrize(
    ("claim", "quote", "code", "taken_back"),
    [
        ("The attack killed only soldiers.", "The attack killed not only soldiers.", "en", True),
        ("Inte bara män får rösta.", "Bara män får rösta.", "sv", True),
        ("The attack killed soldiers.", "The attack killed not only soldiers.", "en", False),
        ("It killed not only soldiers.", "The attack killed not only soldiers, but a child.", "en", False),
        ("Only Berg came.", "She not only sang, but danced.", "en", False),
    ],
)
def test_only_and_not_only(claim: str, quote: str, code: str, taken_back: bool) -> None:
    assert refute.takes_back(claim, quote, code) is taken_back


@pytest.mark.parametrize(
    ("claim", "code", "quote", "quoted_in", "denies"),
    [
        ("Ann Linde är minister.", "sv", "Minister Ann Linde vill inte spekulera.", "sv", False),
        ("Truss called it a sham.", "en", "Truss called it a sham with no legitimacy.", "en", False),
        ("Truss called it a sham.", "en", "Truss did not call it a sham.", "en", True),
        ("Truss did not call it a sham.", "en", "Truss called it a sham.", "en", True),
        ("Die Regierung stützt den Plan.", "de", "Die Regierung stützt den Plan nicht.", "de", True),
        ("Prices rose in May.", "en", "In May prices did not rise.", "en", True),
        ("The ship sank.", "en", "The ship, officials said, did not sink.", "en", True),
        ("Sweden approved it.", "en", "Sweden approved it, as far as is known, or did not.", "en", True),
        ("Anna Berg came.", "en", "Anna Berg came, but Erik Orlov did not.", "en", False),
        ("The EU approved the plan.", "en", "EU:s ministrar möttes, men planen godkändes inte.", "sv", True),
        ("Joe Biden a envoyé des soldats.", "fr", "Die Soldaten, so sagte er, hat Biden nicht geschickt.", "de", True),
        ("Ils sont partis.", "fr", "They did not leave.", "en", True),
        ("Ils sont partis.", "fr", "They left.", "en", False),
    ],
)
def test_a_not_may_be_about_something_else(claim: str, code: str, quote: str, quoted_in: str, denies: bool) -> None:
    assert refute.denies(claim, Terms.of(claim, code), [(quote, Terms.of(quote, quoted_in))]) is denies


@pytest.mark.parametrize(
    ("name", "code", "key"),
    [
        ("tyskland", "sv", "@DE"),
        ("tysklands", "sv", "@DE"),
        ("germany's", "en", "@DE"),
        ("allemagne", "fr", "@DE"),
        ("usa", "sv", "@US"),
        ("otan", "fr", "@NATO"),
        ("berlin", "de", None),
        ("tyskland", "xx", None),
    ],
)
def test_a_country_has_one_key_in_every_language(name: str, code: str, key: str | None) -> None:
    assert territories.key(name, code) == key


def test_countries_of_several_words_are_names() -> None:
    here, there = Terms.of("USA lämnade avtalet.", "sv"), Terms.of("The United States left the deal.", "en")
    assert "united states" in there.names
    assert all(holds(there, term) for term in weighed(here, "en") if term.kind == "name")
    assert all(holds(here, term) for term in weighed(there, "sv") if term.kind == "name")
