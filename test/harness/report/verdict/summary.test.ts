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
    const measured = summary.sentences.find((text) => text.startsWith('Measured here')) ?? '';
    const [sentence = ''] = /Relative speed-ups: [^;]*/u.exec(measured) ?? [];
    const [all = 0, ofAll = 0, ...ours] = [...sentence.matchAll(/(\d+) of (\d+)/gu)].flatMap(([, a, b]) => [
      Number(a),
      Number(b),
    ]);
    const sum = (from: number): number => ours.reduce((total, part, at) => (at % 2 === from ? total + part : total), 0);
    expect(ours).toHaveLength(2 * 3);
    expect([sum(0), sum(1)]).toEqual([all, ofAll]);
    expect(sum(0)).toBe(rs?.counts.reproduced);
    for (const protocol of ['paper', 'released-code', 'released-code, fused BN'])
      expect(sentence).toMatch(new RegExp(`of \\d+ under ${protocol}[,)]`, 'u'));
  });

  it('calls no speed-up of CPU cores reproduced or not: those on modelled hardware are judged in their place', () => {
    const { metrics, sentences } = summarise(quick.models, []);
    const here = quick.models.flatMap(({ places }) => places.flatMap((place) => place.quantity('rs').verdict ?? []));
    expect(here.map(({ outcome }) => outcome)).toEqual(here.map(() => 'not judged'));
    const elsewhere = here.filter(({ code }) => code === 'other-hardware').length;
    expect(elsewhere).toBeGreaterThan(50);
    expect(sentences.join(' ')).toContain(`other hardware: ${elsewhere}`);
    const rs = metrics.find(({ metric }) => metric.id === 'rs');
    expect(rs?.counts.reproduced).toBe(0);
    expect(rs?.counts['reproduced on modelled hardware']).toBeGreaterThan(0);
  });

  it('takes at most five lines, and begins with what was asked', () => {
    const { sentences } = summarise(quick.models, []);
    expect(sentences.length).toBeLessThanOrEqual(5);
    expect(sentences[0]).toMatch(/^Asked: do \d+ parameter counts|^Asked: do \d+ top-1 errors/u);
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
