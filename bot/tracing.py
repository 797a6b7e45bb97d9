"""Traces: what became of each question on its way through the bot, as OpenTelemetry spans (see `model.tracing`).

The parts report to it, as they do to `bot.metrics`. A trace begins when a question goes to the workers, with the time
at which it was asked, and ends when its outcome stands in the chat; after a restart a new one begins.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry.trace import Span, SpanKind

from bot.settings import SettingsError
from model import tracing
from storage.records import Question

MOST_OPEN = 10_000
"""Traces that have no end; beyond it the oldest ends as it is."""
EXPORT_SECONDS = 5.0
"""What a collector may take."""
LOST = "lost"


@dataclass(slots=True)
class _Trace:
    """A question's trace while it is open."""

    whole: Span
    part: Span
    """What just happens to it: it is with the broker, or on its way into the chat."""


_open: OrderedDict[int, _Trace] = OrderedDict()  # no cache of cachetools: what leaves has to be ended


def begin(question: Question) -> str:
    """A question goes to the workers. Returns what its requests carry; empty where nothing is exported."""
    trace = _open.pop(question.id, None)
    if trace is None:
        asked = tracing.ns(question.created_at)
        attributes = {
            "vqabot.question": question.id,
            "vqabot.pictures": len(question.pictures),
            "vqabot.beams": question.beams,
        }
        whole = tracing.TRACER.start_span("question", attributes=attributes, start_time=asked)
        if not whole.is_recording():
            return ""
        tracing.TRACER.start_span("wait for a turn", tracing.context_of(whole), start_time=asked).end()
    else:  # asked again, since its worker or its broker lost it
        whole = trace.whole
        tracing.failed(trace.part, LOST)
        trace.part.end()
    part = tracing.TRACER.start_span("broker", tracing.context_of(whole), SpanKind.PRODUCER)
    _open[question.id] = _Trace(whole, part)
    while len(_open) > MOST_OPEN:
        end(next(iter(_open)))
    return tracing.traceparent_of(part)


def answered(number: int, error: str | None) -> None:
    """A question has its answer, or a failure in an answer's place; now its chat is to show it."""
    trace = _open.get(number)
    if trace is not None:
        tracing.failed(trace.part, error)
        trace.part.end()
        trace.part = tracing.TRACER.start_span("delivery", tracing.context_of(trace.whole), SpanKind.CLIENT)


def end(number: int, error: str | None = None) -> None:
    """A question's way has ended: its outcome stands in the chat, unless an error says otherwise."""
    trace = _open.pop(number, None)
    if trace is not None:
        for span in (trace.part, trace.whole):
            tracing.failed(span, error)
            span.end()


def export(endpoint: str | None, service: str) -> Callable[[], None]:
    """Send this process's spans to a collector from now on, if there is one. Returns what ends that, sending the last.

    Args:
        endpoint: Of a collector that speaks OTLP over HTTP, such as http://127.0.0.1:4318; None: nowhere.
        service: What the process is called there.

    Raises:
        SettingsError: The packages for it are not installed.
    """
    if not endpoint:
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"VQABOT_OTLP_ENDPOINT is set, and {error.name} is not installed: pip install '.[telemetry]', or leave the "
            "setting out."
        ) from error
    from opentelemetry import trace

    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown
