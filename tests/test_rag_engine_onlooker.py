"""Looking into the 135M model, for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import weights
from rag.engine import llama, onlooker
from rag.engine.llama import LlamaModel
from rag.engine.passage_cache import PassageCache
from rag.engine.port import Prompt, Sampling
from rag.errors import ModelNotLoaded

PASSAGES = ("The harbour was closed on Monday.\n\n", "Seven ships waited outside.\n\n")
PROMPT = Prompt("Answer briefly.", PASSAGES, "How many ships waited?")
WIDTH, LAYERS = 576, 30


@pytest.fixture(scope="module")
def model(models_dir: Path) -> Iterator[LlamaModel]:
    """The model, with passages kept in memory."""
    path = weights.language_model("smollm2-135m", models_dir)
    cache = PassageCache(None, memory_bytes=10**8, disk_bytes=0)
    model = LlamaModel(path, name="tiny", context=2048, identity="tiny", cache=cache)
    yield model
    model.close()


def written(model: LlamaModel, prompt: Prompt = PROMPT) -> str:
    return "".join(piece.text for piece in model.stream(prompt, Sampling(max_tokens=16)))


def alike(one: object, other: object) -> float:
    first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_a_layer_gives_the_same_for_the_same_prompt_and_something_else_for_another(model: LlamaModel) -> None:
    seen = model.state(PROMPT, 20)
    assert seen is not None
    assert seen.shape == (WIDTH,)
    assert seen.dtype == np.float32
    again = model.state(PROMPT, 20)
    assert again is not None
    assert (again == seen).all()
    for other in (replace(PROMPT, question="Who closed it?"), replace(PROMPT, passages=PASSAGES[:1])):
        assert alike(model.state(other, 20), seen) < 0.9999
    assert alike(model.state(PROMPT, 12), seen) < 0.99


def test_spliced_passages_give_what_the_same_text_gives_when_it_is_read(model: LlamaModel) -> None:
    """One passage behind the prefix is the same text as a question that begins with it."""
    spliced = replace(PROMPT, passages=("Seven ships waited outside.",), question=" How many ships waited?")
    read = replace(PROMPT, passages=(), question=f"{spliced.passages[0]}{spliced.question}")
    assert model.tokens(spliced) == model.tokens(read)
    assert alike(model.state(spliced, 20), model.state(read, 20)) > 0.9999


def test_answers_are_not_changed_by_being_looked_at(model: LlamaModel) -> None:
    before = written(model)
    computed = model.native.computed
    model.state(replace(PROMPT, question="Is that so?"), 5)
    assert model.native.computed - computed <= len(model.tokens(replace(PROMPT, passages=())))
    assert written(model) == before


def test_what_is_not_there_is_not_seen(model: LlamaModel) -> None:
    assert model.state(PROMPT, LAYERS + 1) is None
    assert model.state(replace(PROMPT, passages=PASSAGES * 5), 20) is None, "too many passages"
    assert model.state(replace(PROMPT, question="word " * 3000), 20) is None, "no room"
    cancel = threading.Event()
    cancel.set()
    assert model.state(PROMPT, 20, cancel) is None
    assert model.state(PROMPT, 20) is not None, "the next one is seen all the same"


def test_without_kept_passages_nothing_is_seen(tiny_model: LlamaModel) -> None:
    assert tiny_model.state(PROMPT, 20) is None


def test_a_binding_that_shows_nothing_is_no_error(model: LlamaModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise AttributeError("ggml_get_name")

    monkeypatch.setattr(onlooker, "_ggml", missing)
    assert model.state(PROMPT, 20) is None


def test_without_memory_for_a_second_context_nothing_is_seen(
    model: LlamaModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ModelNotLoaded("There is not enough memory.", "Lower it.")

    before = written(model)
    with monkeypatch.context() as patched:
        patched.setattr(llama, "Onlooker", full)
        assert model.state(PROMPT, 7) is None
    assert written(model) == before
    assert model.state(PROMPT, 7) is not None, "it is tried again"
