/** RevNet's tables as they are planned. */
import { beforeAll, describe, expect, it } from 'vitest';
import { revnet } from '../../../experiments/revnet/index.js';
import { printed } from '../../../experiments/revnet/printed.js';
import { parameterCount } from '../../../harness/model/model.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { storedNetwork, systemNamed } from '../../../harness/plan/paper/paper.js';
import type { ExperimentPlan } from '../../../harness/plan/plan.js';
import { fourCards, twoCores } from '../../support/machines.js';
import { sizeOf } from '../../support/step-sizes.js';

beforeAll(() => revnet.loadModels());

const folder = new ExperimentFolder(revnet);
const plan = (tables: readonly string[], profile = 'quick', machine = twoCores): ExperimentPlan =>
  expand({ matrices: tables.map((name) => folder.matrix(name)), profile, machine, sizeOf, folder });

describe('the printed rows', () => {
  it('stand in their tables, each once', () => {
    for (const [table, rows] of [
      ['table2', 14],
      ['table3', 12],
      ['table4', 2],
    ] as const) {
      const [planned] = plan([table]).tables;
      const shown = planned?.entries.map(({ published }) => published);
      const ids = [...printed().rows.values()].flatMap((row) => (row.table === table ? [row.id] : []));
      expect(shown).toHaveLength(rows);
      expect(new Set(shown)).toEqual(new Set(ids));
    }
  });

  it('have the printed parameters, to the printed digits', () => {
    const protocol = folder.protocol('paper');
    for (const { facts, values, table } of printed().rows.values()) {
      // Those of ImageNet are not built.
      if (table !== 'table2' || facts['dataset'] === undefined) continue;
      const network = systemNamed(revnet, String(facts['network'])).network(
        { depth: Number(facts['depth']) },
        facts['dataset'] === 'cifar100' ? 100 : 10,
      );
      const model = network.defaultLayout(1, protocol).build(protocol);
      expect(`${(parameterCount(model) / 1e6).toFixed(2)}M`, network.label).toBe(values['parameters']?.text);
      expect(values['parameters']?.value).toBe(Number(values['parameters']?.text.replace('M', '')) * 1e6);
    }
  });
});

describe('networks', () => {
  it.each([
    ['ResNet', 35, 'SPECIFICATION_INVALID'],
    ['RevNet', 32, 'SPECIFICATION_INVALID'],
  ])('%s has none of %i layers', (name, depth, code) => {
    expect(() => systemNamed(revnet, name).network({ depth }, 10)).toThrow(expect.objectContaining({ code }));
  });

  it('come back from what jobs store', () => {
    const network = systemNamed(revnet, 'RevNet').network({ depth: 110 }, 10);
    expect(storedNetwork(revnet, JSON.parse(JSON.stringify(network))).key).toBe(network.key);
    expect(network.facts).toEqual({ units: '9-9-9', unitsPerStage: 9, channels: '32-32-64-128' });
  });

  it('are placed whole, or a copy on each device', () => {
    const network = systemNamed(revnet, 'RevNet').network({ depth: 38 }, 10);
    const protocol = folder.protocol('paper');
    expect(network.layout('2 x [all]', protocol).build(protocol).devices).toBe(2);
    expect(() => network.layout('[F]', protocol)).toThrow(/not a layout/);
  });
});

describe('the quick profile', () => {
  it('trains the small networks in place of those of 110 layers, and says so; none of bottlenecks', () => {
    const [table] = plan(['table3']).tables;
    const of = (id: string) => {
      const entry = table?.entries.find(({ published }) => published === id);
      if (entry === undefined) throw new Error(`no ${id}`);
      return entry.error;
    };
    const shrunk = of('t3.cifar10.revnet.110');
    expect(shrunk.skipped ? shrunk : shrunk.network.label).toBe('RevNet-38');
    expect(shrunk.skipped ? [] : shrunk.shrunk).toContainEqual({ what: 'depth', printed: 110, ours: 38 });
    expect(of('t3.cifar10.resnet.164')).toMatchObject({ skipped: true });
  });
});

describe('the table of memory', () => {
  it('times each depth under each backward pass, the ResNet of its size beside it', () => {
    const { tables, jobs } = plan(['memory']);
    const protocols = new Set(tables[0]?.entries.map(({ protocol }) => protocol));
    expect(protocols.size).toBe(5);
    expect(tables[0]?.entries).toHaveLength(25);
    expect(jobs.every(({ kind }) => kind === 'timing')).toBe(true);
    const networks = jobs.flatMap((job) => (job.kind === 'timing' ? job.rows.map(({ network }) => network.label) : []));
    expect([...new Set(networks)].sort()).toEqual(
      ['ResNet-110', 'ResNet-218', 'ResNet-32', 'ResNet-326', 'ResNet-74'].concat([
        'RevNet-110',
        'RevNet-218',
        'RevNet-326',
        'RevNet-38',
        'RevNet-74',
      ]),
    );
  });

  it('has no two equal jobs for different backward passes', () => {
    const { jobs } = plan(['memory'], 'paper', fourCards);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(25);
  });
});
