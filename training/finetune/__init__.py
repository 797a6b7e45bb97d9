"""Fine-tuning a Florence-2 on prepared data, through transformers' Trainer."""
