"""Pictures for the page's tests, drawn with a few shapes."""

import io
import itertools

from PIL import Image, ImageDraw

from bot.sandbox.samples import DrawScene, NewScene, Sample

Colour = str | tuple[int, int, int]


def scene(width: int = 700, height: int = 400, *, ball: Colour = "#d8343f", sky: Colour = "#9fd4f5") -> bytes:
    """A meadow with a sun, a house and a ball, as a PNG."""
    picture = Image.new("RGB", (width, height), sky)
    draw = ImageDraw.Draw(picture)
    x, y = width / 700, height / 400
    draw.ellipse((590 * x, 30 * y, 660 * x, 100 * y), fill="#ffd75e")
    draw.rectangle((0, 260 * y, width, height), fill="#79b866")
    draw.rectangle((90 * x, 150 * y, 270 * x, 290 * y), fill="#f1d9b5")
    draw.polygon(((70 * x, 150 * y), (180 * x, 60 * y), (290 * x, 150 * y)), fill="#a4503c")
    draw.rectangle((160 * x, 215 * y, 205 * x, 290 * y), fill="#6a4632")
    draw.ellipse((430 * x, 260 * y, 510 * x, 340 * y), fill=ball)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def samples() -> list[Sample]:
    """What the page offers to send with one tap."""
    return [
        Sample("Red ball", scene(), "What colour is the ball?"),
        Sample("Evening", scene(ball="#f4f4f4", sky="#3b3f7a"), "Is it day or night?"),
        Sample("Blue ball", scene(ball="#2f62c4"), "What is next to the house?"),
        Sample("Green ball", scene(ball="#146b3a", sky="#d9ecf7"), "How many houses are there?"),
        Sample("Yellow ball", scene(ball="#f0c330", sky="#bfe3d6"), "Where is the ball?"),
    ]


def scene_drawer() -> DrawScene:
    """Draws a scene after the other: the ball is red, then blue, then white."""
    colours = itertools.cycle(("red", "blue", "white"))

    def draw() -> NewScene:
        colour = next(colours)
        return NewScene(scene(ball=colour), (f"Is the ball {colour}?", "How many houses are there?"))

    return draw
