"""What the import API did not do, typed by what to do next.

    ServerError
    └── ApiError               one operation failed; `operation`, `status`, `server_message`
        ├── Unreachable        nothing was sent: try again when the address answers
        ├── NotAuthorised      401: another token; nothing was done
        ├── NotPermitted       403: ask for the permission; another token does not help
        ├── NotFound           404
        ├── Conflict           409: read the job and go on from its state
        ├── TooLarge           413: send fewer bytes
        ├── RateLimited        429: wait `retry_after` seconds; nothing was done
        ├── Refused            any other 4xx: repair the request; nothing was done
        ├── Redirected         3xx, not followed: correct the address
        ├── Unavailable        a read failed, as often as it was repeated; nothing was changed
        ├── BadAnswer          a read was answered with something that is not the API's
        └── Doubtful           a write that may have happened: look before anything else is sent

They hold text and numbers only: no request, no answer, no token, and no other exception in their chain.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from preflight.errors import ServerError

__all__ = [
    "ApiError",
    "BadAnswer",
    "Conflict",
    "Detail",
    "Doubtful",
    "NotAuthorised",
    "NotFound",
    "NotPermitted",
    "RateLimited",
    "Redirected",
    "Refused",
    "TooLarge",
    "Unavailable",
    "Unreachable",
]


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known of a failed call. `pulled` and `declared` are bytes of the uploaded file: fewer pulled than declared
    proves that it did not arrive whole. `renewed` says that the token was renewed after the server refused it."""

    operation: str = ""
    status: int | None = None
    server_message: str | None = None
    retry_after: float | None = None
    pulled: int | None = None
    declared: int | None = None
    attempts: int = 1
    renewed: bool = False

    def __reduce__(self) -> tuple[type[Detail], tuple[object, ...]]:
        return type(self), tuple(getattr(self, one.name) for one in fields(self))


class ApiError(ServerError):
    """One operation of the API failed. `detail` has everything that is known; the common ones are attributes."""

    def __init__(self, message: str, detail: Detail | None = None) -> None:
        self.detail = detail or Detail()
        super().__init__(message)

    def __reduce__(self) -> tuple[type[ApiError], tuple[str, Detail]]:
        return type(self), (str(self), self.detail)

    @property
    def operation(self) -> str:
        """The operationId of the description."""
        return self.detail.operation

    @property
    def status(self) -> int | None:
        """The HTTP status, or None when there was no answer."""
        return self.detail.status

    @property
    def server_message(self) -> str | None:
        """The server's own words: one line, escaped and shortened."""
        return self.detail.server_message


class Unreachable(ApiError):
    """No connection: nothing was sent, so anything may be sent again."""


class NotAuthorised(ApiError):
    """The token was refused (401). Nothing was done."""

    @property
    def renewed(self) -> bool:
        """Whether the token has been renewed since: the next call carries another one."""
        return self.detail.renewed


class NotPermitted(ApiError):
    """The token is good but may not do this (403). Another token of the same user does not help."""


class NotFound(ApiError):
    """There is no such thing at this address (404)."""


class Conflict(ApiError):
    """The state of the job does not allow it (409)."""


class TooLarge(ApiError):
    """The file is larger than the server takes (413). Nothing was taken."""


class RateLimited(ApiError):
    """Too many calls (429). Nothing was done."""

    @property
    def retry_after(self) -> float | None:
        """The seconds that the server asks to wait, as far as it said."""
        return self.detail.retry_after


class Refused(ApiError):
    """The request was refused as it stands (400, 422 and other 4xx). Nothing was done."""


class Redirected(ApiError):
    """The server points elsewhere (3xx). Not followed, because the token and the rows would go there."""


class Unavailable(ApiError):
    """A read failed as often as it was repeated. Nothing was changed by it."""


class BadAnswer(ApiError):
    """A read was answered with something that the description does not describe."""


class Doubtful(ApiError):
    """A write of which nobody knows whether it happened. Read the server's state before anything is sent again."""

    @property
    def pulled(self) -> int | None:
        """How many bytes of the file were handed to the network; None where no file was sent."""
        return self.detail.pulled

    @property
    def declared(self) -> int | None:
        """How many bytes the file has."""
        return self.detail.declared

    @property
    def is_incomplete(self) -> bool:
        """Whether the file certainly did not arrive whole."""
        return self.pulled is not None and self.declared is not None and self.pulled < self.declared
