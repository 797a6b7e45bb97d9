"""The way of a question as OpenTelemetry spans, which cost nothing until a process is told to export them.

No text of people's stands in a span: numbers, sizes, the model's name and the kind of a failure do.
"""

from __future__ import annotations

import time

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AnyValue

from model.types import Answer

NAME = "vqabot"
TRACER = trace.get_tracer(NAME)
_PROPAGATOR = TraceContextTextMapPropagator()
_STAGES = ("waiting", "images", "prompts", "generation")
"""Of `Answer.stages`, those that follow each other."""


def ns(seconds: float) -> int:
    """Unix seconds as a span's times are."""
    return int(seconds * 1e9)


def context_of(span: Span) -> Context:
    """The context in which the parts of a span are started."""
    return trace.set_span_in_context(span, Context())


def traceparent_of(span: Span) -> str:
    """A span's W3C traceparent, which a request carries; empty where nothing is exported."""
    carrier: dict[str, str] = {}
    if span.is_recording():
        _PROPAGATOR.inject(carrier, context_of(span))
    return carrier.get("traceparent", "")


def failed(span: Span, error: str | None) -> None:
    """Say on a span why there is no answer: the failure's code, without the values that belong to it."""
    if error is not None:
        span.set_status(Status(StatusCode.ERROR, error.partition(" ")[0][:64]))


def answered(traceparent: str, answer: Answer) -> None:
    """A worker on this machine has answered a request that carries a trace: its part of it, stage after stage."""
    if not traceparent:
        return
    end = time.time()
    at = end - answer.seconds
    attributes: dict[str, AnyValue] = {
        "vqabot.batch_size": answer.batch_size,
        "vqabot.picture_kept": answer.picture_kept,
        "vqabot.decoding_cpu_seconds": answer.stages.get("decoding", 0.0),
        "vqabot.model": answer.model,
    }
    context = _PROPAGATOR.extract({"traceparent": traceparent}, Context())
    span = TRACER.start_span("worker", context, SpanKind.CONSUMER, attributes, start_time=ns(at))
    for stage in _STAGES:
        if stage in answer.stages:
            part = TRACER.start_span(stage, context_of(span), start_time=ns(at))
            at += answer.stages[stage]
            part.end(ns(min(at, end)))
    failed(span, answer.error)
    span.end(ns(end))
