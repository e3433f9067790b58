"""A page with a table, saved as a web archive with its pictures."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]


def archive(page: str, charset: str = "utf-8") -> bytes:
    """What a browser saves: the page in quoted-printable, and a picture beside it."""
    mail = EmailMessage()
    mail["From"] = "<Saved by a browser>"
    mail["Subject"] = "Load profile"
    mail.set_content(page, subtype="html", charset=charset, cte="quoted-printable")
    mail.add_related(b"\x89PNG", maintype="image", subtype="png")
    return mail.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_the_table_of_the_page_is_read(read: Read, charset: str) -> None:
    rows = "".join(f"<tr><td>{d:02d}.05.2024</td><td>{5 + d % 3},5</td></tr>" for d in range(1, 29))
    head = "<tr><th>Tag</th><th>Verbrauch kWh</th></tr>"
    page = f"<html><body><h1>Z\u00e4hler</h1><table>{head}{rows}</table></body></html>"
    for content in (archive(page, charset), b"MIME-Version: 1.0\r\n" + archive(page, charset)):
        series = read(content, name="profile.mht", tz="Europe/Berlin").series
        assert [(s.name, s.n) for s in series] == [("Verbrauch kWh", 28)]
        assert series[0].total == sum(5.5 + d % 3 for d in range(1, 29))
