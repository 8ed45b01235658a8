"""What holds for every test."""

from hypothesis import settings

# A machine that is busy makes a slow example, not a wrong one.
settings.register_profile("fleet", deadline=None)
settings.load_profile("fleet")
