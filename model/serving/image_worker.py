"""The process that decodes pictures: bytes come in, pixels go out, and that is all that it can do.

Formats are many, their decoders are large, and what they are given is made by strangers. So they run here, with limits
that the kernel keeps: seconds of CPU for each picture, memory, no file and no socket (both need a descriptor, and no
new one can be had). The parent watches the clock. Needs Pillow only; see `model.serving.image_pool` for the other side.
"""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import pillow_heif
from PIL import Image

from model.errors import PictureError
from model.heat_map import draw_heat_map, side_by_side
from model.images import Alone, decode, encoded, media_type_of, read_header
from model.serving import framing
from model.serving.child_process import Sender, claim_standard_streams, drop_privileges, exit_with_parent

JPEG_QUALITY = 85


def main(arguments: Sequence[str] | None = None) -> int:
    """Decode until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="model.serving.image_worker", description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--cpu-seconds", type=int, required=True, help="of one picture")
    parser.add_argument("--memory", type=int, required=True, help="bytes of the whole process")
    options = parser.parse_args(arguments)
    source, send = claim_standard_streams()
    exit_with_parent(options.parent)
    Image.init()  # all readers, while they still can be loaded
    pillow_heif.register_heif_opener()
    side_by_side([Image.new("RGB", (8, 8))] * 2)  # its font, too
    drop_privileges(options.memory)
    serve(source, send, options.cpu_seconds)
    return 0


def serve(source: BinaryIO, send: Sender, cpu_seconds: int) -> None:
    """Decode what comes from `source` until it ends."""
    warnings.simplefilter("ignore")  # about harmless flaws; our own guard is stricter
    while (message := framing.read(source)) is not None:
        header, data = message
        began = time.process_time()
        # The kernel knows whole seconds of the whole process; going beyond ends it (SIGXCPU).
        limit = math.ceil(began) + cpu_seconds * len(header["sizes"])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            alone = _go_ahead(source, send)
            reply, pixels = _draw(data, header, alone) if "grids" in header else _answer(data, header, alone)
        except PictureError as refusal:
            reply, pixels = {"type": "refused", "failure": str(refusal)}, b""
        reply["seconds"] = time.process_time() - began
        send(reply, pixels)


def _answer(data: bytes, wanted: framing.Header, alone: Alone) -> tuple[framing.Header, bytes]:
    """What the parent wants of one picture: its pixels, or a small JPEG of them."""
    picture, jpeg_side = read_header(data), wanted.get("jpeg_side")
    media_type, size = media_type_of(picture), picture.size
    pixels = decode(picture, alone)
    if jpeg_side is None:
        return _decoded(media_type, size, pixels, pixels.tobytes())
    pixels.thumbnail((jpeg_side, jpeg_side))
    return _decoded(media_type, size, pixels, encoded(pixels, "JPEG", quality=JPEG_QUALITY))


def _draw(data: bytes, wanted: framing.Header, alone: Alone) -> tuple[framing.Header, bytes]:
    """Pictures under their heat maps, side by side, as a JPEG."""
    drawn, begins, side = [], 0, wanted["side"]
    for size, grid in zip(wanted["sizes"], wanted["grids"], strict=True):
        pixels = decode(read_header(data[begins : begins + size]), alone)
        begins += size
        pixels.thumbnail((side, side))
        drawn.append(draw_heat_map(pixels, grid))
    result = side_by_side(drawn, wanted["numbers"])
    return _decoded("image/jpeg", result.size, result, encoded(result, "JPEG", quality=JPEG_QUALITY))


def _decoded(
    media_type: str, stored: tuple[int, int], pixels: Image.Image, blob: bytes
) -> tuple[framing.Header, bytes]:
    found = {"media_type": media_type, "stored_size": list(stored), "size": list(pixels.size)}
    return {"type": "decoded", **found}, blob


def _go_ahead(source: BinaryIO, send: Sender) -> Alone:
    @contextmanager
    def alone() -> Iterator[None]:
        """Wait until the parent says that no other large picture is being decoded; done when the reply is sent."""
        send({"type": "large"})
        framing.read(source)
        yield

    return alone


if __name__ == "__main__":
    sys.exit(main())
