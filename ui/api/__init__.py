"""The HTTP API, a module a subject; :mod:`ui.server` puts them together."""
