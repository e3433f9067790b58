"""A folder on the page: one preview each, together each interval once, one answer a kind of file, all stored or none."""

from __future__ import annotations

import io
import re
import time
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from kanchay.services.progress import report

PATH = "/sites/vacia/import"


def month(days: range, *, unit: str = " (kWh)", scale: int = 10) -> str:
    rows = "".join(f"{d:02}/07/2026 {h:02}:00;0,{scale + h}\n" for d in days for h in range(24))
    return f"Fecha;Energia{unit}\n{rows}"


FIRST, SECOND = month(range(13, 20)), month(range(18, 28))  # two of the days stand in both


def send(client: Any, *files: tuple[str, str], **more: str) -> Any:
    sent = [(io.BytesIO(text.encode()), name) for name, text in files]
    return client.post(PATH, PATH, {"file": sent, **more}, content_type="multipart/form-data")


def taken(client: Any, sent: Any) -> Any:
    """The preview with our guess taken for whatever is asked."""
    page = client.get(sent.location)
    for _ in range(8):
        found = re.search(r'name="([^"]+)" value="([^"]+)" checked', page.text)
        if "Sí, es así" not in page.text or found is None:
            return page
        kept = dict(
            re.findall(r'<form method="get".*?</form>', page.text, re.S)
            and re.findall(
                r'type="hidden" name="([^"]+)" value="([^"]*)"',
                page.text.split('<form method="get"')[1].split("</form>")[0],
            )
        )
        page = client.get(
            f"{sent.location}",
            query_string={k: v for k, v in kept.items() if k != "other_for"} | {found[1]: found[2]},
        )
    return page


def saved(client: Any, page: Any, sent: Any) -> Any:
    """Press the one button, with what the page has collected."""
    answers = dict(parse_qsl(urlsplit(page.request.url).query))
    return client.post(sent.location, sent.location, answers)


def test_several_files_are_read_one_by_one_and_counted_once(fresh) -> None:
    client = fresh.client()
    sent = send(
        client,
        ("exports/uno.csv", FIRST),
        ("exports/mas/dos.csv", SECOND),
        ("exports/readme.txt", "not a table"),
    )
    page = taken(client, sent)
    assert "2 archivos con lecturas" in page.text
    assert "mas/dos.csv" in page.text
    assert "Sin lecturas, no se usa: readme.txt." in page.text
    assert "48 intervalos están en más de un archivo" in page.text
    assert "Guardar 360 lecturas" in page.text
    one = client.get(f"{sent.location}?file=mas/dos.csv").text
    assert "Volver a todos" in one
    assert 'class="save"' not in one
    assert saved(client, page, sent).location == "/sites/vacia/"
    items = client.get("/api/v1/sites/vacia/imports").json["items"]
    assert sorted((x["file_name"], x["n_new"]) for x in items) == [("dos.csv", 192), ("uno.csv", 168)]


def test_what_is_said_of_one_file_counts_for_its_kind_and_no_other(fresh) -> None:
    client = fresh.client()
    bare, other = (
        month(range(1, 5), unit=""),
        "time,A,B\n" + "".join(f"2026-08-01T{h:02}:00:00Z,{h},{50 + h}\n" for h in range(24)),
    )
    sent = send(client, ("a.csv", bare), ("b.csv", month(range(5, 9), unit="")), ("c.csv", other))
    page = client.get(sent.location).text
    assert "y 1 archivo más como él" in page
    field = re.search(r'name="(unit@[0-9a-f]{8})"', page)
    assert field, "the unit is asked of a kind of file"
    after = client.get(sent.location, query_string={field[1]: "Wh"}).text
    assert field[1] not in re.findall(r'type="radio" name="([^"]+)"', after)
    assert 'href="' + sent.location + '">Atrás' in after


