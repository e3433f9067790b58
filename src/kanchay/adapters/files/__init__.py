"""Meter files of every dialect: container → encoding → table → header → time → quantity → layout → series."""
