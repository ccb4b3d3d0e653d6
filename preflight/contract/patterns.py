"""Patterns of the rules overlay: the part of regular expressions that Python and RE2 read alike.

Columns are matched by RE2, which has no look-around and no references to groups. A pattern is refused when it is read, not when
the first row meets it.
"""

from __future__ import annotations

import re
import warnings

__all__ = ["fault_of_pattern"]

_LONGEST = 1000
_TOKEN = re.compile(
    r"\(\?[a-zA-Z]*-?[a-zA-Z]*[:)]|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P?[^\s\w)]?[=!<]?|[*+?]\+|\{\d*(?:,\d*)?\}\+?|.", re.DOTALL
)
_MOST_REPEATS = 1000
_REFUSED_GROUPS = {
    "(?=": "look-ahead",
    "(?!": "look-ahead",
    "(?<=": "look-behind",
    "(?<!": "look-behind",
    "(?P=": "a reference to a group",
    "(?(": "a condition",
    "(?>": "an atomic group",
    "(?#": "a comment",
}
_ESCAPES = frozenset("dDwWsSbBAafnrtvx0")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def fault_of_pattern(pattern: str) -> str | None:
    """What is wrong with the pattern, after "the pattern"; None when Python and RE2 both read it."""
    if len(pattern) > _LONGEST:
        return f"has {len(pattern):,} characters; at most {_LONGEST:,} are taken"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"is no regular expression: {error}"
    tokens = _TOKEN.findall(pattern)
    return next((fault for token in tokens if (fault := _fault_of_token(token))), None) or _fault_of_nesting(tokens)


def _fault_of_token(token: str) -> str | None:
    for start, name in _REFUSED_GROUPS.items():
        if token.startswith(start):
            return f"has {name} ({start}), which is not supported"
    if token.startswith("(?") and token[-1] in ":)" and set(token[2:-1]) - set("ims-"):
        return f"has the flags {token}; supported are i, m and s"
    if token[0] == "\\" and token[1:] in "123456789":
        return f"has a reference to a group ({token}), which is not supported"
    escapes = _ESCAPE.findall(token) if token[0] in "\\[" else []
    allowed = _ESCAPES if token[0] == "\\" else _ESCAPES - set("bBA")
    strange = next((one for one in escapes if one not in allowed and not (one.isascii() and not one.isalnum())), None)
    if strange is not None:
        return f"has the escape \\{strange}, which is not supported"
    if token[0] in "*+?{" and len(token) > 1 and token[-1] == "+":
        return f"has a possessive repeat ({token}), which is not supported"
    if token.startswith("{,"):
        return f"has the repeat {token} without its least number; write {{0{token[1:]}"
    if token[0] == "{" and any(int(one) > _MOST_REPEATS for one in re.findall(r"\d+", token)):
        return f"repeats more than {_MOST_REPEATS:,} times ({token})"
    return None


def _fault_of_nesting(tokens: list[str]) -> str | None:
    """RE2 counts repeats inside repeats: ``(a{100}){100}`` is ten thousand."""
    open_groups, last = [1], 1  # the greatest count inside each open group; that of the last item
    for token in tokens:
        if token[0] == "(" and not (token.startswith("(?") and token[-1] == ")"):
            open_groups.append(1)
        elif token == ")":
            last = open_groups.pop()
        elif token[0] == "{" and (counts := re.findall(r"\d+", token)):
            last *= max(int(count) for count in counts)
        elif token[0] not in "*+?":
            last = 1
        open_groups[-1] = max(open_groups[-1], last)
        if last > _MOST_REPEATS:
            return f"repeats more than {_MOST_REPEATS:,} times in all"
    return None
