import { describe, expect, it } from 'vitest';
import { loadMatrix } from '../../../harness/plan/matrix/matrix.js';
import { YamlDocument } from '../../../harness/plan/yaml/yaml-document.js';
import { Problem } from '../../../harness/core/problem.js';
import { formatProblem } from '../../../harness/core/problem-format.js';
import { warpnet, warpnetFolder } from '../../support/papers.js';

const folder = warpnetFolder();

const table = `id: mine
title: Mine
measure: [error, speed-up]
axes:
  dataset: [cifar10]
  K: [2]
  Nwarp: [3, 6]
  kw: [4]
  network: [WarpNet1, WRN]
layouts:
  - { network: WarpNet1, layout: "[F1] [F2, F2'x1]" }
exclude:
  - { Nwarp: 6, what: error, reason: Too deep. }
`;

function rendered(text: string): string {
  try {
    loadMatrix(warpnet, YamlDocument.parse(text, 'my.yaml'), folder);
  } catch (error) {
    if (error instanceof Problem) return `\n${formatProblem(error)}\n`;
    throw error;
  }
  return 'accepted';
}

const changed = (from: string | RegExp, to: string): string => {
  const text = table.replace(from, to);
  if (text === table) throw new Error(`"${String(from)}" is not in the table`);
  return rendered(text);
};

it('the table that these mistakes are made in is right', () => {
  expect(rendered(table)).toBe('accepted');
});

