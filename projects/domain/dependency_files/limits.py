"""Limits of one reading; what exceeds them is refused or cut, with a problem that says so.

The numbers come from real files with a wide margin: the largest lock seen is about 3 MB, the longest joined
requirement line (one package with every hash of a release) about 20,000 characters.
"""

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_TOTAL_BYTES = 32 * 1024 * 1024
MAX_LINES = 200_000
MAX_LINE_LENGTH = 100_000
MAX_REQUIREMENT_LENGTH = 8_000
# uv writes markers of thousands of characters where a workspace has conflicting extras.
MAX_MARKER_LENGTH = 50_000
# Each group or extra of a lock is followed through the whole closure.
MAX_GROUPS = 500
# Packages and edges of a lock, times the groups and extras that are followed through them; edges of a lock alone.
MAX_CLOSURE_STEPS = 5_000_000
MAX_EDGES = 500_000
MAX_REQUIREMENTS = 20_000
# Times that an include is followed.
MAX_INCLUDES = 2_000
# Conditions on targets: a pylock.toml may have one for each package.
MAX_LIMITS = 2_000
MAX_PROBLEMS = 1_000
# What the index and the database accept.
MAX_NAME_LENGTH = 200
MAX_VERSION_LENGTH = 120
MAX_INCLUDE_DEPTH = 20
MAX_FILES = 500
MAX_TEXT_SHOWN = 200
# tomllib walks a dotted key once for each of its parts, so a long one costs its square.
MAX_PARTS_OF_TOML_KEY = 64
# Its expression for numbers keeps a state for each digit: 4 MB of them took 600 MB.
MAX_TOML_WORD_LENGTH = 1_000
MAX_SYNTAX_TREE_BYTES = 1024 * 1024
# One specifier of a Poetry union, and of a requirement's clauses.
MAX_ALTERNATIVES = 64
