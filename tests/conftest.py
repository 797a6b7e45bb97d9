"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# A machine that is busy with something else makes no example wrong.
settings.register_profile("vqabot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vqabot")
