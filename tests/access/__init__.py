"""Who may do what: one table of every URL, and the walk that holds the application to it."""
