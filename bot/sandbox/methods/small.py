"""Small things that can be sent: a place, a contact, dice."""

from __future__ import annotations

import random
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.call import Call, named
from bot.sandbox.methods.sending import send

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}  # emoji -> highest value


async def send_location(call: Call) -> dict[str, Any]:
    """Send a place on the map."""
    latitude = call.parameters.floating("latitude", 1000.0)
    longitude = call.parameters.floating("longitude", 1000.0)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise bad_request("latitude and longitude must be specified")
    return send(call, call.writable_chat(), {"location": {"latitude": latitude, "longitude": longitude}})


async def send_contact(call: Call) -> dict[str, Any]:
    """Send somebody's telephone number."""
    contact = {name: call.parameters.string(name) for name in ("phone_number", "first_name", "last_name", "vcard")}
    if not contact["phone_number"]:
        raise bad_request("phone number is empty")
    if not contact["first_name"]:
        raise bad_request("first name is empty")
    return send(call, call.writable_chat(), {"contact": {name: value for name, value in contact.items() if value}})


async def send_dice(call: Call) -> dict[str, Any]:
    """Throw dice."""
    emoji = call.parameters.string("emoji") or "🎲"
    if emoji not in DICE:
        raise bad_request("wrong dice emoji")
    return send(call, call.writable_chat(), {"dice": {"emoji": emoji, "value": random.randint(1, DICE[emoji])}})


METHODS = named(send_location, send_contact, send_dice)
