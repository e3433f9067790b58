"""The importer against simulated exports of known truth, and against damaged files.

    python benchmarks/accuracy/importer.py [--first 0] [--cases 2000] [--show 15]     the tables
    python benchmarks/accuracy/importer.py --portals [--first 0] [--cases 880]         in the layouts of real portals
    python benchmarks/accuracy/importer.py --seed 17 [--portals] [--keep DIR]          one case, and its file
    python benchmarks/accuracy/importer.py --fuzz 2000                                 damaged files
    ... --write     results/importer.csv (with --portals results/importer_portals.csv)

Everything read here is SIMULATED (`kanchay.simulate.exports`), with seeds no test pins a figure of. The zone of the site
is known, as it is where somebody imports for a site. A file is read once, then each question that was asked is answered
truthfully, one after the other, on the path of `kanchay import` and the page. That gives a square and what is left:

                      nothing asked         something asked
    guess right       right, unasked        right, asked
    guess wrong       wrong total / wrong   mended where the truthful answers make it right, else wrong total / wrong

* guess right: every field of every series is the truth at the first reading, whether or not something was asked;
* right or asked: guess right, or mended; what is not is wrong silently, for no question stood for the error;
* wrong total: energy, values or the number of readings are not the truth, or a flow is missing or counted twice: the one
  unforgivable result; wrong: another field is not;
* spoilt: right at first, and no longer so after truthful answers; it counts as wrong;
* refused: the file was handed back with a sentence;
* stated, right: the chance that a question states for its guess, and how often the guess was right; of what was stated
  follows how many first guesses should be wrong, which is about as few as the evidence in the files allows;
* needless: share of cases with a question whose answer the file tells;
* "tells everything": the cases whose every answer stands in the file; the others leave something open that nobody could
  know from the file alone (a unit that is nowhere, an hour that may be its start or its end), and have to be asked.
"""

from __future__ import annotations

import argparse
import csv
import platform
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, islice, pairwise
from math import prod
from pathlib import Path

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.units import CANONICAL, UNITS, unit
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.answers import with_answers
from kanchay.simulate.exports import (
    DIMENSIONS,
    Export,
    TrueSeries,
    draw_case,
    export_of,
    simulate_export,
    simulate_portal,
)
from kanchay.simulate.exports.damage import damaged

OUTCOMES = ("right unasked", "right asked", "mended", "wrong total", "wrong", "refused", "crash")
RIGHT = ("right unasked", "right asked")
SILENT = ("wrong total", "wrong")
FLOWS = ("electric_energy", "power", "reactive_energy", "reactive_power", "gas", "heat", "water")
GRAVE = ("n", "total", "checksum", "series", "extra")
ROOT = Path(__file__).resolve().parents[2]
MOST_QUESTIONS = 12
LONGEST_S = 5.0

Wrong = dict[str, tuple[object, object]]


@dataclass(frozen=True)
class Result:
    """What became of one case: errors of the first reading, what was asked, errors once all of it was answered."""

    seed: int
    first: Wrong
    asked: frozenset[str]
    wrong: Wrong
    needless: frozenset[str]
    seconds: float
    failed: str = ""  # "refused" or "crash"
    why: str = ""
    stated: tuple[
        tuple[str, float, bool], ...
    ] = ()  # what was asked, how likely the guess was said to be, and whether it was right

    @property
    def outcome(self) -> str:
        """The square's field, or what else became of it."""
        if self.failed:
            return self.failed
        if self.wrong:
            return "wrong total" if set(self.wrong) & set(GRAVE) else "wrong"
        if self.first:
            return "mended"
        return "right asked" if self.asked else "right unasked"

    @property
    def spoilt(self) -> bool:
        """Whether truthful answers made wrong what was right."""
        return not self.failed and not self.first and bool(self.wrong)


def differences(got: ImportSeries, true: TrueSeries) -> Wrong:
    """Fields of a series that are not the truth: what was said and what is."""
    seen = 0.0 if got.observations is None else float(got.observations.value.sum())
    said = {
        "quantity": got.quantity.value, "unit": got.unit, "n": got.n, "start": got.start,
        "resolution_s": got.resolution_s, "kind": got.kind.value, "end": got.end,
    }  # fmt: skip
    wrong: Wrong = {
        k: (v, getattr(true, k))
        for k, v in said.items()
        if getattr(true, k) is not None and getattr(true, k) != v
    }
    if true.directions is not None and (got.direction is None or got.direction.value not in true.directions):
        wrong["direction"] = (got.direction and got.direction.value, true.directions[0])
    if not _near(seen, true.checksum):
        wrong["checksum"] = (seen, true.checksum)
    if true.total is not None and (got.total is None or not _near(got.total, true.total)):
        wrong["total"] = (got.total, true.total)
    return wrong


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b)) + 1e-6


