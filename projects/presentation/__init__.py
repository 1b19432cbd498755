"""View models and sentences of pages, mails and commands."""
