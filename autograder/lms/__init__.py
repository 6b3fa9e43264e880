"""Exporters of grades to learning management systems, one file each, found by entry point."""
