"""The client: the commands of Wheelway without server, account or clone."""
