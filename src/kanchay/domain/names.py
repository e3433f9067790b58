"""Readable ids from what people call things."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["slug"]


def slug(name: str, *, otherwise: str = "site") -> str:
    """An id of lower-case letters, digits and hyphens.

    Parameters
    ----------
    name : str
        What a person typed or a file says; accents are dropped.
    otherwise : str, default "site"
        The id where nothing of the name is left.

    Returns
    -------
    str

    Examples
    --------
    >>> slug("Niño, Torre 2"), slug("日本", otherwise="series")
    ('nino-torre-2', 'series')
    """
    folded = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or otherwise
