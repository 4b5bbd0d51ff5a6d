/** Seeds of trainings, wherever they come from. */
import { z } from 'zod';
import { distinct } from '../yaml/distinct.js';

export const seedsSchema = distinct(z.int().min(0)).min(1).max(1000);
