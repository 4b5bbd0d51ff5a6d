import { describe, expect, it } from 'vitest';
import { Problem } from '../../../harness/core/problem.js';
import { formatProblem } from '../../../harness/core/problem-format.js';
import { changed, rendered, table } from './mistakes.js';

describe('of layouts, protocols and values: a mistake is shown where it was made', () => {
  it('unknown protocol, and unknown option of one', () => {
    expect(rendered(`${table}protocols: [paper, relased-code]\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:14:20: There is no protocol "relased-code" [PROTOCOL_UNKNOWN]
        14 | protocols: [paper, relased-code]
           |                    ~~~~~~~~~~~~
      Did you mean "released-code"? Known protocols: paper, released-code, released-code-fused.
      "
    `);
    const own = (set: string): string => `${table}protocols:\n  - { name: own, like: paper, set: { ${set} } }\n`;
    expect(rendered(own('batchNorms: fused'))).toMatchInlineSnapshot(`
      "
      my.yaml:15:38: Unknown key "batchNorms" [KEY_UNKNOWN]
        15 |   - { name: own, like: paper, set: { batchNorms: fused } }
           |                                      ~~~~~~~~~~
      Did you mean "batchNorm"? Allowed here: derivative, derivativeTerms, gradientReuse, widening, initialisation, batchNorm, batchNormEpsilon, batchNormEvaluation, batchNormDecay, weightDecayScope, batchNormReplicas, momentum, nesterov, learningRateDrops, batches, cropPadding, cropOffsets, paddingMode, flipProbability, whitening, sampledEvaluation.
      "
    `);
    expect(rendered(own('derivative: R5'))).toMatchInlineSnapshot(`
      "
      my.yaml:15:50: Unknown value "R5" [VALUE_INVALID]
        15 |   - { name: own, like: paper, set: { derivative: R5 } }
           |                                                  ~~
      Did you mean "R1"? Allowed: R1, R2, R3, R4, released, port.
      "
    `);
    expect(rendered(own('momentum: 3'))).toMatchInlineSnapshot(`
      "
      my.yaml:15:48: Expected a number, at most 1, found 3 [VALUE_INVALID]
        15 |   - { name: own, like: paper, set: { momentum: 3 } }
           |                                                ~
      "
    `);
  });

  it('unknown profile, table, row', () => {
    expect(rendered(`${table}profile: quik\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:14:10: There is no profile "quik" [PROFILE_UNKNOWN]
        14 | profile: quik
           |          ~~~~
      Did you mean "quick"? Known profiles: auto, paper, quick.
      "
    `);
    expect(rendered(`${table}speedUp: { baseline: same-sice }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:14:22: No row is called "same-sice" [ROW_UNKNOWN]
        14 | speedUp: { baseline: same-sice }
           |                      ~~~~~~~~~
      Did you mean "same-size"? Rows: same-size.
      "
    `);
    expect(changed('Nwarp: 6, what', 'row: first, what')).toMatchInlineSnapshot(`
      "
      my.yaml:13:12: No row is called "first" [EXCLUSION_UNUSED]
        13 |   - { row: first, what: error, reason: Too deep. }
           |            ~~~~~
      There are none.
      "
    `);
  });

  it('a row that is not the printed one that it names', () => {
    const published = `published: t2.{dataset}.nwarp{Nwarp}.{network}.kw{kw}\n`;
    expect(rendered(table + published)).toMatchInlineSnapshot(`
      "
      my.yaml:5:3: This is not the printed row "t2.cifar10.nwarp3.warpnet1.kw4": the number of devices is 2 here and 3 there [PUBLISHED_DIFFERS]
        5 |   dataset: [cifar10]
          |   ~~~~~~~~~~~~~~~~~~
      Correct the row, or leave its published id out.
      "
    `);
    expect(rendered(table + published.replace('t2.', 't7.'))).toMatchInlineSnapshot(`
      "
      my.yaml:14:12: The paper has no row "t7.cifar10.nwarp3.warpnet1.kw4" [PUBLISHED_UNKNOWN]
        14 | published: t7.{dataset}.nwarp{Nwarp}.{network}.kw{kw}
           |            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      Did you mean "t2.cifar10.nwarp3.warpnet1.kw4"? The ids are in experiments/warpnet/printed.json.
      "
    `);
  });

  it('what is not YAML', () => {
    expect(changed('axes:', 'axes: [')).toMatchInlineSnapshot(`
      "
      my.yaml:6:3: This YAML cannot be read: Missing , between flow sequence items [YAML_INVALID]
        6 |   K: [2]
          |   ~
      Indent with spaces, and quote text that holds any of : # [ ] { } , or a prime.
      "
    `);
    expect(changed('  K: [2]', '\tK: [2]')).toMatchInlineSnapshot(`
      "
      my.yaml:6:1: This YAML cannot be read: Tabs are not allowed as indentation [YAML_INVALID]
        6 |  K: [2]
          | ~
      Indent with spaces, and quote text that holds any of : # [ ] { } , or a prime.
      "
    `);
    expect(changed('  K: [2]', '  K: [2]\n  K: [3]')).toMatchInlineSnapshot(`
      "
      my.yaml:7:3: The key "K" is here twice [YAML_INVALID]
        7 |   K: [3]
          |   ~
      Keys are used once; keep one.
      "
    `);
    expect(changed('K: [2]', 'K: *two')).toMatchInlineSnapshot(`
      "
      my.yaml:6:6: Nothing before this is called &two [YAML_INVALID]
        6 |   K: *two
          |      ~~~~
      "
    `);
    expect(changed('K: [2]', 'K: !!binary aGk=')).toMatchInlineSnapshot(`
      "
      my.yaml:6:6: This YAML cannot be read: Unresolved tag: tag:yaml.org,2002:binary [YAML_INVALID]
        6 |   K: !!binary aGk=
          |      ~~~~~~~~
      Indent with spaces, and quote text that holds any of : # [ ] { } , or a prime.
      "
    `);
    expect(rendered('')).toMatchInlineSnapshot(`
      "
      my.yaml:1:1: Expected keys and values, found nothing [VALUE_INVALID]
        1 | 
          | ~
      "
    `);
  });
});

describe('a line', () => {
  it('that is long is cut around the mistake, and holds nothing that moves the cursor', () => {
    const long = `title: ${'x'.repeat(300)}\u001b[2J, unknown: 1`;
    const problem = new Problem('CODE', 'wrong', undefined, { file: 'f', line: 3, column: 308, length: 4, text: long });
    const [, line = '', squiggle = ''] = formatProblem(problem).split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line).not.toContain('\u001b');
    expect(line.slice(squiggle.indexOf('~'), squiggle.indexOf('~') + 4)).toBe('\u{FFFD}[2J');
  });

  it('with tabs has its squiggle below the word', () => {
    const problem = new Problem('CODE', 'wrong', undefined, {
      file: 'f',
      line: 3,
      column: 3,
      length: 2,
      text: '\t\tab',
    });
    const [, line = '', squiggle = ''] = formatProblem(problem).split('\n');
    expect(line.slice(squiggle.indexOf('~'))).toBe('ab');
  });
});
