/** The metrics that every paper has. A paper's own are in `ReportedPaper.metrics`. */
import { error, loss, top5 } from './errors.js';
import { memoryMetrics } from './memory.js';
import { type Metric } from './metric.js';
import { parameters } from './parameters.js';
import { relativeSpeed, stepTime } from './speed.js';
import { successRate } from './success.js';
import { timeSaved, trainingTime } from './training-time.js';

export const commonMetrics: readonly Metric[] = [
  error,
  top5,
  loss,
  trainingTime,
  timeSaved,
  relativeSpeed,
  stepTime,
  successRate,
  parameters,
  ...memoryMetrics,
];
