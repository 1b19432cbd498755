"""Why no set holds, and why a plan moves a package: reasons, derivations, sentences."""
