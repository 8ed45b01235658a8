"""What stops a set-up."""


class SetupError(Exception):
    """Printed as it is, without a traceback: what went wrong and what to do."""
