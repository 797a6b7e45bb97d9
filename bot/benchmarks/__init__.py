"""Measures the bot itself, without a model: a stub of Telegram, a load, and the bot as a process of its own."""
