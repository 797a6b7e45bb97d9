"""Answering: from picture and question to answer and confidence."""
