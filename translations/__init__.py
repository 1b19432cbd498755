"""The catalogues of pages and mails in other languages (docs/languages.md), and what keeps them up to date."""
