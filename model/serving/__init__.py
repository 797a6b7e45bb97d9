"""Answering in processes of their own: the worker, the processes that decode its pictures, and the broker between."""
