"""Simulated homes and offices: seeded, with faults whose truth is known. Nothing in here was measured."""

from kanchay.simulate.faults import DATA_FAULTS, HOME_FAULTS, OFFICE_FAULTS, Fault
from kanchay.simulate.home import clean_home, simulate_home
from kanchay.simulate.household import Household, Timer
from kanchay.simulate.office import simulate_office
from kanchay.simulate.premises import Office
from kanchay.simulate.result import Event, Label, Simulation

__all__ = [
    "DATA_FAULTS",
    "HOME_FAULTS",
    "OFFICE_FAULTS",
    "Event",
    "Fault",
    "Household",
    "Label",
    "Office",
    "Simulation",
    "Timer",
    "clean_home",
    "simulate_home",
    "simulate_office",
]
