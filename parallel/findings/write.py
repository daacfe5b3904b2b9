"""The reports by their names."""

from __future__ import annotations

from egiz.parallel.findings.json_report import write_json
from egiz.parallel.findings.records import Format, Writer
from egiz.parallel.findings.sarif import write_sarif
from egiz.parallel.findings.table import write_table
from egiz.parallel.findings.text import write_text

FORMATS: dict[Format, Writer] = {
    "text": write_text,
    "json": write_json,
    "sarif": write_sarif,
    "tsv": write_table,
}
"""What writes each format, each the same bytes for the same findings."""
