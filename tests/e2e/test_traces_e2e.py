"""A question's way as a trace: through bot, broker and a real worker, without a word of what was said."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator

import pytest
from aiohttp import web
from e2e_helpers import HeldBroker, StartBot, quiet, sure
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from redis_server import RedisServer

from bot import tracing
from bot.demo.samples import sample_scenes
from bot.sandbox.person import Person
from bot.settings import SettingsError
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.redis import RedisBroker
from model.serving.broker.redis.worker import RedisWorker

PATIENCE = 120.0
EXPORTING = """
import sys
from bot import tracing
stop = tracing.export(sys.argv[1], "vqabot-test")
from model.tracing import TRACER
TRACER.start_span("question").end()
stop()
"""


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("model.tracing.TRACER", provider.get_tracer("tests"))
    yield exporter
    provider.shutdown()


def whole(spans: InMemorySpanExporter, number: int) -> list[ReadableSpan]:
    """The questions' own spans that have ended."""
    found = [span for span in spans.get_finished_spans() if span.name == "question"]
    return found if len(found) >= number else []


async def test_the_spans_of_a_question_are_one_trace_and_hold_no_text(
    start_bot: StartBot, you: Person, redis_server: RedisServer, spans: InMemorySpanExporter
) -> None:
    url, stopped = redis_server.url(), asyncio.Event()
    worker = asyncio.create_task(RedisWorker(url, EmbeddedBroker(), "attic").run(stopped, 5.0))
    bot = await start_bot(RedisBroker(url, sweep=0.1))
    scene = sample_scenes()[0]
    question, truth = scene.questions[0]
    await you.send_picture(scene.picture, question)
    await you.wait_for(lambda message: truth in message.get("text", "").lower(), PATIENCE)
    await quiet(bot, questions=1)
    while not (ended := whole(spans, 1)):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    (root,) = ended
    found = {span.name: span for span in spans.get_finished_spans()}
    assert root.context is not None
    assert {span.context.trace_id for span in found.values() if span.context} == {root.context.trace_id}

    def parent(name: str) -> int:
        above = found[name].parent
        assert above is not None
        return above.span_id

    assert root.parent is None
    for name in ("wait for a turn", "broker", "delivery"):
        assert parent(name) == root.context.span_id, name
    assert parent("worker") == found["broker"].context.span_id, "the request carried it"
    for stage in ("waiting", "images", "prompts", "generation"):
        assert parent(stage) == found["worker"].context.span_id, stage
    assert all(root.start_time <= span.start_time <= span.end_time for span in found.values() if span is not root)
    said = " ".join(span.to_json() for span in found.values()).lower()
    assert "vqabot.question" in said
    assert not [word for word in (question.lower(), truth, str(you.user_id), "attic") if f'"{word}' in said]
    stopped.set()
    await worker


async def test_what_is_cancelled_or_asked_again_ends_its_trace_as_such(
    start_bot: StartBot, you: Person, spans: InMemorySpanExporter
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    assert bot.services is not None
    await you.send_picture(sample_scenes()[0].picture, "What is it?")
    while not broker.asked:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    (question,) = [q async for q in bot.services.store.questions.export(you.user_id)]
    carried = tracing.begin(question)  # as when its worker lost it
    assert carried.split("-")[1] == f"{spans.get_finished_spans()[-1].context.trace_id:032x}"
    assert spans.get_finished_spans()[-1].status.description == tracing.LOST
    assert await bot.services.dispatcher.cancel(you.user_id, question.id)
    assert whole(spans, 1)[0].status.description == "cancelled"
    broker.free.set()
    await quiet(bot)


async def test_nothing_is_kept_where_nobody_looks(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(sample_scenes()[0].picture, "What is it?")
    await you.wait_for(sure)
    await quiet(bot, questions=1)
    assert not tracing._open


async def test_a_process_sends_its_spans_to_a_collector() -> None:
    heard: list[ExportTraceServiceRequest] = []

    async def collect(request: web.Request) -> web.Response:
        heard.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response(content_type="application/x-protobuf")

    application = web.Application()
    application.router.add_post("/v1/traces", collect)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", EXPORTING, f"http://127.0.0.1:{runner.addresses[0][1]}/"), env=dict(os.environ)
    )
    assert await process.wait() == 0
    await runner.cleanup()
    (resource,) = [one for request in heard for one in request.resource_spans]
    assert {one.key: one.value.string_value for one in resource.resource.attributes}["service.name"] == "vqabot-test"
    assert [span.name for scope in resource.scope_spans for span in scope.spans] == ["question"]


def test_what_is_missing_for_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(SettingsError, match="not installed: pip install"):
        tracing.export("http://127.0.0.1:4318", "vqabot-bot")
    tracing.export(None, "vqabot-bot")()
