FROM python:3.13-slim

# Nothing of this image runs as root, and no .pyc or pip cache is kept in it.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/app/staticfiles WHEELWAY_DATA=/data
# Repositories are fetched with git.
RUN apt-get update \
    && apt-get install --no-install-recommends --yes git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 wheelway \
    && install -d -o wheelway /app /data
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.txt
COPY --chown=wheelway manage.py pyproject.toml ./
COPY --chown=wheelway compat_site compat_site
COPY --chown=wheelway projects projects
COPY --chown=wheelway scanner scanner
COPY --chown=wheelway templates templates
COPY --chown=wheelway static static
COPY --chown=wheelway translations translations
USER wheelway
RUN python manage.py collectstatic --noinput
EXPOSE 8000
CMD ["gunicorn", "compat_site.wsgi:application", "--bind=0.0.0.0:8000", "--workers=2", "--threads=96", "--keep-alive=20", "--access-logfile=-"]
