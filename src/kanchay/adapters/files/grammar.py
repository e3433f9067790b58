"""The grammar of written times.

A cell's *pattern* is its text with every digit turned into ``9``; letters and marks stay. All cells of one pattern
share one parse, so that a column of a million times is read with a handful of matches and array arithmetic.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

__all__ = ["MONTHS", "OFFSETS", "Form", "pattern_of", "plain_word", "read_pattern"]

_L: Final = "A-Za-z\x80-\xff"  # letters; two-byte ones come as two Latin-1 characters
_DAY: Final = rf"(?:[{_L}]{{2,12}}\.?,? +|DT#)?"  # or the mark of a controller's literals (IEC 61131-3)
_WEEKDAY: Final = rf"(?: ?\([{_L}]{{1,12}}\.?\))?"  # "(Mon)" behind a date
# Japanese eras, by their signs or their letter, and the year before their first.
_ERAS: Final = {"\xe4\xbb\xa4\xe5\x92\x8c": 2018, "\xe5\xb9\xb3\xe6\x88\x90": 1988, "R": 2018, "H": 1988}
_ERA: Final = "|".join(_ERAS)
_REPUBLIC: Final = 1911  # the year before the first of the Republic of China
_DATES: Final = (
    rf"(?P<y>9999)(?P<s>\. |[-/. _])(?P<m>99?)(?P=s)(?P<d>99?)\.?{_WEEKDAY}",
    rf"(?P<a>99?)(?P<s>\. |[-/. ])(?P<b>99?)(?P=s)(?P<c>9999|99)\.?{_WEEKDAY}",
    r"(?P<y>999)(?P<s>[-/.])(?P<m>99?)(?P=s)(?P<d>99?)",  # years of the Republic of China
    rf"(?P<y>9999)(?:\xe5\xb9\xb4|\xeb\x85\x84) ?(?P<m>99?)(?:\xe6\x9c\x88|\xec\x9b\x94) ?(?P<d>99?)"
    rf"(?:\xe6\x97\xa5|\xec\x9d\xbc){_WEEKDAY}",  # years, months and days by their signs
    rf"(?P<era>{_ERA}) ?(?:(?P<y>99?)|\xe5\x85\x83)\xe5\xb9\xb4 ?(?P<m>99?)\xe6\x9c\x88 ?(?P<d>99?)\xe6\x97\xa5"
    + _WEEKDAY,
    rf"(?P<era>{_ERA})(?P<y>99?)(?P<s>[./])(?P<m>99?)(?P=s)(?P<d>99?)",
    rf"(?P<d>99?)[-/. ]*(?:de )?(?P<word>[{_L}]{{3,12}})\.?,?[-/. ]*(?:de )?(?P<y>9999|99)",
    rf"(?P<word>[{_L}]{{3,12}})\.?[-/. ](?P<d>99?),?[-/. ]+(?P<y>9999)",
    rf"(?P<y>9999)[-/. ](?P<word>[{_L}]{{3,12}})\.?[-/. ](?P<d>99?)",
    r"(?P<y>9999)-?W(?P<w>99)-(?P<d>9)",  # the day of a week
    r"(?P<y>9999)(?P<m>99)(?P<d>99)",
)
_MONTHS_ALONE: Final = (  # or weeks
    r"(?P<y>9999)-?(?:W|KW| week )(?P<w>99)",
    r"(?:W|KW|week) ?(?P<w>99?)[-/. ]+(?P<y>9999)",
    r"(?P<y>9999)[-/](?P<m>99?)",
    r"(?P<m>99?)[-/](?P<y>9999)",
    rf"(?P<word>[{_L}]{{3,12}})\.?[-/. ]+(?:de |del )?(?P<y>9999)",
    rf"(?P<word>[{_L}]{{3,12}})\.?[-'/]'?(?P<y>99)",
    r"(?P<y>9999)[- /]?[QT](?P<q>9)",
    r"[QT](?P<q>9)[- /](?P<y>9999)",
    rf"(?P<y>9999)[-/. ]+(?P<word>[{_L}]{{3,12}})",
    r"(?P<y>9999)(?:\xe5\xb9\xb4|\xeb\x85\x84) ?(?P<m>99?)(?:\xe6\x9c\x88|\xec\x9b\x94)",
    rf"(?P<era>{_ERA}) ?(?:(?P<y>99?)|\xe5\x85\x83)\xe5\xb9\xb4 ?(?P<m>99?)\xe6\x9c\x88",
)
_HOUR_SIGN: Final = r"[:h.]|\xe6\x99\x82|\xe6\x97\xb6|\xec\x8b\x9c ?"
_CLOCK: Final = (
    rf"(?P<H>99?)(?:(?:{_HOUR_SIGN})(?:(?P<M>99)(?:\xe5\x88\x86|\xeb\xb6\x84)?(?:[:.](?P<S>99)(?:[.,](?P<f>9{{1,9}}))?)?)?)?"
    r"(?:[ \xa0]?(?P<half>[aApP])(?:\.?[ \xa0]?[mM]\.?|(?![A-Za-z.])))?(?: ?(?:h|hrs|Uhr))?\*?"  # "02:00*" comes again
)
_PLAIN_CLOCK: Final = (
    r"(?P<H>99?)[:h](?P<M>99)(?::(?P<S>99)(?:[.,](?P<f>9{1,9}))?)?"
    r"(?:[ \xa0]?(?P<half>[aApP])(?:\.?[ \xa0]?[mM]\.?|(?![A-Za-z.])))?(?: ?(?:h|hrs|Uhr))?"
)
_COMPACT: Final = r"(?P<H>99)(?P<M>99)(?P<S>99)?"
_ZONE: Final = (
    r"(?: ?(?P<zone>Z|(?:[A-Z]{3,4} ?)?[+\-]99(?::?99)?|[A-Z]{2,5}))?"
    r"(?:\[[A-Za-z_/]+\]| [A-Z][a-z][A-Za-z_/]+)?"
)
_AT: Final = r"klo|kl\.?|um|at|a las|alle|ore|o godz\.?|godz\.?|om|as|\xc3\xa0s?|u"  # "at" in many languages
_JOIN: Final = rf"(?:T| +|, *|-| - |:|_| +(?:{_AT}),? +)"

_DATETIMES: Final = (
    *(re.compile(rf"{_DAY}{d}{_JOIN}{_CLOCK}{_ZONE}") for d in _DATES[:-1]),
    re.compile(rf"{_DATES[-1]}[T ]?{_COMPACT}{_ZONE}"),
    re.compile(rf"{_DATES[-1]}[T ]{_CLOCK}{_ZONE}"),
)
_DATE_ONLY: Final = tuple(re.compile(_DAY + d) for d in _DATES) + tuple(map(re.compile, _MONTHS_ALONE))
_SEASONS: Final = ("dst", "st", "s", "w", "d")  # which of the two clocks it is, not where
_TIME_ONLY: Final = re.compile(_PLAIN_CLOCK)

_MONTH_NAMES: Final = (
    "january enero janeiro januar jan janvier januari janner jaenner ene gennaio gen styczen stycznia leden"
    " ledna tammikuu"
    " ianuarie ocak sijecanj jaanuar janvaris sausis gener janv sty led tammi oca ian",
    "february febrero fevereiro februar feb fevrier februari fev febr febbraio luty lutego unor unora"
    " helmikuu februarie"
    " subat veljaca veebruar februaris vasaris febrer fevr lut uno sub helmi",
    "march marzo marco maerz mar mars maart marz mrt mrz mae marzec marca brezen brezna maaliskuu martie mart"
    " ozujak marts"
    " kovas marc marcius bre maalis",
    "april abril apr abr avril avr aprile kwiecien kwietnia duben dubna huhtikuu aprilie nisan travanj aprill balandis"
    " aprilis kwi dub huhti nis",
    "may mayo maio mai mei maggio mag maj maja kveten kvetna toukokuu mayis svibanj maijs geguze majus maig"
    " kve touko",
    "june junio junho juni jun juin giugno giu czerwiec czerwca cerven cervna kesakuu iunie haziran lipanj juuni junijs"
    " birzelis junius juny cze cvn kesa haz iun",
    "july julio julho juli jul juillet juil luglio lug lipiec lipca cervenec cervence heinakuu iulie temmuz"
    " srpanj juuli"
    " julijs liepa julius juliol lip cvc heina tem iul",
    "august agosto aug ago aout augustus sierpien sierpnia srpen srpna elokuu agustos kolovoz augusts"
    " rugpjutis augusztus"
    " agost avgust sie srp elo agu",
    "september septiembre setembro sep sept set septembre setiembre settembre wrzesien wrzesnia zari syyskuu septembrie"
    " eylul rujan septembris rugsejis szeptember setembre wrz zar syys eyl szept",
    "october octubre outubro oktober oct okt out octobre ottobre ott pazdziernik pazdziernika rijen rijna"
    " lokakuu octombrie"
    " ekim oktobris spalis paz rij loka eki",
    "november noviembre novembro nov novembre listopad listopada marraskuu noiembrie kasim studeni novembris lapkritis"
    " lis marras kas noi",
    "december diciembre dezembro dezember dec dic dez decembre dicembre grudzien grudnia prosinec prosince joulukuu"
    " decembrie aralik prosinac detsember decembris gruodis desember desembre pro gru joulu ara des",
)
MONTHS: Final = {word: i + 1 for i, names in enumerate(_MONTH_NAMES) for word in names.split()}
#: Hours east of UTC. Letters that stand for several zones (AST, IST, and the like) are none of them.
OFFSETS: Final = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2,
    "eest": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "pet": -5,
    "cot": -5, "brt": -3, "art": -3, "clt": -4, "clst": -3, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "akst": -9, "akdt": -8, "hst": -10, "nst": -3.5, "ndt": -2.5, "uyt": -3, "bot": -4, "vet": -4, "ect": -5,
    "acst": 9.5, "acdt": 10.5, "awst": 8, "jst": 9, "kst": 9, "ict": 7, "sgt": 8, "hkt": 8, "myt": 8, "pht": 8,
    "wib": 7, "wita": 8, "wit": 9, "npt": 5.75, "pkt": 5, "msk": 3, "trt": 3, "sast": 2, "eat": 3, "cat": 2, "wat": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """Where the fields of a pattern stand: name to (from, to); words resolved, orders that are possible."""

    kind: str  # "datetime", "date", "time"
    fields: dict[str, tuple[int, int]]
    orders: tuple[str, ...]  # "ymd" where it is certain, else "dmy", "mdy", "ymd" to be decided
    month: int | None = None
    afternoon: bool | None = None
    zone: str = ""
    before: int = 0  # the year before the first that is counted, in calendars that do not count from Christ
    dotted: bool = False  # "05.06.2024": the day comes first wherever dates are written so


def plain_word(word: str) -> str:
    """Lower case without accents: ``"Março" -> "marco"``."""
    folded = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    return "".join(c for c in folded if not unicodedata.combining(c)).lower().strip(". ")


def pattern_of(text: str) -> str:
    """Digits to ``9``; other characters as the Latin-1 picture of their UTF-8 bytes."""
    return re.sub(r"[0-9]", "9", text.encode("utf-8").decode("latin-1"))


def _text(word: str | None) -> str:
    return (word or "").encode("latin-1").decode("utf-8", errors="replace")


def _month(word: str) -> int | None:
    name = plain_word(_text(word))
    return MONTHS.get(name) or MONTHS.get(name[:3])


def _orders(groups: dict[str, str | None]) -> tuple[str, ...]:
    if "a" not in groups:
        return ("ymd",)
    if groups["c"] == "9999":
        return ("dmy", "mdy")
    return ("dmy", "mdy", "ymd") if groups["a"] == "99" else ("dmy", "mdy")


def _zone(word: str | None) -> str | None:
    """The zone mark if it is one; None where it is just a word."""
    if not word:
        return ""
    name = word.lower()
    if name in _SEASONS:
        return ""
    signed = re.sub(r"^[a-z]{3,4} ?(?=[+-])", "", name)
    return signed if signed[0] in "+-" or name in OFFSETS else None


def _form(kind: str, match: re.Match[str]) -> Form | None:
    groups = match.groupdict()
    zone = _zone(groups.get("zone"))
    month = _month(groups["word"]) if groups.get("word") else None
    if zone is None or (groups.get("word") and month is None):
        return None
    if "d" not in groups and groups.get("word") and plain_word(_text(groups["word"])) not in MONTHS:
        return None  # "Marca 2024" is no March
    half = groups.get("half")
    fields = {
        name: match.span(name)
        for name, text in groups.items()
        if text is not None and name not in ("s", "word", "half", "era")
    }
    if zone == "" or zone[0] not in "+-":
        fields.pop("zone", None)
    afternoon = None if half is None else half in "pP"
    before = _ERAS[groups["era"]] if groups.get("era") else _REPUBLIC if groups.get("y") == "999" else 0
    dotted = groups.get("c") == "9999" and (groups["s"] or "").startswith(".")
    return Form(kind, fields, _orders(groups), month, afternoon, zone, before, dotted)


@lru_cache(maxsize=4096)
def read_pattern(pattern: str) -> Form | None:
    """The parse of a pattern, or None where it is not a time."""
    if len(pattern) > 60 or "9" not in pattern:
        return None
    for kind, expressions in (("datetime", _DATETIMES), ("date", _DATE_ONLY), ("time", (_TIME_ONLY,))):
        for expression in expressions:
            match = expression.fullmatch(pattern)
            form = _form(kind, match) if match else None
            if form is not None:
                return form
    return None
