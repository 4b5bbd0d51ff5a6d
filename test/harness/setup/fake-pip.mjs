/**
 * Stands in for pip: "downloads" a wheel from FAKE_WHEELS as FAKE_PIP says (ok, altered, refused-hash, full, offline, absent,
 * held: connects to FAKE_PIP_SOCKET with half a file written and goes on when it is told to).
 */
import { appendFileSync, copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';

const { FAKE_PIP: mode = 'ok', FAKE_WHEELS: wheels = '', FAKE_PIP_SOCKET: socketPath = '', TMPDIR = '' } = process.env;

/** @param {string} name */
const option = (name) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';

/** @param {...string} lines */
function fail(...lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

if (process.argv.includes('--version')) {
  process.stdout.write('pip 99.1 from a test\n');
  process.exit();
}
if (process.argv.includes('config')) {
  // What `pip config list` prints; a pip that knows nothing of it fails.
  if (process.env['FAKE_PIP_CONFIG'] === undefined) fail('ERROR: unknown command "config"');
  process.stdout.write(process.env['FAKE_PIP_CONFIG'] ?? '');
  process.exit();
}
const requirement = readFileSync(option('requirement'), 'utf8').trim();
const prefix = `${requirement.split('==')[0]?.replaceAll('-', '_') ?? ''}-`;
const wheel = readdirSync(wheels).find((file) => file.startsWith(prefix)) ?? 'none';
appendFileSync(join(wheels, 'calls.log'), `${requirement} ${process.argv.slice(2).join(' ')}\n`);
const target = join(option('dest'), wheel);

if (mode === 'held') {
  writeFileSync(join(TMPDIR, wheel), 'half');
  const socket = connect(socketPath);
  socket.write('started');
  const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  if (String(answer) !== 'go') process.exit(1);
  socket.destroy();
}
if (mode === 'altered') writeFileSync(target, 'not what was pinned');
else if (mode === 'refused-hash') fail('ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.');
else if (mode === 'full')
  fail('ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device');
else if (mode === 'offline')
  fail(
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'",
    `ERROR: Could not find a version that satisfies the requirement ${requirement}`,
  );
else if (mode === 'absent') fail(`ERROR: No matching distribution found for ${requirement}`);
else copyFileSync(join(wheels, wheel), target);
