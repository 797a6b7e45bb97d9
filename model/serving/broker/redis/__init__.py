"""Questions over a Redis or Valkey server: workers on any machine pull them, and need no open port and no token."""

from __future__ import annotations

from model.serving.broker.redis.broker import RedisBroker as RedisBroker
from model.serving.broker.redis.broker import connect as connect
from model.serving.broker.redis.worker import work as work
