"""Where the training data come from, for manifest and model card. From the licence table of the data's README."""

from __future__ import annotations

from typing import Final

__all__ = ["SOURCES", "described"]

SOURCES: Final[dict[str, dict[str, str]]] = {
    "cambridge-estates": {
        "url": "https://github.com/EECi/Cambridge-Estates-Building-Energy-Archive",
        "doi": "10.5281/zenodo.10955332",
        "licence": "MIT",
    },
    "fontana-zne": {
        "url": "https://github.com/intelligent-environments-lab/CityLearn",
        "licence": "MIT",
    },
    "world-homes": {
        "url": "https://github.com/patrickvorgers/Home-Assistant-Import-Energy-Data",
        "licence": "MIT; home uk-lcl2: CC BY 4.0, Low Carbon London, London Datastore",
    },
    "uk-homes-submetered": {
        "url": "https://github.com/adrienpetralia/DeviceScope",
        "licence": "CC BY 4.0 (REFIT, IDEAL)",
    },
    "uci-sceaux": {
        "url": "https://archive.ics.uci.edu/dataset/235",
        "licence": "CC BY 4.0",
    },
    "steel-korea": {
        "url": "https://archive.ics.uci.edu/dataset/851",
        "licence": "CC BY 4.0",
    },
    "us-facilities-mv": {
        "url": "https://github.com/kW-Labs/nmecr",
        "licence": "MIT",
    },
}


def described(fingerprints: list[dict[str, str]]) -> list[dict[str, str]]:
    """Fingerprints of files with the public address and licence of their data set."""
    return [{**f, **SOURCES.get(f["dataset"], {})} for f in fingerprints]
