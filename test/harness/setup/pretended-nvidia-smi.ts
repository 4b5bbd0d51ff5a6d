/** Machines as nvidia-smi tells of them: a program that answers its queries, `-L` and `-i` as the real one does. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PretendedCard {
  readonly index: number;
  readonly uuid: string;
  readonly model: string;
  readonly values?: Readonly<Record<string, string>>;
  /** Lines of `-L` below the card's own. */
  readonly instances?: readonly string[];
  /** In place of any answer about it. */
  readonly lost?: string;
}

/** Writes the program into a folder that is to be on PATH. `unknownFields`: an old driver's. */
export function pretendNvidiaSmi(
  folder: string,
  machine: { readonly cards: readonly PretendedCard[]; readonly unknownFields?: readonly string[] },
): void {
  write(folder, `#!${process.execPath}\nconst machine = ${JSON.stringify(machine)};\n(${String(answer)})(machine);\n`);
}

/** An nvidia-smi that says one thing, whatever it is asked. */
export function pretendFailure(folder: string, words: string, exitCode: number): void {
  write(folder, `#!${process.execPath}\nconsole.log(${JSON.stringify(words)});\nprocess.exit(${exitCode});\n`);
}

function write(folder: string, program: string): void {
  const path = join(folder, 'nvidia-smi');
  writeFileSync(path, program);
  chmodSync(path, 0o755);
}

/** Runs in the pretended program. */
function answer(machine: { cards: readonly PretendedCard[]; unknownFields?: readonly string[] }): void {
  const parameters = process.argv.slice(2);
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const only = parameters.includes('-i') ? parameters[parameters.indexOf('-i') + 1] : undefined;
  const lost = ({ lost: reason }: PretendedCard): string | undefined =>
    reason === undefined ? undefined : `Unable to determine the device handle for GPU 0000:3B:00.0: ${reason}`;
  if (parameters.includes('-L')) {
    for (const card of machine.cards) {
      say(lost(card) ?? `GPU ${card.index}: ${card.model} (UUID: ${card.uuid})`);
      for (const line of card.instances ?? []) say(line);
    }
    return;
  }
  const asked = (parameters.find((text) => text.startsWith('--query-gpu=')) ?? '=').split('=')[1]?.split(',') ?? [];
  const unknown = asked.find((field) => machine.unknownFields?.includes(field));
  if (unknown !== undefined) {
    say(`Field "${unknown}" is not a valid field to query.`);
    process.exit(2);
  }
  const meant = machine.cards.filter(({ uuid }) => only === undefined || only.split(',').includes(uuid));
  for (const card of meant) {
    const complaint = lost(card);
    if (complaint !== undefined) {
      say(complaint);
      process.exit(15);
    }
    const values: Readonly<Record<string, string>> = {
      ...{ index: String(card.index), uuid: card.uuid, name: card.model, 'memory.total': '40960' },
      ...{ driver_version: '570.86', 'memory.used': '0', 'memory.free': '40960', compute_cap: '8.0' },
      ...{ 'mig.mode.current': 'Disabled', ...card.values },
    };
    say(asked.map((field) => values[field] ?? '[N/A]').join(', '));
  }
}
