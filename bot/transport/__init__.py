"""How the bot talks to Telegram: requests, rates, downloads."""
