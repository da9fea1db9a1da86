"""Reads source code and finds what only the ledger may do: change a balance or write the journal."""

import ast
import re

BALANCES = {"posted", "held"}
WRITES = {
    "acreate", "adelete", "aget_or_create", "asave", "aupdate", "aupdate_or_create", "bulk_create", "bulk_update",
    "create", "delete", "get_or_create", "raw", "save", "update", "update_or_create",
}  # fmt: skip
JOURNAL = {"LedgerEntry", "entries"}
SQL = re.compile(
    r"\b(UPDATE|INSERT\s+INTO|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO)\s+\"?billing_(wallet|ledgerentry|keybudget)", re.I
)


def climbs(source: str) -> list[str]:
    """Return one line for each place that reaches over the fence, `LINE: what it does`."""
    found = [(node.lineno, what) for node in ast.walk(ast.parse(source)) for what in _offences(node)]
    return [f"{line}: {what}" for line, what in sorted(set(found))]


def _offences(node: ast.AST) -> list[str]:
    match node:
        case ast.Assign(targets=targets):
            return [what for target in targets for what in _assigned(target)]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return _assigned(target)
        case ast.Call():
            return _called(node)
        case ast.Constant(value=str() as text) if SQL.search(text):
            return ["writes billing's tables in SQL"]
    return []


def _assigned(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [what for part in target.elts for what in _assigned(part)]
    if isinstance(target, ast.Attribute) and target.attr in BALANCES:
        return [f"assigns {target.attr}"]
    return []


def _called(call: ast.Call) -> list[str]:
    name = _last_name(call.func)
    if name == "F" and _names_balance(call.args):
        return ["computes with a balance by F()"]
    if name == "setattr" and _names_balance(call.args[1:2]):
        return ["sets a balance by setattr()"]
    if name == "LedgerEntry":
        return ["makes a LedgerEntry"]
    if name not in WRITES or not isinstance(call.func, ast.Attribute):
        return []
    if JOURNAL & _names_in(call.func.value):
        return [f"writes the journal by {name}()"]
    keys = {keyword.arg for keyword in call.keywords} | _strings_in(call)
    return [f"writes a balance by {name}()"] if keys & BALANCES else []


def _last_name(function: ast.expr) -> str:
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _names_balance(arguments: list[ast.expr]) -> bool:
    return any(isinstance(value, ast.Constant) and value.value in BALANCES for value in arguments)


def _names_in(chain: ast.expr) -> set[str]:
    return {_last_name(node) for node in ast.walk(chain) if isinstance(node, ast.Attribute | ast.Name)}


def _strings_in(call: ast.Call) -> set[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    nodes = [node for value in values for node in ast.walk(value)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
