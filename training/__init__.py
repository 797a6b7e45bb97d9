"""Offline: data, report, prepared files, training, judging, packaging."""
