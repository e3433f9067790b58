"""Formats that readings leave in: one file each and one row in `registry`."""
