"""What `manage.py run` starts: the web server in its own process, and the jobs in another."""
