import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preparePython, type PythonPlaces } from '../../bench/python-peers.js';

let root: string;
let places: PythonPlaces;
const said: string[] = [];
const prepare = () => preparePython(places, (line) => said.push(line));

/** A python3 whose `-m venv` makes an interpreter that does this instead of pip. */
function pythonWhosePip(does: string): void {
  writeFileSync(
    places.python,
    `#!/bin/sh
echo made >> '${root}/made'
mkdir -p "$3/bin"
printf '#!/bin/sh\\n%s\\n' "${does}" > "$3/bin/python"
chmod +x "$3/bin/python"
`,
  );
  chmodSync(places.python, 0o755);
}

const times = (): number =>
  existsSync(join(root, 'made')) ? readFileSync(join(root, 'made'), 'utf8').split('\n').length - 1 : 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-'));
  said.length = 0;
  places = {
    folder: join(root, 'venv'),
    requirements: join(root, 'requirements.txt'),
    python: join(root, 'python3'),
  };
  writeFileSync(places.requirements, 'torch==1\n');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("the peers' environment", () => {
  it('is made once, says what it costs, and is made anew when a pin changes', async () => {
    pythonWhosePip('exit 0');
    const expected = { python: join(places.folder, 'bin', 'python') };
    expect(await prepare()).toEqual(expected);
    expect(said.join()).toMatch(/about 7 GB/);
    expect(await prepare()).toEqual(expected);
    expect(times()).toBe(1);
    writeFileSync(places.requirements, 'torch==2\n');
    expect(await prepare()).toEqual(expected);
    expect(times()).toBe(2);
  });

  it('is unavailable without Python, and says so', async () => {
    expect(await prepare()).toEqual({ unavailable: `${places.python} -m venv ${places.folder}: it was not found` });
  });

  it('is unavailable when pip fails, with its last word, and is tried again', async () => {
    pythonWhosePip('echo ERROR: no network; exit 1');
    const python = join(places.folder, 'bin', 'python');
    expect(await prepare()).toEqual({ unavailable: `${python} -m pip install: ERROR: no network` });
    pythonWhosePip('exit 0');
    expect(await prepare()).toEqual({ python });
  });
});
