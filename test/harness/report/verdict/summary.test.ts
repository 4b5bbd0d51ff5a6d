import { describe, expect, it } from 'vitest';
import { summarise } from '../../../../harness/report/summary.js';
import { outcomes } from '../../../../harness/report/verdict/vocabulary.js';
import { fixture, paperTables } from '../fixtures.js';

const paper = fixture({ profile: 'paper', tables: paperTables, seeds: [0] });
const quick = fixture({ tables: paperTables });

describe('the summary', () => {
  it('says how many speed-ups agree under each protocol, and its parts add up', () => {
    const summary = summarise(paper.models, []);
    const rs = summary.metrics.find(({ metric }) => metric.id === 'rs');
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

  it('calls no speed-up of CPU cores reproduced or not, and counts the reason', () => {
    const { metrics, notJudged, sentences } = summarise(quick.models, []);
    const rs = metrics.find(({ metric }) => metric.id === 'rs');
    expect(rs?.counts).toMatchObject({ reproduced: 0, 'not reproduced': 0 });
    const [hardware] = notJudged.filter(({ code }) => code === 'other-hardware');
    expect(hardware?.count).toBe(rs?.counts['not judged']);
    expect(sentences.join(' ')).toContain(`other hardware: ${hardware?.count ?? 0}`);
  });

  it('counts every printed number under one outcome, and every number that was not judged under one reason', () => {
    const { metrics, notJudged, reduced } = summarise(quick.models, []);
    for (const { counts, printed, metric } of metrics)
      expect(
        outcomes.reduce((sum, outcome) => sum + counts[outcome], 0),
        metric.id,
      ).toBe(printed);
    const total = (list: readonly { readonly count: number }[]): number =>
      list.reduce((sum, { count }) => sum + count, 0);
    const counted = (outcome: (typeof outcomes)[number]): number =>
      metrics.reduce((sum, { counts }) => sum + counts[outcome], 0);
    expect(total(notJudged)).toBe(counted('not judged'));
    expect(total(reduced)).toBe(counted('reduced scale'));
  });

  it('says what was less than the paper’s in numbers of reduced scale, and how to get data that is not here', () => {
    const { notJudged, reduced } = summarise(quick.models, []);
    expect(reduced[0]?.text).toMatch(/^Fashion-MNIST in place of CIFAR-10; .*80,000 → \d+ steps/u);
    const data = notJudged.find(({ code }) => code === 'data-not-here');
    expect(data?.details.map(({ text }) => text).join(' ')).toContain('data cifar100 fetches it');
  });
});
