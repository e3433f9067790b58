"""The importer against simulated exports of known truth, and against damaged files.

    python benchmarks/accuracy/importer.py [--first 0] [--cases 2000] [--show 15]     the table, results/importer.csv
    python benchmarks/accuracy/importer.py --seed 17 [--keep DIR]                       one case, and its file
    python benchmarks/accuracy/importer.py --fuzz 2000                                  damaged files

Everything read here is SIMULATED (`kanchay.simulate.exports`), with seeds no test pins a figure of. A case is read as a
person would import it: the zone of the site is known, and each question the importer asks is answered truthfully.

* right: every field of every series is the truth at the first reading;
* asked: it is the truth once the questions that were asked are answered;
* wrong: some field is not the truth, although everything asked was answered; "wrong total" where energy, values or the
  number of readings are concerned or a flow is missing or counted twice: the one unforgivable result;
* refused: the file was handed back with a sentence;
* needless: share of cases with a question whose answer the file tells.
"""

from __future__ import annotations

import argparse
import csv
import platform
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kanchay.adapters.files.reader import SniffingReader
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.services.ports.files import ImportOptions
from kanchay.simulate.exports import DIMENSIONS, Export, TrueSeries, simulate_export
from kanchay.simulate.exports.damage import damaged

OUTCOMES = ("right", "asked", "wrong total", "wrong", "refused", "crash")
FLOWS = ("electric_energy", "power", "reactive_energy", "reactive_power", "gas", "heat", "water")
GRAVE = ("n", "total", "checksum", "series", "extra")
ROOT = Path(__file__).resolve().parents[2]
MAX_ROUNDS = 3
LONGEST_S = 5.0

Wrong = dict[str, tuple[object, object]]


@dataclass(frozen=True)
class Result:
    """What became of one case."""

    seed: int
    outcome: str
    wrong: Wrong
    asked: frozenset[str]
    needless: frozenset[str]
    seconds: float
    why: str = ""


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


def answered(export: Export, asked: Iterable[str]) -> ImportOptions:
    """What a person who knows the meter answers."""
    said = {code: export.answers[code] for code in asked}
    return ImportOptions(
        tz=export.case.tz, unit=said.get("unit"), label=said.get("label"), decimal=said.get("decimal"),
        direction=said.get("direction"), kind=said.get("kind"), clock=said.get("clock"),
        day_first=said["day_first"] == "day_first" if "day_first" in said else None,
        columns={"key": said["key"]} if "key" in said else {},
    )  # fmt: skip


def judge(export: Export, folder: Path) -> Result:
    """Read one export as a person would."""
    file = folder / export.name
    file.write_bytes(export.data)
    began = time.perf_counter()
    asked: set[str] = set()
    wrong: Wrong = {}
    outcome, why = "right", ""
    try:
        for round_ in range(MAX_ROUNDS):
            preview = SniffingReader().read(file, answered(export, asked))
            wrong = compare(preview, export.truth)
            fresh = {q.code for q in preview.questions} - asked
            if round_ == 0:
                asked_first = frozenset(fresh)
            asked |= fresh
            if not wrong or not fresh:
                break
        outcome = ("asked" if round_ else "right") if not wrong else "wrong"
        if set(wrong) & set(GRAVE):
            outcome = "wrong total"
    except FileRefused as error:
        outcome, why, asked_first = "refused", error.message, frozenset()
    except Exception:
        outcome, why, asked_first = "crash", traceback.format_exc(limit=-2), frozenset()
    finally:
        file.unlink()
    needless = asked_first - export.open - frozenset(wrong and asked)
    return Result(export.case.seed, outcome, wrong, asked_first, needless, time.perf_counter() - began, why)


