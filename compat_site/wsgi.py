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
# A page makes thousands of rows that are garbage when it is sent: at the default of 700 they are scanned over and over.
gc.set_threshold(20_000, 20, 20)
