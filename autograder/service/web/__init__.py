"""The pages: small, rendered on the server, and without a build step.

app        puts everything together
launch     somebody comes from the LMS
visitor    who is asking, from the session
errors     why a page is not shown, and the page that says so
guard      forms are sent from our own pages alone; headers of every answer
health     /healthz and /metrics
"""
