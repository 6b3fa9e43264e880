"""Grades go home: one file an exporter, each found by its entry point."""
