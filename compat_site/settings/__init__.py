"""The settings of every installation. All differences come from environment variables.

docs/operations.md lists the variables. A variable NAME may be given as NAME_FILE, the path of a file with the value.
"""

from compat_site.common.index import *
from compat_site.common.limits import *
from compat_site.common.projects import *
from compat_site.settings.accounts import *
from compat_site.settings.database import *
from compat_site.settings.installation import *
from compat_site.settings.jobs import *
from compat_site.settings.logs import *
from compat_site.settings.mail import *
from compat_site.settings.web import *
