"""From encoded prompts to answers: greedy and beam search with the evidence for each token.

`loop` answers batches of any settings, made for short answers; `graph_loop` does it in fixed shapes for CUDA graphs,
with the same search. `eager` goes through transformers' `generate()`, for models and settings that the loops do not
know, and as the judge of both in tests.
"""
