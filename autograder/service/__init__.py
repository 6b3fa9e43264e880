"""The web service: students submit from the LMS, and their grades go back to it.

    web ──upload──▶ queue ──▶ worker ──▶ gradebook, report ──▶ outbox ──▶ LMS
     ▲                          │
     └────────── progress ──────┘

    run         one command: the web server, and beside it the process of worker and outbox
    queue       what is accepted is graded, in a fair order, across a kill at any moment
    worker      grades in warm sandboxes, by the functions of `autograder grade`
    outbox      sends each grade once it is final, and never an older one after a newer
    people      which student of the roster somebody from the LMS is
    web         pages for students and instructors

What is stored, in tables.py; what each role and token may do, in docs/security.md.
"""
