"""Prices as planners read them."""
