"""The people every test leans on are what they are said to be."""

from tests.factories import Person


def test_alice_owns_bob_helps_and_charlie_is_a_stranger(alice: Person, bob: Person, charlie: Person) -> None:
    assert alice.available == 10
    assert bob.workspace == alice.workspace
    assert bob.user != alice.user
    assert (charlie.available, charlie.workspace == alice.workspace) == (0, False)
