"""Clients of the hosts' HTTP APIs: GitHub, GitLab, Gitea and Forgejo. A module has the paths of one host."""
