"""The version, as reports state it."""

from preflight import __version__ as VERSION  # noqa: N812  # a constant of the distribution

__all__ = ["VERSION"]
