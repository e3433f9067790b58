"""Features by name: what each is, its unit, its formula and where that comes from, and what it needs.

A name with a prefix is a derived form: ``standardized_x`` and ``normalized_x`` by the scaler of the training data,
``relative_x`` by the level and spread of the window itself.
"""

from __future__ import annotations

from typing import Final, Literal

from kanchay.analysis.features.feature import Feature
from kanchay.analysis.features.fromload import load_features
from kanchay.analysis.features.outside import outside_features
from kanchay.domain.errors import NotFound

__all__ = ["FEATURES", "FORMS", "Feature", "Form", "parse_name"]

Form = Literal["", "standardized", "normalized", "relative"]

#: Derived forms by their prefix, and what each means.
FORMS: Final[dict[Form, str]] = {
    "standardized": "(x - mean) / std, both from the training data",
    "normalized": "(x - min) / (max - min), both from the training data",
    "relative": "(x - window mean) / window scale for a level, x / window scale for a spread",
}

FEATURES: Final[dict[str, Feature]] = {f.name: f for f in (*outside_features(), *load_features())}


def parse_name(name: str) -> tuple[Form, Feature]:
    """The form and the feature that a name stands for.

    Parameters
    ----------
    name : str
        Such as ``hour_of_day``, ``standardized_hour_of_day`` or ``relative_lagged_energy``.

    Returns
    -------
    form : str
        ``""`` for the plain value.
    feature : Feature

    Raises
    ------
    NotFound
        No feature has that name, or it has no such form.

    Examples
    --------
    >>> form, feature = parse_name("normalized_temperature")
    >>> form, feature.name
    ('normalized', 'temperature')
    """
    if name in FEATURES:
        return "", FEATURES[name]
    prefix, _, rest = name.partition("_")
    for form in FORMS:
        if prefix == form and rest in FEATURES:
            if form == "relative" and not FEATURES[rest].relative:
                raise NotFound(
                    f"'{rest}' has no relative form: it is no amount of load.", code="feature.form"
                )
            return form, FEATURES[rest]
    raise NotFound(
        f"No feature is called '{name}'.",
        hint=f"Known: {', '.join(FEATURES)}; before any of them {', '.join(f'{f}_' for f in FORMS)}.",
        code="feature.name",
    )
