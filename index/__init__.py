"""``index`` finds: it reads articles, cuts them into passages, and searches them. It needs no language model."""
