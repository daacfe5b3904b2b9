"""What term checks found in bilingual files, and the reports of it."""

from egiz.parallel.findings.collect import TermCheck
from egiz.parallel.findings.records import Summary, TermFinding
from egiz.parallel.findings.write import FORMATS

__all__ = ["FORMATS", "Summary", "TermCheck", "TermFinding"]
