"""The only code of the grader that runs next to students' code; mounted as one folder.

`fork_server` forks one child for each submission. `serve` runs the notebook in the `shell`, and
`outputs` records what it shows. `processes` counts and ends what it started. `wire` carries answers
out, `inward` questions in.
"""
