"""Verbs: arrays in, arrays out; no I/O, time is an argument."""
