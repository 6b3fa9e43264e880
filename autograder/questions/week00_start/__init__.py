"""Week 00: the story, the set-up, and check, validate and submit practised for no points."""

WEEK = "week00"
TITLE = "Start here: the cat-spotting robot"
POINTS = 0
PARTS = ("greet_robot", "self_check")
