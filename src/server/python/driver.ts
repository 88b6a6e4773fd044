// The Python programs that the server runs beside an agent's tool: one runs its function, one reads its definition.

/**
 * Runs one function. Standard input: one line of JSON `{source, name, args, agentId, marker, memory, seconds}`, then it stays open
 * for as long as the server lives. Standard output: what the tool prints, the marker, the result as JSON.
 */
export const RUN_TOOL = `
import json, os, sys, threading
request = json.loads(sys.stdin.buffer.readline())
def _end_with_server(stdin):
    try:
        while os.read(stdin, 4096):
            pass
    finally:
        try:
            os.killpg(0, 9)
        except Exception:
            pass
        os._exit(70)
threading.Thread(target=_end_with_server, args=(os.dup(0),), daemon=True).start()
_null = os.open(os.devnull, os.O_RDONLY)
os.dup2(_null, 0)
sys.stdin = open(os.devnull)
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (request['memory'], request['memory']))
    resource.setrlimit(resource.RLIMIT_CPU, (request['seconds'], request['seconds'] + 5))
except Exception:
    pass
import asyncio, inspect, linecache
_file = '<' + request['name'] + '>'
linecache.cache[_file] = (len(request['source']), None, request['source'].splitlines(True), _file)
_space = {'__name__': '__letta_tool__', '__builtins__': __builtins__}
def _fail(problem):
    import traceback
    where = problem.__traceback__
    traceback.print_exception(type(problem), problem, where.tb_next if where else None)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
exec('from typing import *', _space)
try:
    exec(compile(request['source'], _file, 'exec'), _space)
except BaseException as problem:
    _fail(problem)
_function = _space.get(request['name'])
if not callable(_function):
    raise NameError('the source defines no function named ' + request['name'])
_args = dict(request['args'])
_takes = inspect.signature(_function).parameters
_any = any(p.kind is p.VAR_KEYWORD for p in _takes.values())
if not _any and 'request_heartbeat' not in _takes:
    _args.pop('request_heartbeat', None)
if 'agent_id' in _takes:
    _args['agent_id'] = request['agentId']
if 'agent_state' in _takes:
    raise NotImplementedError('this server hands no agent_state to tools')
try:
    _result = _function(**_args)
    if inspect.iscoroutine(_result):
        _result = asyncio.run(_result)
except BaseException as problem:
    _fail(problem)
if not isinstance(_result, str):
    try:
        _result = json.dumps(_result, ensure_ascii=False) if isinstance(_result, (dict, list, tuple)) else str(_result)
    except Exception:
        _result = str(_result)
sys.stdout.flush()
os.write(1, (request['marker'] + json.dumps(_result)).encode())
sys.stderr.flush()
os._exit(0)
`;

/**
 * Reads a definition without running any of it. Standard input: JSON `{source, name}`, the name null for the last function.
 * Standard output: JSON `{schema}` or `{error}`.
 */
export const READ_SCHEMA = `
import ast, json, re, sys
NAMES = {'str': 'string', 'int': 'integer', 'float': 'number', 'bool': 'boolean', 'list': 'array', 'List': 'array',
         'dict': 'object', 'Dict': 'object', 'Any': 'string', 'tuple': 'array', 'Tuple': 'array', 'set': 'array', 'datetime': 'string', 'date': 'string'}
def typed(node):
    if node is None:
        return {'type': 'string'}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return typed(ast.parse(node.value, mode='eval').body)
    if isinstance(node, ast.Attribute):
        return {'type': NAMES.get(node.attr, 'object')}
    if isinstance(node, ast.Name):
        return {'type': NAMES.get(node.id, 'object')}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return either([node.left, node.right])
    if isinstance(node, ast.Subscript):
        base = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, 'attr', '')
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if base == 'Optional':
            return typed(inner[0])
        if base == 'Union':
            return either(inner)
        if base == 'Annotated':
            return typed(inner[0])
        if base == 'Literal':
            values = [each.value for each in inner if isinstance(each, ast.Constant)]
            kinds = {type(value).__name__ for value in values}
            return {'type': NAMES.get(kinds.pop(), 'string') if len(kinds) == 1 else 'string', 'enum': values}
        if NAMES.get(base) == 'array':
            return {'type': 'array', 'items': typed(inner[0])}
        return {'type': NAMES.get(base, 'object')}
    return {'type': 'string'}
def either(nodes):
    for node in nodes:
        if not (isinstance(node, ast.Constant) and node.value is None) and not (isinstance(node, ast.Name) and node.id == 'None'):
            return typed(node)
    return {'type': 'string'}
def documented(doc):
    if not doc:
        return '', {}
    parts = re.split(r'\\n\\s*(Args|Arguments|Parameters|Returns|Return|Raises|Yields|Examples?|Notes?):\\s*\\n', '\\n' + doc)
    args = {}
    for title, body in zip(parts[1::2], parts[2::2]):
        if title not in ('Args', 'Arguments', 'Parameters'):
            continue
        name = None
        for line in body.splitlines():
            found = re.match(r'\\s*\\*{0,2}(\\w+)\\s*(?:\\([^)]*\\))?\\s*:\\s*(.*)', line)
            if found:
                name = found.group(1)
                args[name] = found.group(2).strip()
            elif name and line.strip():
                args[name] = (args[name] + ' ' + line.strip()).strip()
    return parts[0].strip(), args
def read(source, wanted):
    functions = [each for each in ast.parse(source).body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    if wanted:
        functions = [each for each in functions if each.name == wanted]
    if not functions:
        raise ValueError('the source defines no function' + (' named ' + wanted if wanted else ''))
    function = functions[-1]
    description, docs = documented(ast.get_docstring(function))
    properties, required = {}, []
    given = function.args.posonlyargs + function.args.args
    plain = len(given) - len(function.args.defaults)
    listed = [(each, i >= plain) for i, each in enumerate(given)]
    listed += [(each, default is not None) for each, default in zip(function.args.kwonlyargs, function.args.kw_defaults)]
    for each, optional in listed:
        if each.arg in ('self', 'agent_state', 'agent_id'):
            continue
        if each.annotation is None:
            raise ValueError("parameter '%s' of %s has no type annotation" % (each.arg, function.name))
        properties[each.arg] = {**typed(each.annotation), 'description': docs.get(each.arg, '')}
        if not optional:
            required.append(each.arg)
    return {'name': function.name, 'description': description or 'No description available',
            'parameters': {'type': 'object', 'properties': properties, 'required': required}}
request = json.loads(sys.stdin.buffer.read())
try:
    answer = {'schema': read(request['source'], request['name'])}
except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
    answer = {'error': str(error) or type(error).__name__}
sys.stdout.write(json.dumps(answer))
`;
