"""EmbeddedError         one sentence for the person at the terminal; the launcher prints it and exits 1
├── CannotStart          a server or process ended, or was not ready in time; the end of its log follows
├── PlaceUnusable        a folder cannot be written, or its disk is full
├── OtherMajorVersion    the data folder was made by another PostgreSQL; names the dump command
├── PortTaken            somebody listens on PORT already
└── AlreadyRunning       another copy serves this data folder"""


class EmbeddedError(Exception):
    """A start that is refused, with a sentence that says what to do."""


class CannotStart(EmbeddedError):
    """A server or process did not come up."""


class PlaceUnusable(EmbeddedError):
    """A folder that we need cannot be used."""


class OtherMajorVersion(EmbeddedError):
    """The data belongs to another major version of PostgreSQL."""


class PortTaken(EmbeddedError):
    """The address is in use."""


class AlreadyRunning(EmbeddedError):
    """Another copy of the launcher owns this data folder."""
