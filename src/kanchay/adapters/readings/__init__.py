"""Stores of readings: memory and SQLite."""
