"""Training a LoRA adapter of a language model on prompts and what should be answered, and writing it for llama.cpp.

As where it is used (:mod:`rag.engine.assembly`), prefix and passages are read without the adapter, only the question
and the answer with it. So gradients go through a few dozen tokens of each prompt, which two cores can do. Other than
there, the passages of a prompt have seen one another.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import PullquoteError

NAMES = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"}
"""What is adapted: the names of transformers, and those of llama.cpp."""
_WEIGHT = re.compile(r"layers\.(\d+)\.self_attn\.(\w+)\.lora_([AB])\.")
_WARM_UP = 8  # steps until the learning rate is reached
_RECENT = 64  # lessons over which the loss is told

Weights = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A prompt and what should be said, in tokens.

    Attributes:
        head, passages, tail: Of the prompt; see :meth:`rag.engine.llama.LlamaModel.parts`.
        said: The answer, with the token that ends a turn.
        refuses: Whether it is that the passages hold no answer.
    """

    head: Sequence[int]
    passages: Sequence[Sequence[int]]
    tail: Sequence[int]
    said: Sequence[int]
    refuses: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How an adapter is trained.

    Attributes:
        rank: Of the matrices.
        rate: Learning rate at its highest; it rises over the first steps, and falls as a cosine.
        batch: Lessons a step.
        seed: Of the order of lessons and of what the matrices start from.
    """

    rank: int = 8
    rate: float = 2e-4
    batch: int = 8
    seed: int = 0

    @property
    def alpha(self) -> float:
        """What the product of the matrices is multiplied by, times the rank."""
        return 2.0 * self.rank

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of a step, counted from 0."""
        return self.rate * min(1.0, (step + 1) / _WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * step / steps))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is.

    Attributes:
        step, steps: Of how many, the first is 1.
        answering, refusing: Mean loss a token of recent lessons of either kind, in nats.
        seconds: Since it began.
    """

    step: int
    steps: int
    answering: float
    refusing: float
    seconds: float


def balanced(lessons: Sequence[Lesson], limit: int, seed: int = 0) -> list[Lesson]:
    """As many lessons that answer as lessons that refuse, at most ``limit`` together, in random order."""
    chance = random.Random(seed)  # noqa: S311  a reproducible order, not a secret
    kinds = [[one for one in lessons if one.refuses == refuses] for refuses in (False, True)]
    most = min(limit // 2, *map(len, kinds))
    chosen = [one for kind in kinds for one in chance.sample(kind, most)]
    chance.shuffle(chosen)
    return chosen


def load(path: Path, architecture: str) -> Any:
    """A GGUF file as a model of transformers, its weights as they are in the file but in bfloat16.

    Raises:
        PullquoteError: the model is of another architecture.
    """
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(str(path.parent), gguf_file=path.name, dtype=torch.bfloat16)
    if model.config.model_type != architecture:
        raise PullquoteError(
            f"{path.name} is of the architecture {model.config.model_type}; adapters are trained for {architecture}.",
            "Take the default model: PULLQUOTE_LLM=qwen2.5-coder-1.5b",
        )
    return model


def adapted(model: Any, course: Course) -> Any:
    """A model with an adapter that changes nothing yet."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(course.seed)
    config = LoraConfig(
        r=course.rank,
        lora_alpha=int(course.alpha),
        lora_dropout=0.05,
        target_modules=list(NAMES),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def train(
    model: Any,
    lessons: Sequence[Lesson],
    course: Course,
    told: Callable[[Progress, Callable[[], Weights]], None] = lambda *_: None,
) -> Weights:
    """Train an adapter.

    Args:
        model: Of transformers; its own weights do not change.
        lessons: In the order in which they are learnt, each once; what does not fill a batch is left out.
        course: How.
        told: Of each step, with what gives the adapter as it is by then.

    Returns:
        The adapter's matrices, by their names in llama.cpp.
    """
    import torch

    taught = adapted(model, course)
    taught.train()
    learning = [one for one in taught.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=course.rate, weight_decay=0.0)
    steps, began = len(lessons) // course.batch, time.monotonic()
    losses: list[tuple[bool, float]] = []
    heads: dict[tuple[int, ...], Any] = {}
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = course.rate_at(step, steps)
        for lesson in lessons[step * course.batch : (step + 1) * course.batch]:
            lost = loss(taught, lesson, heads)
            (lost / course.batch).backward()
            losses.append((lesson.refuses, lost.item()))
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        answering, refusing = (_mean([lost for kind, lost in losses[-_RECENT:] if kind is it]) for it in (False, True))
        progress = Progress(step + 1, steps, answering, refusing, time.monotonic() - began)
        told(progress, lambda: _matrices(taught))
    return _matrices(taught)


def write(path: Path, weights: Weights, *, alpha: float, architecture: str) -> None:
    """Write an adapter as a GGUF file that llama.cpp takes, in bfloat16.

    In 16-bit floats of the other kind, llama.cpp would compute some batches otherwise than single tokens.

    Args:
        path: The file.
        weights: The matrices, by their names in llama.cpp.
        alpha: See :class:`Course`.
        architecture: Of the model, as its own file has it: ``qwen2``.
    """
    from gguf import GGMLQuantizationType, GGUFWriter, quants

    kind = GGMLQuantizationType.BF16
    writer = GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, matrix in weights.items():
        writer.add_tensor(name, quants.quantize(matrix, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def loss(taught: Any, lesson: Lesson, heads: dict[tuple[int, ...], Any]) -> Any:
    """Mean loss a token of what should be said, in nats, behind passages that were read without the adapter.

    Args:
        taught: A model with an adapter; see :func:`adapted`.
        lesson: What is read, and what should be said.
        heads: Keys and values of prefixes that were read; grows.
    """
    import torch

    base = taught.get_base_model()
    head, tail, said = tuple(lesson.head), list(lesson.tail), list(lesson.said)
    with torch.no_grad(), taught.disable_adapter():
        if head not in heads:
            heads[head] = base.model(torch.tensor([head]), use_cache=True).past_key_values
        read = _copied(heads[head], len(head), base.config)
        passages = [token for passage in lesson.passages for token in passage]
        base.model(torch.tensor([passages]), past_key_values=read, use_cache=True)
    made = base.model(torch.tensor([tail + said]), past_key_values=read, use_cache=True).last_hidden_state
    logits = base.lm_head(made[0, len(tail) - 1 : -1]).float()
    return torch.nn.functional.cross_entropy(logits, torch.tensor(said))


def _copied(cache: Any, length: int, config: Any) -> Any:
    """The first so many keys and values of a cache, to which others can be added without changing it."""
    from transformers import DynamicCache

    copy = DynamicCache(config=config)
    for number, layer in enumerate(cache.layers):
        copy.update(layer.keys[:, :, :length], layer.values[:, :, :length], number)
    return copy


def _matrices(taught: Any) -> Weights:
    named = ((_WEIGHT.search(name), value) for name, value in taught.state_dict().items())
    return {
        f"blk.{match[1]}.{NAMES[match[2]]}.weight.lora_{match[3].lower()}": value.detach().float().numpy().copy()
        for match, value in named
        if match is not None
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
