"""A revision of a git repository as a tree of files, and projects whose files come from it: nothing is checked out."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from ..errors import ReadError
from ..source.cache import Cache, default_folder
from ..source.project import Project, decoded
from .git_objects import Objects

_SHA = re.compile(r"[0-9a-f]{4,40}")
_STEP = re.compile(r"(\^|~)(\d*)")


class Repository:
    """One repository on disk.

    Args:
        root: Its working tree.
        folder: Its ``.git``.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        shared = _line(folder / "commondir")
        self.shared = (folder / shared).resolve() if shared else folder
        self.objects = Objects(_object_folders(self.shared / "objects"))

    @classmethod
    def around(cls, place: Path) -> Repository:
        """The repository a place lies in.

        Raises:
            ReadError: It lies in none.
        """
        place = place.absolute()
        for folder in (place, *place.parents):
            inside = folder / ".git"
            if inside.is_dir():
                return cls(folder, inside)
            text = _line(inside)
            if text.startswith("gitdir:"):
                return cls(folder, (folder / text[7:].strip()).resolve())
        raise ReadError(f"`{place}` lies in no git repository")

    def commit(self, revision: str) -> str:
        """The commit that a revision names: ``origin/main``, ``v1.2``, ``HEAD~2``, ``3f2a91c``.

        Raises:
            ReadError: There is no such revision.
        """
        found = re.fullmatch(r"(?P<name>.*?)(?P<steps>([\^~]\d*)*)", revision)
        assert found is not None
        name = self._commit_of(self._named(found["name"] or "HEAD", revision))
        for sign, digits in _STEP.findall(found["steps"]):
            number = int(digits) if digits else 1
            for _ in range(number if sign == "~" else 1 if number else 0):
                parents = self.parents(name)
                wanted = number - 1 if sign == "^" else 0
                if wanted >= len(parents):
                    raise ReadError(f"the revision `{revision}` goes back further than the history that is here", "git fetch --unshallow")
                name = parents[wanted]
        return name

    def parents(self, commit: str) -> list[str]:
        """The commits before one."""
        head = self.objects.read(commit)[1].partition(b"\n\n")[0]
        return [line[7:].decode() for line in head.split(b"\n") if line.startswith(b"parent ")]

    def merge_base(self, first: str, second: str) -> str | None:
        """The newest commit that two histories share, as far as they are here."""
        seen: dict[str, set[int]] = {}
        border = [(first, 0), (second, 1)]
        for commit, side in border:  # it grows: breadth first over both histories
            marks = seen.setdefault(commit, set())
            if side in marks:
                continue
            marks.add(side)
            if len(marks) == 2:
                return commit
            try:
                border.extend((parent, side) for parent in self.parents(commit))
            except ReadError:
                continue
        return None

    def tree(self, revision: str) -> Tree:
        """The files of a revision."""
        return Tree(self, self.commit(revision))

    def _named(self, name: str, revision: str) -> str:
        places = [name, f"refs/{name}", f"refs/tags/{name}", f"refs/heads/{name}", f"refs/remotes/{name}", f"refs/remotes/{name}/HEAD"]
        for place in places if name != "@" else ["HEAD"]:
            found = self._reference(place)
            if found:
                return found
        if _SHA.fullmatch(name):
            full = [name] if len(name) == 40 else self.objects.complete(name)
            if len(full) == 1:
                return full[0]
            if full:
                raise ReadError(f"the revision `{revision}` is short for {len(full)} objects", "give more digits")
        raise ReadError(f"there is no revision `{revision}` in {self.root}", "fetch it first, or see `git branch -a`")

    def _reference(self, name: str, depth: int = 0) -> str:
        """What a reference points at, symbolic ones followed; empty when there is none."""
        if ".." in name or name.startswith("/") or depth > 5:
            return ""
        for folder in dict.fromkeys((self.folder, self.shared)):
            text = _line(folder / name) if name == "HEAD" or name.startswith("refs/") or name.isupper() else ""
            if text.startswith("ref:"):
                return self._reference(text[4:].strip(), depth + 1)
            if _SHA.fullmatch(text):
                return text
        return self._packed.get(name, "")

    @cached_property
    def _packed(self) -> dict[str, str]:
        try:
            lines = (self.shared / "packed-refs").read_text(encoding="utf-8").splitlines()
        except OSError:
            return {}
        return {name: commit for commit, _, name in (line.partition(" ") for line in lines) if _SHA.fullmatch(commit)}

    def _commit_of(self, name: str) -> str:
        """Tags followed to their commit."""
        for _ in range(8):
            kind, body = self.objects.read(name)
            if kind == "commit":
                return name
            if kind != "tag":
                break
            name = body.partition(b"\n")[0].removeprefix(b"object ").decode()
        raise ReadError(f"`{name}` is no commit")


