"""Migrations of the records, applied when the product is opened."""
