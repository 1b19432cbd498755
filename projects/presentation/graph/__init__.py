"""The drawing of which package asks for which."""