class Tree:
    """The files of one commit: paths relative to the root, each with the name of its content."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.commit = commit
        head = repository.objects.read(commit)[1].partition(b"\n")[0]
        self._root = head.removeprefix(b"tree ").decode()

    @cached_property
    def files(self) -> dict[str, str]:
        """Every file by its path, with the name of its content."""
        found: dict[str, str] = {}
        border = [("", self._root)]
        while border:
            folder, name = border.pop()
            for mode, base, child in _entries(self.repository.objects.read(name)[1]):
                path = f"{folder}{base}"
                if mode == b"40000":
                    border.append((f"{path}/", child))
                elif mode.startswith(b"100"):
                    found[path] = child
        return found

    @cached_property
    def folders(self) -> dict[str, frozenset[str]]:
        """The files of every folder, by their own names."""
        found: dict[str, set[str]] = {"": set()}
        for path in self.files:
            folder, _, base = path.rpartition("/")
            found.setdefault(folder, set()).add(base)
            while folder:
                folder = folder.rpartition("/")[0]
                found.setdefault(folder, set())
        return {folder: frozenset(names) for folder, names in found.items()}

    def data(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            ReadError: There is no such file.
        """
        name = self.files.get(path)
        if name is None:
            raise ReadError(f"there is no file `{path}` in {self.commit[:12]}")
        return self.repository.objects.read(name)[1]


class TreeProject(Project):
    """A project whose own files are those of a tree; what lies outside of the repository comes from disk."""

    def __init__(self, tree: Tree, search_path: list[str]) -> None:
        super().__init__(search_path, Cache(default_folder()))
        self.tree = tree
        self._root = str(tree.repository.root)

    def text_of(self, path: str) -> str | None:
        """The text of a file of the tree; None for those on disk."""
        inside = self._inside(path)
        return None if inside is None or inside not in self.tree.files else decoded(self.tree.data(inside), path)

    def is_namespace(self, name: str) -> bool:
        """Whether a folder of that dotted name exists that is no regular package."""
        relative = name.replace(".", "/")
        folders = [self._inside(folder) for folder in self.search_path]
        own = [f"{folder}/{relative}".lstrip("/") for folder in folders if folder is not None]
        return any(folder in self.tree.folders for folder in own) or super().is_namespace(name)

    def names_in(self, folder: str) -> frozenset[str]:
        """The files of a folder."""
        inside = self._inside(folder)
        return super().names_in(folder) if inside is None else self.tree.folders.get(inside, frozenset())

    def tops_in(self, folder: str) -> frozenset[str]:
        """The first parts of the dotted names that begin in a folder, and more."""
        inside = self._inside(folder)
        if inside is None:
            return super().tops_in(folder)
        start = f"{inside}/" if inside else ""
        return frozenset(path[len(start) :].partition("/")[0].removesuffix(".py") for path in self.tree.files if path.startswith(start))

    def _inside(self, path: str) -> str | None:
        """A path relative to the root; None when it lies outside, or where environments are installed."""
        if path != self._root and not path.startswith(self._root + "/"):
            return None
        inside = path[len(self._root) + 1 :]
        return None if "site-packages" in inside.split("/") else inside


def _entries(data: bytes) -> list[tuple[bytes, str, str]]:
    found: list[tuple[bytes, str, str]] = []
    place = 0
    while place < len(data):
        space = data.index(b" ", place)
        end = data.index(b"\0", space)
        found.append((data[place:space], data[space + 1 : end].decode("utf-8", "surrogateescape"), data[end + 1 : end + 21].hex()))
        place = end + 21
    return found


def _line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _object_folders(first: Path) -> list[Path]:
    """The folder and its alternates."""
    found = [first]
    for folder in found:  # it grows
        for line in _line(folder / "info" / "alternates").splitlines():
            place = (folder / line).resolve()
            if line and not line.startswith("#") and place not in found and len(found) < 16:
                found.append(place)
    return found


_trees: dict[tuple[str, str, tuple[str, ...]], TreeProject] = {}


def project_at(place: Path, revision: str, folders: list[Path]) -> TreeProject:
    """The project of a revision; files once read stay read for later targets.

    Args:
        place: A folder of the repository.
        revision: What names the commit.
        folders: Where modules are looked for, after the root.
    """
    repository = Repository.around(place)
    commit = repository.commit(revision)
    search = [str(repository.root), *(str(folder) for folder in folders)]
    key = (str(repository.root), commit, tuple(search))
    if key not in _trees:
        _trees[key] = TreeProject(Tree(repository, commit), search)
    return _trees[key]


def path_in(project: TreeProject, place: Path, path: str) -> str:
    """A path as it was written, absolute: from the folder where the user stands, else from the root.

    Raises:
        ReadError: The revision has no such file.
    """
    root = project.tree.repository.root
    for start in (place.absolute(), root):
        full = (start / path).absolute()
        inside = str(full)[len(str(root)) + 1 :] if str(full).startswith(f"{root}/") else ""
        if inside in project.tree.files:
            return str(full)
    raise ReadError(f"there is no file `{path}` in {project.tree.commit[:12]}")
