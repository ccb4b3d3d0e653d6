"""Where the result goes: standard output, or a file that is opened last and takes its name when it is complete."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from preflight.errors import UsageError

__all__ = ["colour_wanted", "say", "write_out"]


def write_out(pieces: Iterable[str] | bytes, out: str | None) -> None:
    """Write the result. A file appears complete or not at all."""
    if out is None or out == "-":
        _to_standard_output(pieces)
        return
    path = Path(out)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                    stream.write(piece if isinstance(piece, bytes) else piece.encode("utf-8", "backslashreplace"))
            Path(temporary).chmod(0o600)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}); give another file with -o") from error


def _to_standard_output(pieces: Iterable[str] | bytes) -> None:
    if isinstance(pieces, bytes):
        sys.stdout.buffer.write(pieces)
        return
    stream = click.get_binary_stream("stdout")
    for piece in pieces:
        stream.write(piece.encode("utf-8", "backslashreplace"))
    stream.flush()


def colour_wanted() -> bool:
    """Whether the result may be coloured: on a terminal, unless NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def say(text: str) -> None:
    """Talk, as opposed to the result: to standard error."""
    click.echo(text, err=True)
