"""What is wrong with the world around a release, and what to change about it.

One folder for each thing that is examined, with its checks, one a file, listed in its table.
"""
