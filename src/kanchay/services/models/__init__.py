"""Saved models on their way: push, promote in stages, roll back, pull what this machine can run."""
