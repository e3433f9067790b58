"""Meter files as vendors write them, made here with their truth known; none is a copy of a measured file."""
