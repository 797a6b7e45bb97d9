"""Fine-tuning a model on prepared data, through transformers' Trainer."""
