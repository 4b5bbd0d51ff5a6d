import { describe, expect, it } from 'vitest';
import { summarise } from '../../../harness/report/summary.js';
import { fixture, paperTables } from './fixtures.js';

const { models } = fixture({ tables: paperTables });

describe('the summary', () => {
  it('says how many speed-ups agree under each protocol, and its parts add up', () => {
    const summary = summarise(models, [], true);
    const rs = summary.metrics.find(({ metric }) => metric === 'rs');
    const sentence = summary.sentences.find((text) => text.startsWith('Relative speed-ups')) ?? '';
    const [all = '', ofAll = '', ...parts] = [...sentence.matchAll(/(\d+) of (\d+)/gu)].flatMap(([, a, b]) => [a, b]);
    const ours = parts.slice(0, -2).map(Number);
    const sum = (from: number): number => ours.reduce((total, part, at) => (at % 2 === from ? total + part : total), 0);
    expect(ours).toHaveLength(2 * 3);
    expect([sum(0), sum(1)]).toEqual([Number(all), Number(ofAll)]);
    expect(sum(0)).toBe(rs?.counts.reproduced);
    for (const protocol of ['paper', 'released-code', 'released-code, fused BN'])
      expect(sentence).toMatch(new RegExp(`of \\d+ under ${protocol}[,)]`, 'u'));
  });

  it('says what hardware speed-ups are of where it is not the paper’s kind', () => {
    const sentences = (onCores: boolean) => summarise(models, [], onCores).sentences.join(' ');
    expect(sentences(true)).toContain('those of CPU cores');
    expect(sentences(false)).not.toContain('CPU cores');
  });
});
