"""``ui`` talks to people: the terminal and the browser."""
