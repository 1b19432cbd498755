"""Install a planned set in a throw-away environment and import what it brings. Runs foreign code: never in a server."""
