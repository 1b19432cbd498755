"""Triggers that let the database refuse to change and to delete lines of the audit log."""

_REFUSE = {
    "postgresql": [
        """CREATE FUNCTION projects_logentry_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$""",
        """CREATE TRIGGER projects_logentry_append_only BEFORE UPDATE OR DELETE ON projects_logentry
        FOR EACH ROW EXECUTE FUNCTION projects_logentry_refuse()""",
    ],
    "sqlite": [
        f"""CREATE TRIGGER projects_logentry_no_{event.lower()} BEFORE {event} ON projects_logentry
        BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"""
        for event in ("UPDATE", "DELETE")
    ],
}
_PERMIT = {
    "postgresql": [
        "DROP TRIGGER projects_logentry_append_only ON projects_logentry",
        "DROP FUNCTION projects_logentry_refuse",
    ],
    "sqlite": [f"DROP TRIGGER projects_logentry_no_{event}" for event in ("update", "delete")],
}


def refuse_changes(apps, schema_editor):
    """Create the triggers."""
    for statement in _REFUSE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def permit_changes(apps, schema_editor):
    """Remove the triggers."""
    for statement in _PERMIT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
