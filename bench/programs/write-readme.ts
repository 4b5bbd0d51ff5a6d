/** `npm run readme`: writes the tables of README.md that come from stored CSVs (docs/readme/). */
import { readFileSync, writeFileSync } from 'node:fs';
import { inProject } from '../../harness/core/project.js';
import { regionFiles, withRegions } from '../readme-regions.js';

const path = inProject('README.md');
const readme = readFileSync(path, 'utf8');
writeFileSync(
  path,
  withRegions(readme, (file) => readFileSync(inProject(file), 'utf8')),
);
process.stdout.write(`${regionFiles(readme).length} tables of README.md written\n`);
