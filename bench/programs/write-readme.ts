/** `npm run readme`: writes the tables of pages that come from stored CSVs (docs/readme/). */
import { readFileSync, writeFileSync } from 'node:fs';
import { inProject } from '../../harness/core/project.js';
import { pagesWithRegions, regionFiles, withRegions } from '../readme-regions.js';

for (const page of pagesWithRegions) {
  const path = inProject(page);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    withRegions(text, (file) => readFileSync(inProject(file), 'utf8')),
  );
  process.stdout.write(`${regionFiles(text).length} tables of ${page} written\n`);
}
