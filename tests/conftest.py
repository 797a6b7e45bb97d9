"""What holds for all tests."""

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from redis_server import RedisServer

# A machine that is busy with something else makes no example wrong.
settings.register_profile("vqabot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vqabot")

strangers: list[str] = []
"""What was asked of the network outside of this machine since the test began."""


def _is_here(host: Any) -> bool:
    if not host or host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: it sees each call of this process, whichever library makes it."""
    if event in {"socket.connect", "socket.sendto"}:
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None  # else a Unix socket's path
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        strangers.append(f"{event} {host}")
        raise ConnectionRefusedError(f"tests stay on this machine, and do not reach {host}")


sys.addaudithook(_watch_network)


@pytest.fixture(autouse=True)
def loopback_only() -> Iterator[None]:
    """Fails a test that touches the network outside of this machine, also when the code under test hid the refusal."""
    strangers.clear()
    yield
    reached, strangers[:] = list(strangers), []
    assert not reached, f"the network was touched: {reached}"


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real one; tests keep apart by namespaces."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()
