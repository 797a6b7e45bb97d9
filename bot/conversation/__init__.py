"""What a message means: which question, about which pictures."""
