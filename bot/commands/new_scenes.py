"""Scenes that nobody has seen, for the demo's page."""

from __future__ import annotations

import random
import secrets

from bot.sandbox.samples import DrawScene, NewScene

QUESTIONS = 5


def scene_drawer() -> DrawScene | None:
    """What draws a new scene with questions about it; None where the training tools are not installed."""
    try:
        from model.images import encoded
        from training.scenes import art, layout, questions
    except ImportError:
        return None

    def draw() -> NewScene:
        rng = random.Random(secrets.token_hex(16))  # no seed of training or judging has this form
        scene = layout.compose(rng)
        picture = encoded(art.render(scene, rng, 2.0), compress_level=4)
        return NewScene(picture, tuple(qa.question for qa in questions.ask(scene, rng, QUESTIONS)))

    return draw
