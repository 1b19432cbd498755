"""Which addresses a user may have asked."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.network import is_public, may_connect

NOT_PUBLIC = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "198.18.0.1", "::1", "::", "::7f00:1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808", "2002:7f00:1::",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_for_everybody_is_refused(address: str) -> None:
    assert not may_connect("index.example", [address])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_asked(address: str) -> None:
    assert may_connect("index.example", [address])


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    assert not may_connect("index.example", ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("listed", ["index.example", "INDEX.example", "index.example."])
def test_a_host_that_the_operator_lists_may_be_anywhere_by_its_own_name_only(listed: str) -> None:
    assert may_connect("Index.example", ["10.0.0.1"], [listed])
    assert not may_connect("other.index.example", ["10.0.0.1"], [listed])


@given(st.ip_addresses(v=4))
def test_no_spelling_of_an_ipv4_address_inside_an_ipv6_one_is_let_through(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for carried in (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert is_public(inner) or not is_public(ipaddress.IPv6Address(carried))
