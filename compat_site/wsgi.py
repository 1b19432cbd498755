"""The WSGI entry point, for gunicorn and for the embedded server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")

application = get_wsgi_application()
# What was loaded stays: the collector need not look through it again and again while it makes pages.
gc.collect()
gc.freeze()
