"""Run, evaluate and store assessments."""
