"""getMe, getUpdates and the webhook methods."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from yarl import URL

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.guard import is_loopback
from bot.sandbox.methods.call import Call, named
from bot.sandbox.parameters import Upload
from bot.sandbox.webhooks import Webhook

WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
PUBLIC_PORTS = {80, 88, 443, 8443}


async def get_me(call: Call) -> dict[str, Any]:
    """Who the bot is."""
    return {
        **call.bot.user.as_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": call.bot.reads_all,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def read_allowed(call: Call) -> None:
    """Take `allowed_updates`; when it is missing, what was set before stays."""
    allowed = call.parameters.structure("allowed_updates", "can't parse allowed_updates")
    if isinstance(allowed, list):
        call.bot.updates.allow(allowed)
        call.parameters.note("allowed_updates", call.bot.updates.allowed)
    else:
        call.parameters.understood.pop("allowed_updates", None)


async def get_updates(call: Call) -> list[dict[str, Any]]:
    """Long polling."""
    if call.bot.webhook is not None:
        raise ApiError(409, WEBHOOK_ACTIVE)
    read_allowed(call)
    limit = call.parameters.integer("limit", 100)
    batch = await call.bot.updates.poll(
        call.parameters.integer("offset"),
        limit if 1 <= limit <= 100 else 100,
        max(0, call.parameters.integer("timeout")),
    )
    for update in batch:
        call.world.recorder.update(update)
    return call.world.faults.reorder(batch)


async def set_webhook(call: Call) -> bool:
    """Deliver updates to an address on this machine (plain HTTP and any port are fine), or elsewhere if allowed."""
    url = call.parameters.string("url").strip()
    call.parameters.note("url", url)  # none is as good as an empty one
    secret = call.parameters.string("secret_token")
    certificate = call.parameters.upload("certificate")
    connections = call.parameters.integer("max_connections", 40)
    call.parameters.string("ip_address")
    if url:
        local = check_address(url)
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        if not local and not call.world.remote_webhooks:
            raise bad_request(
                "bad webhook: this sandbox delivers to its own machine only (localhost, 127.0.0.1); "
                "vqabot sandbox --remote-webhooks permits others"
            )
    await stop_webhook(call)
    read_allowed(call)
    if call.parameters.boolean("drop_pending_updates"):
        call.bot.updates.drop()
    if url:
        call.bot.updates.end_polls()
        call.bot.webhook = Webhook(
            call.bot.updates,
            call.world.recorder,
            url,
            secret=secret,
            certificate=certificate.data if isinstance(certificate, Upload) else None,
            connections=connections if 1 <= connections <= 100 else 40,
            reply=partial(call.world.webhook_reply, call.bot),
            remote=call.world.remote_webhooks,
        )
        call.bot.webhook.start()
    return True


async def delete_webhook(call: Call) -> bool:
    """Go back to polling."""
    await stop_webhook(call)
    if call.parameters.boolean("drop_pending_updates"):
        call.bot.updates.drop()
    return True


async def get_webhook_info(call: Call) -> dict[str, Any]:
    """The address, what waits, and what went wrong last."""
    webhook = call.bot.webhook
    info: dict[str, Any] = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": bool(webhook and webhook.certificate),
        "pending_update_count": len(call.bot.updates),
    }
    if webhook:
        info["max_connections"] = webhook.connections
        info["ip_address"] = "127.0.0.1"
        if webhook.last_error_date:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error_message}
    if call.bot.updates.allowed:
        info["allowed_updates"] = call.bot.updates.allowed
    return info


async def stop_webhook(call: Call) -> None:
    """End deliveries."""
    webhook, call.bot.webhook = call.bot.webhook, None
    if webhook is not None:
        await webhook.stop()


def check_address(url: str) -> bool:
    """Refuse what Telegram refuses; an address on this machine needs no HTTPS.

    Returns:
        Whether it is on this machine.

    Raises:
        ApiError: 400.
    """
    try:
        address = URL(url if "://" in url else f"https://{url}")  # as the client that delivers will read it
    except ValueError:
        raise bad_request("bad webhook: invalid URL specified") from None
    if not address.host or address.scheme not in {"http", "https"}:
        raise bad_request("bad webhook: invalid URL specified")
    if is_loopback(address.host):
        return True
    if address.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if address.port not in PUBLIC_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return False


async def close(call: Call) -> bool:
    """Pretend to leave this server."""
    return True


async def log_out(call: Call) -> bool:
    """Leave this server: later calls are refused."""
    call.bot.logged_out = True
    await stop_webhook(call)
    return True


METHODS = named(get_me, get_updates, set_webhook, delete_webhook, get_webhook_info, close, log_out)
