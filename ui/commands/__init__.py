"""The commands, a module a subject; :mod:`ui.cli` puts them together."""
