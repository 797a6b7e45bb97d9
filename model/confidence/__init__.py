"""How sure an answer is: its probability, how familiar picture and words are, and what follows from both."""
