"""Refusals: what AWS answers, and what the provider says before AWS is asked."""

from __future__ import annotations


class AwsError(Exception):
    """An answer of AWS's API that fails an operation.

    `code` is the API's error code (`PriorityInUse`); programs and tests match on it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @classmethod
    def parse(cls, text: str) -> AwsError:
        """From the table's notation, `CODE: message`."""
        code, _, message = text.partition(": ")
        return cls(code, message)


class ProviderError(Exception):
    """The provider's own refusal, made at preview before any call to AWS."""


class UnknownTypeError(Exception):
    """A resource type or function that the simulator has no row for."""

    def __init__(self, kind: str, token: str) -> None:
        super().__init__(
            f"the simulator doesn't know the {kind} {token}: "
            "add it to simulator/services (see docs/simulator.md)"
        )
