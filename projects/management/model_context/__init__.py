"""The server of the Model Context Protocol: the commands and the API as tools for language models."""
