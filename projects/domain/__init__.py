"""Pure rules of the team's side: dependency files, verdicts, plans as edits, notes, webhooks."""
