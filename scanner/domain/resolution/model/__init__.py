"""The values of a resolution: requirements, candidates, versions, policy."""
