"""English: recognise, inflect, correct and extract terms."""
