"""What `manage.py run` starts: the web server in its own process, and the jobs in another."""

# How long a thread of either keeps the interpreter while others wait for it. By default a page, or a job that someone
# waits for, would wait 5 ms for each thread that computes, each time that it has read from the database.
SWITCH_SECONDS = 0.0005
