"""The Telegram side: asyncio, no torch."""
