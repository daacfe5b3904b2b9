"""Russian: recognises, inflects, corrects and extracts terms."""
