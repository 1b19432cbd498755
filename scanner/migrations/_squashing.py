"""What migrations need that stand for many others (`replaces`)."""

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder


class CreateModels(Operation):
    """Create several models at once.

    Django renders the models anew for each operation, with all that are related to them. One by one, these tables take
    twice the time.
    """

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        # What was rendered before lacks these models. The state renders itself again when it is next asked.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create models {', '.join(operation.name for operation in self.operations)}"


def forget_when_undone(app_label, squashed):
    """Return an operation for the last of the migrations that `squashed` replaces.

    When they are undone one by one, Django leaves `squashed` noted as run: it refuses to go on later, or drops all tables.
    """

    def forget(apps, schema_editor):
        MigrationRecorder(schema_editor.connection).record_unapplied(app_label, squashed)

    return migrations.RunPython(migrations.RunPython.noop, forget)
