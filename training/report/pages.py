"""Fills this package's templates, and shrinks pictures so that a page can carry them."""

from __future__ import annotations

import functools
from pathlib import Path

import jinja2

from model.counting import counted
from model.errors import PictureError
from model.images import encoded, open_picture
from training.data.files import PictureFile
from training.report.figures import data_uri

THUMBNAIL = (480, 320)
"""Most pixels of a picture in a page."""


def render(template: str, **values: object) -> str:
    """A page from a template in this folder; plain text from one that is no `.html.jinja`."""
    return _templates().get_template(template).render(**values)


def thumbnail(picture: PictureFile) -> str:
    """A picture, small, as the text that stands in a page for it; empty when it cannot be read."""
    try:
        shown = open_picture(picture.read_bytes())
    except (OSError, PictureError):
        return ""
    shown.thumbnail(THUMBNAIL)
    return data_uri(encoded(shown, "JPEG", quality=82), "image/jpeg")


@functools.cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=jinja2.select_autoescape(["html.jinja"]),
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["grouped"] = lambda number: f"{number:,}"
    environment.filters["counted"] = counted
    environment.filters["sure"] = lambda confidence: f"{min(99, max(1, round(100 * confidence)))} %"
    return environment
