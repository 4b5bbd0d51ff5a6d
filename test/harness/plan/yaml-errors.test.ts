import { describe, expect, it } from 'vitest';
import { changed, rendered, table } from './mistakes.js';

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
});
