"""How fast a model answers: the baseline and ours over the same questions."""
