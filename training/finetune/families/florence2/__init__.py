"""Florence-2 in training."""
