"""Florence-2 in training: all that differs between it and other families."""
