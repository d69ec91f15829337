"""Training an adapter on a model of a few thousand random weights, and writing it for llama.cpp."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from evals import lora
from evals.lora import Course, Lesson, Progress, balanced, train, write

WIDTH, LAYERS = 32, 2


def lessons(count: int) -> list[Lesson]:
    """The answer is the passage's last token; there is none where that is even, which token 9 says."""
    return [
        Lesson([1, 2, 3], [[4, 5, 10 + n % 20]], [6, 7], [9 if n % 2 == 0 else 10 + n % 20, 8], n % 2 == 0)
        for n in range(count)
    ]


def test_both_kinds_are_learnt_alike_and_at_most_so_many() -> None:
    many = lessons(30)[:10] + [one for one in lessons(30) if one.refuses]
    chosen = balanced(many, 100)
    assert sum(one.refuses for one in chosen) == len(chosen) / 2 == 5
    assert len(balanced(many, 6)) == 6
    assert balanced(many, 6) == balanced(many, 6) != balanced(many, 6, seed=1)


def test_the_rate_rises_and_falls() -> None:
    course = Course(rate=1.0)
    rates = [course.rate_at(step, 100) for step in range(100)]
    assert rates[0] < rates[6] < rates[8]
    assert rates[8] > rates[50] > rates[99] > 0


@pytest.fixture
def model() -> Any:
    """A model of a few thousand random weights."""
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=40,
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    model: Any = Qwen2ForCausalLM(config)
    return model.eval()


def whole(model: Any, lesson: Lesson) -> Any:
    """The loss of a lesson that is read in one piece, whatever is on."""
    read = [*lesson.head, *itertools.chain(*lesson.passages), *lesson.tail]
    logits = model(torch.tensor([[*read, *lesson.said]])).logits[0]
    return torch.nn.functional.cross_entropy(logits[len(read) - 1 : -1], torch.tensor(lesson.said))


def test_a_lesson_is_read_with_the_adapter_from_its_question_on(model: Any) -> None:
    lesson, other = lessons(2)
    adapted = lora.adapted(model, Course(rank=4)).eval()
    heads: dict[tuple[int, ...], Any] = {}
    assert lora.loss(adapted, lesson, heads).item() == pytest.approx(whole(adapted, lesson).item(), abs=1e-5)
    generator = torch.Generator().manual_seed(0)
    for name, matrix in adapted.named_parameters():
        if "lora_B" in name:
            matrix.data = torch.randn(matrix.shape, generator=generator)
    everywhere = whole(adapted, lesson).item()
    given = len(lesson.head) + sum(map(len, lesson.passages))

    def later(_: Any, __: Any, made: Any) -> Any:
        return torch.cat([torch.zeros_like(made[:, :given]), made[:, given:]], dim=1)

    hooks = [
        part.register_forward_hook(later) for name, part in adapted.named_modules() if name.endswith("lora_B.default")
    ]
    from_the_question = whole(adapted, lesson).item()
    for hook in hooks:
        hook.remove()
    assert from_the_question != pytest.approx(everywhere, abs=1e-2)
    for _ in range(2):
        assert lora.loss(adapted, lesson, heads).item() == pytest.approx(from_the_question, abs=1e-5)
        lora.loss(adapted, other, heads)  # what is kept of the prefix must stay as it is


def test_an_adapter_learns_to_answer_and_to_refuse(model: Any) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    heard: list[Progress] = []
    course = Course(rank=4, rate=2e-2, batch=4)
    made = train(model, lessons(40) * 10, course, lambda progress, _: heard.append(progress))
    assert heard[-1].step == heard[-1].steps == 100
    assert heard[-1].refusing < heard[8].refusing - 0.3
    assert heard[-1].answering < heard[8].answering - 0.1
    assert set(made) == {
        f"blk.{layer}.attn_{part}.weight.lora_{side}"
        for layer in range(LAYERS)
        for part in ("q", "k", "v", "output")
        for side in "ab"
    }
    assert made["blk.0.attn_k.weight.lora_a"].shape == (4, WIDTH)
    assert made["blk.0.attn_k.weight.lora_b"].shape == (16, 4)
    assert np.abs(made["blk.1.attn_v.weight.lora_b"]).max() > 0
    after = {
        name.replace("base_layer.", ""): value for name, value in model.state_dict().items() if "lora_" not in name
    }
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_an_adapter_is_written_as_llama_cpp_reads_it(tmp_path: Path) -> None:
    matrix = np.linspace(-1, 1, 128, dtype=np.float32).reshape(4, 32)
    path = tmp_path / "made.gguf"
    weights = {"blk.0.attn_q.weight.lora_a": matrix}
    write(path, weights, alpha=8.0, architecture="qwen2")
    read = gguf.GGUFReader(path)
    assert read.fields["general.type"].contents() == "adapter"
    assert read.fields["adapter.lora.alpha"].contents() == 8.0
    (tensor,) = read.tensors
    assert tensor.name == "blk.0.attn_q.weight.lora_a"
    assert list(tensor.shape) == [32, 4]  # llama.cpp counts the other way round
    assert tensor.tensor_type.name == "BF16"
