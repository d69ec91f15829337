"""A sentence-transformers folder that holds a BERT encoder → what it is and its weights, without torch.

Only what is certain to be computed the same is recognised: BERT and (XLM-)RoBERTa encoders in float32 with absolute
positions, exact GELU and mean pooling. :func:`read` says None to all else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

_WORDS = "embeddings.word_embeddings.weight"
_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
# Where positions are counted from: RoBERTa's begin behind the padding token's id.
_FIRST_POSITION = {"bert": False, "roberta": True, "xlm-roberta": True}


@dataclass(frozen=True, slots=True)
class Bert:
    """A BERT encoder and how sentence-transformers feeds it.

    Attributes:
        folder: Where it is.
        layers, heads, hidden: Its size; ``hidden`` is the length of its vectors.
        epsilon: Added to the variance in layer normalisation.
        window: Tokens of a text, special ones included, beyond which it is cut.
        query_prompt, passage_prompt: Put before every question and passage.
        weights: Its tensors by name, mapped from the disk: a matrix has a row for each output. Names are those of
            BertModel, without a prefix.
        positions: Shape ``(window, hidden)``: what is added to the word vectors at each place.
    """

    folder: Path
    layers: int
    heads: int
    hidden: int
    epsilon: float
    window: int
    query_prompt: str
    passage_prompt: str
    weights: Mapping[str, Array]
    positions: Array

    @property
    def vocabulary(self) -> int:
        """How many token ids there are."""
        return len(self.weights[_WORDS])

    def embed(self, ids: Sequence[int]) -> Array:
        """Sum of word, position and type vectors of at most ``window`` tokens: ``(len(ids), hidden)``."""
        words: Array = self.weights[_WORDS][np.asarray(ids, dtype=np.intp)]
        return words + self.positions[: len(ids)]


def read(folder: Path) -> Bert | None:
    """The encoder of a folder, or None if it is of any other kind or a file is missing or broken."""
    try:
        modules = [str(module["type"]).rpartition(".")[2] for module in _json(folder / "modules.json")]
        if modules not in _MODULES or not (folder / "tokenizer.json").is_file():
            return None
        config = _json(folder / "config.json")
        transformer = _json(folder / "sentence_bert_config.json")
        prompting = _json(folder / "config_sentence_transformers.json")
        pooling = _json(folder / "1_Pooling" / "config.json")
        if not (_plain(config) and _mean(pooling)) or transformer.get("do_lower_case"):
            return None
        tokenizer = _json(folder / "tokenizer_config.json")
        if tokenizer.get("truncation_side", "right") != "right":
            return None
        return _bert(folder, config, prompting.get("prompts") or {}, _limits(transformer, tokenizer))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _bert(folder: Path, config: Mapping[str, Any], prompts: Mapping[str, str], limits: Sequence[int]) -> Bert:
    weights = _tensors(folder / "model.safetensors")
    first = int(config["pad_token_id"]) + 1 if _FIRST_POSITION[config["model_type"]] else 0
    places = weights["embeddings.position_embeddings.weight"]
    window = min(len(places) - first, *limits)
    hidden = int(config["hidden_size"])
    # Every text is of type 0: passages and questions are never given in pairs.
    positions = places[first : first + window] + weights["embeddings.token_type_embeddings.weight"][0]
    return Bert(
        folder=folder,
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        hidden=hidden,
        epsilon=float(config["layer_norm_eps"]),
        window=window,
        query_prompt=prompts.get("query") or "",
        # sentence-transformers 6 knows the names "passage" and "corpus" too, but never gets as far as to use them.
        passage_prompt=prompts.get("document") or "",
        weights=weights,
        positions=positions,
    )


def _plain(config: Mapping[str, Any]) -> bool:
    return (
        config.get("model_type") in _FIRST_POSITION
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder", False)
        and not config.get("add_cross_attention", False)
    )


def _mean(pooling: Mapping[str, Any]) -> bool:
    """Whether pooling is the mean over all tokens, in the spelling of sentence-transformers 6 or of those before."""
    if not pooling.get("include_prompt", True):
        return False
    if "pooling_mode" in pooling:
        return pooling["pooling_mode"] in ("mean", ["mean"])
    return [name for name, on in pooling.items() if name.startswith("pooling_mode_") and on] == [
        "pooling_mode_mean_tokens"
    ]


def _limits(transformer: Mapping[str, Any], tokenizer: Mapping[str, Any]) -> list[int]:
    """Window sizes that the files name; sentence-transformers' own comes first and overrides the tokenizer's."""
    named = transformer.get("max_seq_length") or tokenizer.get("model_max_length")
    return [int(named)] if named else []


def _tensors(file: Path) -> dict[str, Array]:
    """The tensors of a safetensors file, mapped and not read; the prefix before ``embeddings.`` is taken off.

    The format: length of the header, header as JSON, bytes (https://huggingface.co/docs/safetensors). The library of
    that name would copy the vocabulary's vectors, of which a text needs a few rows, into memory.

    Raises:
        ValueError: a tensor that an encoder needs is not float32, or the file is cut short.
    """
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        header: dict[str, Any] = json.loads(stream.read(size))
    header.pop("__metadata__", None)
    prefix = next((name.removesuffix(_WORDS) for name in header if name.endswith(_WORDS)), "")
    mapped = np.memmap(file, mode="r", dtype=np.uint8)
    tensors: dict[str, Array] = {}
    for name, entry in header.items():
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        if name.startswith((f"{prefix}embeddings.", f"{prefix}encoder.")) and not name.endswith("position_ids"):
            if entry["dtype"] != "F32" or end > len(mapped):
                raise ValueError(f"{name} is {entry['dtype']}")
            tensors[name.removeprefix(prefix)] = mapped[start:end].view("<f4").reshape(entry["shape"])
    return tensors


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
