/** Which options of a protocol decide the numbers of a job: an option that does not apply is no part of its identity. */
import type { Paper } from '../paper/paper.js';
import type { OptionQuestion } from '../paper/protocol-option.js';
import type { ProtocolOptions } from '../paper/protocol-options.js';
import { optionsOf, type Protocol } from './protocol.js';

interface Answers {
  readonly byQuestion: Map<string, ProtocolOptions>;
  readonly byNames: Map<string, ProtocolOptions>;
}

/** Thousands of jobs ask the same. */
const answers = new WeakMap<Protocol, Answers>();

/** The options that decide such a job, with their values; equal answers about a protocol are the same object. */
export function decisiveOptions(
  paper: Paper,
  protocol: Protocol,
  question: Omit<OptionQuestion, 'options'>,
): ProtocolOptions {
  let known = answers.get(protocol);
  if (known === undefined) answers.set(protocol, (known = { byQuestion: new Map(), byNames: new Map() }));
  const { of, networks, replicas, inputPipeline } = question;
  const asked = `${of} ${replicas} ${inputPipeline} ${networks.map(({ key }) => key).join(' ')}`;
  const before = known.byQuestion.get(asked);
  if (before !== undefined) return before;
  const whole: OptionQuestion = { ...question, options: protocol };
  const deciding = Object.entries(optionsOf(paper)).flatMap(([name, { decides }]) => (decides(whole) ? name : []));
  const names = deciding.join();
  const scope = known.byNames.get(names) ?? Object.fromEntries(deciding.map((name) => [name, protocol[name]]));
  known.byNames.set(names, scope);
  known.byQuestion.set(asked, scope);
  return scope;
}
