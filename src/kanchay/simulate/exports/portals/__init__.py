"""Exports in the layouts of portals, devices and building systems that people name: simulated, their truth known."""

from kanchay.simulate.exports.portals import building, devices, europe, languages, others, overseas
from kanchay.simulate.exports.portals.site import Paper, Portal, PortalCase, Site, site_of

__all__ = ["PORTALS", "Paper", "Portal", "PortalCase", "Site", "site_of"]

PORTALS = (
    *europe.PORTALS,
    *overseas.PORTALS,
    *devices.PORTALS,
    *building.PORTALS,
    *others.PORTALS,
    *languages.PORTALS,
)
