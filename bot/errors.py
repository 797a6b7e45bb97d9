"""Why the bot cannot run."""

from __future__ import annotations

import errno


class BotError(Exception):
    """The bot cannot run; the text says why."""


class WrongTokenError(BotError):
    """Telegram refuses the token at the start: starting again would not help."""


class AddressError(BotError):
    """Nothing can listen at an address that the settings name, also later."""

    @classmethod
    def of(cls, text: str, error: OSError) -> BotError:
        """What to raise where nothing can listen; a port that another process has may be free later."""
        kind = BotError if error.errno == errno.EADDRINUSE else cls
        return kind(f"{text}: {error.strerror or error}.")


class DataFolderLostError(BotError):
    """The data folder is not in its place any more: starting again would begin anew in a wrong one."""
