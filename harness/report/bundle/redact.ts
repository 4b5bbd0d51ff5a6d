/** Takes names of people, hosts and home folders out of text that leaves the machine. */
import { hostname, userInfo } from 'node:os';
import { homeFolder } from '../../core/process/home-folder.js';
import { projectRoot } from '../../core/project.js';

export interface Identity {
  readonly users: readonly string[];
  readonly hosts: readonly string[];
  readonly homes: readonly string[];
  readonly project: string;
}

function userName(): string[] {
  try {
    return [userInfo().username];
  } catch {
    // A container may run under a number that has no name.
    return [];
  }
}

/** Who and where this process is; `hosts` are added, for results come from other machines too. */
export const ownIdentity = (hosts: readonly string[] = []): Identity => ({
  users: userName(),
  hosts: [...new Set([hostname(), hostname().split('.')[0] ?? '', ...hosts])],
  homes: [homeFolder(process.env)].flatMap((home) => home ?? []),
  project: projectRoot,
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');

/** A whole name, not part of a longer one, and no key of JSON, which only happens to be called the same. */
const whole = (name: string): RegExp => new RegExp(`(?<![\\w.-])${escaped(name)}(?![\\w-])(?!"\\s*:)`, 'gu');

/** Account names that are also ordinary words or say nothing of a person. */
const impersonal = new Set(['root', 'user', 'node', 'runner', 'ubuntu', 'debian', 'nobody', 'localhost']);
const personal = (name: string): boolean => name.length >= 3 && !impersonal.has(name);

/** A function that redacts; the same name always becomes the same word, so that machines can still be told apart. */
export function redactor({ users, hosts, homes, project }: Identity): (text: string) => string {
  const hostNames = hosts.filter(personal).sort((a, b) => b.length - a.length);
  const replacements: [RegExp, string][] = [
    [new RegExp(escaped(project), 'gu'), '<project>'],
    ...homes
      .filter((home) => home.length > 1)
      .map((home): [RegExp, string] => [new RegExp(`${escaped(home)}(?![\\w-])`, 'gu'), '~']),
    // Homes of others, as they stand in logs of imported runs.
    [/(\/home|\/Users)\/[^/\s"':,]+/gu, '~'],
    ...hostNames.map((host, index): [RegExp, string] => [whole(host), `host-${index + 1}`]),
    ...users.filter(personal).map((user): [RegExp, string] => [whole(user), 'user']),
  ];
  return (text) => replacements.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
