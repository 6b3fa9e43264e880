"""Runs what students wrote, and lets nothing out but outputs and answers.

Outside: `session` (a submission), `fork` (one child and its clock), `warm_parent` (the worker
process), `view` and `seccomp` (what it may see and call), `received` (what came back, checked).
Inside: `worker` (the warm parent), `processes`, `serve` (one submission), `shell` (its cells).
Both: `wire`. Whatever runs inside is mounted file by file; see `view.OWN_FILES`.
"""
