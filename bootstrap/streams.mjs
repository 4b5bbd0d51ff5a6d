/** Output that nobody takes any more: a closed pipe (`| head`), a terminal that is gone, a full disk. */

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/**
 * A reader that went away is no reason to stop what is being done, nor to say anything; output that could not be written is
 * said once, and makes the exit code 1. Lost progress is neither.
 */
export function tolerateLostOutput({ stdout, stderr } = process) {
  let said = false;
  stderr.on('error', () => undefined);
  stdout.on('error', (error) => {
    if (said || ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'].includes(codeOf(error))) return;
    said = true;
    stderr.write(`The output could not be written (${codeOf(error)}). [OUTPUT_LOST]\n`);
    process.exitCode = 1;
  });
}
