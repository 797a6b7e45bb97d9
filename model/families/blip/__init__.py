"""BLIP for visual question answering: all that differs between it and other families."""
