"""A tiny BERT with random weights as a sentence-transformers folder, for tests of what encoders go through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

HIDDEN, INNER, LAYERS, HEADS, PLACES = 32, 64, 2, 4, 40
WORDS = ["<s>", "<pad>", "</s>", "<unk>", ":", "query", "passage", "ada", "bor", "i", "uppsala", "oslo"]


def write_bert(folder: Path, *, kind: str = "bert", change: str = "") -> Path:
    """Write the folder and return it.

    Args:
        folder: Made here.
        kind: ``model_type`` of the encoder.
        change: What to make of it: ``cls`` pooling, the ``relu`` activation, weights in ``half`` precision, or
            texts that are cut on the ``left``.
    """
    (folder / "1_Pooling").mkdir(parents=True)
    library = "sentence_transformers.models"
    files: dict[str, Any] = {
        "config.json": {
            "model_type": kind,
            "architectures": ["BertModel" if kind == "bert" else "XLMRobertaModel"],
            "hidden_act": "relu" if change == "relu" else "gelu",
            "hidden_size": HIDDEN,
            "intermediate_size": INNER,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": PLACES,
            "num_attention_heads": HEADS,
            "num_hidden_layers": LAYERS,
            "pad_token_id": 1,
            "type_vocab_size": 1,
            "vocab_size": len(WORDS),
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{library}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{library}.Pooling"},
        ],
        "sentence_bert_config.json": {"max_seq_length": 32, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "document": "passage: "}},
        "1_Pooling/config.json": {
            "word_embedding_dimension": HIDDEN,
            "pooling_mode_cls_token": change == "cls",
            "pooling_mode_mean_tokens": change != "cls",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "pad_token": "<pad>",
            "truncation_side": "left" if change == "left" else "right",
        },
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", None, [("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(WORDS[:4])
    tokenizer.save(str(folder / "tokenizer.json"))
    dtype = np.float16 if change == "half" else np.float32
    save_file({name: values.astype(dtype) for name, values in _weights().items()}, str(folder / "model.safetensors"))
    return folder


def _weights() -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(WORDS), HIDDEN),
        "embeddings.position_embeddings.weight": (PLACES, HIDDEN),
        "embeddings.token_type_embeddings.weight": (1, HIDDEN),
        "embeddings.LayerNorm.weight": (HIDDEN,),
        "embeddings.LayerNorm.bias": (HIDDEN,),
        "pooler.dense.weight": (HIDDEN, HIDDEN),
        "pooler.dense.bias": (HIDDEN,),
    }
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        matrices = {f"{at}.attention.self.{part}": (HIDDEN, HIDDEN) for part in ("query", "key", "value")}
        matrices |= {f"{at}.attention.output.dense": (HIDDEN, HIDDEN)}
        matrices |= {f"{at}.intermediate.dense": (INNER, HIDDEN), f"{at}.output.dense": (HIDDEN, INNER)}
        for name, shape in matrices.items():
            shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
        for name in (f"{at}.attention.output.LayerNorm", f"{at}.output.LayerNorm"):
            shapes |= {f"{name}.weight": (HIDDEN,), f"{name}.bias": (HIDDEN,)}
    return {
        name: random.normal(1.0 if name.endswith("LayerNorm.weight") else 0.0, 0.1, shape)
        for name, shape in shapes.items()
    }
