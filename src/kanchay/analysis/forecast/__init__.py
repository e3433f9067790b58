"""Forecasters that need no deep-learning framework, behind one protocol."""
