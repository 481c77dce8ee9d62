"""Keeps track of the public tenders that a company takes part in."""
