"""Where the API description is silent, and what preflight takes for granted there.

Code that rests on one of these names its key in a comment. An assumption that a live answer disproves is changed here first.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ASSUMPTIONS", "Assumption"]


@dataclass(frozen=True, slots=True)
class Assumption:
    """`silent`: what the description leaves open. `assumed`: what preflight does about it."""

    silent: str
    assumed: str


ASSUMPTIONS: dict[str, Assumption] = {
    # what is sent
    "match_key.required": Assumption(
        "whether update and upsert need a match key, and insert refuses one",
        "update and upsert always send one, insert never does",
    ),
    "match_key.name": Assumption(
        "whether the match key is a field name or a CSV column",
        "a field name; its column is always mapped and filled in every row",
    ),
    "match_key.activities": Assumption(
        "whether the person of an activity can be its match key",
        "never: one person has many activities, and each would overwrite the last",
    ),
    "match_key.case": Assumption(
        "how keys are compared",
        "domains and e-mail addresses without letter case, identifiers with it",
    ),
    "mappings.absent": Assumption(
        "what a job without field_mappings does with its columns",
        "the mappings are always sent in full, one column to one field, with the header bytes of the file",
    ),
    "mappings.unmapped": Assumption(
        "what becomes of a column that no mapping names",
        "none is ever sent: in the live product an unknown header creates a field",
    ),
    "fields.required": Assumption(
        "for which operations a field is required",
        "for insert and upsert; an update may leave its column out, but a mapped one must be filled",
    ),
    "fields.type": Assumption(
        "which words field_type may hold",
        "the usual ones in any case; an unknown word is judged as string, with a warning",
    ),
    "fields.complete": Assumption(
        "whether the list of mappings is complete and the same for every tenant",
        "the host's own list is read before anything is created; a field that it lacks stops the submission",
    ),
    # how it is written
    "file.encoding": Assumption("which encodings are read", "UTF-8 without a byte order mark"),
    "file.form": Assumption("which delimiter, quoting and line ends are read", "comma, quotes doubled (RFC 4180), line feed"),
    "file.records": Assumption(
        "whether rows are counted as records or as lines",
        "line breaks inside cells are avoided wherever the field allows, so that both counts agree",
    ),
    "file.size": Assumption("the limit behind 413", "configurable; a refused size is halved and remembered for the run"),
    "values.date": Assumption("how dates are written", "YYYY-MM-DD"),
    "values.datetime": Assumption("how times are written", "RFC 3339 with an offset"),
    "values.number": Assumption("how numbers are written", "digits and one dot, no grouping, no symbol, no exponent"),
    "values.boolean": Assumption("how truth values are written", "true and false"),
    "values.percent": Assumption("the scale of percents", "0 to 100"),
    "values.blank": Assumption("whether a blank cell clears what is stored", "it may: a warning on update and upsert"),
    # what comes back
    "responses.optional": Assumption(
        "which properties an answer holds: none is marked as required",
        "any may be absent, null or of another type; what is needed is asked for again, never invented",
    ),
    "responses.errors": Assumption("the body of an error", "any, or none; its text is shown, never trusted"),
    "responses.times": Assumption("whether times carry an offset", "kept as text"),
    "jobs.final": Assumption(
        "which statuses nothing follows", "completed, failed and cancelled; a status that is not known is waited for"
    ),
    "jobs.moves": Assumption(
        "which status may follow which",
        "pending, validating, processing, completed; failed after validating or processing; cancelled from pending or validating",
    ),
    "jobs.create": Assumption(
        "whether creating a job can be repeated",
        "yes: a job without a file imports nothing; one that is left over is cancelled",
    ),
    "jobs.upload": Assumption(
        "what a second upload to a job does",
        "never tried: after a doubtful upload the job is read, then cancelled before a new one gets the same rows",
    ),
    "jobs.cancel": Assumption(
        "whether cancelling undoes rows, and what a second cancel answers",
        "a job is cancelled when it reads as cancelled; its rows are not sent if it never left validating and processed none",
    ),
    "jobs.failed": Assumption(
        "whether a failed job has imported some of its rows",
        "it may have: rows that no error names are unknown, unless it processed none and never left validating",
    ),
    "jobs.counts": Assumption("whether the counts of a job add up", "they are compared, and a difference is a warning"),
    "row_errors.origin": Assumption(
        "whether row_number counts the header, records or lines, from 0 or from 1",
        "calibrated from the cells that the errors quote; where they do not decide, the rows are undetermined",
    ),
    "row_errors.several": Assumption("whether a row may have several errors", "yes; all are kept on the row"),
    "row_errors.field": Assumption("whether field is a field or a CSV column", "either is understood"),
    "row_errors.type": Assumption("which words error_type may hold", "any; kept as sent"),
    "paging.order": Assumption(
        "the order of lists, their largest page, and whether total can be trusted",
        "pages advance by the items received and end on an empty one; repeated items are dropped; total is not believed",
    ),
    # the connection
    "limits.rate": Assumption("limits of calls", "429 and Retry-After are obeyed; waiting grows from 1 to 30 seconds"),
    "token.renewal": Assumption("how a token is obtained and how long it lives", "given by the caller; asked for once more on 401"),
}
