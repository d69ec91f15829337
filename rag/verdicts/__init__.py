"""Quotes → verdict: how likely a claim is stated (:mod:`rag.verdicts.verdict`), and nothing that speaks against it."""
