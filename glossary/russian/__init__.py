"""Russian: recognising, inflecting and correcting terms, and extracting them."""
