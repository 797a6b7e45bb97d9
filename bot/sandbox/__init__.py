"""A local Telegram Bot API server with a chat page, for the demo and the tests.

A bot cannot tell it from Telegram: real HTTP, the same checks, codes and texts, and faults that can be switched on.
"""
