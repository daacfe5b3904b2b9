"""Work on bilingual files: checking and correcting terms, scoring pairs, reporting findings."""
