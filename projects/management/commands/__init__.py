"""Management commands: assess, claims, report, requirements."""
