"""BLIP in training: all that differs between it and other families."""
