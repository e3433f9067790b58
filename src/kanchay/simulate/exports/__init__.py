"""Simulated meter exports with known truth: the files on which the importer is measured. Nothing in them was measured."""

from kanchay.simulate.exports.case import DIMENSIONS, Case, draw_case
from kanchay.simulate.exports.export import Export, export_of, simulate_export, simulate_portal
from kanchay.simulate.exports.meters import TrueSeries
from kanchay.simulate.exports.portals import PORTALS, PortalCase

__all__ = [
    "DIMENSIONS",
    "PORTALS",
    "Case",
    "Export",
    "PortalCase",
    "TrueSeries",
    "draw_case",
    "export_of",
    "simulate_export",
    "simulate_portal",
]
