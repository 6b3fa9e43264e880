"""The only code of ours that stands where student code runs; mounted there as one folder.

`fork_server` forks one child for each submission, `serve` runs it in the `shell`, and `processes`
counts and ends what it started. `wire` carries answers out, `inward` carries questions in.
"""