def compare(preview: ImportPreview, truth: Sequence[TrueSeries]) -> Wrong:
    """Each true series against the series that fits it best, and flows that nobody metered."""
    left = list(preview.series)
    wrong: Wrong = {}
    for true in truth:
        if not left:
            wrong["series"] = (None, true.name)
            break
        best = min(left, key=lambda s: (len(differences(s, true)), s.name != true.name))
        left.remove(best)
        wrong |= differences(best, true)
    extra = [s for s in left if s.quantity.value in FLOWS]
    if extra:
        wrong["extra"] = (extra[0].name, None)
    return wrong


def answered(
    export: Export,
    options: ImportOptions,
    preview: ImportPreview,
    read: Callable[[ImportOptions], ImportPreview],
) -> tuple[ImportPreview, set[str]]:
    """What is understood once a person who knows the meter has answered all questions, and what they were."""
    asked: set[str] = set()
    for _ in range(MOST_QUESTIONS):
        fresh = [q for q in preview.questions if q.code not in asked]
        if not fresh:
            break
        asked.add(fresh[0].code)
        answer = _of_column(export, preview, fresh[0].code) if ":" in fresh[0].code else None
        options = with_answers(options, {fresh[0].code: answer or export.answers[fresh[0].code]})
        preview = read(options)
    return preview, asked


def _of_column(export: Export, preview: ImportPreview, code: str) -> str:
    """What a person who knows the meter answers of a single column: the truth whose values, in some unit, are its own."""
    part, _, column = code.partition(":")
    found = [s for s in preview.series if column in (s.column, s.name)] or list(preview.series)
    for true in export.truth:
        for symbol in UNITS:
            if UNITS[symbol].offset == 0 and _written(found[0], UNITS[symbol].factor, true):
                fits = CANONICAL[UNITS[symbol].quantity] == true.unit
                if part == "column" or fits:
                    return {"column": true.quantity, "unit": symbol}.get(
                        part, (true.directions or ("import",))[0]
                    )
    return {"column": "signal", "unit": found[0].unit}.get(part, "import")


def _written(series: ImportSeries, factor: float, true: TrueSeries) -> bool:
    """Whether a series, its numbers as written taken in another unit, is a true one."""
    if series.observations is None or series.n != true.n:
        return False
    raw = float(series.observations.value.sum()) / unit(series.source_unit or series.unit).factor
    return _near(raw * factor, true.checksum)


def judge(export: Export, folder: Path) -> Result:
    """Read one export as a person would."""
    file = folder / export.name
    file.write_bytes(export.data)
    began = time.perf_counter()
    first: Wrong = {}
    wrong: Wrong = {}
    asked: set[str] = set()
    failed = why = ""
    stated: tuple[tuple[str, float, bool], ...] = ()
    options = ImportOptions(tz=export.case.tz)
    try:
        preview = SniffingReader().read(file, options)
        first = wrong = compare(preview, export.truth)
        at_first = {q.code for q in preview.questions}
        stated = tuple(
            (q.code, q.chance, q.guess == export.answers.get(q.code))
            for q in preview.questions
            if q.chance is not None
        )
        if at_first:
            preview, asked = answered(export, options, preview, partial(SniffingReader().read, file))
            wrong = compare(preview, export.truth)
        asked |= at_first
    except FileRefused as error:
        failed, why = "refused", error.message
    except Exception:
        failed, why = "crash", traceback.format_exc(limit=-2)
    finally:
        file.unlink()
    left = {
        code for code in asked if code.partition(":")[0] in export.open
    }  # "direction:Grid" is one of directions
    needless = frozenset() if first else frozenset(asked) - left
    taken = time.perf_counter() - began
    return Result(export.case.seed, first, frozenset(asked), wrong, needless, taken, failed, why, stated)


