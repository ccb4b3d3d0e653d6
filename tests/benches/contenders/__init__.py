"""What is measured: each contender is a program of its own, so that its start and its memory count."""
