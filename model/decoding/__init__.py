"""From encoded prompts to answers: greedy and beam search with the evidence for each token.

`loop` decodes batches of any settings with a loop made for short answers. `plain` does the same through transformers'
`generate()`, for models and settings that the loop does not know, and as the judge of the loop in tests.
"""
