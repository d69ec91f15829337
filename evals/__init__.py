"""Measurements on public sets, in the format of ``docs/evaluation.md``."""
