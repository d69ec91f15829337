"""An adapter: on for the question and the answer, off for what is kept, and never in the way of another question."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from conftest import Eager

from evals.lora import write
from index import weights
from rag.engine import open_model
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
    chance = np.random.default_rng(0)
    made = {
        f"blk.{layer}.attn_{part}.weight.lora_{side}": chance.normal(0, 0.05, shape).astype(np.float32)
        for layer in range(LAYERS)
        for part, out in (("q", WIDTH), ("v", KEYS))
        for side, shape in (("a", (RANK, WIDTH)), ("b", (out, RANK)))
    }
    path = tmp_path_factory.mktemp("adapter") / "random.gguf"
    write(path, made, alpha=8.0, architecture="llama")
    return path


def loaded(models_dir: Path, adapter: Path | None, *, keeps: bool = True, **how: Any) -> LlamaModel:
    """The tiny model with an adapter or without; ``how`` is handed on."""
    cache = PassageCache(None, memory_bytes=100_000_000, disk_bytes=0) if keeps else None
    path = weights.language_model("smollm2-135m", models_dir)
    return LlamaModel(path, name="tiny", context=1024, cache=cache, adapter=adapter, **how)


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


Said = list[tuple[str, tuple[float, ...]]]


def said(model: LlamaModel, prompt: Prompt, sampling: Sampling = SHORT) -> Said:
    """What is said, with the logarithms of its tokens' probabilities to the last bit."""
    return [(piece.text, piece.logprobs) for piece in model.stream(prompt, sampling)]


def kept(model: LlamaModel, prompt: Prompt) -> list[bytes]:
    """Keys and values of a prompt's prefix and passages, as they are kept."""
    head, passages, _ = model.parts(prompt)
    found = model._assembly.parts(head, passages)
    assert found is not None
    return [bytes(data) for _, data in found]


def told(number: int) -> Prompt:
    """A prompt with a passage that no other test has."""
    return Prompt("Answer from the text.", (f"In {number} eight ships waited off Vik.\n\n",), "How many ships?")


def test_an_adapter_changes_what_is_said(plain: LlamaModel, adapted: LlamaModel) -> None:
    assert said(plain, PROMPT) != said(adapted, PROMPT)


def answer(model: LlamaModel) -> None:
    said(model, OTHER)


def leave(model: LlamaModel) -> None:
    stream = model.stream(OTHER, SHORT)
    next(iter(stream))
    stream.close()  # type: ignore[attr-defined]


def stop(model: LlamaModel) -> None:
    cancel = threading.Event()
    for _ in model.stream(OTHER, SHORT, cancel):
        cancel.set()


@pytest.mark.parametrize("before", [answer, leave, stop])
@pytest.mark.parametrize("compute", ["warm", "stream", "state"])
def test_passages_are_computed_without_it_whatever_came_before(
    plain: LlamaModel, adapted: LlamaModel, before: Callable[[LlamaModel], None], compute: str
) -> None:
    new = told(crc32(f"{compute} {before.__name__}".encode()) % 10_000)
    before(adapted)
    if compute == "warm":
        assert adapted.warm(new)
    elif compute == "stream":
        said(adapted, new)
    else:
        assert adapted.state(new, 3) is not None
    assert kept(adapted, new) == kept(plain, new)
    head, passages, _ = plain.parts(new)
    keys = [[model._assembly.key(head, one) for one in passages] for model in (plain, adapted)]
    assert keys[0] == keys[1]


def test_the_inside_is_seen_without_it(plain: LlamaModel, adapted: LlamaModel) -> None:
    said(adapted, PROMPT)
    seen, expected = adapted.state(PROMPT, 3), plain.state(PROMPT, 3)
    assert seen is not None
    assert expected is not None
    assert np.array_equal(seen, expected)


def test_a_question_says_the_same_whatever_came_before(adapted: LlamaModel) -> None:
    first = said(adapted, PROMPT)
    for before in (answer, leave, stop):
        before(adapted)
        assert said(adapted, PROMPT) == first


@pytest.mark.parametrize("keeps", [True, False])
def test_without_it_is_without_to_the_last_bit(models_dir: Path, adapter: Path, keeps: bool) -> None:
    models = [
        loaded(models_dir, None, keeps=keeps),
        loaded(models_dir, adapter, scale=0.0, keeps=keeps),
        loaded(models_dir, adapter, keeps=keeps),
    ]
    try:
        without, nothing, with_it = models
        for model in models:
            said(model, OTHER)
        expected = said(without, PROMPT)
        assert said(nothing, PROMPT) == expected
        assert said(with_it, PROMPT, replace(SHORT, adapted=False)) == expected
        assert said(with_it, PROMPT) != expected
    finally:
        for model in models:
            model.close()


def test_where_nothing_is_kept_only_the_question_is_read_with_it(models_dir: Path, adapter: Path) -> None:
    model = loaded(models_dir, adapter, keeps=False)
    whole = loaded(models_dir, adapter, keeps=False)
    try:
        said(model, OTHER)  # begins as the next one does
        head, passages, _ = whole.parts(PROMPT)
        read = len(head) + len(passages[0])
        given = [*head, *(token for passage in passages for token in passage)]
        assert whole._assembly._prefill(given[:read], whole=True)
        assert said(model, PROMPT) == said(whole, PROMPT)
    finally:
        model.close()
        whole.close()


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
