"""Reference models, data and figures of the course. Importing it loads no TensorFlow."""
