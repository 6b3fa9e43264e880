"""The class report: what a whole class misunderstood, as one page and as tables beside it.

`write.write_report` is the path: findings are counted, drawn, and written.
"""
