// Holds ../dashboards/*.json to the types that Grafana publishes of its schema, by TypeScript.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = new URL('../dashboards/', import.meta.url);
const sources = new Map();
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  const json = readFileSync(new URL(name, folder), 'utf8');
  sources.set(`${here}${name}.ts`, `import type { Dashboard } from './schema';\nexport const it: Dashboard = ${json};\n`);
}

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};
const host = ts.createCompilerHost(options);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (file) => sources.has(file) || fileExists(file);
host.readFile = (file) => sources.get(file) ?? readFile(file);
host.getSourceFile = (file, version, ...more) =>
  sources.has(file) ? ts.createSourceFile(file, sources.get(file), version) : getSourceFile(file, version, ...more);

const program = ts.createProgram([...sources.keys()], options, host);
const problems = ts.getPreEmitDiagnostics(program);
if (problems.length > 0) {
  console.error(ts.formatDiagnostics(problems, { ...host, getCanonicalFileName: (name) => name, getNewLine: () => '\n' }));
  process.exitCode = 1;
} else {
  console.log(`${sources.size} dashboards are as Grafana's schema has them`);
}
