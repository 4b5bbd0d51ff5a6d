/** Checks a YAML file against a zod schema; what does not fit becomes one Problem: the place, what is allowed, the nearest name. */
import { z } from 'zod';
import { Problem } from '../../core/problem.js';
import { allowedNames } from './nearest.js';
import { valueAt, type YamlDocument, type YamlPath } from './yaml-document.js';

type Issue = z.core.$ZodIssue;

/** @throws Problem KEY_UNKNOWN, KEY_MISSING or VALUE_INVALID with the place */
export function parseWith<Schema extends z.ZodType>(schema: Schema, document: YamlDocument): z.output<Schema> {
  const parsed = schema.safeParse(document.content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => problemOf(issue, schema, document));
  throw problems.reduce((first, problem) => (rank(problem) < rank(first) ? problem : first));
}

/** An unknown key explains a missing one, so it goes first; then by position. */
function rank(problem: Problem): number {
  const order = problem.code === 'KEY_UNKNOWN' ? 0 : 1e12;
  return order + (problem.place?.line ?? 0) * 1e5 + Math.min(problem.place?.column ?? 0, 99_999);
}

function problemOf(issue: Issue, schema: z.ZodType, document: YamlDocument): Problem {
  const path = pathOf(issue);
  const value = valueAt(document.content, path);
  if (issue.code === 'invalid_union') {
    const [inner] = bestBranch(issue.errors) ?? [];
    if (inner !== undefined && (inner.path.length > 0 || inner.code !== 'invalid_type'))
      return problemOf({ ...inner, path: [...issue.path, ...inner.path] }, schema, document);
    const expected = [...new Set(issue.errors.flat().map(expectationOf))].join(' or ');
    return new Problem(
      'VALUE_INVALID',
      `Expected ${expected}, found ${describe(value)}`,
      undefined,
      document.place(path),
    );
  }
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const allowed = keysAt(schema, path);
    return new Problem(
      'KEY_UNKNOWN',
      `Unknown key "${key}"`,
      allowed.length > 0 ? allowedNames(key, allowed) : undefined,
      document.place([...path, key], 'key'),
    );
  }
  if (issue.code === 'invalid_type' && value === undefined && path.length > 0)
    return new Problem(
      'KEY_MISSING',
      `"${String(path.at(-1))}" is missing`,
      `It should be ${expectationOf(issue)}.`,
      document.place(path, 'key'),
    );
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return new Problem(
      'VALUE_INVALID',
      `Unknown value ${describe(value)}`,
      typeof value === 'string' ? allowedNames(value, allowed, 'Allowed') : `Allowed: ${allowed.join(', ')}.`,
      document.place(path),
    );
  }
  if (issue.code === 'custom') return new Problem('VALUE_INVALID', issue.message, undefined, document.place(path));
  return new Problem(
    'VALUE_INVALID',
    `Expected ${expectationOf(issue)}, found ${describe(value)}`,
    undefined,
    document.place(path),
  );
}

/** Of a union's branches, the one that got furthest: fewest and deepest complaints. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (branch: readonly Issue[]): number => Math.max(0, ...branch.map(({ path }) => path.length));
  const fits = (branch: readonly Issue[]): number =>
    branch.some(({ code, path }) => code === 'invalid_type' && path.length === 0) ? 1 : 0;
  return [...branches].sort((a, b) => fits(a) - fits(b) || depth(b) - depth(a) || a.length - b.length)[0];
}

function pathOf(issue: Issue): YamlPath {
  return issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as [1, 2]',
  object: 'keys and values',
  record: 'keys and values',
  null: 'nothing (null)',
};

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'too_small':
      return sizeOf(issue.origin, `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`);
    case 'too_big':
      return sizeOf(issue.origin, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    default:
      return issue.message;
  }
}

function sizeOf(origin: string, bound: string): string {
  if (origin === 'array') return `a list of ${bound}`;
  if (origin === 'string') return `text of ${bound} characters`;
  return `a number, ${bound}`;
}

/** Short, and safe for any value that YAML can hold. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'keys and values';
}

/** The keys that an object at this path of the schema may have. */
function keysAt(schema: z.ZodType, path: YamlPath): string[] {
  let candidates: z.core.$ZodType[] = unwrap(schema);
  for (const step of path)
    candidates = candidates.flatMap((candidate) => {
      if (candidate instanceof z.ZodObject) {
        const child: unknown = (candidate.shape as Record<string, z.core.$ZodType>)[String(step)];
        return child === undefined ? [] : unwrap(child as z.core.$ZodType);
      }
      if (candidate instanceof z.ZodArray) return unwrap(candidate.element);
      if (candidate instanceof z.ZodRecord) return unwrap(candidate.valueType);
      return [];
    });
  return [
    ...new Set(
      candidates.flatMap((candidate) => (candidate instanceof z.ZodObject ? Object.keys(candidate.shape) : [])),
    ),
  ];
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(option));
  return [schema];
}
