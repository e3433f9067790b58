"""Registries of models: a folder or any fsspec URL, or another hub over HTTP."""
