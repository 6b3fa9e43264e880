"""Runs students' code, and lets nothing out but outputs and answers.

The grader's side: `session` (one submission), `child` (one forked process and its time limits),
`worker` (the process that forks it), `mounts` and `seccomp` (what it may see and call), `requests`
(what is sent in) and `responses` (what is received, checked). The student's side is `inside/`.
"""
