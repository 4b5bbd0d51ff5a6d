/** What a network begins with that is grown from another one. */
export interface Transfer {
  /**
   * The weight or running statistic of the network before, both by the names of one copy, that one of this network begins
   * as, and what it is multiplied by; null where it begins as in a new network.
   */
  readonly sourceOf: (name: string) => { readonly name: string; readonly factor: number } | null;
  /** `carried`: each weight's momentum is that of its source; `fresh`: all of it begins at 0. */
  readonly momentum: 'carried' | 'fresh';
}
