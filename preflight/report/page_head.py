"""How a page begins: what it may load (nothing), how it looks, and a way past its head."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from preflight.report.escape import html
from preflight.report.page_script import SCRIPT
from preflight.report.page_style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["head"]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_POLICY = f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"


def head(title: str, version: str, /, *, skip: str) -> Iterator[str]:
    """The page up to its header. `title` is HTML already, `skip` what the way past the header is called."""
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
    yield f'<meta name="referrer" content="no-referrer">\n<meta name="generator" content="preflight {html(version)}">\n'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    yield f'<a class="skip" href="#main">{skip}</a>\n'
