/** Decides a paper's claims on our own numbers. */
import type { EvaluatedEntry } from '../evaluate/entries.js';
import type { Evidence } from '../evaluate/evidence.js';
import { groupBy } from '../groups.js';
import type { Verdict, VerdictOutcome } from '../verdict/vocabulary.js';
import type { Claim, Finding } from './claim.js';

export interface ClaimVerdict extends Pick<Claim, 'id' | 'section' | 'statement' | 'test'> {
  readonly verdict: Verdict;
  /** What was found under each protocol; the name is empty where protocols do not differ. */
  readonly findings: readonly (Finding & { readonly protocol: string })[];
}

/** Better news first: one protocol under which a claim holds is enough, for text and code are two accounts of one experiment. */
const order: readonly VerdictOutcome[] = [
  'reproduced',
  'reproduced on modelled hardware',
  'not reproduced',
  'reduced scale',
  'not judged',
];

function combine(id: string, findings: ClaimVerdict['findings']): Verdict {
  const outcome = order.find((candidate) => findings.some((finding) => finding.outcome === candidate)) ?? 'not judged';
  const telling = findings.filter((finding) => finding.outcome === outcome);
  const code =
    outcome === 'not judged' ? (telling.find((finding) => finding.code !== null)?.code ?? 'not-run-yet') : null;
  const groups = [...groupBy(telling, ({ evidence }) => evidence)];
  const reasons = groups.map(([evidence, members]) => {
    const names = members.map(({ protocol }) => protocol).filter((name) => name !== '');
    const alike = groups.length === 1 && outcome === 'not judged';
    return alike || names.length === 0 ? evidence : `Under ${names.join(' and ')}: ${evidence}`;
  });
  return { outcome, rule: id, code, reason: reasons.join(' ') || 'Nothing that this claim is about has run.' };
}

/** A verdict on each claim. @param places of the paper's own tables */
export function judgeClaims(
  claims: readonly Claim[],
  places: readonly EvaluatedEntry[],
  evidence: Evidence,
): ClaimVerdict[] {
  const protocols = [...new Set(places.map(({ entry }) => entry.protocol))];
  return claims.map(({ id, section, statement, test, perProtocol, decide }) => {
    const findings = perProtocol
      ? protocols.map((protocol) => ({
          protocol,
          ...decide(
            places.filter(({ entry }) => entry.protocol === protocol),
            evidence,
          ),
        }))
      : [{ protocol: '', ...decide(places, evidence) }];
    return { id, section, statement, test, verdict: combine(id, findings), findings };
  });
}
