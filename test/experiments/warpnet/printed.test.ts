import { describe, expect, it } from 'vitest';
import { printed } from '../../../experiments/warpnet/printed.js';

const rows = [...printed().rows.values()];
const row = (id: string) => printed().rows.get(id);

describe('the printed numbers', () => {
  it('keep the printed digits', () => {
    expect(row('t5.wrn-73-4.g1')?.values).toMatchObject({ error: { value: 4.8, text: '4.80' }, rs: { text: '0%' } });
    expect(row('t2.cifar10.nwarp3.warpnet1.kw4')?.values).toMatchObject({
      error: { text: '5.18' },
      rs: { value: 33, text: '33%' },
    });
    expect(row('text.rs-vs-width.k2/kw16')).toMatchObject({ facts: { kw: 16 }, values: { rs: { value: 42 } } });
  });

  it('say where they stand', () => {
    expect(row('t5.wrn-73-4.g1')).toMatchObject({ table: 'table5', source: 'Table 5 (§4.3)' });
    expect(row('text.rs-vs-width.k2/kw16')).toMatchObject({ table: 'width', source: '§4.1' });
  });

  it('mark the damaged jobs of Table 4, and a parameter count that was read with the help of the formula that it would confirm', () => {
    const damaged = rows.flatMap(({ id, values }) =>
      Object.entries(values).flatMap(([metric, { lowConfidence }]) => (lowConfidence ? [`${id} ${metric}`] : [])),
    );
    expect(damaged).toEqual(['t4.warpnet1-73-4.k2 top5', 't4.warpnet1-73-4.k2 parameters']);
    expect(row('t4.warpnet1-73-4.k2')?.values['parameters']).toEqual({
      value: 18_900_000,
      text: '189M',
      lowConfidence: true,
    });
  });

  it('hold eleven claims', () => {
    expect(printed().claims).toHaveLength(11);
  });
});
