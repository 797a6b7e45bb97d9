"""One file a sub-command of `vqabot`."""
