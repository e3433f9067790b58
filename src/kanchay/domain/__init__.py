"""Nouns of the field: types only, standard library and numpy."""
