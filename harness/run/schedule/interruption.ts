/** The wish to stop: first gracefully, then at once. */
export type InterruptionLevel = 'none' | 'gracefully' | 'at once';

export class Interruption {
  #level: InterruptionLevel = 'none';
  readonly #listeners = new Set<() => void>();

  get level(): InterruptionLevel {
    return this.#level;
  }

  /** Each call is one step more urgent. */
  request(): void {
    this.#level = this.#level === 'none' ? 'gracefully' : 'at once';
    for (const listener of this.#listeners) listener();
  }

  onRequest(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Ctrl-C, `kill` and SIGUSR1, which clusters send ahead of a time limit, ask to stop; a second one at once. Returns what undoes it. */
export function interruptOnSignals(interruption: Interruption): () => void {
  const request = () => {
    interruption.request();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;
  for (const name of signals) process.on(name, request);
  return () => {
    for (const name of signals) process.off(name, request);
  };
}
