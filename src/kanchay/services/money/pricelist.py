"""A published price list, read, compared with what we hold, reviewed, and stored as new versions of tariffs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from kanchay.analysis.pricelists.newtariff import Distributor, models_for, propose_new
from kanchay.analysis.pricelists.propose import propose
from kanchay.analysis.pricelists.understand import KnownSystems, understand
from kanchay.analysis.pricelists.words import bare
from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.interval import to_datetime
from kanchay.domain.pricelist import ListWish, PriceList, Proposal
from kanchay.services.context import Context
from kanchay.services.ports.tariffs import ListReader, TariffStore

__all__ = ["known_systems", "open_flags", "propose_all", "read_price_list", "store_proposals", "undo_update"]

# Names that older lists of a distributor bear: it was sold and renamed.
_EARLIER_NAMES: Final = {"pluz": ("Pluz", "Enel Distribución", "Edelnor")}


def known_systems(ctx: Context, new: Distributor | None = None) -> KnownSystems:
    """The distributors and electric systems of the tariffs that we hold, and the one that is to be added."""
    names: dict[str, set[str]] = {}
    systems: dict[str, set[str]] = {}
    for document in ctx.library.tariff_documents().values():
        provider = document["provider"]
        key, system = provider["id"], provider.get("system")
        if system:
            systems.setdefault(key, set()).add(system)
            names.setdefault(key, {provider["name"], *_EARLIER_NAMES.get(key, ())})
    if new is not None:
        systems.setdefault(new.id, set()).add(new.system)
        names.setdefault(new.id, {new.name})
    return KnownSystems({k: sorted(v) for k, v in names.items()}, {k: sorted(v) for k, v in systems.items()})


def read_price_list(
    ctx: Context, reader: ListReader, path: Path, wish: ListWish, new: Distributor | None = None
) -> PriceList:
    """The prices of a file for one electric system; `InputError` names what it leaves open."""
    return understand(reader.read(path), wish, known_systems(ctx, new))


def propose_all(
    ctx: Context, offered: PriceList, options: Collection[str] = (), new: Distributor | None = None
) -> list[Proposal]:
    """What the list would make of each tariff of its distributor and system, or of those options alone.

    With `new` options that we do not hold of that distributor are made on the model of another's. `NotFound` where there
    is nothing to make.
    """
    documents = {
        key: document
        for key, document in sorted(ctx.library.tariff_documents().items())
        if not options or bare(document["option"]["code"]) in {bare(option) for option in options}
    }
    held = [document for document in documents.values() if _is_of(document["provider"], offered)]
    made = [propose(document, offered, _today(ctx, document["timezone"])) for document in held]
    if new is not None:
        models = models_for(documents, offered, new)
        made += [propose_new(model, offered, new, _today(ctx, model["timezone"])) for model in models]
    if not made:
        raise NotFound(
            f"We hold no tariff of {offered.system} that {offered.name} could update.",
            hint="kanchay tariff list shows what there is; --new makes tariffs that we do not hold yet.",
            code="pricelist.no_tariff",
        )
    return made


def _is_of(provider: dict[str, str], offered: PriceList) -> bool:
    return provider["id"] == offered.provider and bare(provider.get("system") or "") == bare(offered.system)


def _today(ctx: Context, timezone: str) -> date:
    return to_datetime(ctx.clock(), timezone).date()


def open_flags(proposals: Sequence[Proposal], accepted: Collection[str] = ()) -> list[str]:
    """Codes of the flags that nobody accepted yet."""
    raised = {flag.code for proposal in proposals if not proposal.refused for flag in proposal.flags}
    return sorted(raised - set(accepted))


def store_proposals(
    store: TariffStore, proposals: Sequence[Proposal], accepted: Collection[str]
) -> list[Path]:
    """Write each proposal that can be one; refused while a flag is open. The present files are kept for `undo_update`."""
    if still := open_flags(proposals, accepted):
        options = " ".join(f"--accept {code}" for code in still)
        raise InputError(
            f"The list is stored only once you accept what it raised: {', '.join(still)}.",
            hint=f"Look at the file again; where it is right, add {options}.",
            code="pricelist.flags",
        )
    ready = [p for p in proposals if not p.refused]
    return [store.save(p.document, _remark(p, accepted)) for p in ready]


def _remark(proposal: Proposal, accepted: Collection[str]) -> str:
    raised = sorted({flag.code for flag in proposal.flags} & set(accepted))
    before = f", in place of those from {proposal.replaces}" if proposal.replaces else ""
    told = f"\nAccepted although raised: {', '.join(raised)}." if raised else ""
    return (
        f"Written by kanchay tariff update: prices from {proposal.valid_from} on{before}.{told}"
        f"\nTake it back with: kanchay tariff update --undo {proposal.tariff_id}"
    )


def undo_update(store: TariffStore, tariff_id: str) -> bool:
    """Bring the tariff before the last update back; False: the package's own holds again."""
    return store.undo(tariff_id)
