// Writes ../dashboards/*.json. With --check it writes nothing and fails if a file is not what it would write.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dashboards } from './dashboards.mjs';

const check = process.argv.includes('--check');
let outdated = 0;
for (const [name, dashboard] of Object.entries(dashboards)) {
  const file = new URL(`../dashboards/${name}.json`, import.meta.url);
  const text = `${JSON.stringify(dashboard, null, 2)}\n`;
  if (!check) {
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`dashboards/${name}.json is outdated: npm run write in deploy/grafana/generate`);
    outdated++;
  }
}
process.exitCode = outdated > 0 ? 1 : 0;
