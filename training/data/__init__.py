"""Data: what is read, prepared files, and which questions a model has met."""
