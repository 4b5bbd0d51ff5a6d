/** The value of every option of a protocol, by name. */
export type ProtocolOptions = Readonly<Record<string, unknown>>;
