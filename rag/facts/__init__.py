"""What a sentence says that can be checked, without a model: days, numbers and what they measure, names, places.

:mod:`rag.facts.claims` puts it together as the ``Terms`` of a text, which all that is compared goes by.
"""
