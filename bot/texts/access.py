"""What people read who may not use the bot, and what admins read about who may. HTML."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.texts.catalog import N_, _, joined, translate_constants, translated

MOST_LISTED = 40
USAGE = N_(
    "<code>/admin allow 123456789</code> lets a person or group in, <code>/admin block 123456789</code> keeps them "
    "out, <code>/admin forget 123456789</code> takes that back, and <code>/admin access</code> lists all. Groups have "
    "negative numbers. Who may not use me sees their own number, and can send it to you."
)
ADMINS_ALWAYS = N_("Admins may always use me: they stand in VQABOT_ADMIN_IDS.")


def not_admitted(number: int) -> str:
    """Somebody asks who is not let in, privately."""
    return (
        _(
            "I answer only people whom my admin has let in. If you know the admin, send them your number: "
            "<code>{own}</code>",
            own=str(number),
        )
        + f"\n\n{translated(YOURS_ALL_THE_SAME)}"
    )


def excluded() -> str:
    """The admins keep out who writes privately."""
    return f"{translated(CHAT_EXCLUDED)}\n\n{translated(YOURS_ALL_THE_SAME)}"


def group_not_admitted(number: int) -> str:
    """The same, in a group."""
    return _(
        "I answer only in groups that my admin has let in. If you know the admin, send them this group's number: "
        "<code>{own}</code>",
        own=str(number),
    )


NOT_ADMITTED_HERE = N_("I answer only people and groups that my admin has let in.")
"""Shown over the chat when a button is pressed."""
CHAT_EXCLUDED = N_("My admin has excluded this chat from using me.")
PERSON_EXCLUDED = N_("My admin has excluded you from using me.")
"""In a group, to a member; also shown over the chat."""
YOURS_ALL_THE_SAME = N_("Whatever I keep of you stays yours: /privacy, /export and /delete work all the same.")


def decided(number: int, allowed: bool | None, settings_ids: Collection[int]) -> str:
    """The admins' word was taken; `settings_ids` are those that the settings let in, where only some may."""
    who = f"<code>{number}</code>"
    if allowed is None and number in settings_ids:
        return _("{who} may use me, as VQABOT_ALLOWED_IDS says.", who=who)
    if allowed is None:
        return _("{who} is treated like everybody else again.", who=who)
    if not allowed:
        return _("{who} may not use me any more. What waits already is still answered.", who=who)
    let_in = _("{who} may use me from now on.", who=who)
    return let_in if settings_ids else let_in + " " + _("Everybody may, as long as VQABOT_ALLOWED_IDS is empty.")


def access(decisions: Mapping[int, bool], settings_ids: tuple[int, ...]) -> str:
    """Who may use the bot."""
    let_in = [str(number) for number, allowed in decisions.items() if allowed]
    kept_out = [str(number) for number, allowed in decisions.items() if not allowed]
    lines = [
        _("<b>Who may use me</b>: only who is let in")
        if settings_ids
        else _("<b>Who may use me</b>: everybody who is not kept out"),
        *_listed(_("By VQABOT_ALLOWED_IDS"), [str(number) for number in settings_ids if decisions.get(number, True)]),
        *_listed(_("Let in"), let_in),
        *_listed(_("Kept out"), kept_out),
        "",
        translated(USAGE),
    ]
    return "\n".join(lines)


def _listed(name: str, numbers: list[str]) -> list[str]:
    """A line with numbers, of many the first."""
    if not numbers:
        return []
    shown = joined(f"<code>{number}</code>" for number in numbers[:MOST_LISTED])
    more = len(numbers) - MOST_LISTED
    return [f"{name}: {shown}" + (" " + _("and {number} more", number=more) if more > 0 else "")]


translate_constants(__name__)
