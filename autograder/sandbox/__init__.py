"""Runs what students wrote, and lets nothing out but outputs and answers.

The grader's side: `session` (a submission), `child` (one forked process and its clock), `worker`
(the process that forks it), `mounts` and `seccomp` (what it may see and call), `requests` and
`responses` (what is sent in, and what came back, checked). The student's side is `inside/`.
"""
