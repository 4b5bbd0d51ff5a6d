/** A command of the program: what the help shows before its file is loaded, what it takes, what it does. */
import type { InferredOptionType, Options, PositionalOptions } from 'yargs';
import type { ReportedPaper } from '../report/paper.js';
import type { Surroundings } from '../run/surroundings.js';

/** Of the whole program: with papers that can be reported. */
export type ProgramSurroundings = Surroundings<ReportedPaper>;

/** Of a command, before its file is loaded. */
export interface CommandEntry {
  /** As yargs takes it: `plan [tables..]`; `$0` stands for no name. */
  readonly synopsis: string;
  readonly description: string;
  /** Whether it computes with TensorFlow's library, unless `--engine cpu` says otherwise: that is seen to first. */
  readonly tensorFlow: boolean;
  /** Loads its file; a command whose options the program's own help lists is there already. */
  readonly load: () => Command | Promise<Command>;
}

export type OptionTable = Readonly<Record<string, Options>>;
export type PositionalTable = Readonly<Record<string, PositionalOptions>>;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** Values by the options' names, those with dashes in camel case. */
export type ArgumentsOf<Table extends OptionTable | PositionalTable> = {
  readonly [Name in keyof Table & string as CamelCase<Name>]: InferredOptionType<Table[Name]>;
};

export interface Command {
  readonly positionals: PositionalTable;
  readonly options: OptionTable;
  /** Whether what it is asked for computes with TensorFlow's library, for a command that may; where it is missing, all does. */
  needsTensorFlow?(args: never, surroundings: ProgramSurroundings): Promise<boolean>;
  /** Resolves to the exit code. */
  run(args: never, surroundings: ProgramSurroundings): number | Promise<number>;
}

/** A command whose `run` gets what its options say. */
export const command = <Positionals extends PositionalTable, Table extends OptionTable>(definition: {
  readonly positionals: Positionals;
  readonly options: Table;
  readonly needsTensorFlow?: (
    args: ArgumentsOf<Positionals> & ArgumentsOf<Table>,
    surroundings: ProgramSurroundings,
  ) => Promise<boolean>;
  readonly run: (
    args: ArgumentsOf<Positionals> & ArgumentsOf<Table>,
    surroundings: ProgramSurroundings,
  ) => number | Promise<number>;
}): typeof definition => definition;