def run(seeds: Iterable[int]) -> Iterator[tuple[Export, Result]]:
    """Every case of these seeds with its result."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            export = simulate_export(seed)
            yield export, judge(export, Path(folder))


def table(pairs: Sequence[tuple[Export, Result]]) -> list[dict[str, object]]:
    """Shares of the outcomes, over all cases and by each value of each dimension."""
    groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for export, result in pairs:
        groups["all", ""].append(result)
        for name in DIMENSIONS:
            groups[name, str(getattr(export.case, name))].append(result)
    rows = []
    for (name, value), results in groups.items():
        counts = Counter(r.outcome for r in results)
        row: dict[str, object] = {"dimension": name, "value": value, "cases": len(results)}
        row |= {o: counts[o] for o in OUTCOMES}
        rows.append(row | {"needless": sum(bool(r.needless) for r in results)})
    return rows


def _print(rows: Sequence[dict[str, object]]) -> None:
    print(f"{'':14}{'':14}{'cases':>7}" + "".join(f"{o:>13}" for o in (*OUTCOMES, "needless")))
    for row in rows:
        n = int(str(row["cases"]))
        shares = (f"{100 * int(str(row[o])) / n:12.2f}%" for o in (*OUTCOMES, "needless"))
        print(f"{row['dimension']!s:14}{str(row['value'])[:13]:14}{n:7}" + "".join(shares))


def _worst(pairs: Sequence[tuple[Export, Result]], show: int) -> None:
    """Seeds of what went wrong, the gravest first."""
    order = {o: i for i, o in enumerate(("crash", "wrong total", "wrong", "refused"))}
    needless = Counter(code for _, result in pairs for code in result.needless)
    print("asked without need:", ", ".join(f"{code} {n}" for code, n in needless.most_common()))
    print("  for example seeds", [r.seed for _, r in pairs if r.needless][:show])
    bad = sorted((p for p in pairs if p[1].outcome in order), key=lambda p: order[p[1].outcome])
    for export, result in bad[:show]:
        c = export.case
        wrong = result.why or "; ".join(f"{k} {a} for {b}" for k, (a, b) in list(result.wrong.items())[:3])
        print(
            f"{c.seed:6} {result.outcome:12} {c.layout}/{c.shape} {c.content} {c.container} {c.time}"
            f" {c.unit} {c.kind}: {wrong}"
        )


def _write(rows: Sequence[dict[str, object]], first: int) -> None:
    path = ROOT / "benchmarks" / "results" / "importer.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "first_seed", "python"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(r | {"first_seed": first, "python": platform.python_version()} for r in rows)


@dataclass(frozen=True)
class Fuzzed:
    """What became of damaged files."""

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
            began = time.perf_counter()
            try:
                SniffingReader().read(file, ImportOptions(tz="America/Lima"))
                counts["read"] += 1
            except FileRefused:
                counts["refused"] += 1
            except Exception:
                crashes.append(f"{seed} {name}: {traceback.format_exc(limit=-3)}")
            taken = time.perf_counter() - began
            slowest = max(slowest, taken)
            if taken > LONGEST_S:
                slow.append(f"{seed} {name}: {taken:.1f} s")
    return Fuzzed(n, counts["read"], counts["refused"], slowest, tuple(crashes), tuple(slow))


def sources(n: int, first: int = 0) -> list[tuple[str, bytes]]:
    """Simulated files to damage."""
    return [(e.name, e.data) for e in (simulate_export(s) for s in range(first, first + n))]


def _fuzz(n: int, first: int) -> None:
    import resource

    found = fuzz(sources(min(n, 400), first), n, first)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{found.files} damaged files: {found.read} read, {found.refused} refused, {len(found.crashes)} crashed"
    )
    print(f"slowest {found.slowest_s:.2f} s, peak of memory {memory:.0f} MiB")
    kinds = {c.strip().splitlines()[-1]: c for c in reversed(found.crashes)}
    for text in (*kinds.values(), *found.slow):
        print(text)


def _one(seed: int, keep: Path | None) -> None:
    export = simulate_export(seed)
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / export.name).write_bytes(export.data)
    with tempfile.TemporaryDirectory() as folder:
        result = judge(export, Path(folder))
    print(export.case)
    print(*export.truth, sep="\n")
    print(replace(result, why=""), result.why, sep="\n")


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
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/importer.csv")
    args = parser.parse_args()
    if args.seed is not None:
        return _one(args.seed, args.keep)
    if args.fuzz:
        return _fuzz(args.fuzz, args.first)
    pairs = list(run(range(args.first, args.first + args.cases)))
    rows = table(pairs)
    _print(rows)
    _worst(pairs, args.show)
    if args.write:
        _write(rows, args.first)


if __name__ == "__main__":
    main()
