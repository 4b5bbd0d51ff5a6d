/** Which options of a protocol decide the numbers of a job: an option that does not apply is no part of its identity. */
import type { Network } from '../paper/network.js';
import type { Paper } from '../paper/paper.js';
import type { OptionQuestion } from '../paper/protocol-option.js';
import type { ProtocolOptions } from '../paper/protocol-options.js';
import { optionsOf, type Protocol } from './protocol.js';

interface Answers {
  /** Of questions on one network. Thousands of jobs ask the same. */
  readonly byNetwork: Map<Network, Map<string, ProtocolOptions>>;
  readonly byNames: Map<string, ProtocolOptions>;
}

const answers = new WeakMap<Protocol, Answers>();

/** The options that decide such a job, with their values; equal answers about a protocol are the same object. */
export function decisiveOptions(
  paper: Paper,
  protocol: Protocol,
  question: Omit<OptionQuestion, 'options'>,
): ProtocolOptions {
  let known = answers.get(protocol);
  if (known === undefined) answers.set(protocol, (known = { byNetwork: new Map(), byNames: new Map() }));
  const { of, networks, replicas, inputPipeline } = question;
  const [network, ...others] = networks;
  if (network === undefined || others.length > 0) return answer(paper, protocol, question, known);
  let ofNetwork = known.byNetwork.get(network);
  if (ofNetwork === undefined) known.byNetwork.set(network, (ofNetwork = new Map<string, ProtocolOptions>()));
  const asked = `${of} ${replicas} ${inputPipeline}`;
  let scope = ofNetwork.get(asked);
  if (scope === undefined) ofNetwork.set(asked, (scope = answer(paper, protocol, question, known)));
  return scope;
}

function answer(
  paper: Paper,
  protocol: Protocol,
  question: Omit<OptionQuestion, 'options'>,
  { byNames }: Answers,
): ProtocolOptions {
  const whole: OptionQuestion = { ...question, options: protocol };
  const deciding = Object.entries(optionsOf(paper)).flatMap(([name, { decides }]) => (decides(whole) ? name : []));
  const names = deciding.join();
  const scope = byNames.get(names) ?? Object.fromEntries(deciding.map((name) => [name, protocol[name]]));
  byNames.set(names, scope);
  return scope;
}