def run(
    seeds: Iterable[int], make: Callable[[int], Export] = simulate_export
) -> Iterator[tuple[Export, Result]]:
    """Every case of these seeds with its result."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            export = make(seed)
            yield export, judge(export, Path(folder))


def table(pairs: Sequence[tuple[Export, Result]]) -> list[dict[str, object]]:
    """Counts of the outcomes, over all cases and by each value of each dimension."""
    groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for export, result in pairs:
        groups["all", ""].append(result)
        groups["all", "leaves something open" if export.open else "tells everything"].append(result)
        for name in ("portal", *DIMENSIONS):
            if hasattr(export.case, name):
                groups[name, str(getattr(export.case, name))].append(result)
    rows = []
    for (name, value), results in sorted(groups.items(), key=lambda g: g[0]):
        counts = Counter(r.outcome for r in results)
        row: dict[str, object] = {"dimension": name, "value": value, "cases": len(results)}
        row |= {o: counts[o] for o in OUTCOMES}
        row["guess right"] = sum(counts[o] for o in RIGHT) + sum(r.spoilt for r in results)
        row["right or asked"] = sum(counts[o] for o in (*RIGHT, "mended"))
        row["spoilt"] = sum(r.spoilt for r in results)
        rows.append(row | {"needless": sum(bool(r.needless) for r in results)})
    return rows


_SHOWN = ("guess right", "right or asked", *OUTCOMES, "needless")


def _print(rows: Sequence[dict[str, object]]) -> None:
    print(f"{'':13}{'':22}{'cases':>6}" + "".join(f"{o:>15}" for o in _SHOWN))
    for row in rows:
        n = int(str(row["cases"]))
        shares = (f"{100 * int(str(row[o])) / n:14.2f}%" for o in _SHOWN)
        print(f"{row['dimension']!s:13}{str(row['value'])[:21]:22}{n:6}" + "".join(shares))


def _square(results: Sequence[Result]) -> None:
    """Guesses against questions, and which questions stood open for right and for wrong guesses."""
    read = [r for r in results if not r.failed]
    print(
        f"\n{'':14}{'nothing asked':>16}{'something asked':>18}   of {len(results)} cases, {len(read)} read"
    )
    for name, wrong in (("guess right", False), ("guess wrong", True)):
        counts = [
            sum(bool(r.first) is wrong and bool(r.asked) is asked for r in read) for asked in (False, True)
        ]
        print(
            f"{name:14}"
            + "".join(f"{100 * c / len(results):{w}.2f}%" for c, w in zip(counts, (15, 17), strict=True))
        )
    asked = [r for r in read if r.asked]
    left = sum(bool(r.wrong) for r in asked)
    print(
        f"after truthful answers {len(asked) - left} of {len(asked)} are right; spoilt {sum(r.spoilt for r in read)}"
    )
    for name, wrong in (("right", False), ("wrong", True)):
        codes = Counter(code for r in asked if bool(r.first) is wrong for code in r.asked)
        print(f"asked, guess {name}: " + ", ".join(f"{code} {n}" for code, n in codes.most_common()))


def _reliability(results: Sequence[Result]) -> None:
    """How often guesses were right that were said to be so likely: both columns should be the same."""
    bounds = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.001)
    print(f"\n{'asked, chance stated':24}{'questions':>10}{'stated':>9}{'right':>9}")
    for code in sorted({c for r in results for c, _, _ in r.stated}):
        for low, high in pairwise(bounds):
            said = [(p, ok) for r in results for c, p, ok in r.stated if c == code and low <= p < high]
            if said:
                mean, right = (sum(x[i] for x in said) / len(said) for i in (0, 1))
                name = f"{code} {100 * low:.0f} to {100 * min(high, 1):.0f} %"
                print(f"{name:24}{len(said):10}{100 * mean:8.1f}%{100 * right:8.1f}%")
    expected = sum(1 - prod(p for _, p, _ in r.stated) for r in results)
    print(
        f"by these odds {expected:.1f} first guesses should be wrong; {sum(bool(r.first) for r in results)} are"
    )


def _worst(pairs: Sequence[tuple[Export, Result]], show: int) -> None:
    """Seeds of what went wrong, the gravest first."""
    order = {o: i for i, o in enumerate(("crash", "wrong total", "wrong", "refused", "mended"))}
    needless = Counter(code for _, result in pairs for code in result.needless)
    print("asked without need:", ", ".join(f"{code} {n}" for code, n in needless.most_common()))
    print("  for example seeds", [r.seed for _, r in pairs if r.needless][:show])
    bad = sorted((p for p in pairs if p[1].outcome in order), key=lambda p: order[p[1].outcome])
    for export, result in bad[:show]:
        wrong = result.wrong or result.first
        what = result.why or "; ".join(f"{k} {a} for {b}" for k, (a, b) in list(wrong.items())[:3])
        asked = f" asked {','.join(sorted(result.asked))}" if result.asked else ""
        print(f"{result.seed:6} {result.outcome:12} {_like(export)}: {what}{asked}")


def _like(export: Export) -> str:
    """What a case is like, in a few words."""
    c = export.case
    names = (
        "portal",
        "layout",
        "shape",
        "content",
        "container",
        "time",
        "unit",
        "unit_said",
        "kind",
        "label",
    )
    return " ".join(str(getattr(c, n)) for n in names if hasattr(c, n))


def _write(rows: Sequence[dict[str, object]], first: int, name: str) -> None:
    path = ROOT / "benchmarks" / "results" / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "first_seed", "python"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(r | {"first_seed": first, "python": platform.python_version()} for r in rows)


@dataclass(frozen=True)
class Fuzzed:
    """What became of damaged files; seconds are those of this process, as others may use the machine too."""

    files: int
    read: int
    refused: int
    slowest_s: float
    crashes: tuple[str, ...]
    slow: tuple[str, ...]


def fuzz(sources: Sequence[tuple[str, bytes]], n: int, first: int = 0) -> Fuzzed:
    """Read `n` damaged copies of files: each must be read or refused, and soon."""
    counts = Counter[str]()
    crashes: list[str] = []
    slow: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + n):
            name, data = sources[seed % len(sources)]
            file = Path(folder) / name
            file.write_bytes(damaged(data, seed))
            began = time.process_time()
            try:
                SniffingReader().read(file, ImportOptions(tz="America/Lima"))
                counts["read"] += 1
            except FileRefused:
                counts["refused"] += 1
            except Exception:
                crashes.append(f"{seed} {name}: {traceback.format_exc(limit=-3)}")
            taken = time.process_time() - began
            slowest = max(slowest, taken)
            if taken > LONGEST_S:
                slow.append(f"{seed} {name}: {taken:.1f} s")
    return Fuzzed(n, counts["read"], counts["refused"], slowest, tuple(crashes), tuple(slow))


def sources(n: int, first: int = 0, containers: Sequence[str] = ()) -> list[tuple[str, bytes]]:
    """Simulated files to damage; every third in the layout of a portal, or those of some containers alone."""
    if containers:
        cases = filter(lambda c: c.container in containers, map(draw_case, count(first)))
        return [(e.name, e.data) for e in map(export_of, islice(cases, n))]
    made = (simulate_export(s) if s % 3 else simulate_portal(s) for s in range(first, first + n))
    return [(e.name, e.data) for e in made]


def _fuzz(n: int, first: int, containers: Sequence[str]) -> None:
    import resource

    found = fuzz(sources(min(n, 400), first, containers), n, first)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{found.files} damaged files: {found.read} read, {found.refused} refused, {len(found.crashes)} crashed"
    )
    print(f"slowest {found.slowest_s:.2f} s of CPU, peak of memory {memory:.0f} MiB")
    kinds = {c.strip().splitlines()[-1]: c for c in reversed(found.crashes)}
    for text in (*kinds.values(), *found.slow):
        print(text)


def _one(export: Export, keep: Path | None) -> None:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / export.name).write_bytes(export.data)
    with tempfile.TemporaryDirectory() as folder:
        result = judge(export, Path(folder))
    print(export.case)
    print(*export.truth, sep="\n")
    print(f"asked {sorted(result.asked)}, left open {sorted(export.open)}")
    for name, wrong in (("at first", result.first), ("answered", result.wrong)):
        print(name, *(f"  {k}: {a} for {b}" for k, (a, b) in wrong.items()), sep="\n")
    print(result.outcome, result.why)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--show", type=int, default=15)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--fuzz", type=int)
    parser.add_argument("--containers", default="", help="of the files to damage, such as xls,ods,html")
    parser.add_argument("--write", action="store_true", help="write the table to benchmarks/results")
    parser.add_argument("--portals", action="store_true", help="layouts of portals people name")
    args = parser.parse_args()
    make = simulate_portal if args.portals else simulate_export
    if args.seed is not None:
        return _one(make(args.seed), args.keep)
    if args.fuzz:
        return _fuzz(args.fuzz, args.first, args.containers.split(",") if args.containers else ())
    pairs = list(run(range(args.first, args.first + args.cases), make))
    rows = table(pairs)
    _print(rows)
    _square([result for _, result in pairs])
    _reliability([result for _, result in pairs])
    _worst(pairs, args.show)
    if args.write:
        _write(rows, args.first, "importer_portals.csv" if args.portals else "importer.csv")


if __name__ == "__main__":
    main()
