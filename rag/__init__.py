"""``rag`` answers: ``rag.open().ask("what did Russia close on November 1?")``.

Importing this package loads no model library; the first question does.
"""
