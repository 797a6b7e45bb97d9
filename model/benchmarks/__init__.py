"""How fast a model answers: the plain way and ours over the same questions."""
