import { describe, expect, it } from 'vitest';
import { madeUpOperations } from '../../../bench/programs/made-up-results.js';
import { expand } from '../../../harness/plan/expand/expand.js';
import { ExperimentFolder } from '../../../harness/plan/experiment-folder.js';
import { PlaceProjector } from '../../../harness/project/planned-projection.js';
import { twoCores } from '../../support/machines.js';

const folder = new ExperimentFolder();
const plan = expand({
  matrices: ['table2', 'table3', 'table4', 'table5', 'width'].map((name) => folder.matrix(name)),
  profile: 'auto',
  protocols: ['released-code'],
  machine: twoCores,
  folder,
});
const cells = new Map(plan.cells.map((cell) => [cell.id, cell]));

/** The operation times that a cell would give on a made-up core. */
function timesOf(id: string) {
  const cell = cells.get(id);
  if (cell?.kind !== 'timing') throw new Error('no timing cell');
  return madeUpOperations(cell);
}

const places = plan.tables
  .flatMap(({ entries }) => entries)
  .flatMap(({ label, projection, protocol }) =>
    projection === null || projection.skipped ? [] : [{ label, projection, protocol }],
  );

describe('the operations of short networks', () => {
  it.each(places)('price $label $projection.layout', ({ projection, protocol: name }) => {
    const protocol = plan.cells.find((cell) => cell.protocol.name === name)?.protocol;
    if (protocol === undefined) throw new Error('no protocol');
    const { estimatedShare, percent } = new PlaceProjector().project(projection, protocol, timesOf(projection.cell));
    // What is left are sums over replicas or branches, of which a layout on fewer devices has fewer.
    expect(estimatedShare).toBeLessThan(0.02);
    expect(percent).toBeGreaterThan(-20);
    expect(percent).toBeLessThan(75);
  });
});
