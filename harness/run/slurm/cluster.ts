/** A Slurm cluster as a run sees it: its queue, its wishes, and what its leases come to. */
import { join } from 'node:path';
import type { Lease, Liveness } from '../../store/lease.js';
import { SlurmCommands } from './commands.js';
import { JobTable } from './queue/job-table.js';
import { judgeByQueue } from './queue/judge.js';
import { readSite, withVariables, type ClusterSite } from './site-file.js';

export class Cluster {
  readonly commands: SlurmCommands;
  readonly table: JobTable;
  /** Scripts, tasks and Slurm's own output. */
  readonly folder: string;

  constructor(
    readonly site: ClusterSite,
    reports: string,
    environment: NodeJS.ProcessEnv,
  ) {
    this.commands = new SlurmCommands(environment);
    this.table = new JobTable(this.commands, site.pollSeconds);
    this.folder = slurmFolder(reports);
  }

  /** @throws Problem SITE_MISSING, YAML_INVALID, KEY_UNKNOWN, VALUE_INVALID */
  static open(siteFile: string | undefined, reports: string, environment: NodeJS.ProcessEnv): Cluster {
    return new Cluster(withVariables(readSite(siteFile), environment), reports, environment);
  }

  judge(lease: Lease): Liveness {
    return judgeByQueue(lease, this.table, this.site.visibleSeconds);
  }
}

/** Below the reports folder; there once jobs have been submitted from it. */
export const slurmFolder = (reports: string): string => join(reports, 'slurm');
