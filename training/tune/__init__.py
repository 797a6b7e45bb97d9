"""Searches the settings of a training: Optuna over `vqabot train`, on data whose final questions no trial sees."""
