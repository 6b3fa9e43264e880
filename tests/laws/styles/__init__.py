"""Right answers in unusual styles, by question: what people write who are not the course's author.

Each module has a table `STYLES` of a part of the course: for each question, functions by the name
of their style. `test_styles` judges them.
"""
