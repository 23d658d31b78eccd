"""Single faults that could be put into a source file: each is one span of text and what stands there instead.

What is left alone, since no test should care: docstrings, f-strings and everything in a `raise` (words), arguments that
are words (`how=`, `notes=`, ...), annotations, functions that only make words (`WORDS`), and numbers that are
tolerances or caps (below 1e-4, above 1e5), for which a fifth more or less is no fault.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

COMPARE = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "%"),
    ast.Mod: ("%", "//"), ast.Pow: ("**", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "|"),
    ast.RShift: (">>", "<<"),
}  # fmt: skip
PAIRS = (
    ("min", "max"), ("any", "all"), ("floor", "ceil"), ("minimum", "maximum"), ("zeros", "ones"), ("low", "high"),
    ("argmin", "argmax"), ("best", "worst"), ("least", "most"),
)  # fmt: skip
SWAPS = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
WORDS = {
    "__repr__", "_repr_html_", "as_text", "closed", "damaged", "note_on", "notes_on", "rows_needed_text", "how_set",
    "dropped_notes", "overlap_notes", "group_notes", "claim_notes", "guards_for", "text_columns", "why_this_one",
    "place", "verification_card", "damaged_file", "told_line", "limits", "name_of",
}  # fmt: skip
WORD_ARGUMENTS = {"how", "notes", "note", "do", "wanted", "found", "why", "timespec", "private"}
LEAST, MOST = 1e-4, 1e5


@dataclass(frozen=True, kw_only=True)
class Site:
    """A fault.  start, stop: bytes of the file that `new` stands for.  old, after: the words around, without and with.

    lines: first and last line one of which has to run to show it; None where it is read on import.
    scope: the function or class that it is in.  nth: of those that read alike in this scope.
    """

    file: str
    kind: str
    scope: str
    start: int
    stop: int
    new: str
    old: str
    after: str
    line: int
    lines: tuple[int, int] | None
    nth: int = 0

    @property
    def name(self) -> str:
        """The same as long as nobody writes into its scope something that reads alike."""
        return f"{self.file}:{self.scope}: {self.old} -> {self.after}" + (f" #{self.nth}" if self.nth else "")


def faulty(source: bytes, site: Site) -> bytes:
    """The file with the fault in it."""
    return source[: site.start] + site.new.encode() + source[site.stop :]


def sites_of(file: str, source: bytes) -> list[Site]:
    """All faults that the file can have, each of which still compiles."""
    finder = Finder(file, source)
    finder.visit(ast.parse(source))
    seen, found = Counter[str](), []
    for site in finder.found:
        try:
            compile(faulty(source, site), file, "exec")
        except SyntaxError:
            continue
        found.append(replace(site, nth=seen[site.name]))
        seen[site.name] += 1
    return found


def in_turn(sites: Sequence[Site], seed: int) -> list[Site]:
    """In an order by the seed and by what each site is, never by its place: the kinds take turns."""
    by_kind: dict[str, list[tuple[str, Site]]] = defaultdict(list)
    for site in sites:
        by_kind[site.kind].append((blake2b(f"{seed} {site.name}".encode()).hexdigest(), site))
    turns = [(at, digest, site) for some in by_kind.values() for at, (digest, site) in enumerate(sorted(some, key=key))]
    return [site for *_, site in sorted(turns, key=lambda turn: turn[:2])]


def key(pair: tuple[str, Site]) -> str:
    return pair[0]


def flat(text: bytes) -> str:
    """On one line."""
    return re.sub(r"\s+", " ", text.decode()).strip()


def without_docstring(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements that do something."""
    return [one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]