def test_files_of_one_kind_that_lead_to_other_guesses_are_asked_by_themselves(fresh) -> None:
    """One meter in kWh and one in Wh, neither says so: an answer about the first must not reach the second."""
    client = fresh.client()
    small = month(range(1, 9), unit="")
    large = "Fecha;Energia\n" + "".join(
        f"{d:02}/07/2026 {h:02}:00;{100 + 13 * ((h * 7 + d) % 24)}\n"
        for d in range(10, 18)
        for h in range(24)
    )
    sent = send(client, ("a.csv", small), ("b.csv", large))
    page = client.get(sent.location).text
    (first,) = set(re.findall(r'type="radio" name="(unit@[0-9a-f]{8})"', page))
    after = client.get(sent.location, query_string={first: "kWh"}).text
    (second,) = set(re.findall(r'type="radio" name="(unit@[0-9a-f]{8})"', after))
    assert second != first
    both = {first: "kWh", second: "Wh"}
    assert "unit@" not in "".join(
        re.findall(r'type="radio" name="([^"]+)"', client.get(sent.location, query_string=both).text)
    )


def test_a_folder_is_sent_file_by_file(fresh) -> None:
    client = fresh.client()
    json = {"Accept": "application/json"}
    first = client.post(
        PATH, PATH, {"file": (io.BytesIO(FIRST.encode()), "f/uno.csv"), "folder": "1"}, headers=json
    )
    token = first.json["token"]
    again = {"file": (io.BytesIO(SECOND.encode()), "f/dos.csv"), "folder": "1", "token": token}
    assert client.post(PATH, PATH, again, headers=json).json["token"] == token
    assert "2 archivos con lecturas" in client.get(first.json["preview"]).text
    stolen = {"file": (io.BytesIO(b"x"), "f/x.csv"), "folder": "1", "token": token}
    assert (
        fresh.client("eva@example.org")
        .post("/sites/ajena/import", "/sites/ajena/import", stolen, headers=json)
        .status_code
        == 404
    )
    alone = client.post(PATH, PATH, {"file": (io.BytesIO(FIRST.encode()), "uno.csv")}, headers=json).json[
        "token"
    ]
    beside = {"file": (io.BytesIO(b"x"), "f/x.csv"), "folder": "1", "token": alone}
    assert client.post(PATH, PATH, beside, headers=json).status_code == 404, "a file sent alone is no folder"
    lost = {"file": (io.BytesIO(b"x"), "f/x.csv"), "folder": "1", "token": "x" * 32}
    assert client.post(PATH, PATH, lost, headers=json).status_code == 404


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "/etc/x.csv", "owner/owner", "a\\..\\b.csv", "..", "./.hidden/x.csv"]
)
def test_no_name_leaves_the_folder(fresh, name: str) -> None:
    client = fresh.client()
    sent = send(client, (name, FIRST), ("dos.csv", SECOND))
    assert sent.status_code == 303
    home = fresh.settings.home / "uploads"
    files = [p for p in home.rglob("*") if p.is_file()]
    assert len(files) == 3, "two files and the note about their owner"
    assert all(len(p.relative_to(home).parts) >= 2 for p in files)


def test_files_that_contradict_each_other_are_asked_about(fresh) -> None:
    client = fresh.client()
    sent = send(client, ("uno.csv", FIRST), ("dos.csv", month(range(18, 28), scale=40)))
    page = taken(client, sent)
    assert "Dos archivos se contradicen" in page.text
    assert "otro valor en 48 de 360 intervalos. Contaría uno.csv." in page.text
    assert "filas repetidas." not in page.text  # 48 rows of other values are no repeated ones
    assert 'class="save"' not in page.text
    assert saved(client, page, sent).location.startswith(sent.location)
    answers = dict(parse_qsl(urlsplit(page.request.url).query)) | {"differ": "later"}
    settled = client.get(sent.location, query_string=answers).text
    assert "Guardar 360 lecturas" in settled
    assert "Cuenta uno.csv." in settled
    assert client.post(sent.location, sent.location, answers).location == "/sites/vacia/"


