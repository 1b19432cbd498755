"""The WSGI entry point, for gunicorn and for the embedded server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from compat_site.lanes import Lanes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")

application = Lanes(get_wsgi_application())
# Loaded modules stay: without this the collector would scan them again and again.
gc.collect()
gc.freeze()
