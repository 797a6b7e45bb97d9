"""Serves the chat page's files, the samples and new scenes."""

from __future__ import annotations

import base64
from pathlib import Path

from aiohttp import web

from bot.sandbox.samples import Samples

FOLDER = Path(__file__).with_name("page")
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


def page_routes(samples: Samples) -> list[web.RouteDef]:
    """`/` and everything beside it, `/client/sample/<number>` and `/client/scene`."""

    async def page(request: web.Request) -> web.StreamResponse:
        path = (FOLDER / (request.match_info.get("path") or "index.html")).resolve()
        if not path.is_relative_to(FOLDER) or not path.is_file() or path.suffix not in TYPES:
            return web.Response(status=404, text="There is nothing here.")
        headers = {
            "Content-Type": TYPES[path.suffix],
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        }
        return web.FileResponse(path, headers=headers)

    async def sample(request: web.Request) -> web.StreamResponse:
        found = samples.get(int(request.match_info["number"]))
        if found is None:
            return web.json_response({"error": "There is no such sample."}, status=404)
        return web.Response(body=found.picture, content_type="image/png")

    async def scene(_: web.Request) -> web.StreamResponse:
        drawn = await samples.new_scene()
        if drawn is None:
            return web.json_response({"error": "Nobody draws scenes here."}, status=404)
        picture = base64.b64encode(drawn.picture).decode()
        return web.json_response({"picture": picture, "media_type": "image/png", "questions": list(drawn.questions)})

    return [
        web.post("/client/scene", scene),
        web.get("/client/sample/{number:\\d+}", sample),
        web.get("/", page),
        web.get("/{path:(?!bot\\d|file/|client/).+}", page),
    ]
