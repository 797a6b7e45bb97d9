"""Between the bot and its inference workers: one protocol, several transports."""