def test_a_damaged_file_is_named_and_nothing_is_stored(fresh) -> None:
    client = fresh.client()
    sent = send(client, ("uno.csv", FIRST), ("roto.xlsx", "PK\x03\x04 broken"))
    page = taken(client, sent)
    assert "roto.xlsx" in page.text
    assert "no se guarda ninguno" in page.text
    assert 'class="save"' not in page.text
    assert saved(client, page, sent).location.startswith(sent.location)
    assert client.get("/api/v1/sites/vacia/imports").json["items"] == []


def test_a_folder_without_readings_is_refused_in_one_sentence(fresh) -> None:
    client = fresh.client()
    page = client.get(send(client, ("a.txt", "nothing"), ("b.txt", "to see")).location)
    assert page.status_code == 422
    assert "Ningún archivo de esa carpeta trae lecturas" in page.text


class Slow:
    """A store that takes its time, and hears when it is stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from kanchay.services.readings import import_many

        self.go, self.ended, plainly = Event(), Event(), import_many.store_import

        def slow(*given: Any, **more: Any) -> Any:
            try:
                while not self.go.wait(0.01):
                    report("store", 0.4)
                return plainly(*given, **more)
            finally:
                self.ended.set()

        monkeypatch.setattr(import_many, "store_import", slow)
        monkeypatch.setattr("kanchay.web.tasks._QUICK_S", 0.5)


def at_the_saving_page(fresh, monkeypatch) -> tuple[Any, Any, Slow]:
    client = fresh.client()
    sent = send(client, ("uno.csv", FIRST))
    page = taken(client, sent)
    slow = Slow(monkeypatch)
    saving = saved(client, page, sent)
    assert saving.location == f"{sent.location}/saving"
    return client, sent, slow


def test_storing_is_watched_and_ends_at_the_readings(fresh, monkeypatch) -> None:
    client, sent, slow = at_the_saving_page(fresh, monkeypatch)
    page = client.get(f"{sent.location}/saving").text
    assert "Guardando tus lecturas" in page
    assert 'http-equiv="refresh"' in page  # without script it is looked at again
    told = client.get(f"{sent.location}/saving/progress").json
    assert (told["done"], told["written"]) == (False, False)
    assert told["share"] == pytest.approx(0.36)
    assert client.get(sent.location).location == f"{sent.location}/saving", "the preview leads there too"
    again = client.http.post(sent.location, base_url="http://localhost", data={"_csrf": client.token(PATH)})
    assert again.location == f"{sent.location}/saving", "pressed twice, stored once"
    assert fresh.client("eva@example.org").get(f"{sent.location}/saving/progress").status_code == 404
    slow.go.set()
    for _ in range(200):
        if client.get(f"{sent.location}/saving/progress").json["done"]:
            break
        time.sleep(0.02)
    assert client.get(f"{sent.location}/saving").location == "/sites/vacia/"
    (item,) = client.get("/api/v1/sites/vacia/imports").json["items"]
    assert item["n_new"] == 168
    assert "Guardadas 168 lecturas nuevas." in client.get("/sites/vacia/").text


def test_storing_is_stopped_and_nothing_stays(fresh, monkeypatch) -> None:
    client, sent, slow = at_the_saving_page(fresh, monkeypatch)
    stopped = client.post(f"{sent.location}/stop", f"{sent.location}/saving")
    assert slow.ended.wait(5)
    assert stopped.location == sent.location, "back at the preview, where it can be saved after all"
    page = client.get(sent.location).text
    assert "Detenido. No se guardó nada." in page
    assert client.get("/api/v1/sites/vacia/imports").json["items"] == []


def test_the_list_says_what_undo_will_do_and_what_is_remembered(fresh) -> None:
    client = fresh.client()
    sent = send(client, ("uno.csv", month(range(13, 20), unit="")))
    saved(client, taken(client, sent), sent)
    page = client.get(PATH).text
    assert "Deshacer retira 168 lecturas." in page
    assert "Lo que recordamos" in page
    (layout,) = set(re.findall(r'name="layout" value="([^"]+)"', page))
    client.post("/sites/vacia/imports/forget", PATH, {"layout": layout})
    assert "Lo que recordamos" not in client.get(PATH).text
