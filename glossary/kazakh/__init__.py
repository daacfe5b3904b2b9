"""Kazakh: recognise, inflect and extract terms."""
