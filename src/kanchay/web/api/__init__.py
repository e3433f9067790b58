"""JSON for programs: the same data as the command line prints, under one error form."""

from kanchay.web.api import bills as _bills  # noqa: F401 (adds its routes to v1)
from kanchay.web.api import cards as _cards  # noqa: F401 (likewise)
from kanchay.web.api import days as _days  # noqa: F401 (likewise)
from kanchay.web.api import exports as _exports  # noqa: F401 (likewise)
from kanchay.web.api import imports as _imports  # noqa: F401 (likewise)
from kanchay.web.api import models as _models  # noqa: F401 (likewise)
from kanchay.web.api import receipts as _receipts  # noqa: F401 (likewise)
from kanchay.web.api import tariffs as _tariffs  # noqa: F401 (likewise)
from kanchay.web.api.system import blueprint as system
from kanchay.web.api.v1 import blueprint as v1

__all__ = ["blueprints"]

blueprints = (system, v1)
