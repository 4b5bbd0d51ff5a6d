import { describe, expect, it } from 'vitest';
import { anonymousSlots } from '../../../../harness/run/slurm/queue/queue-places.js';
import { chainsOf, placesOf } from '../../../../harness/run/slurm/chains.js';
import { gpusPerNode } from '../../../../harness/run/slurm/node-hardware.js';
import { demandOf, sbatchArguments } from '../../../../harness/run/slurm/request.js';
import { parseSite } from '../../../../harness/run/slurm/site-file.js';

const site = (text = '') => parseSite(text, 'slurm.yaml');
const job = (changes: object = {}) => ({
  slots: 1,
  alone: false,
  memoryBytes: 2 ** 30,
  seconds: 600,
  timeoutSeconds: 1e6,
  ...changes,
});
const demand = (kind: 'cpu' | 'gpu', jobs: readonly ReturnType<typeof job>[], text = '') =>
  demandOf(
    kind,
    jobs.map(({ slots, alone, memoryBytes, seconds, timeoutSeconds }) => ({
      allocation: { slots: anonymousSlots(slots), alone, memoryBytes },
      seconds,
      timeoutSeconds,
    })),
    site(text),
  );

describe('what is asked for', () => {
  it('is a card and the cores that feed it, and memory and time by estimate', () => {
    expect(demand('gpu', [job()])).toEqual({ gpus: 1, cpus: 4, alone: false, memoryMebibytes: 4096, minutes: 45 });
  });

  it('on CPU is cores', () => {
    expect(demand('cpu', [job({ slots: 3 })])).toMatchObject({ gpus: 0, cpus: 3 });
  });

  it('of a timing is the node alone, with all its memory', () => {
    expect(demand('gpu', [job({ slots: 4, alone: true })])).toMatchObject({
      gpus: 4,
      alone: true,
      memoryMebibytes: 0,
    });
  });

  it.each([
    ['timeFactor: 1', 600, 1e6, 30],
    ['timeFactor: 10', 600, 1e6, 120],
    ['longest: 60', 36_000, 1e6, 60],
    ['longest: 0-00:30:00', 36_000, 1e6, 30],
    // No attempt may take longer than the policy says.
    ['', 1e6, 3600, 75],
  ])('%s: of %i s, at most %i s, are %i min', (text, seconds, timeoutSeconds, minutes) => {
    expect(demand('gpu', [job({ seconds, timeoutSeconds })], text).minutes).toBe(minutes);
  });

  it('for jobs one after the other is the most that one needs, for the time of all', () => {
    const both = demand('gpu', [job(), job({ memoryBytes: 2 ** 34, seconds: 6000 })]);
    expect(both).toMatchObject({ gpus: 1, memoryMebibytes: 20 * 1024, minutes: 360 });
  });

  it('is the same for jobs that differ a little, so that they become one array', () => {
    expect(demand('gpu', [job({ seconds: 580, memoryBytes: 9e8 })])).toEqual(demand('gpu', [job()]));
  });
});

describe('the options of sbatch', () => {
  const submission = {
    name: 'reproduce-0123456789ab',
    folder: '/runs/slurm/reproduce-0123456789ab',
    script: '/runs/slurm/reproduce-0123456789ab/job.sh',
    tasks: 12,
    demand: demand('gpu', [job({ slots: 2 })]),
    graceSeconds: 60,
  };

  it('say what the job is, needs, and how it comes back', () => {
    expect(sbatchArguments(submission, site())).toEqual([
      '--parsable',
      '--job-name=reproduce-0123456789ab',
      '--array=0-11',
      '--nodes=1',
      '--ntasks=1',
      '--cpus-per-task=8',
      '--gres=gpu:2',
      '--mem=4096',
      '--time=45',
      '--signal=B:USR1@90',
      '--requeue',
      '--open-mode=append',
      '--output=/runs/slurm/reproduce-0123456789ab/%a.log',
      '/runs/slurm/reproduce-0123456789ab/job.sh',
    ]);
  });

  it('hold what the site file says', () => {
    const text = [
      'partition: gpu',
      'account: ours',
      'qos: long',
      'constraint: p100',
      'gpuType: p100',
      'running: 4',
      'memory: none',
      'options: [--reservation=paper]',
    ].join('\n');
    const options = sbatchArguments({ ...submission, demand: demand('gpu', [job()], text) }, site(text));
    expect(options).toEqual(
      expect.arrayContaining([
        ...['--partition=gpu', '--account=ours', '--qos=long', '--constraint=p100', '--reservation=paper'],
        ...['--gres=gpu:p100:1', '--array=0-11%4'],
      ]),
    );
    expect(options.join(' ')).not.toContain('--mem');
  });

  it('ask for the node alone where that is needed', () => {
    const alone = { ...submission, demand: demand('cpu', [job({ alone: true })]) };
    expect(sbatchArguments(alone, site())).toEqual(expect.arrayContaining(['--exclusive', '--mem=0']));
  });

  it('ask for no node alone where the site has none to give, and for the memory that is estimated', () => {
    const shared = { ...submission, demand: demand('gpu', [job({ alone: true })], 'exclusive: false') };
    const options = sbatchArguments(shared, site('exclusive: false'));
    expect(options).not.toContain('--exclusive');
    expect(options).toContain('--mem=4096');
  });

  it('ask for the signal within the time limit, however short that is', () => {
    const short = { ...submission, demand: { ...submission.demand, minutes: 2 } };
    expect(sbatchArguments(short, site())).toContain('--signal=B:USR1@60');
  });
});

describe('chains of jobs', () => {
  it('are no more than there are places, end at about the same time, and keep the order', () => {
    expect(chainsOf([5, 1, 1, 1, 1, 1], 2, (seconds) => seconds)).toEqual([[5], [1, 1, 1, 1, 1]]);
    expect(chainsOf(['a', 'b'], 10, () => 1)).toEqual([['a'], ['b']]);
    expect(chainsOf(['a', 'b'], 0, () => 1)).toEqual([['a', 'b']]);
    expect(chainsOf([], 3, () => 1)).toEqual([]);
  });

  it.each([
    [[300], 100, [100]],
    [[30, 10], 20, [15, 5]],
    [[299, 1], 20, [19, 1]],
    [[2, 2], 100, [2, 2]],
    [[5, 5, 5], 1, [1, 1, 1]],
  ])('of groups of %j in %i places: %j', (sizes, places, shares) => {
    expect(placesOf(sizes, places)).toEqual(shares);
  });
});

it.each([
  ['gpu:4', undefined, 4],
  ['gpu:p100:4(S:0-1)', undefined, 4],
  ['(null)\ngpu:p100:2\ngpu:p100:8', undefined, 8],
  ['gpu:p100:2,gpu:v100:4', 'v100', 4],
  ['gpu:p100:2,gpu:v100:4', undefined, 6],
  ['(null)', undefined, 0],
  ['', undefined, 0],
  // Parts of cards are none, unless they are what is asked for.
  ['lustre:1,gpu:a100_3g.20gb:7', undefined, 0],
  ['gpu:a100:2,gpu:a100_1g.5gb+me:1,gpu:3g.20gb:4', undefined, 2],
  ['gpu:a100:2,gpu:a100_3g.20gb:7', 'a100_3g.20gb', 7],
])('sinfo\'s "%s" (type %s) are %i cards', (text, gpuType, count) => {
  expect(gpusPerNode(text, { gpuType })).toBe(count);
});
