/** The description of a bundle, asked of the reference validator of RO-Crates. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProject } from '../../../harness/core/project.js';
import { crateFile, bundleFiles } from '../../../harness/report/bundle/write.js';
import { longTier } from '../../tier.js';
import { findTool, missingTool } from '../../tools.js';
import { fixture, occasion } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'crate-'));
const bundle = join(folder, 'bundle');
const broken = join(folder, 'broken');
afterAll(() => rmSync(folder, { recursive: true }));

function issues(crate: string, profile: string): string[] {
  const script = inProject('test', 'oracle', 'validate_crate.py');
  const context = inProject('test', 'oracle', 'ro-crate-1.2-context.json');
  const python = findTool('oracle') ?? 'python3';
  const output = execFileSync(python, [script, crate, profile, context], { encoding: 'utf8', timeout: 120_000 });
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as string[];
}

describe.skipIf(!longTier || missingTool('oracle'))('the RO-Crate of a bundle', () => {
  beforeAll(() => {
    const made = fixture({ tables: ['table5'] });
    for (const [name, content] of bundleFiles({ ...made, occasion, reports: folder, folder })) {
      const path = join(bundle, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    mkdirSync(broken);
    writeFileSync(join(broken, crateFile), '{"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": []}');
  });

  it.each(['ro-crate-1.2', 'process-run-crate-0.5'])('is all that the profile %s requires', (profile) => {
    expect(issues(bundle, profile)).toEqual([]);
  });

  it('is really looked at: an empty one is refused', () => {
    expect(issues(broken, 'ro-crate-1.2')).not.toEqual([]);
  });
});
