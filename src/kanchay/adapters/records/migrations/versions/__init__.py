"""Revisions in order: numbered, written by hand, never changed once released."""
