/** Work that nobody awaits, but that nothing may be decided without; what it throws is not lost. */
export class Background {
  #inFlight = 0;
  #thrown: { readonly error: unknown } | null = null;

  get busy(): boolean {
    return this.#inFlight > 0;
  }

  add(work: Promise<void>, onEnd: () => void): void {
    this.#inFlight++;
    work
      .catch((error: unknown) => {
        this.#thrown = { error };
      })
      .finally(() => {
        this.#inFlight--;
        onEnd();
      });
  }

  /** Throws what some work threw. */
  rethrow(): void {
    if (this.#thrown) throw this.#thrown.error;
  }
}
