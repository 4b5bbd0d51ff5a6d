/** The program as it is once everything is set up. */
import { main } from '../../harness/main.js';

process.exitCode = await main(process.argv.slice(2));
