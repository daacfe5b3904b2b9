"""Term bases: finding, checking and correcting terms in translations."""
