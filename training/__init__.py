"""Offline: data, a look at them, fine-tuning, evaluation, packaging; scenes and the built-in model."""
