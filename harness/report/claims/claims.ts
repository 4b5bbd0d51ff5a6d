/** The paper's claims, each tested on our own numbers. */
import { groupBy } from '../arrange/parts.js';
import { readClaimRules } from './claim-rules.js';
import { claimTests, type ClaimContext, type Finding } from '../../../experiments/warpnet/claims/claim-tests.js';
import type { EvaluatedEntry, Evidence } from '../evaluate/entries.js';
import type { TableModel } from '../model.js';
import type { Verdict, VerdictOutcome } from '../evaluate/quantity.js';

export interface ClaimVerdict {
  readonly id: string;
  readonly section: string;
  /** In our words, from the published JSON. */
  readonly statement: string;
  readonly test: string;
  readonly verdict: Verdict;
  /** What was found under each protocol. */
  readonly findings: readonly (Finding & { readonly protocol: string })[];
}

/** Better news first: one protocol under which a claim holds is enough. */
const order: readonly VerdictOutcome[] = ['reproduced', 'not reproduced', 'not comparable', 'not run'];

function combine(id: string, findings: ClaimVerdict['findings']): Verdict {
  const outcome = order.find((candidate) => findings.some((finding) => finding.outcome === candidate)) ?? 'not run';
  const telling = findings.filter((finding) => finding.outcome === outcome);
  const groups = [...groupBy(telling, ({ evidence }) => evidence)];
  const reasons = groups.map(([evidence, members]) => {
    const names = members.map(({ protocol }) => protocol).filter((name) => name !== '');
    const alike = groups.length === 1 && outcome === 'not run';
    return alike || names.length === 0 ? evidence : `Under ${names.join(' and ')}: ${evidence}`;
  });
  return { outcome, rule: id, reason: reasons.join(' ') || 'Nothing that this claim is about has run.' };
}

const claimTables = ['table2', 'table3', 'table4', 'table5', 'width', 'figure2'];

/** A verdict on each claim of the published JSON. */
export function judgeClaims(
  models: readonly TableModel[],
  evidence: Evidence,
  rules = readClaimRules(),
): ClaimVerdict[] {
  const places = models.filter(({ id }) => claimTables.includes(id)).flatMap((model) => model.places);
  const protocols = [...new Set(places.map(({ entry }) => entry.protocol))];
  return evidence.published.claims.map(({ id, section, statement }) => {
    const rule = rules.claims[id];
    const test = claimTests[id];
    if (!rule || !test) throw new Error(`Internal error: no rule or no test for ${id}`);
    const context = (own: readonly EvaluatedEntry[]): ClaimContext => ({ places: own, evidence, rules });
    const findings =
      rule.about === 'parameters'
        ? [{ protocol: '', ...test(context(places)) }]
        : protocols.map((protocol) => ({
            protocol,
            ...test(context(places.filter(({ entry }) => entry.protocol === protocol))),
          }));
    return { id, section, statement, test: rule.test, verdict: combine(id, findings), findings };
  });
}
