"""Russian: recognise, inflect, correct and extract terms."""
