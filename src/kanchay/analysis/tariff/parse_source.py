"""Reading where a price comes from."""

from __future__ import annotations

from kanchay.analysis.tariff.document import Node
from kanchay.domain.bill import Source

__all__ = ["maybe_source", "read_source"]


def read_source(node: Node) -> Source:
    """A source of a price: title, address, date, confidence and basis are all told.

    Parameters
    ----------
    node : Node
        A place in a tariff file; mistakes are noted there.

    Returns
    -------
    Source
    """
    node.known("title", "url", "date", "checked", "confidence", "basis", "note")
    for unread in ("checked", "note"):
        node[unread].text(needed=False)
    return Source(
        node["title"].text(),
        node["url"].text(needed=False) or None,
        node["date"].text(),
        node["confidence"].text(),
        node["basis"].text(),
    )


def maybe_source(node: Node) -> Source | None:
    """As `read_source`; None where nothing is written.

    Parameters
    ----------
    node : Node

    Returns
    -------
    Source or None

    Examples
    --------
    >>> maybe_source(Node(None)) is None
    True
    """
    return read_source(node) if node else None
