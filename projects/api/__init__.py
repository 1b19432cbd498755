"""The API: /api/v1, described by OpenAPI. It reads by selectors and acts by services, as the pages do."""
