"""The settings of answering, on top of those of the index: one value for the whole program."""

from __future__ import annotations

from typing import ClassVar

import pydantic

from index.settings import Settings as IndexSettings


class Settings(IndexSettings):
    """Everything Pullquote can be told.

    Attributes:
        llm: A registered name, a path to a GGUF file, or ``hub:OWNER/REPOSITORY/FILE.gguf``.
            Or ``openai:http://HOST:PORT/v1#MODEL``, any server with an API like OpenAI's: it is sent the questions and
            the passages they are answered from.
        api_key: For such a server, if it wants one; best given as PULLQUOTE_API_KEY. Never shown.
        remote_askers: How many questions such a server is asked at the same time.
        remote_seconds: How long such a server may be silent.
        adapter: The GGUF file of a LoRA adapter of the language model, with which questions are read and answers
            written; ``none`` for none.
        adapter_scale: How much of it: 1 is all, 0 nothing.
        context: Tokens of the language model's context.
        sources: How many passages are found and shown; the model reads the best of them, three at most.
        max_tokens: Longest answer, in tokens of the language model.
        temperature: 0 is greedy; the next three matter only above it.
        top_p: Only the smallest set of tokens that has so much probability.
        min_p: Only tokens at least so probable, relative to the most probable.
        seed: The same seed gives the same answer.
        reluctance: By how much, in nats, a local model is held back from saying that the passages hold no answer.
        passage_cache: Whether passages are computed once and spliced into prompts: the first word comes many times
            sooner; off, every prompt is read anew.
        cache_memory_mb: Most that computed passages may take in memory, in MB.
        cache_disk_mb: Most that they may take on disk, in MB; 0 keeps them in memory only.
        waiting: How many questions may wait for the language model.
        strict: Whether sentences that no quote supports are left out; otherwise they are shown, marked.
        disputes: Whether other articles that may disagree, three at most, are read too; it takes about a second each.
        thorough: Whether to read every round and check every answer, however clear the first one is: slower, and what
            confidence is fitted on.
        min_confidence: Probability of being right below which there is no answer, but "the articles don't say".
        question_characters: Longest question accepted.
    """

    elsewhere: ClassVar[frozenset[str] | None] = frozenset(
        {"askers", "log", "request_mb", "requests_per_minute", "shutdown_seconds", "token"}  # of pullquote serve
    )

    llm: str = "qwen2.5-coder-1.5b"
    api_key: pydantic.SecretStr = pydantic.SecretStr("")
    remote_askers: int = pydantic.Field(default=8, ge=1)
    remote_seconds: float = pydantic.Field(default=120.0, gt=0.0)
    adapter: str = "none"
    adapter_scale: float = pydantic.Field(default=1.0, ge=0.0, le=2.0)
    context: int = pydantic.Field(default=8192, ge=512)
    sources: int = pydantic.Field(default=5, ge=1, le=20)
    max_tokens: int = pydantic.Field(default=256, ge=1, le=4096)
    temperature: float = pydantic.Field(default=0.0, ge=0.0, le=2.0)
    top_p: float = pydantic.Field(default=1.0, gt=0.0, le=1.0)
    min_p: float = pydantic.Field(default=0.0, ge=0.0, le=1.0)
    seed: int = pydantic.Field(default=0, ge=0, lt=2**32)
    reluctance: float = pydantic.Field(default=0.0, ge=0.0, le=20.0)
    strict: bool = True
    disputes: bool = True
    thorough: bool = False
    min_confidence: float = pydantic.Field(default=0.35, ge=0.0, le=1.0)
    passage_cache: bool = True
    cache_memory_mb: int = pydantic.Field(default=512, ge=1)
    cache_disk_mb: int = pydantic.Field(default=2000, ge=0)
    waiting: int = pydantic.Field(default=16, ge=0)
    question_characters: int = pydantic.Field(default=2000, ge=10)
