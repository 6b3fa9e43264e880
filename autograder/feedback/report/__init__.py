"""The class report: what a whole class misunderstood, as one page and as tables.

Start at `write.write_report`: findings are counted, drawn, and written.
"""
