"""A question's way from the ledger to the workers and its answer's into the chat."""
