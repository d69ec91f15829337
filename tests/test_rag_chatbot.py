"""The chatbot on doubles that can be computed by hand: every status, every event, every quote verbatim."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from conftest import SHARED, article

from index.embed import LetterEmbedder
from index.errors import SettingsError
from index.library import Library
from index.types import Hit
from rag import followup, probe
from rag.chatbot import Chatbot
from rag.engine.double import ParrotModel
from rag.engine.port import Prompt
from rag.errors import EmptyQuestion, EngineError, IllegibleQuestion, ModelNotLoaded, QuestionTooLong
from rag.settings import Settings
from rag.types import Answer, Done, Found, Loading, Token, Turn

HARBOUR = "The harbour was closed on Monday. Seven ships waited outside. The mayor, Anna Berg, blamed the storm."
BRIDGE = "Bron stängdes på tisdagen. Borgmästare Nils Ek beklagade förseningen."


@pytest.fixture
def model() -> ParrotModel:
    return ParrotModel()


@pytest.fixture
def bot(library: Library, settings: Settings, model: ParrotModel) -> Iterator[Chatbot]:
    library.ingest_articles([article("harbour", HARBOUR), article("bridge", BRIDGE, "sv")])
    with Chatbot(library, model, LetterEmbedder(), settings) as bot:
        yield bot


def test_an_answer_stands_on_a_quote_cut_out_of_its_article(bot: Chatbot) -> None:
    answer = bot.ask("How many ships waited outside the harbour?")
    assert (answer.status, answer.text, answer.language) == ("answered", "Seven ships waited outside.", "en")
    (citation,) = answer.citations
    assert answer.text[citation.start : citation.end] == citation.sentence
    assert citation.verdict == "supported"
    (quote,) = answer.quotes
    assert quote.article.text[quote.start : quote.end] == quote.text == "Seven ships waited outside."
    assert (quote.article_id, quote.number) == ("harbour", 1)
    assert answer.grounded
    assert Settings().min_confidence < answer.confidence <= 1.0
    assert answer.model == "parrot"
    assert {"search", "first_token", "generate", "attribute", "total"} <= set(answer.timings)


def test_an_answer_in_the_passages_language_says_so(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])
    bold = settings.model_copy(update={"min_confidence": 0.0})
    with Chatbot(library, ParrotModel(), LetterEmbedder(), bold) as bot:
        answer = bot.ask("Vem gav stormen skulden, enligt The mayor, Anna Berg, blamed the storm?")
        assert (answer.text, answer.language) == ("The mayor, Anna Berg, blamed the storm.", "sv")
        assert answer.said_in == answer.to_dict()["said_in"] == "en"
        refused = bot.ask("Vad hände på månen?", strict=True)
    assert (refused.status, refused.said_in) == ("not_in_articles", "sv")


def test_harmless_questions_that_sound_like_orders_are_searched_for_and_read_like_any_other(bot: Chatbot) -> None:
    path = SHARED / "data/injection/benign-one.jsonl"
    if not path.exists():
        pytest.skip(f"the look-alikes are not at {path}")
    prompts = [json.loads(line)["prompt"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(prompts) > 100
    for prompt in prompts:
        events = list(bot.stream(prompt))
        (found,) = (event for event in events if isinstance(event, Found))
        assert found.sources, prompt
        done = events[-1]
        assert isinstance(done, Done)
        assert (done.answer.question, done.answer.model) == (prompt, "parrot")


def test_who_holds_another_office_is_believed_less(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.ingest_articles([article("bern", "Our ambassador in Bern knows more, said Foreign Minister Ida Falk.")])
    bold = settings.model_copy(update={"min_confidence": 0.0})
    with Chatbot(library, ParrotModel(), LetterEmbedder(), bold) as bot:
        doubted = bot.ask("Who is the ambassador in Bern?")
        monkeypatch.setattr("rag.offices.another", lambda *_: False)
        believed = bot.ask("Who is the ambassador in Bern?")
    assert doubted.text == believed.text
    assert doubted.confidence == pytest.approx(believed.confidence / 2)


def test_the_model_is_loaded_while_passages_are_looked_for(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])
    loaded: list[str] = []

    def load() -> ParrotModel:
        loaded.append(threading.current_thread().name)
        return ParrotModel()

    with Chatbot(library, load, LetterEmbedder(), settings) as bot:
        assert bot.ask("How many ships waited outside?").status == "answered"
        assert bot.ask("Who blamed the storm?").status == "answered"
    assert loaded == ["pullquote-loading"]


def test_who_waits_for_the_model_is_told_so(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])
    ready = threading.Event()

    def open_model() -> ParrotModel:
        ready.wait()
        return ParrotModel()

    question = "How many ships waited outside the harbour?"
    with Chatbot(library, open_model, LetterEmbedder(), settings) as bot:
        events = bot.stream(question)
        assert isinstance(next(events), Found)
        assert next(events) == Loading()
        ready.set()
        assert next(events) == Loading(done=True)
        assert not any(isinstance(event, Loading) for event in (*events, *bot.stream(question)))


def test_a_model_that_cannot_be_loaded_is_told_to_who_asked(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])

    def load() -> ParrotModel:
        raise ModelNotLoaded("It is damaged.", "Fetch it again.")

    with Chatbot(library, load, LetterEmbedder(), settings) as bot, pytest.raises(ModelNotLoaded, match="damaged"):
        bot.ask("How many ships waited outside?")


def test_another_model_answers_from_the_next_question_on(library: Library, settings: Settings) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])
    first, second = ParrotModel(), ParrotModel()
    second.name = "second"

    def opened(named: Settings) -> ParrotModel:
        if named.llm == "broken":
            raise ModelNotLoaded("It is damaged.", "Fetch it again.")
        return second

    with Chatbot(library, first, LetterEmbedder(), settings, models=opened) as bot:
        running = bot.stream("How many ships waited outside?")
        assert any(isinstance(event, Token) for event in running)
        bot.use_model("second")
        assert not first.closed
        (answer,) = (event.answer for event in running if isinstance(event, Done))
        assert (answer.model, answer.text) == ("parrot", "Seven ships waited outside.")
        assert first.closed
        with pytest.raises(ModelNotLoaded):
            bot.use_model("broken")
        assert bot.ask("Who blamed the storm?").model == "second"
        assert bot.settings.llm == "second"
    assert second.closed


def test_the_stream_is_found_then_tokens_then_done(bot: Chatbot) -> None:
    events = list(bot.stream("How many ships waited outside?"))
    assert isinstance(events[0], Found)
    assert isinstance(events[-1], Done)
    assert all(isinstance(event, Token) for event in events[1:-1])
    answer = events[-1].answer
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.text
    assert events[0].sources == answer.sources
    assert [source.number for source in answer.sources] == list(range(1, len(answer.sources) + 1))


def test_a_refusal_becomes_an_honest_sentence_in_the_questions_language(bot: Chatbot) -> None:
    english, swedish = bot.ask("Who won the cup?"), bot.ask("Vad kostade den nya skolan i kronor?")
    assert (english.status, english.text) == ("not_in_articles", "The articles don't say.")
    assert (swedish.status, swedish.text) == ("not_in_articles", "Det framgår inte av artiklarna.")
    assert english.citations == ()
    assert english.confidence < 0.5
    assert all(opinion.refused for opinion in english.opinions)
    assert english.sources  # the closest that was found
    assert not any(isinstance(event, Token) for event in bot.stream("Who won the cup?"))


class ShyModel(ParrotModel):
    """Refuses all that it may; ``leaning`` is what it says of whether passages answer a question."""

    def _answer(self, prompt: Prompt) -> str:
        return super()._answer(prompt) if self.samplings[-1].reluctance else self._refusal


@pytest.mark.parametrize(("leaning", "status"), [(12.0, "answered"), (-12.0, "not_in_articles")])
def test_a_model_that_refuses_what_its_passages_state_is_not_let(
    library: Library, settings: Settings, leaning: float, status: str
) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])
    model = ShyModel(leaning=leaning)
    with Chatbot(library, model, LetterEmbedder(), settings) as bot:
        answer = bot.ask("Who blamed the storm?")
    assert sum("Yes or No" in one.question for one in model.prompts) == 1, "what is known is not asked again"
    assert answer.status == status
    assert answer.opinions[0].refused
    assert answer.opinions[-1].refused is (status == "not_in_articles")
    if status == "answered":
        assert "Anna Berg" in answer.text
        assert answer.citations[0].verdict == "supported"


def test_an_empty_library_says_so_without_a_model(library: Library, settings: Settings) -> None:
    def never() -> ParrotModel:
        raise AssertionError("the model must not be opened")

    answer = Chatbot(library, never, LetterEmbedder(), settings).ask("Anything?")
    assert (answer.status, answer.sources, answer.model) == ("no_articles", (), "")
    assert "pullquote index" in answer.text


def test_the_model_is_opened_once_by_the_first_question(library: Library, settings: Settings) -> None:
    opened: list[ParrotModel] = []

    def open_model() -> ParrotModel:
        opened.append(ParrotModel())
        return opened[-1]

    library.ingest_articles([article("harbour", HARBOUR)])
    bot = Chatbot(library, open_model, LetterEmbedder(), settings)
    assert opened == []
    threads = [threading.Thread(target=bot.ask, args=("How many ships waited?",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    bot.close()
    assert opened[0].closed


@pytest.mark.parametrize("question", ["", "   \n\t "])
def test_an_empty_question_is_refused(bot: Chatbot, question: str) -> None:
    with pytest.raises(EmptyQuestion) as caught:
        bot.stream(question)
    assert "pullquote ask" in caught.value.hint


def test_bytes_that_are_no_text_are_refused(bot: Chatbot) -> None:
    with pytest.raises(IllegibleQuestion, match="no text"):
        bot.stream("vad h\udce4nde?")


def test_a_question_of_ten_thousand_words_is_refused(bot: Chatbot) -> None:
    with pytest.raises(QuestionTooLong, match="2,000"):
        bot.ask("why " * 10_000)


def test_cancelling_ends_the_stream_without_an_answer(bot: Chatbot) -> None:
    cancel = threading.Event()
    seen = []
    for event in bot.stream("How many ships waited outside?", cancel=cancel):
        seen.append(event)
        if isinstance(event, Token):
            cancel.set()
    assert isinstance(seen[-1], Token)
    assert bot.ask("How many ships waited outside?").status == "answered"


def test_closing_the_stream_lets_the_next_question_in(bot: Chatbot) -> None:
    stream = bot.stream("How many ships waited outside?")
    for event in stream:
        if isinstance(event, Token):
            break
    stream.close()  # type: ignore[attr-defined]
    assert bot.ask("How many ships waited outside?").status == "answered"


def test_a_follow_up_is_searched_with_the_question_before(bot: Chatbot, model: ParrotModel) -> None:
    history = [Turn("Who is Anna Berg?", "The mayor.")]
    bot.ask("And what did she blame?", history)
    assert "Who is Anna Berg? The mayor. And what did she blame?" in model.prompts[-1].question
    bot.ask("How many ships waited outside the harbour on Monday?", history)
    assert "Anna" not in model.prompts[-1].question


@pytest.mark.parametrize("question", ["When?", "When was that?", "Hi, when was that?"])
def test_a_follow_up_may_be_answered_by_what_was_said_before(bot: Chatbot, question: str) -> None:
    answer = bot.ask(question, [Turn("What was closed?", "The harbour was closed on Monday, the mayor said.")])
    assert (answer.status, answer.text) == ("answered", "The harbour was closed on Monday.")


def test_an_earlier_why_asks_for_no_reason_again(bot: Chatbot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def evades(text: str, question: str, code: str) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr("rag.reasons.evades", evades)
    bot.ask("How many ships?", [Turn("Why did ships wait outside?", "The harbour was closed on Monday.")])
    assert set(asked) == {"How many ships?"}


def test_within_keeps_to_the_articles_named(bot: Chatbot, model: ParrotModel) -> None:
    answer = bot.ask("How many ships waited outside?", within={"bridge"})
    assert answer.status == "not_in_articles"
    assert {source.article.id for source in answer.sources} == {"bridge"}
    assert "ships" not in "".join(model.prompts[-1].passages)


def test_the_best_passage_stands_next_to_the_question(bot: Chatbot, model: ParrotModel) -> None:
    bot.settings = bot.settings.but(disputes=False)  # or else the last prompt would be another article, read alone
    answer = bot.ask("How many ships waited outside the harbour?")
    assert model.prompts[-1].passages[-1].strip() == answer.sources[0].hit.passage.text
    assert "Answer in English" in model.prompts[-1].question


def test_an_answer_as_json_and_markdown(bot: Chatbot) -> None:
    answer = bot.ask("How many ships waited outside the harbour?")
    plain = answer.to_dict()
    assert plain["status"] == "answered"
    assert plain["citations"][0]["quotes"][0]["text"] == "Seven ships waited outside."
    assert plain["quotes"][0]["start"] == HARBOUR.index("Seven")
    assert plain["sources"][0]["article"]["id"] == "harbour"
    assert "Seven ships waited outside" in answer.to_markdown()


def test_an_answer_without_citations_is_not_grounded() -> None:
    assert not Answer("q", "t", "answered").grounded


def test_passages_of_the_preferred_days_come_first_and_others_are_still_found(
    library: Library, settings: Settings, model: ParrotModel
) -> None:
    old = replace(article("old", "Seven ships waited outside the harbour."), published=date(2020, 1, 1))
    new = replace(article("new", "Nine ships waited outside the harbour."), published=date(2021, 1, 1))
    library.ingest_articles([old, new])
    bot = Chatbot(library, model, LetterEmbedder(), settings)
    for day, first in ((old.published, "old"), (new.published, "new")):
        assert day is not None
        answer = bot.ask("How many ships waited outside the harbour?", between=(day, day))
        assert answer.sources[0].article.id == first
        assert {source.article.id for source in answer.sources} == {"old", "new"}
        assert [source.hit.rank for source in answer.sources] == [1, 2]


def test_preferred_days_do_not_decide_whether_a_question_is_a_follow_up(
    bot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[float]] = []

    def resolve(question: str, history: object, search: Callable[[str, int], list[Hit]]) -> followup.Asked:
        found.append([hit.score for hit in search(question, 2)])
        return followup.Asked(question, question, follows=False, last=question)

    bot.library.ingest_articles([replace(article("new", "Nine ships waited."), published=date(2021, 1, 1))])
    monkeypatch.setattr("rag.followup.resolve", resolve)
    for between in (None, (date(1900, 1, 1), date(2100, 1, 1))):
        bot.ask("How many ships waited outside the harbour?", between=between)
    assert found[0] == found[1]


def test_how_many_sources_may_be_wished(bot: Chatbot) -> None:
    assert len(bot.ask("How many ships waited outside?", sources=1).sources) == 1
    with pytest.raises(SettingsError, match="'sources'"):
        bot.ask("How many ships waited outside?", sources=-1)


def test_what_is_not_proved_is_shown_only_on_request(library: Library, settings: Settings) -> None:
    class Dreamer(ParrotModel):
        def _answer(self, prompt: Prompt) -> str:
            return "Elephants danced in Paris yesterday."

    library.ingest_articles([article("harbour", HARBOUR)])
    bot = Chatbot(library, Dreamer(), LetterEmbedder(), settings.model_copy(update={"min_confidence": 0.0}))
    assert bot.ask("How many ships waited outside?").status == "not_in_articles"
    shown = bot.ask("How many ships waited outside?", strict=False)
    assert (shown.status, shown.citations[0].verdict) == ("answered", "unsupported")


def test_the_best_passage_is_read_first_and_more_only_if_need_be(bot: Chatbot, model: ParrotModel) -> None:
    bot.ask("How many ships waited outside the harbour?")
    assert len(model.prompts[0].passages) == 1
    refused = bot.ask("Who won the cup?")
    assert [opinion.read for opinion in refused.opinions] == [1, 2]


def test_a_foreign_question_is_at_last_answered_in_the_passages_language(library: Library, settings: Settings) -> None:
    class Monoglot(ParrotModel):
        def _answer(self, prompt: Prompt) -> str:
            return "Seven ships waited outside." if prompt.question.endswith("in English:") else "NOT FOUND"

    library.ingest_articles([article("harbour", HARBOUR)])
    bold = settings.model_copy(update={"min_confidence": 0.0})
    with Chatbot(library, Monoglot(), LetterEmbedder(), bold) as bot:
        answer = bot.ask("Hur många fartyg fick vänta utanför?")
        assert bot.ask("How many ships waited outside?").opinions[0].text == "Seven ships waited outside."
    assert answer.language == "sv"
    assert (answer.text, [opinion.refused for opinion in answer.opinions]) == (
        "Seven ships waited outside.",
        [True, True, False],  # in Swedish, in Swedish with a Swedish prompt, in English
    )
    assert [quote.text for quote in answer.quotes] == ["Seven ships waited outside."]


def test_it_tells_what_is_going_on(bot: Chatbot) -> None:
    assert bot.figures() == {"asking": 0, "cache_hits": 0, "cache_misses": 0}
    bot.changed()  # nothing is computed ahead, so there is nothing to do


@pytest.mark.parametrize("leaning", [-9.0, 9.0])
def test_a_doubtful_answer_is_checked_by_asking_whether_the_passages_hold_one(
    library: Library, settings: Settings, leaning: float
) -> None:
    library.ingest_articles([article("harbour", HARBOUR)])
    model = ParrotModel(leaning=leaning)
    with Chatbot(library, model, LetterEmbedder(), settings) as bot:
        answer = bot.ask("How many ships waited outside the harbour?")
    checks = [asked for asked in model.prompts if "Yes or No" in asked.question]
    assert len(checks) == sum("stated" in opinion.signals for opinion in answer.opinions) > 0
    said = pytest.approx(probe.fitted().said(leaning))
    assert all(opinion.signals["stated"] == said for opinion in answer.opinions if not opinion.refused)
    assert "check" in answer.timings


def test_once_closed_it_says_so_before_anything_is_done(library: Library, settings: Settings) -> None:
    bot = Chatbot(library, ParrotModel(), LetterEmbedder(), settings)
    bot.close()
    for question in ("Hello!", "How many ships waited?"):
        with pytest.raises(EngineError, match="has been closed"):
            bot.ask(question)
