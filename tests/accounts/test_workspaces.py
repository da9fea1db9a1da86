"""Who belongs where."""

from accounts import workspaces
from accounts.models import Role, User, Workspace
from tests.accounts.turns import in_turn
from tests.factories import Person


def test_a_person_has_one_workspace_of_their_own(alice: Person) -> None:
    assert workspaces.personal(user=alice.user) == alice.workspace
    assert [(m.user, m.role) for m in workspaces.members(workspace=alice.workspace)] == [(alice.user, Role.OWNER)]


def test_two_requests_at_the_same_time_get_the_same_one(committed_db, db) -> None:
    dora = User.objects.create_user("dora@example.com")
    one, other = in_turn(lambda: workspaces.personal(user=dora), lambda: workspaces.personal(user=dora))
    assert one == other
    assert Workspace.objects.filter(members=dora).count() == 1


def test_helping_elsewhere_does_not_change_ones_own_workspace(alice: Person, bob: Person) -> None:
    assert workspaces.personal(user=bob.user) != alice.workspace


def test_only_members_have_access(alice: Person, bob: Person, charlie: Person) -> None:
    def role(person: Person) -> str | None:
        membership = workspaces.access(user=person.user, workspace_id=alice.workspace.id)
        return membership.role if membership else None

    assert [role(alice), role(bob), role(charlie)] == [Role.OWNER, Role.DEVELOPER, None]
