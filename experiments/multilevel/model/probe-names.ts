/** The name under which a block's probe gives the norm of `h F(Y)`. */
export const normOf = (block: string): string => `${block}/norm of the branch`;
