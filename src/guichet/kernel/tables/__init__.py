"""Tables as people's spreadsheets write them: text in any encoding, numbers that a sheet took for amounts."""

from guichet.kernel.tables.answers import Answer, yes_no_of
from guichet.kernel.tables.reading import read_table
from guichet.kernel.tables.sirets import NOTES, PROBLEMS, Note, Problem, Read, siret_of
from guichet.kernel.tables.values import (
    USUAL,
    CompressedTable,
    EmptyTable,
    Limits,
    LineTooLong,
    NotATable,
    PdfTable,
    Remark,
    Remarks,
    Row,
    SpreadsheetTable,
    Table,
    TableRefused,
    TableTooBig,
    TooManyColumns,
    TooManyLines,
)

__all__ = [
    "NOTES",
    "PROBLEMS",
    "USUAL",
    "Answer",
    "CompressedTable",
    "EmptyTable",
    "Limits",
    "LineTooLong",
    "NotATable",
    "Note",
    "PdfTable",
    "Problem",
    "Read",
    "Remark",
    "Remarks",
    "Row",
    "SpreadsheetTable",
    "Table",
    "TableRefused",
    "TableTooBig",
    "TooManyColumns",
    "TooManyLines",
    "read_table",
    "siret_of",
    "yes_no_of",
]