describe('a mistake is shown where it was made, with what is allowed', () => {
  it('unknown key', () => {
    expect(changed('Nwarp: [3', 'Nwrap: [3')).toMatchInlineSnapshot(`
      "
      my.yaml:7:3: Unknown key "Nwrap" [KEY_UNKNOWN]
        7 |   Nwrap: [3, 6]
          |   ~~~~~
      Did you mean "Nwarp"? Allowed here: dataset, network, batch, K, Nwarp, kw.
      "
    `);
    expect(changed('title:', 'titel:')).toMatchInlineSnapshot(`
      "
      my.yaml:2:1: Unknown key "titel" [KEY_UNKNOWN]
        2 | titel: Mine
          | ~~~~~
      Did you mean "title"? Allowed here: id, paper, title, notes, measure, axes, rows, defaults, published, layouts, exclude, speedUp, protocols, profile, trials, analyse, asWritten, seeds, training, also.
      "
    `);
    expect(changed('what: error', 'waht: error')).toMatchInlineSnapshot(`
      "
      my.yaml:13:17: Unknown key "waht" [KEY_UNKNOWN]
        13 |   - { Nwarp: 6, waht: error, reason: Too deep. }
           |                 ~~~~
      Did you mean "what"? Allowed here: dataset, network, K, Nwarp, kw, row, what, reason.
      "
    `);
  });

  it('missing key', () => {
    expect(changed('title: Mine\n', '')).toMatchInlineSnapshot(`
      "
      my.yaml:1:1: "title" is missing [KEY_MISSING]
        1 | id: mine
          | ~~
      It should be text.
      "
    `);
    expect(changed('  kw: [4]\n', '')).toMatchInlineSnapshot(`
      "
      my.yaml:5:3: A row needs "kw" [KEY_MISSING]
        5 |   dataset: [cifar10]
          |   ~~~~~~~~~~~~~~~~~~
      Give it in the row, in defaults or as an axis.
      "
    `);
  });

  it('wrong type', () => {
    expect(changed('K: [2]', 'K: two')).toMatchInlineSnapshot(`
      "
      my.yaml:6:6: Expected a list, such as [1, 2], found "two" [VALUE_INVALID]
        6 |   K: two
          |      ~~~
      "
    `);
    expect(changed('Nwarp: [3, 6]', 'Nwarp: [3, six]')).toMatchInlineSnapshot(`
      "
      my.yaml:7:14: Expected a number, found "six" [VALUE_INVALID]
        7 |   Nwarp: [3, six]
          |              ~~~
      "
    `);
    expect(changed('Nwarp: [3, 6]', 'Nwarp: [3, 0]')).toMatchInlineSnapshot(`
      "
      my.yaml:7:14: Expected a number, at least 1, found 0 [VALUE_INVALID]
        7 |   Nwarp: [3, 0]
          |              ~
      "
    `);
    expect(changed('kw: [4]', 'kw: [4.5]')).toMatchInlineSnapshot(`
      "
      my.yaml:8:8: Expected a whole number, found 4.5 [VALUE_INVALID]
        8 |   kw: [4.5]
          |        ~~~
      "
    `);
    expect(changed('title: Mine', 'title: { a: 1 }')).toMatchInlineSnapshot(`
      "
      my.yaml:2:8: Expected text, found keys and values [VALUE_INVALID]
        2 | title: { a: 1 }
          |        ~~~~~~~~
      "
    `);
    expect(changed('Nwarp: 6, what', 'Nwarp: deep, what')).toMatchInlineSnapshot(`
      "
      my.yaml:13:14: Expected a number or a list, such as [1, 2], found "deep" [VALUE_INVALID]
        13 |   - { Nwarp: deep, what: error, reason: Too deep. }
           |              ~~~~
      "
    `);
  });

  it('unknown data set, network, measure', () => {
    expect(changed('[cifar10]', '[cifar-10]')).toMatchInlineSnapshot(`
      "
      my.yaml:5:13: Unknown value "cifar-10" [VALUE_INVALID]
        5 |   dataset: [cifar-10]
          |             ~~~~~~~~
      Did you mean "cifar10"? Allowed: cifar10, cifar100, imagenet32, stl10, fashion-mnist, synthetic.
      "
    `);
    expect(changed('[WarpNet1, WRN]', '[WrapNet1, WRN]')).toMatchInlineSnapshot(`
      "
      my.yaml:9:13: Unknown value "WrapNet1" [VALUE_INVALID]
        9 |   network: [WrapNet1, WRN]
          |             ~~~~~~~~
      Did you mean "WarpNet1"? Allowed: WarpNet1, WarpNet2, WRN, plain, plain-warp.
      "
    `);
    expect(changed('[error, speed-up]', '[error, speedup]')).toMatchInlineSnapshot(`
      "
      my.yaml:3:18: Unknown value "speedup" [VALUE_INVALID]
        3 | measure: [error, speedup]
          |                  ~~~~~~~
      Did you mean "speed-up"? Allowed: error, speed-up, success, analysis.
      "
    `);
  });

  it('impossible layout', () => {
    expect(changed("[F1] [F2, F2'x1]", "[F1] [F2, F2'F1]")).toMatchInlineSnapshot(`
      "
      my.yaml:11:45: F2'F1 is not a term of this network [LAYOUT_INVALID]
        11 |   - { network: WarpNet1, layout: "[F1] [F2, F2'F1]" }
           |                                             ~~~~~
      WarpNet1-37-4 with K = 2 computes x1 + F1 + F2 + F2'x1.
      "
    `);
    expect(changed("[F1] [F2, F2'x1]", '[F1] [F2]')).toMatchInlineSnapshot(`
      "
      my.yaml:11:35: No device computes F2'x1 [LAYOUT_INVALID]
        11 |   - { network: WarpNet1, layout: "[F1] [F2]" }
           |                                   ~~~~~~~~~
      WarpNet1-37-4 with K = 2 computes x1 + F1 + F2 + F2'x1.
      "
    `);
    expect(changed("[F1] [F2, F2'x1]", "[F1] [F2; F2'x1]")).toMatchInlineSnapshot(`
      "
      my.yaml:11:43: Expected , or ], found ";" [LAYOUT_INVALID]
        11 |   - { network: WarpNet1, layout: "[F1] [F2; F2'x1]" }
           |                                           ~
      Write a bracket for each device, such as [F1] [F2, F2'x1]; a WRN as [F1, F2]; data parallelism as 4 x [F1, F2].
      "
    `);
    expect(changed('layouts:', 'defaults: { layout: "[F1, F3]" }\nlayouts:')).toMatchInlineSnapshot(`
      "
      my.yaml:10:27: F3 is not a term of this network [LAYOUT_INVALID]
        10 | defaults: { layout: "[F1, F3]" }
           |                           ~~
      WarpNet1-37-4 with K = 2 computes x1 + F1 + F2 + F2'x1.
      "
    `);
  });

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
