"""The process that decodes pictures: bytes come in, pixels go out, and that is all that it can do.

Formats are many, their decoders are large, and what they are given is made by strangers. So they run here, with limits
that the kernel keeps: seconds of CPU for each picture, memory, no file and no socket (both need a descriptor, and no
new one can be had). The parent watches the clock. Needs Pillow only; see `model.serving.image_pool` for the other side.
"""

from __future__ import annotations

import argparse
import io
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
from model.images import Alone, decode, media_type_of, read_header
from model.serving import framing
from model.serving.child_process import Sender, live_with_parent, take_pipes

JPEG_QUALITY = 85


def main(arguments: Sequence[str] | None = None) -> int:
    """Decode until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="model.serving.image_worker", description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--cpu-seconds", type=int, required=True, help="of one picture")
    parser.add_argument("--memory", type=int, required=True, help="bytes of the whole process")
    options = parser.parse_args(arguments)
    source, send = take_pipes()
    live_with_parent(options.parent)
    Image.init()  # all readers, while they still can be loaded
    pillow_heif.register_heif_opener()
    _give_up_rights(options.memory)
    serve(source, send, options.cpu_seconds)
    return 0


def serve(source: BinaryIO, send: Sender, cpu_seconds: int) -> None:
    """Decode what comes from `source` until it ends."""
    warnings.simplefilter("ignore")  # about harmless flaws; our own guard is stricter
    while (message := framing.read(source)) is not None:
        header, data = message
        began = time.process_time()
        # The kernel knows whole seconds of the whole process; going beyond ends it (SIGXCPU).
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(began) + cpu_seconds, resource.RLIM_INFINITY))
        reply, pixels = _answer(data, header.get("jpeg_side"), _go_ahead(source, send))
        reply["seconds"] = time.process_time() - began
        send(reply, pixels)


def _answer(data: bytes, jpeg_side: int | None, alone: Alone) -> tuple[framing.Header, bytes]:
    """What the parent wants of one picture: its pixels, or a small JPEG of them."""
    try:
        picture = read_header(data)
        media_type, (width, height) = media_type_of(picture), picture.size
        pixels = decode(picture, alone)
        if jpeg_side is not None:
            pixels.thumbnail((jpeg_side, jpeg_side))
            file = io.BytesIO()
            pixels.save(file, "JPEG", quality=JPEG_QUALITY)
            blob = file.getvalue()
        else:
            blob = pixels.tobytes()
    except PictureError as refusal:
        return {"type": "refused", "failure": str(refusal)}, b""
    found = {"media_type": media_type, "stored_size": [width, height], "size": list(pixels.size)}
    return {"type": "decoded", **found}, blob


def _go_ahead(source: BinaryIO, send: Sender) -> Alone:
    @contextmanager
    def alone() -> Iterator[None]:
        """Wait until the parent says that no other large picture is being decoded; done when the reply is sent."""
        send({"type": "large"})
        framing.read(source)
        yield

    return alone


def _give_up_rights(memory: int) -> None:
    """No more memory than this, no new descriptor (file, socket, pipe), nothing written, no core left on the disk."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    sys.exit(main())
