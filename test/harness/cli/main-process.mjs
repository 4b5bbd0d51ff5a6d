/** The program in a process of its own, with fake workers: `node main-process.mjs '{"worker": [...], "slotNamespace": …}' table2 …`. */
/** @param {string} path */
const built = (path) => import(new URL(`../../../dist/harness/${path}`, import.meta.url).href);
const [{ main }, { realSurroundings }] = await Promise.all([built('cli/main.js'), built('cli/surroundings.js')]);
const [surroundings = '{}', ...args] = process.argv.slice(2);
process.exitCode = await main(args, { ...realSurroundings, ...JSON.parse(surroundings) });
