"""Florence-2: all that differs between it and other families. `model.py` has `load`."""
