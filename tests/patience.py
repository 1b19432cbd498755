"""How long tests wait for what another thread, process or server does."""

# Only what never happens reaches this: waits end with the condition, and a busy machine takes its time.
PATIENCE = 120.0
