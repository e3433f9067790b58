"""Rivals that must be fitted or come from other packages: they are scored beside our model, never shipped."""
