from tests.hosting.fixtures import host

__all__ = ["host"]
