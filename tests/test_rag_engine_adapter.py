"""An adapter: on for the question and the answer, off for what is kept, and never in the way of another question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import weights
from rag.engine import open_model
from rag.engine.draft import LONGEST, Draft, Pace
from rag.engine.llama import LlamaModel
from rag.engine.passage_cache import PassageCache
from rag.engine.port import Prompt, Sampling, Work
from rag.errors import ModelNotLoaded
from rag.settings import Settings

PROMPT = Prompt(
    "Answer from the text.", ("The harbour opened on 3 May.\n\n", "Eight ships waited.\n\n"), "How many ships?"
)
OTHER = Prompt("Answer from the text.", ("The harbour opened on 3 May.\n\n",), "When did the harbour open?")
SHORT = Sampling(max_tokens=24)
WIDTH, KEYS, LAYERS, RANK = 576, 192, 30, 4  # of SmolLM2-135M


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter of random numbers for the tiny model."""
    pytest.importorskip("gguf", reason="pip install -e .[train]")
    from evals.lora import write

    chance = np.random.default_rng(0)
    made = {
        f"blk.{layer}.attn_{part}.weight.lora_{side}": chance.normal(0, 0.05, shape).astype(np.float32)
        for layer in range(LAYERS)
        for part, out in (("q", WIDTH), ("v", KEYS))
        for side, shape in (("a", (RANK, WIDTH)), ("b", (out, RANK)))
    }
    path = tmp_path_factory.mktemp("adapter") / "random.gguf"
    write(path, made, alpha=8.0, architecture="llama", provenance={})
    return path


def loaded(
    models_dir: Path, adapter: Path | None, *, scale: float = 1.0, keeps: bool = True, pace: Pace | None = None
) -> LlamaModel:
    return LlamaModel(
        weights.language_model("smollm2-135m", models_dir),
        name="tiny",
        context=1024,
        cache=PassageCache(None, memory_bytes=100_000_000, disk_bytes=0) if keeps else None,
        pace=pace,
        adapter=adapter,
        scale=scale,
    )


@pytest.fixture(scope="module")
def plain(models_dir: Path) -> Iterator[LlamaModel]:
    model = loaded(models_dir, None)
    yield model
    model.close()


@pytest.fixture(scope="module")
def adapted(models_dir: Path, adapter: Path) -> Iterator[LlamaModel]:
    model = loaded(models_dir, adapter)
    yield model
    model.close()


def said(model: LlamaModel, prompt: Prompt) -> str:
    return "".join(piece.text for piece in model.stream(prompt, SHORT))


def kept(model: LlamaModel, prompt: Prompt) -> list[bytes]:
    """Keys and values of a prompt's passages, as they are kept."""
    head, passages, _ = model.parts(prompt)
    found = model._assembly.parts(head, passages)
    assert found is not None
    return [bytes(data) for _, data in found]


def test_an_adapter_changes_what_is_said(plain: LlamaModel, adapted: LlamaModel) -> None:
    assert said(plain, PROMPT) != said(adapted, PROMPT)


def test_passages_are_kept_as_they_are_without_it(plain: LlamaModel, adapted: LlamaModel) -> None:
    said(adapted, OTHER)
    assert kept(adapted, PROMPT) == kept(plain, PROMPT)
    head, passages, _ = plain.parts(PROMPT)
    assert [plain._assembly.key(head, one) for one in passages] == [
        adapted._assembly.key(head, one) for one in passages
    ]


def test_a_question_says_the_same_whatever_came_before(adapted: LlamaModel) -> None:
    first = said(adapted, PROMPT)
    said(adapted, OTHER)
    kept(adapted, OTHER)
    assert said(adapted, PROMPT) == first


@pytest.mark.parametrize("keeps", [True, False])
def test_none_of_it_is_none(models_dir: Path, adapter: Path, plain: LlamaModel, keeps: bool) -> None:
    without = loaded(models_dir, None, keeps=keeps)
    nothing = loaded(models_dir, adapter, scale=0.0, keeps=keeps)
    try:
        assert said(nothing, PROMPT) == said(without, PROMPT)
    finally:
        nothing.close()
        without.close()


@pytest.mark.parametrize("keeps", [True, False])
def test_a_prompt_may_do_without(models_dir: Path, adapter: Path, keeps: bool) -> None:
    without, with_it = loaded(models_dir, None, keeps=keeps), loaded(models_dir, adapter, keeps=keeps)
    try:
        said(with_it, PROMPT)
        plainly = [piece.text for piece in with_it.stream(PROMPT, replace(SHORT, adapted=False))]
        assert "".join(plainly) == said(without, PROMPT)
    finally:
        with_it.close()
        without.close()


def test_where_nothing_is_kept_only_the_question_is_read_with_it(models_dir: Path, adapter: Path) -> None:
    model = loaded(models_dir, adapter, keeps=False)
    whole = loaded(models_dir, adapter, keeps=False)
    try:
        first = said(model, PROMPT)
        said(model, OTHER)
        assert said(model, PROMPT) == first, "what is held of a prompt is what was read without"
        head, passages, _ = whole.parts(PROMPT)
        given = [*head, *(token for passage in passages for token in passage)]
        assert whole._assembly._prefill(given, whole=True)
        assert said(whole, PROMPT) == first
    finally:
        model.close()
        whole.close()


class Eager(Pace):
    """Checks all of every draft, whether or not it pays."""

    def best(self, draft: Draft) -> int:
        return min(len(draft.tokens), LONGEST)


def test_drafts_change_no_token(models_dir: Path, adapter: Path) -> None:
    model = loaded(models_dir, adapter, scale=0.3, pace=Eager())
    try:
        if not model._drafts:
            pytest.skip("this CPU does not compute batches exactly as single tokens")
        text = "Eight ships waited outside the harbour of Vik on Monday. "
        prompt = Prompt("Repeat the text.", (text * 3,), "Repeat: " + text)
        works: list[Work] = []
        drafted, alone = (
            [(piece.text, piece.logprobs) for piece in model.stream(prompt, sampling, told=works.append)]
            for sampling in (SHORT, replace(SHORT, drafts=False))
        )
        assert works[0].drafted > 0
        assert drafted == alone
    finally:
        model.close()


def test_a_file_that_is_no_adapter_is_an_error_for_people(models_dir: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"nothing")
    for path in (wrong, tmp_path / "missing.gguf", weights.language_model("smollm2-135m", models_dir)):
        with pytest.raises(ModelNotLoaded, match="cannot load the adapter") as raised:
            loaded(models_dir, path)
        assert "PULLQUOTE_ADAPTER=none" in raised.value.hint


def test_the_setting_names_it(models_dir: Path, adapter: Path, adapted: LlamaModel) -> None:
    settings = Settings(llm="smollm2-135m", adapter=str(adapter), context=1024, cache_disk_mb=0)
    model = open_model(settings)
    assert isinstance(model, LlamaModel)
    try:
        assert said(model, PROMPT) == said(adapted, PROMPT)
    finally:
        model.close()
