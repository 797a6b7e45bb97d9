"""The whole bot on one machine, without Telegram: sandbox, bot and worker, and a conversation that shows it."""
