"""Resolve requirements to versions on a target: closures, conflicts and upgrade plans (docs/resolution.md).

Implement `model.source.CandidateSource`, wrap it in a `model.cache.ResolutionCache`, and pass `RootRequirements` with a
`BuildPolicy`: `closure.closure` returns what the requirements lead to as written, `upgrade.plan` how a set could hold.
The result of either counts only if its `missing` is empty.
"""
