/** What every stored job has. */
import { z } from 'zod';
import type { Paper } from '../plan/paper/paper.js';
import { protocolSchema } from '../plan/profile/protocol.js';

export const sharedJob = (paper: Paper) => ({
  id: z.string(),
  title: z.string(),
  paper: z.literal(paper.id),
  protocol: protocolSchema(paper),
});

/** Log files and events, bytes. */
export const logBytes = 1e6;
