"""Updates from Telegram: kept before Telegram is told that they arrived, then handled in order per chat."""