class Finder(ast.NodeVisitor):
    """Walks a file and notes the faults in `found`."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file, self.source = file, source
        self.found: list[Site] = []
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.scope: list[str] = []
        self.depth = 0  # of functions around
        self.lines: tuple[int, int] | None = None

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Of a node that has a place in the file, in bytes."""
        first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        return self.starts[first - 1] + node.col_offset, self.starts[last - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def note(self, kind: str, node: ast.AST, start: int, stop: int, new: str) -> None:
        """A fault within a node: its bytes from start to stop become `new`."""
        first, last = self.span(node)
        first, last = min(first, start), max(last, stop)
        after = self.source[first:start] + new.encode() + self.source[stop:last]
        self.found.append(
            Site(
                file=self.file, kind=kind, scope=".".join(self.scope), start=start, stop=stop, new=new,
                old=flat(self.source[first:last]), after=flat(after), line=node.lineno, lines=self.lines,  # type: ignore[attr-defined]
            )
        )  # fmt: skip

    def swap(self, kind: str, node: ast.AST, left: ast.AST, right: ast.AST, words: tuple[str, str]) -> None:
        """Another operator between two nodes."""
        start, stop = self.span(left)[1], self.span(right)[0]
        bound = r"\b" if words[0][0].isalpha() else ""
        pattern = bound + re.escape(words[0]).replace(r"\ ", r"\s+") + bound
        found = re.search(pattern.encode(), self.source[start:stop])
        if found is not None:
            self.note(kind, node, start + found.start(), start + found.end(), words[1])

    def instead(self, kind: str, node: ast.AST, part: ast.AST, new: str) -> None:
        """Other words for a part of a node."""
        self.note(kind, node, *self.span(part), new)

    def source_of(self, node: ast.AST) -> str:
        start, stop = self.span(node)
        return self.source[start:stop].decode()

    # Where we are.

    def visit(self, node: ast.AST) -> None:
        outside = self.lines
        if isinstance(node, ast.stmt):
            head = next((found for name in ("test", "iter") if (found := getattr(node, name, None))), node)
            last = head.end_lineno if not isinstance(node, ast.With) else node.items[-1].context_expr.end_lineno
            self.lines = (node.lineno, last or node.lineno) if self.depth else None
        super().visit(node)
        self.lines = outside

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in WORDS:
            return
        self.scope.append(node.name)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        self.depth += 1
        for statement in without_docstring(node.body):
            self.visit(statement)
        self.depth -= 1
        self.scope.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.scope.append(node.name)
        for statement in without_docstring(node.body):
            self.visit(statement)
        self.scope.pop()

    def visit_Module(self, node: ast.Module) -> None:
        for statement in without_docstring(node.body):
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Words."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """For mypy."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Words."""

    # The faults.

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators):
            self.swap("comparison", node, left, right, COMPARE[type(op)])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        is_text = any(
            isinstance(one, ast.JoinedStr | ast.Constant) and is_words(one) for one in (node.left, node.right)
        )
        if type(node.op) in ARITHMETIC and not is_text:
            self.swap("arithmetic", node, node.left, node.right, ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if type(node.op) in ARITHMETIC:
            old, new = ARITHMETIC[type(node.op)]
            self.swap("arithmetic", node, node.target, node.value, (old + "=", new + "="))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:]):
            self.swap("and/or", node, left, right, words)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        start = self.span(node)[0]
        words = {ast.Not: b"not ", ast.USub: b"-", ast.Invert: b"~"}.get(type(node.op), b"")
        if words and self.source[start:].startswith(words):
            self.note("not/minus dropped", node, start, start + len(words), "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        new = nudged(node.value)
        if new is not None:
            self.instead("number", node, node, new)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id in ("min", "max", "any", "all"):
            self.instead("swap", node, node, SWAPS[node.id])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load) and node.attr in SWAPS:
            stop = self.span(node)[1]
            self.note("swap", node, stop - len(node.attr), stop, SWAPS[node.attr])
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self.instead("branch", node.test, node.test, "False")
        self.instead("branch", node.test, node.test, "True")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.instead("branch", node, node, f"({self.source_of(node.body)})")
        self.instead("branch", node, node, f"({self.source_of(node.orelse)})")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.instead("branch", test, test, "True")
        self.generic_visit(node)

    def visit_Slice(self, node: ast.Slice) -> None:
        for bound in (node.lower, node.upper):
            if bound is not None and not isinstance(bound, ast.Constant):
                self.instead("slice", bound, bound, f"({self.source_of(bound)}) + 1")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.instead("call dropped", node, node, "pass")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        for word in node.keywords:
            if word.arg is not None and word.arg not in WORD_ARGUMENTS:
                self.note("argument dropped", node, *self.with_comma(word), "")
            if word.arg not in WORD_ARGUMENTS:
                self.visit(word.value)

    def with_comma(self, word: ast.keyword) -> tuple[int, int]:
        """Of an argument, with the comma behind it, or before it where it is the last."""
        start, stop = self.span(word)
        behind = re.match(rb"\s*,\s*", self.source[stop:])
        if behind is not None:
            return start, stop + behind.end()
        before = re.search(rb",\s*$", self.source[:start])
        return (before.start() if before is not None else start), stop


def is_words(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str)


def nudged(number: object) -> str | None:
    """A number that is near, the other truth value; None for what is neither, or no fault."""
    if isinstance(number, bool):
        return str(not number)
    if isinstance(number, int):
        return str(number + 1) if number < MOST else None
    if isinstance(number, float) and (number == 0 or LEAST <= abs(number) <= MOST):
        return repr(float(f"{number * 1.2:.3g}")) if number else "1.0"
    return None
