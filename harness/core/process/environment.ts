/** Variables of a process, as a child gets them or a test makes them up. */
export type Environment = Readonly<Record<string, string | undefined>>;
