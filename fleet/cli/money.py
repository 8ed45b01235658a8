"""Amounts of money as text."""


def usd(amount: float) -> str:
    """USD with cents, thousands parted."""
    return f"{amount:,.2f}"


def share(part: float, whole: float) -> str:
    """A part in whole percent; 0 of nothing."""
    return f"{part / whole if whole else 0:.0%}"
