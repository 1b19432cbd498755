from tests.hosting.fixtures import host as host
