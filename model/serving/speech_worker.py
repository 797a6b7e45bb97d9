"""The process that listens: a sound file comes in, text goes out, and that is all that it can do.

As with pictures (`image_worker`), sound files are made by strangers and their decoders are large. The model is loaded
first; then no file and no socket can be opened any more, and with pocketsphinx memory and seconds of CPU are limited.
"""

from __future__ import annotations

import argparse
import logging
import math
import resource
import sys
import time
from collections.abc import Sequence
from typing import BinaryIO

from model.errors import ModelError, SoundError
from model.serving import framing
from model.serving.child_process import Sender, claim_standard_streams, drop_privileges, exit_with_parent
from model.speech.loading import load_transcriber
from model.speech.sound import load_all, read_samples
from model.speech.transcriber import RATE, Transcriber


def main(arguments: Sequence[str] | None = None) -> int:
    """Listen until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="model.serving.speech_worker", description=__doc__)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--speech", required=True, help="pocketsphinx, or the folder of a Whisper")
    parser.add_argument("--cpu-seconds", type=int, required=True, help="of one sound; 0: no limit")
    parser.add_argument("--memory", type=int, required=True, help="bytes of the whole process; 0: no limit")
    options = parser.parse_args(arguments)
    source, send = claim_standard_streams()
    exit_with_parent(options.parent)
    logging.getLogger("libav").setLevel(logging.CRITICAL)  # about harmless flaws
    try:
        transcriber = load_transcriber(options.speech)
    except ModelError as error:
        send({"type": "failed", "error": str(error)})
        return 1
    load_all()
    transcriber.transcribe(bytes(2 * RATE))  # what libraries load late they load now
    drop_privileges(options.memory or resource.RLIM_INFINITY)
    send({"type": "ready"})
    serve(source, send, transcriber, options.cpu_seconds)
    return 0


def serve(source: BinaryIO, send: Sender, transcriber: Transcriber, cpu_seconds: int) -> None:
    """Listen to what comes from `source` until it ends."""
    while (message := framing.read(source)) is not None:
        began = time.process_time()
        if cpu_seconds:  # the kernel knows whole seconds of the whole process; going beyond ends it (SIGXCPU)
            limit = math.ceil(began) + cpu_seconds
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            heard = transcriber.transcribe(read_samples(message[1]))
            reply = {"type": "heard", "text": heard.text, "confidence": heard.confidence}
        except SoundError as refusal:
            reply = {"type": "refused", "failure": str(refusal)}
        send({**reply, "seconds": time.process_time() - began})


if __name__ == "__main__":
    sys.exit(main())
