import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Program } from './program.js';

describe('reproduce --profile paper', () => {
  let program: Program;
  beforeEach(() => {
    program = new Program();
  });
  afterEach(() => {
    program.close();
  });
  const command = ['seeds', '--profile', 'paper', '--seeds', '1', '--only', 'WRN-13-1'];

  it('measures once, then says the hours by table and begins', async () => {
    const { exitCode, messages } = await program.run(command);
    expect(exitCode).toBe(0);
    expect(messages).toContain('First a few steps of 1 networks');
    expect(messages).toMatch(/seeds +\d+\.\d device hours/u);
    expect(messages).toMatch(/in all +\d+\.\d device hours/u);
    const again = await program.run(command);
    expect(again.messages).not.toContain('First a few steps');
  });
});
