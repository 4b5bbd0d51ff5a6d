/** A sleep that something may end early. */
export class WakeableSleep {
  #wake: () => void = () => undefined;

  wake(): void {
    this.#wake();
  }

  /** Infinity: until it is woken. */
  async sleep(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(seconds) ? setTimeout(resolve, Math.max(0, seconds) * 1000 + 1) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
