"""An assessment or audit as results at places in files, for code hosts: SARIF, annotations and code quality."""
