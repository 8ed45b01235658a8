"""What holds for every test."""

import signal

from hypothesis import settings

# A machine that is busy makes a slow example, not a wrong one.
settings.register_profile("fleet", deadline=None)
settings.load_profile("fleet")

# A shell starts what it puts in the background with Ctrl-C ignored, and so would everything that
# the tests start and then interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
