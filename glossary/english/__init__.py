"""English: recognising, inflecting and correcting terms, and extracting them."""
