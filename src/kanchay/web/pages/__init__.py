"""Pages for people: one module a topic, drawn on the server, alive without JavaScript."""

from kanchay.web.pages import import_past, import_saving
from kanchay.web.pages.auth import blueprint as auth
from kanchay.web.pages.bill import blueprint as bill
from kanchay.web.pages.exports import blueprint as exports
from kanchay.web.pages.findings import blueprint as findings
from kanchay.web.pages.forecast import blueprint as forecast
from kanchay.web.pages.imports import blueprint as imports
from kanchay.web.pages.overview import blueprint as overview
from kanchay.web.pages.pricelists import blueprint as pricelists
from kanchay.web.pages.receipts import blueprint as receipts
from kanchay.web.pages.settings import blueprint as settings
from kanchay.web.pages.sites import blueprint as sites
from kanchay.web.pages.tariff_editor import blueprint as tariff_editor
from kanchay.web.pages.tariffs import blueprint as tariffs

__all__ = ["blueprints", "import_past", "import_saving"]

blueprints = (
    auth,
    overview,
    forecast,
    findings,
    bill,
    imports,
    exports,
    receipts,
    sites,
    tariffs,
    pricelists,
    tariff_editor,
    settings,
)
